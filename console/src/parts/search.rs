//! The search box.

use leptos::html::Input;
use leptos::prelude::*;

use crate::browser;

/// A slash anywhere outside a field goes to it; Escape empties it.
#[component]
pub fn Search(
    /// What is searched: "Search pages".
    label: &'static str,
    #[prop(into)] text: Signal<String>,
    on_type: Callback<String>,
) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    let slash = window_event_listener(leptos::ev::keydown, move |event| {
        let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
        if event.key() == "/"
            && plain
            && !browser::is_typing()
            && let Some(field) = field.get_untracked()
        {
            event.prevent_default();
            // It cannot fail: an input that is on the page can have the focus.
            let _ = field.focus();
        }
    });
    on_cleanup(move || slash.remove());
    view! {
        <label class="search">
            <span class="unseen">{label}</span>
            <input
                type="search"
                placeholder=label
                autocomplete="off"
                spellcheck="false"
                node_ref=field
                prop:value=text
                on:input:target=move |event| on_type.run(event.target().value())
                on:keydown=move |event| {
                    if event.key() == "Escape" {
                        on_type.run(String::new());
                    }
                }
            />
            <kbd aria-hidden="true">"/"</kbd>
        </label>
    }
}
