//! A button for what cannot be undone: it says what would happen, and asks, before it does anything.

use leptos::prelude::*;

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
                <button type="button" class="button" on:click=move |_| is_asking.set(false)>
                    {no}
                </button>
            }
            .into_any()
        } else {
            view! {
                <button
                    type="button"
                    class="button"
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
