//! What stands where there is nothing else to show: waiting, failed, empty. Each says what comes next or what to do.

use leptos::prelude::*;

use crate::api::Failure;
use crate::deeds::{Deeds, Doing};
use crate::feed::FeedState;

/// Shown while the first answer is under way; not at once, so that a quick answer does not flash.
#[component]
pub fn Waiting() -> impl IntoView {
    view! {
        <p class="waiting" role="status">
            {tr!("Loading …")}
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
                {tr!("Try again")}
            </button>
        </div>
    }
}

/// The state of a feed above what it shows: nothing while all is well.
#[component]
pub fn FeedNotice(state: FeedState) -> impl IntoView {
    let retry = Callback::new(move |()| state.again());
    move || match (state.failure.get(), state.is_shown.get()) {
        (Some(failure), _) => view! { <Notice failure=failure on_retry=retry/> }.into_any(),
        (None, false) => view! { <Waiting/> }.into_any(),
        (None, true) => ().into_any(),
    }
}

/// What has become of what was last done to a list.
#[component]
pub fn DeedNotice(deeds: Deeds) -> impl IntoView {
    let status = move || match deeds.doing() {
        Doing::UnderWay => tr!("Saving …"),
        Doing::Done => tr!("Done."),
        Doing::Nothing | Doing::Refused(_) => "",
    };
    let refusal = move || match deeds.doing() {
        Doing::Refused(reason) => Some(reason),
        _ => None,
    };
    view! {
        <p class="secondary" role="status">
            {status}
        </p>
        <p class="refused" role="alert">
            {refusal}
        </p>
    }
}

/// What a feed shows, once there is something, with its state above it.
#[component]
pub fn FeedBody(state: FeedState, children: ChildrenFn) -> impl IntoView {
    let children = StoredValue::new(children);
    let outdated = state.is_outdated;
    view! {
        <FeedNotice state=state/>
        <Show when=move || state.is_shown.get()>
            <div class="feed" class:outdated=outdated aria-busy=move || outdated.get().to_string()>
                {children.with_value(|children| children())}
            </div>
        </Show>
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
