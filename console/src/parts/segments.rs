//! One choice out of a few, all of them in sight: radio buttons drawn as one strip.

use leptos::prelude::*;

#[derive(Clone, PartialEq, Debug)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

#[component]
pub fn Segments(
    /// What is chosen, for those who cannot see where the strip stands.
    legend: &'static str,
    /// Tells its radio buttons from those of other strips.
    name: &'static str,
    #[prop(into)] choices: Signal<Vec<Choice>>,
    #[prop(into)] chosen: Signal<String>,
    on_choose: Callback<String>,
) -> impl IntoView {
    let segment = move |Choice { value, label }: Choice| {
        let (own, told) = (value.clone(), value.clone());
        view! {
            <label class="segment">
                <input
                    type="radio"
                    name=name
                    value=value
                    prop:checked=move || chosen.get() == own
                    on:change=move |_| on_choose.run(told.clone())
                />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <fieldset class="segments">
            <legend class="unseen">{legend}</legend>
            <For each=move || choices.get() key=|choice| (choice.value.clone(), choice.label.clone()) children=segment/>
        </fieldset>
    }
}
