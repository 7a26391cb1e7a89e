//! Fields of a form: each with its name, what it means, and what is wrong with it.

use leptos::prelude::*;

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
    let (hint_id, mistake_id) = (format!("{id}-hint"), format!("{id}-mistake"));
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <div class="field-line">
                <input
                    id=id
                    type="text"
                    inputmode=keys
                    autocomplete="off"
                    aria-describedby=format!("{hint_id} {mistake_id}")
                    aria-invalid=move || mistake.with(Option::is_some).to_string()
                    prop:value=value
                    on:input:target=move |event| on_type.run(event.target().value())
                />
                <span aria-hidden="true">{unit}</span>
            </div>
            <p id=mistake_id class="refused">
                {mistake}
            </p>
            <p id=hint_id class="secondary">
                {hint}
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
    let (hint_id, mistake_id) = (format!("{id}-hint"), format!("{id}-mistake"));
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <textarea
                id=id
                rows="3"
                spellcheck="false"
                autocapitalize="none"
                aria-describedby=format!("{hint_id} {mistake_id}")
                aria-invalid=move || mistake.with(Option::is_some).to_string()
                prop:value=value
                on:input:target=move |event| on_type.run(event.target().value())
            ></textarea>
            <p id=mistake_id class="refused">
                {mistake}
            </p>
            <p id=hint_id class="secondary">
                {children()}
            </p>
        </div>
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
