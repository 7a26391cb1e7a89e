//! What comes after a question: jumps, the first whose condition holds.

use leptos::prelude::*;
use serde_json::{Value, json};

use super::document::Document;
use super::fields::{Act, Problem};
use super::form::Form;

/// Where a jump may lead, with the words for it.
fn targets(document: &Document, from: &str) -> Vec<(String, String)> {
    let count = document.count("questions");
    let question = |at: usize| {
        let place = format!("questions[{at}]");
        let prompt = document.text(&format!("{place}.prompt"), &document.own_language());
        (place != from).then(|| (document.word(&format!("{place}.id")), format!("{}. {prompt}", at + 1)))
    };
    (0..count).filter_map(question).chain([("end".to_owned(), tr!("the end").to_owned())]).collect()
}

/// What a jump may depend on, as the condition's JSON, with the words for it.
fn conditions(document: &Document, place: &str) -> Vec<(String, String)> {
    let answers = answers_to(document, place).into_iter();
    let conditions = answers.map(|(is, answer)| (is, tr!("if {answer}", answer)));
    std::iter::once((String::new(), tr!("always").to_owned())).chain(conditions).collect()
}

/// How a question may have been answered, as a condition's JSON, with the words for it.
pub fn answers_to(document: &Document, place: &str) -> Vec<(String, String)> {
    let kind = super::menu::name_of(document.get(&format!("{place}.kind")));
    let mut answers = Vec::new();
    let mut may_be = |value: Value, words: &str| answers.push((value.to_string(), words.to_owned()));
    match kind.as_str() {
        "score" => {
            may_be(json!({ "band": "positive" }), tr!("the score is good"));
            may_be(json!({ "band": "neutral" }), tr!("the score is in between"));
            may_be(json!({ "band": "negative" }), tr!("the score is bad"));
        }
        "single_choice" | "multiple_choice" => {
            let choices = document.get(&format!("{place}.kind.{kind}.choices")).and_then(Value::as_array);
            for (at, choice) in choices.into_iter().flatten().enumerate() {
                let label =
                    document.text(&format!("{place}.kind.{kind}.choices[{at}].label"), &document.own_language());
                may_be(json!({ "chosen": [choice["id"]] }), &tr!("“{label}” was chosen", label));
            }
        }
        _ => {}
    }
    may_be(json!("answered"), tr!("it was answered"));
    may_be(json!("skipped"), tr!("it was left out"));
    answers
}

#[component]
pub fn Logic(place: String) -> impl IntoView {
    let form = Form::here();
    let place = StoredValue::new(place);
    let list = StoredValue::new(format!("{}.next", place.get_value()));
    let jumps = move || {
        form.track_structure();
        let count = form.document.with_untracked(|document| document.count(&list.get_value()));
        (0..count).map(|at| view! { <Jump question=place.get_value() place=format!("{}[{at}]", list.get_value()) number=at + 1/> }).collect_view()
    };
    let add = Callback::new(move |()| {
        form.act(|document| {
            let list = list.get_value();
            let at = document.count(&list);
            document.insert(&list, at, json!({ "go": "end" }));
        });
    });
    view! {
        <fieldset class="logic">
            <legend>{tr!("What comes next")}</legend>
            <ol class="jumps">{jumps}</ol>
            <p class="secondary">{tr!("The first that holds decides; otherwise the next question follows.")}</p>
            <Problem place=list.get_value()/>
            <Act label=tr!("Add a jump") name=tr!("Add a jump") on_press=add/>
        </fieldset>
    }
}

#[component]
fn Jump(question: String, place: String, number: usize) -> impl IntoView {
    let form = Form::here();
    let place = StoredValue::new(place);
    let at = move |member: &str| format!("{}.{member}", place.get_value());
    let condition = form.read(move |document| document.get(&at("if")).map(Value::to_string).unwrap_or_default());
    let target = form.read(move |document| document.word(&at("go")));
    let known_conditions = {
        let question = question.clone();
        form.read(move |document| conditions(document, &question))
    };
    let known_targets = form.read(move |document| targets(document, &question));
    let choose_condition = move |chosen: String| {
        form.act(|document| match serde_json::from_str::<Value>(&chosen) {
            Ok(value) => document.set(&at("if"), value),
            Err(_) => document.remove(&at("if")),
        });
    };
    let remove = Callback::new(move |()| form.act(|document| document.remove(&place.get_value())));
    view! {
        <li class="choice-line">
            <Options label=tr!("Condition of jump {number}", number) known=known_conditions value=condition on_choose=Callback::new(choose_condition)/>
            <span>{tr!("go to")}</span>
            <Options
                label=tr!("Target of jump {number}", number)
                known=known_targets
                value=target
                on_choose=Callback::new(move |chosen: String| form.act(|document| document.set(&at("go"), json!(chosen))))
            />
            <Act label=tr!("Remove") name=tr!("Remove jump {number}", number) on_press=remove/>
            <Problem place=at("go")/>
            <Problem place=at("if")/>
        </li>
    }
}

/// One of several that the document itself has.
#[component]
pub fn Options(
    #[prop(into)] label: String,
    known: Signal<Vec<(String, String)>>,
    value: Signal<String>,
    on_choose: Callback<String>,
) -> impl IntoView {
    let may_edit = Form::here().may_edit;
    let options = move || {
        let (mut known, value) = (known.get(), value.get());
        // What is there and cannot be chosen here stays until something else is.
        if known.iter().all(|(name, _)| *name != value) {
            known.push((value.clone(), value.clone()));
        }
        let option = |(name, words): (String, String)| {
            let is_chosen = name == value;
            view! { <option value=name selected=is_chosen>{words}</option> }
        };
        known.into_iter().map(option).collect_view()
    };
    view! {
        <select aria-label=label disabled=!may_edit on:change:target=move |event| on_choose.run(event.target().value())>
            {options}
        </select>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Document {
        Document::of(json!({ "questions": [
            { "id": "ease", "prompt": "Easy?", "kind": { "score": { "scale": "ces7" } } },
            { "id": "which", "prompt": "Which?", "kind": { "single_choice": { "choices": [{ "id": "a", "label": "A" }] } } },
        ] }))
    }

    #[test]
    fn a_jump_leads_to_any_other_question_or_to_the_end() {
        let names: Vec<String> = targets(&document(), "questions[0]").into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["which", "end"]);
    }

    #[test]
    fn a_jump_depends_on_what_its_question_can_be_answered_with() {
        let of = |place| conditions(&document(), place).into_iter().map(|(value, _)| value).collect::<Vec<_>>();
        assert_eq!(of("questions[0]").len(), 6);
        assert_eq!(of("questions[1]"), ["", r#"{"chosen":["a"]}"#, r#""answered""#, r#""skipped""#]);
    }
}
