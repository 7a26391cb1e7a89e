//! Fields that are bound to a place of the document: each shows what stands there, and what the collector says is wrong with it.

use leptos::prelude::*;
use serde_json::json;

use super::document::Document;
use super::form::Form;
use super::menu::Choice;
use crate::browser;
use crate::parts::{Labelled, described};

/// A place as the document's elements are called: ids have no brackets.
pub fn id_of(place: &str) -> String {
    let letters = place.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    format!("at-{}", letters.collect::<String>().trim_end_matches('-'))
}

/// What is wrong at a place, for its field to be described by.
#[component]
pub fn Problem(place: String) -> impl IntoView {
    let problem = Form::here().problem_at(place.clone());
    view! {
        <p id=format!("{}-mistake", id_of(&place)) class="refused">
            {problem}
        </p>
    }
}

/// How a field is read and written.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// For visitors, in the language that is being written.
    Text,
    /// The same, of several lines.
    Paragraph,
    /// For machines or the team, in no language.
    Word,
    Number,
    /// Day and time, as the reader's clock has them; nothing chosen is nothing there.
    Moment,
}

/// A line of text.
#[component]
pub fn Line(
    #[prop(into)] place: String,
    #[prop(into)] label: String,
    kind: Kind,
    #[prop(optional, into)] hint: String,
) -> impl IntoView {
    let form = Form::here();
    let read = {
        let place = place.clone();
        move |document: &Document| match kind {
            Kind::Text | Kind::Paragraph => document.text(&place, &form.language.get()),
            Kind::Word | Kind::Number => document.word(&place),
            Kind::Moment => browser::local_time(&document.word(&place)).unwrap_or_default(),
        }
    };
    let value = form.read(read);
    let typed = {
        let place = place.clone();
        Callback::new(move |text: String| {
            form.typed(&place, |document| match kind {
                Kind::Text | Kind::Paragraph => document.set_text(&place, &form.language.get_untracked(), &text),
                Kind::Word => document.set(&place, json!(text)),
                Kind::Number => document.set_number(&place, &text),
                Kind::Moment => match browser::moment(&text) {
                    Some(moment) => document.set(&place, json!(moment)),
                    None => document.remove(&place),
                },
            });
        })
    };
    // What visitors read in the survey's own language, while another is written.
    let original = {
        let place = place.clone();
        form.read(move |document| {
            let own = document.own_language();
            if form.language.get() == own { String::new() } else { document.text(&place, &own) }
        })
    };
    let is_worded = matches!(kind, Kind::Text | Kind::Paragraph);
    let outdated = {
        let place = place.clone();
        move || {
            let is_outdated = is_worded && form.is_outdated(&place);
            let warning = |original| tr!("Check this translation: the original now says “{original}”.", original);
            is_outdated.then(|| view! { <span class="to-check">{warning(original.get())}</span> })
        }
    };
    let placeholder = move || if is_worded { original.get() } else { String::new() };
    let language = move || is_worded.then(|| form.language.get());
    let id = id_of(&place);
    let problem = form.problem_at(place);
    let invalid = move || problem.with(Option::is_some).to_string();
    let field = if kind == Kind::Paragraph {
        view! {
            <textarea
                id=id.clone()
                rows="2"
                lang=language
                dir="auto"
                placeholder=placeholder
                aria-describedby=described(&id)
                aria-invalid=invalid
                disabled=!form.may_edit
                prop:value=value
                on:input:target=move |event| typed.run(event.target().value())
            ></textarea>
        }
        .into_any()
    } else {
        view! {
            <input
                id=id.clone()
                type=if kind == Kind::Moment { "datetime-local" } else { "text" }
                inputmode=if kind == Kind::Number { "decimal" } else { "text" }
                autocomplete="off"
                lang=language
                dir=is_worded.then_some("auto")
                placeholder=placeholder
                aria-describedby=described(&id)
                aria-invalid=invalid
                disabled=!form.may_edit
                prop:value=value
                on:input:target=move |event| typed.run(event.target().value())
            />
        }
        .into_any()
    };
    view! {
        <Labelled id=id label=label mistake=problem hint=view! { {hint} {outdated} }>
            {field}
        </Labelled>
    }
}

/// One of several.
#[component]
pub fn Select(
    #[prop(into)] place: String,
    #[prop(into)] label: String,
    choices: &'static [Choice],
    /// Its name in the document.
    #[prop(into)]
    value: Signal<String>,
    on_choose: Callback<String>,
) -> impl IntoView {
    let form = Form::here();
    let id = id_of(&place);
    let option = move |choice: &'static Choice| {
        view! {
            <option value=choice.name prop:selected=move || value.with(|value| value == choice.name)>
                {choice.label()}
            </option>
        }
    };
    // What the document has and this list does not know stays, until something else is chosen.
    let other = move || {
        let value = value.get();
        let is_known = choices.iter().any(|choice| choice.name == value);
        (!is_known).then(|| view! { <option value=value.clone() selected=true>{if value.is_empty() { tr!("as usual").to_owned() } else { value.clone() }}</option> })
    };
    view! {
        <Labelled id=id.clone() label=label mistake=form.problem_at(place) hint=()>
            <select
                id=id.clone()
                aria-describedby=described(&id)
                disabled=!form.may_edit
                on:change:target=move |event| on_choose.run(event.target().value())
            >
                {other}
                {choices.iter().map(option).collect_view()}
            </select>
        </Labelled>
    }
}

/// Yes or no, a member that is `true` or not there.
#[component]
pub fn Check(#[prop(into)] place: String, #[prop(into)] label: String) -> impl IntoView {
    let form = Form::here();
    let is_checked = {
        let place = place.clone();
        form.read(move |document| document.get(&place).and_then(serde_json::Value::as_bool).unwrap_or(false))
    };
    let change = move |is_on: bool| {
        form.act(|document| if is_on { document.set(&place, json!(true)) } else { document.remove(&place) });
    };
    view! {
        <label class="hinted">
            <input
                type="checkbox"
                disabled=!form.may_edit
                prop:checked=is_checked
                on:change:target=move |event| change(event.target().checked())
            />
            <span>{label}</span>
        </label>
    }
}

/// A button that does one thing in a list: its name says what, and to which item.
#[component]
pub fn Act(
    label: &'static str,
    /// What readers of the screen are told.
    #[prop(into)]
    name: String,
    #[prop(optional, into)] is_off: Signal<bool>,
    on_press: Callback<()>,
) -> impl IntoView {
    let may_edit = Form::here().may_edit;
    may_edit.then(|| {
        view! {
            <button
                type="button"
                class="button quiet small"
                aria-label=name.clone()
                title=name
                disabled=is_off
                on:click=move |_| on_press.run(())
            >
                {label}
            </button>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_has_an_id_of_its_own() {
        assert_eq!(id_of("questions[1].kind.score.low"), "at-questions-1--kind-score-low");
        assert_ne!(id_of("questions[1]"), id_of("questions[11]"));
    }
}
