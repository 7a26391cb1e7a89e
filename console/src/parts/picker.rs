//! A choice out of many, of which one is in sight: a select with its name before it.

use leptos::prelude::*;

use super::Choice;

#[component]
pub fn Picker(
    label: &'static str,
    #[prop(into)] choices: Signal<Vec<Choice>>,
    #[prop(into)] chosen: Signal<String>,
    on_choose: Callback<String>,
) -> impl IntoView {
    let option = move |Choice { value, label }: Choice| {
        let own = value.clone();
        view! {
            <option value=value prop:selected=move || chosen.with(|chosen| *chosen == own)>
                {label}
            </option>
        }
    };
    view! {
        <label class="picker named">
            <span>{label}</span>
            <select on:change:target=move |event| on_choose.run(event.target().value())>
                {move || choices.get().into_iter().map(option).collect_view()}
            </select>
        </label>
    }
}
