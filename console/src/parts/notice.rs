//! What stands where there is nothing else to show: waiting, failed, empty. Each says what comes next or what to do.

use leptos::prelude::*;

use crate::api::Failure;

/// Shown while the first answer is under way; not at once, so that a quick answer does not flash.
#[component]
pub fn Waiting() -> impl IntoView {
    view! {
        <p class="waiting" role="status">
            "Loading …"
        </p>
    }
}

/// What went wrong, and a button to try again.
#[component]
pub fn Notice(failure: Failure, on_retry: Callback<()>) -> impl IntoView {
    view! {
        <div class="notice" role="alert">
            <p>{failure.to_string()}</p>
            <button type="button" class="button" on:click=move |_| on_retry.run(())>
                "Try again"
            </button>
        </div>
    }
}

/// The state of a feed above what it shows: nothing while all is well.
#[component]
pub fn FeedNotice(
    #[prop(into)] failure: Signal<Option<Failure>>,
    /// Whether something is shown below, from before the failure.
    #[prop(into)]
    is_shown: Signal<bool>,
    on_retry: Callback<()>,
) -> impl IntoView {
    move || match (failure.get(), is_shown.get()) {
        (Some(failure), _) => view! { <Notice failure=failure on_retry=on_retry/> }.into_any(),
        (None, false) => view! { <Waiting/> }.into_any(),
        (None, true) => ().into_any(),
    }
}

/// An empty list, and the next step.
#[component]
pub fn Empty(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="empty">
            <h3>{title}</h3>
            {children()}
        </div>
    }
}
