//! Comments and other answers as a screen lists them: the newest from its feed, and older ones as far back as the reader wants to go.

use leptos::prelude::*;
use leptos::task::spawn_local;
use survey::report::{AnswerReport, AnswersReport};

use crate::address::Place;
use crate::api::{self, AnswerList, Failure};
use crate::parts::{CommentList, Empty, Notice, merged};
use crate::sections::{AnswerStanding, AnswerTags, Settling, TagSuggestions, Tagging};

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
    which: Signal<api::Answers>,
    #[prop(into)] one_host: Signal<bool>,
    #[prop(into)] now: Signal<i64>,
    /// If the screen has it already.
    #[prop(optional)]
    tagging: Option<Tagging>,
    #[prop(optional)] link: Option<Callback<String, String>>,
) -> impl IntoView {
    let place = Place::here();
    let tagging = tagging.unwrap_or_else(Tagging::begin);
    let settling = Settling::begin(tagging.may_edit());
    let older = RwSignal::new(Older::default());
    let failure = RwSignal::new(None::<Failure>);
    let is_fetching = RwSignal::new(false);
    let subject = Memo::new(move |_| (place.site.get().key, which.get()));
    Effect::new(move |before: Option<()>| {
        subject.track();
        if before.is_some() {
            older.set(Older::default());
            settling.begin_anew();
        }
    });
    let listed = Memo::new(move |_| newest.with(|newest| older.with(|older| merged(&newest.answers, &older.answers))));
    Effect::new(move || newest.with(|newest| settling.hear(&newest.answers)));
    let answers = Memo::new(move |_| listed.with(|listed| merged(listed, &settling.settled())));
    let next = move || older.with(|older| older.next).unwrap_or_else(|| newest.with(|newest| newest.next));
    let fetch = Callback::new(move |()| {
        let Some(before) = next().filter(|_| !is_fetching.get_untracked()) else { return };
        let asked = subject.get_untracked();
        let (site, which) = asked.clone();
        is_fetching.set(true);
        spawn_local(async move {
            let which = api::Answers { before: Some(before), ..which };
            let fetched = api::answers(&site, &which).await;
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
                        answers: merged(&fetched.answers, &listed.get_untracked()),
                        next: Some(fetched.next),
                    });
                }
                Err(reason) => failure.set(Some(reason)),
            }
        });
    });
    let below = Callback::new(move |number| {
        view! {
            <div class="below">
                <AnswerTags tagging=tagging number=number answers=answers/>
                <AnswerStanding settling=settling number=number answers=answers/>
            </div>
        }
        .into_any()
    });
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
                let (list, is_narrowed) = which.with(|which| (which.list, which.is_narrowed()));
                let (title, way_out) = nothing(list, is_narrowed);
                view! {
                    <Empty title=title>
                        <p>{way_out}</p>
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
                {move || {
                    if is_fetching.get() {
                        return tr!("Looking …");
                    }
                    match which.with(|which| which.list) {
                        AnswerList::Comments => tr!("Older comments"),
                        AnswerList::SetApart => tr!("Older answers"),
                    }
                }}
            </button>
        </Show>
    }
}

/// What an empty list says: that there is nothing, and what to do about it.
fn nothing(list: AnswerList, is_narrowed: bool) -> (&'static str, &'static str) {
    match (list, is_narrowed) {
        (AnswerList::Comments, true) => {
            (tr!("No such comments"), tr!("Choose a longer period, or look for less at a time."))
        }
        (AnswerList::Comments, false) => {
            (tr!("No comments"), tr!("When a visitor writes one, it stands here within two seconds."))
        }
        (AnswerList::SetApart, true) => (tr!("No such answers"), tr!("Look for less at a time.")),
        (AnswerList::SetApart, false) => (tr!("Nothing is set apart"), tr!("All answers are in the figures.")),
    }
}
