//! In which language the console speaks.

use leptos::prelude::*;

use crate::translation::{self, Language};

/// One button each, in its own language, so that whoever cannot read the others finds it.
#[component]
pub fn LanguageChoice() -> impl IntoView {
    let present = translation::language();
    let button = move |language: Language| {
        view! {
            <button
                type="button"
                class="tongue"
                lang=language.tag()
                aria-pressed=(language == present).to_string()
                on:click=move |_| if language != present { translation::choose(language) }
            >
                {language.own_name()}
            </button>
        }
    };
    view! {
        <div class="tongues" role="group" aria-label=tr!("Language")>
            {Language::ALL.map(button)}
        </div>
    }
}
