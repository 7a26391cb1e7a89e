//! Fields of a form: each with its name, what it means, and what is wrong with it.

use leptos::prelude::*;

use crate::attempt::Attempt;

/// What stands around every field: its name, and below it what is wrong and what it means.
#[component]
pub fn Labelled(
    /// The one of what is typed into or chosen from, which is [`described`] by what stands below it.
    #[prop(into)]
    id: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] mistake: Signal<Option<String>>,
    hint: impl IntoView + 'static,
    children: Children,
) -> impl IntoView {
    let (hint_id, mistake_id) = (format!("{id}-hint"), format!("{id}-mistake"));
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {children()}
            <p id=mistake_id class="refused">
                {mistake}
            </p>
            <p id=hint_id class="secondary">
                {hint}
            </p>
        </div>
    }
}

/// By which elements a [`Labelled`] field is described.
pub fn described(id: &str) -> String {
    format!("{id}-mistake {id}-hint")
}

/// One line of text, a number mostly, with its unit behind it.
#[component]
pub fn TextLine(
    id: &'static str,
    label: &'static str,
    /// What a telephone's keyboard is to have: `decimal`, `text`.
    keys: &'static str,
    unit: &'static str,
    hint: &'static str,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] mistake: Signal<Option<String>>,
    on_type: Callback<String>,
) -> impl IntoView {
    view! {
        <Labelled id=id label=label mistake=mistake hint=hint>
            <div class="field-line">
                <input
                    id=id
                    type="text"
                    inputmode=keys
                    autocomplete="off"
                    aria-describedby=described(id)
                    aria-invalid=move || mistake.with(Option::is_some).to_string()
                    prop:value=value
                    on:input:target=move |event| on_type.run(event.target().value())
                />
                <span aria-hidden="true">{unit}</span>
            </div>
        </Labelled>
    }
}

/// One line of text in a form that asks the collector for something.
#[component]
pub fn Entry(
    attempt: Attempt,
    /// As the API names it.
    field: &'static str,
    label: &'static str,
    /// `text`, `email`, `password`, `url`.
    #[prop(optional, into)]
    kind: Option<&'static str>,
    /// What the browser may fill in: `username`, `new-password`.
    #[prop(optional, into)]
    fills: Option<&'static str>,
    #[prop(optional, into)] hint: Option<&'static str>,
    value: RwSignal<String>,
) -> impl IntoView {
    let (id, mistake) = (attempt.id(field), attempt.mistake_at(field));
    view! {
        <Labelled id=id.clone() label=label mistake=mistake hint=hint>
            <input
                id=id.clone()
                type=kind.unwrap_or("text")
                name=field
                autocomplete=fills.unwrap_or("off")
                aria-describedby=described(&id)
                aria-invalid=move || mistake.with(Option::is_some).to_string()
                prop:value=value
                on:input:target=move |event| value.set(event.target().value())
            />
        </Labelled>
    }
}

/// The button of such a form, and what was refused that is about none of its fields.
#[component]
pub fn Submit(
    attempt: Attempt,
    label: &'static str,
    /// What it says while the collector is asked.
    busy: &'static str,
) -> impl IntoView {
    view! {
        <div class="submit">
            <button type="submit" class="button primary">
                {move || if attempt.is_busy().get() { busy } else { label }}
            </button>
            <p class="refused" role="alert">
                {attempt.refusal()}
            </p>
        </div>
    }
}

/// A few names, one on each line.
#[component]
pub fn Lines(
    id: &'static str,
    label: &'static str,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] mistake: Signal<Option<String>>,
    on_type: Callback<String>,
    /// The hint below it.
    children: Children,
) -> impl IntoView {
    view! {
        <Labelled id=id label=label mistake=mistake hint=children()>
            <textarea
                id=id
                rows="3"
                spellcheck="false"
                autocapitalize="none"
                aria-describedby=described(id)
                aria-invalid=move || mistake.with(Option::is_some).to_string()
                prop:value=value
                on:input:target=move |event| on_type.run(event.target().value())
            ></textarea>
        </Labelled>
    }
}

/// A radio button or a check box, with its meaning below its name.
#[component]
pub fn Hinted(
    /// `radio` or `checkbox`.
    kind: &'static str,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    #[prop(into)] is_checked: Signal<bool>,
    /// Told whether it is on now.
    on_change: Callback<bool>,
) -> impl IntoView {
    view! {
        <label class="hinted">
            <input
                type=kind
                name=name
                prop:checked=is_checked
                on:change:target=move |event| on_change.run(event.target().checked())
            />
            <span>
                {label}
                <span class="secondary">{hint}</span>
            </span>
        </label>
    }
}
