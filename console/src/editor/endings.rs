//! Endings: what is said last, by how somebody answered, and where it leads.

use leptos::prelude::*;
use serde_json::{Value, json};

use super::document::Document;
use super::fields::{Act, Kind, Line, Problem};
use super::form::Form;
use super::logic::{Options, answers_to};
use super::menu;
use super::questions::ContactForm;

const LIST: &str = "endings";

#[component]
pub fn Endings() -> impl IntoView {
    let form = Form::here();
    let endings = move || {
        form.track_structure();
        let count = form.document.with_untracked(|document| document.count(LIST));
        (0..count).map(|at| view! { <Ending at=at count=count/> }).collect_view()
    };
    let add = Callback::new(move |()| {
        form.act(|document| {
            let question = whose(document).into_iter().next().map(|(id, _)| id).unwrap_or_default();
            let is = answers(document, &question).into_iter().next_back().map(|(is, _)| is);
            let is = is.and_then(|is| serde_json::from_str::<Value>(&is).ok()).unwrap_or_else(|| json!("answered"));
            let ending = json!({ "when": { "question": question, "is": is }, "title": untranslated!("Thank you for telling us") });
            document.insert(LIST, 0, ending);
        });
    });
    view! {
        <section class="editor-part" aria-labelledby="endings-title">
            <h2 id="endings-title">{tr!("Endings")}</h2>
            <ol class="endings">{endings}</ol>
            <Problem place=LIST.to_owned()/>
            <Act label=tr!("Add an ending for some") name=tr!("Add an ending for some") on_press=add/>
        </section>
    }
}

/// Questions, which endings may depend on.
fn whose(document: &Document) -> Vec<(String, String)> {
    let own = document.own_language();
    let question = |at: usize| {
        let place = format!("questions[{at}]");
        (document.word(&format!("{place}.id")), document.text(&format!("{place}.prompt"), &own))
    };
    (0..document.count("questions")).map(question).collect()
}

/// How a question may have been answered.
fn answers(document: &Document, question: &str) -> Vec<(String, String)> {
    let places = (0..document.count("questions")).map(|at| format!("questions[{at}]"));
    let place = places.into_iter().find(|place| document.word(&format!("{place}.id")) == question);
    place.map(|place| answers_to(document, &place)).unwrap_or_default()
}

#[component]
fn Ending(at: usize, count: usize) -> impl IntoView {
    let form = Form::here();
    let place = format!("{LIST}[{at}]");
    let is_for_everybody_else = at + 1 == count;
    let remove = {
        let place = place.clone();
        Callback::new(move |()| form.act(|document| document.remove(&place)))
    };
    let link_is_there = {
        let place = place.clone();
        form.read(move |document| document.get(&format!("{place}.link")).is_some())
    };
    let toggle_link = {
        let place = place.clone();
        Callback::new(move |()| {
            let link = format!("{place}.link");
            form.act(|document| match document.get(&link) {
                Some(_) => document.remove(&link),
                None => document.set(&link, json!({ "label": "", "url": "" })),
            });
        })
    };
    let link = {
        let place = place.clone();
        move || {
            link_is_there.get().then(|| {
                view! {
                    <div class="field-row">
                        <Line place=format!("{place}.link.label") label=tr!("Words of the link") kind=Kind::Text/>
                        <Line place=format!("{place}.link.url") label=tr!("Address") kind=Kind::Word/>
                    </div>
                }
            })
        }
    };
    view! {
        <li class="ending">
            {if is_for_everybody_else {
                view! { <p class="ending-for">{if count == 1 { tr!("For everybody") } else { tr!("For everybody else") }}</p> }.into_any()
            } else {
                view! { <For place=place.clone() number=at + 1/> }.into_any()
            }}
            <Line place=format!("{place}.title") label=tr!("Title") kind=Kind::Text/>
            <Line place=format!("{place}.text") label=tr!("Text") kind=Kind::Paragraph/>
            {link}
            <AskedBefore place=format!("{place}.form") number=at + 1/>
            <span class="question-acts">
                {move || {
                    let label = if link_is_there.get() { tr!("Without link") } else { tr!("With a link") };
                    view! { <Act label=label name=tr!("{label}, ending {number}", label, number = at + 1) on_press=toggle_link/> }
                }}
                {(!is_for_everybody_else).then(|| view! { <Act label=tr!("Remove") name=tr!("Remove ending {number}", number = at + 1) on_press=remove/> })}
            </span>
            <Problem place=place/>
        </li>
    }
}

