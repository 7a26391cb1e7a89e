//! A text to take along: shown as it is, with a button that copies it and says so.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser;

/// How long "Copied" stands.
const SAID_MS: u32 = 4_000;

#[component]
pub fn CopyText(
    #[prop(into)] text: Signal<String>,
    /// What it is, as in "Copy the snippet".
    what: &'static str,
    /// What else can be done with it, to stand beside the button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let shown = NodeRef::<leptos::html::Code>::new();
    let said = RwSignal::new("");
    let copy = move |_| {
        spawn_local(async move {
            let done = browser::copied(&text.get_untracked()).await;
            said.set(if done { tr!("Copied.") } else { tr!("Selected: press Ctrl+C (or ⌘C) to copy.") });
            if !done && let Some(shown) = shown.get_untracked() {
                browser::select(&shown);
            }
            TimeoutFuture::new(SAID_MS).await;
            said.try_set("");
        });
    };
    view! {
        <div class="copy">
            <pre>
                <code node_ref=shown>{move || text.get()}</code>
            </pre>
            <div class="copy-row">
                <button type="button" class="button primary" on:click=copy>
                    {tr!("Copy {what}", what)}
                </button>
                {children.map(|children| children())}
                <span role="status">{move || said.get()}</span>
            </div>
        </div>
    }
}
