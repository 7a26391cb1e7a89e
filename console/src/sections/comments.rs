//! Comments as a screen shows them: the newest from its feed, and older ones as far back as the reader wants to go.

use leptos::prelude::*;
use leptos::task::spawn_local;
use survey::report::{AnswerReport, AnswersReport};

use crate::address::Place;
use crate::api::{self, Failure};
use crate::parts::{CommentList, Empty, Notice, merged};
use crate::sections::{AnswerTags, TagSuggestions, Tagging};

/// How many are fetched at a time.
pub const COMMENTS: u32 = 12;

/// Comments that were fetched beyond the newest, and where they end.
#[derive(Clone, Default)]
struct Older {
    answers: Vec<AnswerReport>,
    /// Nothing until some have been fetched; then what comes next, if anything.
    next: Option<Option<i64>>,
}

#[component]
pub fn Comments(
    #[prop(into)] newest: Signal<AnswersReport>,
    /// Which these are the newest of.
    #[prop(into)]
    which: Signal<api::Comments>,
    #[prop(into)] one_host: Signal<bool>,
    #[prop(into)] now: Signal<i64>,
    /// If the screen has it already.
    #[prop(optional)]
    tagging: Option<Tagging>,
    #[prop(optional)] link: Option<Callback<String, String>>,
) -> impl IntoView {
    let place = Place::here();
    let tagging = tagging.unwrap_or_else(Tagging::begin);
    let older = RwSignal::new(Older::default());
    let failure = RwSignal::new(None::<Failure>);
    let is_fetching = RwSignal::new(false);
    let subject = Memo::new(move |_| (place.site.get().key, which.get()));
    Effect::new(move |before: Option<()>| {
        subject.track();
        if before.is_some() {
            older.set(Older::default());
        }
    });
    let answers = Memo::new(move |_| newest.with(|newest| older.with(|older| merged(&newest.answers, &older.answers))));
    let next = move || older.with(|older| older.next).unwrap_or_else(|| newest.with(|newest| newest.next));
    let fetch = Callback::new(move |()| {
        let Some(before) = next().filter(|_| !is_fetching.get_untracked()) else { return };
        let asked = subject.get_untracked();
        let (site, which) = asked.clone();
        is_fetching.set(true);
        spawn_local(async move {
            let which = api::Comments { before: Some(before), ..which };
            let fetched = api::comments(&site, &which).await;
            // Meanwhile the reader may have gone elsewhere, or left.
            if subject.try_get_untracked() != Some(asked) {
                is_fetching.try_set(false);
                return;
            }
            is_fetching.set(false);
            match fetched {
                Ok(fetched) => {
                    failure.set(None);
                    older.set(Older {
                        answers: merged(&fetched.answers, &answers.get_untracked()),
                        next: Some(fetched.next),
                    });
                }
                Err(reason) => failure.set(Some(reason)),
            }
        });
    });
    let below =
        Callback::new(move |number| view! { <AnswerTags tagging=tagging number=number answers=answers/> }.into_any());
    view! {
        <Show
            when=move || answers.with(|answers| !answers.is_empty())
            fallback=move || {
                if next().is_some() {
                    return view! {
                        <Empty title=tr!("None among the newest")>
                            <p>{tr!("What is looked for is rare, or older. Look further back.")}</p>
                        </Empty>
                    };
                }
                if which.with(api::Comments::is_narrowed) {
                    return view! {
                        <Empty title=tr!("No such comments")>
                            <p>{tr!("Choose a longer period, or look for less at a time.")}</p>
                        </Empty>
                    };
                }
                view! {
                    <Empty title=tr!("No comments")>
                        <p>{tr!("When a visitor writes one, it stands here within two seconds.")}</p>
                    </Empty>
                }
            }
        >
            <CommentList answers=answers now=now link=link one_host=one_host below=below/>
            <TagSuggestions tagging=tagging/>
        </Show>
        {move || failure.get().map(|failure| view! { <Notice failure=failure on_retry=fetch/> })}
        <Show when=move || next().is_some()>
            <button type="button" class="button" disabled=is_fetching on:click=move |_| fetch.run(())>
                {move || if is_fetching.get() { tr!("Looking …") } else { tr!("Older comments") }}
            </button>
        </Show>
    }
}