/// What is asked before the last words: whom to write back to, say.
#[component]
fn AskedBefore(place: String, number: usize) -> impl IntoView {
    let form = Form::here();
    let place = StoredValue::new(place);
    let at = move |member: &str| format!("{}.{member}", place.get_value());
    let is_there = form.read(move |document| document.get(&place.get_value()).is_some());
    let is_contact = form.read(move |document| document.get(&at("kind.contact")).is_some());
    let toggle = Callback::new(move |()| {
        form.act(|document| match document.get(&place.get_value()) {
            Some(_) => document.remove(&place.get_value()),
            None => {
                let id = document.free_id("questions", menu::id_for("contact"));
                document.set(&place.get_value(), menu::new_question("contact", &id));
            }
        });
    });
    let fields = move || {
        is_there.get().then(|| {
            view! {
                <fieldset class="asked-before">
                    <legend>{tr!("Asked before it; may be left out")}</legend>
                    <Line place=at("prompt") label=tr!("Question") kind=Kind::Text/>
                    <Line place=at("note") label=tr!("Note below it") kind=Kind::Text/>
                    {move || is_contact.get().then(|| view! { <ContactForm place=at("kind.contact")/> })}
                    <Problem place=place.get_value()/>
                </fieldset>
            }
        })
    };
    view! {
        {fields}
        <span class="question-acts">
            {move || {
                let label = if is_there.get() { tr!("Without asking") } else { tr!("Ask whom to write back to") };
                view! { <Act label=label name=tr!("{label}, ending {number}", label, number) on_press=toggle/> }
            }}
        </span>
    }
}

/// For whom an ending is.
#[component]
fn For(place: String, number: usize) -> impl IntoView {
    let form = Form::here();
    let place = StoredValue::new(place);
    let at = move |member: &str| format!("{}.when.{member}", place.get_value());
    let question = form.read(move |document| document.word(&at("question")));
    let answer = form.read(move |document| document.get(&at("is")).map(Value::to_string).unwrap_or_default());
    let known = form.read(move |document| answers(document, &document.word(&at("question"))));
    let choose_question =
        Callback::new(move |id: String| form.act(|document| document.set(&at("question"), json!(id))));
    let choose_answer = Callback::new(move |is: String| {
        form.act(|document| {
            if let Ok(is) = serde_json::from_str::<Value>(&is) {
                document.set(&at("is"), is);
            }
        });
    });
    view! {
        <p class="ending-for choice-line">
            {tr!("If, of ")}
            <Options label=tr!("Question of ending {number}", number) known=form.read(whose) value=question on_choose=choose_question/>
            <Options label=tr!("Answer of ending {number}", number) known=known value=answer on_choose=choose_answer/>
        </p>
        <Problem place=at("question")/>
        <Problem place=at("is")/>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_depends_on_what_its_question_can_be_answered_with() {
        let document = Document::of(json!({ "questions": [
            { "id": "which", "prompt": "Which?", "kind": { "single_choice": { "choices": [{ "id": "a", "label": "A" }] } } },
        ] }));
        assert_eq!(whose(&document), [("which".to_owned(), "Which?".to_owned())]);
        let words: Vec<String> = answers(&document, "which").into_iter().map(|(_, words)| words).collect();
        assert_eq!(words, ["“A” was chosen", "it was answered", "it was left out"]);
        assert_eq!(answers(&document, "gone"), []);
    }
}
