//! How it looks: the format, and in which languages it speaks.

use leptos::prelude::*;
use serde_json::{Value, json};
use survey::api::editing::FieldProblem;
use survey::definition::Language;

use super::fields::{Kind, Line, Select};
use super::form::Form;
use super::menu::{self, Choice, FORMATS};
use crate::address::Place;
use crate::parts::ThemeFields;
use crate::theme::{Mistake, TypedTheme};

/// The formats alone, without their parts.
const NAMES: [Choice; 5] = [FORMATS[0].0, FORMATS[1].0, FORMATS[2].0, FORMATS[3].0, FORMATS[4].0];

#[component]
pub fn Look() -> impl IntoView {
    let form = Form::here();
    let format = form.read(|document| menu::name_of(document.get("format")));
    let shown = Signal::derive(move || {
        Some(format.get()).filter(|name| !name.is_empty()).unwrap_or_else(|| "corner".to_owned())
    });
    let choose =
        Callback::new(move |name: String| form.act(|document| document.set("format", menu::new_format(&name))));
    let part = move || {
        let name = shown.get();
        let place = format!("format.{name}");
        let parts = FORMATS.iter().find(|(format, _)| format.name == name).map_or(&[][..], |(_, parts)| parts);
        if name == "inline" {
            return view! { <Line place=place label=tr!("CSS selector") kind=Kind::Word hint=tr!("Where there is no such element, it is not shown.")/> }.into_any();
        }
        if parts.is_empty() {
            return ().into_any();
        }
        let value = {
            let place = place.clone();
            form.read(move |document| match document.get(&place) {
                Some(Value::String(part)) => part.clone(),
                _ => "bottom_right".to_owned(),
            })
        };
        let choose = {
            let place = place.clone();
            Callback::new(move |part: String| form.act(|document| document.set(&place, json!(part))))
        };
        view! { <Select place=place label=tr!("Where") choices=parts value=value on_choose=choose/> }.into_any()
    };
    view! {
        <section class="editor-part" aria-labelledby="look-title">
            <h2 id="look-title">{tr!("How it stands on the page")}</h2>
            <div class="field-row">
                <Select place="format" label=tr!("Format") choices=&NAMES value=shown on_choose=choose/>
                {part}
            </div>
            <OwnTheme/>
        </section>
    }
}

/// In what it differs from the site's theme.
#[component]
fn OwnTheme() -> impl IntoView {
    let form = Form::here();
    let typed = form.read(|document| document.get("theme").map(TypedTheme::of_json).unwrap_or_default());
    let mistakes = Signal::derive(move || {
        form.problems.with(|problems| {
            let of_theme = problems.iter().filter(|problem| is_of_theme(&problem.field));
            let mistake = |problem: &FieldProblem| {
                let place = problem.field.trim_start_matches("theme").trim_start_matches('.').to_owned();
                let named = Mistake { place, reason: problem.reason.clone() };
                if named.place.is_empty() { Mistake::of_refusal(&problem.reason) } else { named }
            };
            of_theme.map(mistake).collect::<Vec<_>>()
        })
    });
    let on_type = Callback::new(move |(place, text): (&'static str, String)| {
        let mut theme = typed.get_untracked();
        theme.set(place, text);
        form.typed(&format!("theme.{place}"), |document| {
            if theme.is_empty() { document.remove("theme") } else { document.set("theme", theme.to_json()) }
        });
    });
    let place = Place::here();
    view! {
        <details class="own-theme" open=!typed.get_untracked().is_empty()>
            <summary>{tr!("Colours, fonts and shape of its own")}</summary>
            <p class="secondary">
                {tr!("Only what is to differ from ")} <a href=move || place.href("/settings/look", &[])>{tr!("how surveys look on this site")}</a> "."
            </p>
            <ThemeFields form="own-look" typed=typed mistakes=mistakes is_read_only=!form.may_edit on_type=on_type/>
        </details>
    }
}

fn is_of_theme(field: &str) -> bool {
    field == "theme" || field.starts_with("theme.")
}

/// What a language needs, behind its tag: "2 texts missing, 1 to check".
fn needs_in_words((missing, outdated): (usize, usize)) -> String {
    let missing = (missing > 0).then(|| tr!("{n} text missing" | "{n} texts missing" % missing as u64));
    let outdated = (outdated > 0).then(|| tr!("{n} to check" | "{n} to check" % outdated as u64));
    missing.into_iter().chain(outdated).collect::<Vec<_>>().join(", ")
}

/// Which language is being written, and another to be added.
#[component]
pub fn Languages() -> impl IntoView {
    let form = Form::here();
    let languages = form.read(super::document::Document::languages);
    let added = RwSignal::new(String::new());
    let mistake = RwSignal::new(false);
    let add = move || {
        let language = added.get_untracked().trim().parse::<Language>();
        mistake.set(language.is_err());
        if let Ok(language) = language {
            form.language.set(language.as_str().to_owned());
            added.set(String::new());
        }
    };
    let shown = move || {
        let (mut languages, writing) = (languages.get(), form.language.get());
        // One that nothing is written in yet.
        if !languages.contains(&writing) {
            languages.push(writing);
        }
        let button = |tag: String| {
            let (pressed, chosen) = (tag.clone(), tag.clone());
            view! {
                <button
                    type="button"
                    class="button quiet small"
                    aria-pressed=move || (form.language.get() == pressed).to_string()
                    on:click=move |_| form.language.set(chosen.clone())
                >
                    {tag.clone()}
                    <span class="needs">{move || needs_in_words(form.needs_of(&tag))}</span>
                </button>
            }
        };
        languages.into_iter().map(button).collect_view()
    };
    view! {
        <div class="languages" role="group" aria-label=tr!("Language that is being written")>
            <span class="secondary">{tr!("Writing in")}</span>
            {shown}
            <Show when=move || form.may_edit>
                <input
                    class="language-tag"
                    type="text"
                    size="6"
                    aria-label=tr!("Another language, as a tag like de")
                    placeholder=tr!("de …")
                    aria-invalid=move || mistake.get().to_string()
                    prop:value=added
                    on:input:target=move |event| added.set(event.target().value())
                    on:keydown=move |event| {
                        if event.key() == "Enter" {
                            event.prevent_default();
                            add();
                        }
                    }
                />
                <button type="button" class="button quiet small" on:click=move |_| add()>
                    {tr!("Add language")}
                </button>
                <span class="refused" role="alert">
                    {move || mistake.get().then_some(tr!("Write a tag like de or pt-BR."))}
                </span>
            </Show>
        </div>
    }
}
