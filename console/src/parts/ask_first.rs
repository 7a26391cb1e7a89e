//! A button for what cannot be undone: it says what would happen, and asks, before it does anything.

use leptos::html::Button;
use leptos::prelude::*;

use crate::browser;

#[component]
pub fn AskFirst(
    /// What the button says.
    label: &'static str,
    /// Of what, for whoever hears the button without what stands beside it.
    of: String,
    /// What happens then.
    warning: &'static str,
    yes: &'static str,
    no: &'static str,
    on_yes: Callback<()>,
) -> impl IntoView {
    let is_asking = RwSignal::new(false);
    let was_asked = StoredValue::new(false);
    let (first, refusal) = (NodeRef::<Button>::new(), NodeRef::<Button>::new());
    // Each takes the other's place, and the focus with it. To refuse is what a second press by mistake does.
    Effect::new(move || {
        if let Some(button) = refusal.get() {
            was_asked.set_value(true);
            browser::focus_on(&button);
        }
    });
    Effect::new(move || {
        if let Some(button) = first.get().filter(|_| was_asked.get_value()) {
            browser::focus_on(&button);
        }
    });
    move || {
        if is_asking.get() {
            view! {
                <span class="ask-first" role="status">{warning}</span>
                <button
                    type="button"
                    class="button"
                    on:click=move |_| {
                        is_asking.set(false);
                        on_yes.run(());
                    }
                >
                    {yes}
                </button>
                <button type="button" class="button" node_ref=refusal on:click=move |_| is_asking.set(false)>
                    {no}
                </button>
            }
            .into_any()
        } else {
            view! {
                <button
                    type="button"
                    class="button"
                    node_ref=first
                    aria-label=format!("{label}: {of}")
                    on:click=move |_| is_asking.set(true)
                >
                    {label}
                </button>
            }
            .into_any()
        }
    }
}
