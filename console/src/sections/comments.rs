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

impl Older {
    /// With those that came since: what falls out of the newest is one of the older ones. Where the newest do not reach back to what is
    /// known, nobody knows what is between, and whoever looks for older ones begins anew.
    fn carried_on(self, newest: &AnswersReport) -> Self {
        let Some(end) = self.next else { return self };
        let Some(reach) = newest.next else { return Self { answers: newest.answers.clone(), next: Some(None) } };
        if self.answers.first().is_none_or(|known| known.number + 1 < reach) {
            return Self::default();
        }
        // Of what they reach back to, they know which are in the list.
        let below: Vec<AnswerReport> = self.answers.into_iter().filter(|answer| answer.number < reach).collect();
        Self { answers: merged(&newest.answers, &below), next: Some(end) }
    }
}

/// Beside figures of some visitors, what is said is of all of them.
#[component]
pub fn OfAllVisitors() -> impl IntoView {
    let place = Place::here();
    view! {
        <Show when=move || place.visitors.with(|visitors| !visitors.is_empty())>
            <p class="secondary">{tr!("Of all visitors, also where the figures are of some.")}</p>
        </Show>
    }
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
    Effect::new(move || {
        newest.with(|newest| {
            if older.with_untracked(|older| older.next.is_some()) {
                older.update(|older| *older = std::mem::take(older).carried_on(newest));
            }
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::sample::answer;

    fn report(numbers: &[i64], next: Option<i64>) -> AnswersReport {
        AnswersReport { answers: numbers.iter().map(|number| answer(*number, "said")).collect(), next }
    }

    fn older(numbers: &[i64], next: Option<i64>) -> Older {
        Older { answers: report(numbers, None).answers, next: Some(next) }
    }

    fn numbers(older: &Older) -> Vec<i64> {
        older.answers.iter().map(|answer| answer.number).collect()
    }

    #[test]
    fn what_falls_out_of_the_newest_is_one_of_the_older_ones() {
        let grown = older(&[9, 8, 5], Some(5)).carried_on(&report(&[12, 11, 9], Some(9)));
        let grown = grown.carried_on(&report(&[15, 14, 12], Some(12)));
        assert_eq!((numbers(&grown), grown.next), (vec![15, 14, 12, 11, 9, 8, 5], Some(Some(5))));
    }

    #[test]
    fn what_is_in_the_list_no_more_goes_from_what_the_newest_reach_back_to() {
        let left = older(&[9, 8, 5], Some(5)).carried_on(&report(&[9, 5], Some(5)));
        assert_eq!(numbers(&left), [9, 5]);
        let all = older(&[9, 8, 5], Some(5)).carried_on(&report(&[9], None));
        assert_eq!((numbers(&all), all.next), (vec![9], Some(None)));
    }

    #[test]
    fn whoever_looks_for_older_ones_begins_anew_where_nobody_knows_what_is_between() {
        let gap = older(&[9, 8, 5], Some(5)).carried_on(&report(&[15, 14, 12], Some(12)));
        assert_eq!((numbers(&gap), gap.next), (vec![], None));
        let close = older(&[9, 8, 5], Some(5)).carried_on(&report(&[12, 11, 10], Some(10)));
        assert_eq!(numbers(&close), [12, 11, 10, 9, 8, 5]);
        let untouched = Older::default().carried_on(&report(&[9], Some(9)));
        assert_eq!((numbers(&untouched), untouched.next), (vec![], None));
    }
}
