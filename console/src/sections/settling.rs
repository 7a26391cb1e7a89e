//! Below each answer of a list: whether it is in the figures, and for whoever may say so, the button that settles it. An answer that was
//! settled stays where it is, so that it can be settled back.

use leptos::prelude::*;
use leptos::task::spawn_local;
use survey::report::{AnswerReport, StandingReport};

use crate::address::Place;
use crate::api;
use crate::browser;
use crate::text::doubts_in_words;

/// For how long a list may still tell of an answer as it was before.
const LATE_MS: i64 = 5_000;

/// An answer as somebody has settled it here.
#[derive(Clone, PartialEq)]
struct Settled {
    answer: AnswerReport,
    /// In Unix milliseconds.
    at: i64,
}

impl Settled {
    /// Whether what a list says now is newer.
    fn is_over(&self, listed: &[AnswerReport], now: i64) -> bool {
        let known = listed.iter().find(|listed| listed.number == self.answer.number);
        known.is_some_and(|listed| listed.standing == self.answer.standing || now - self.at > LATE_MS)
    }
}

/// What is settled in a list.
#[derive(Clone, Copy)]
pub struct Settling {
    place: Place,
    may_edit: Memo<bool>,
    settled: RwSignal<Vec<Settled>>,
    /// The answers that the collector is being asked about.
    asking: RwSignal<Vec<i64>>,
    /// What it refused, and why.
    refused: RwSignal<Option<(i64, String)>>,
    /// Rises with each other list.
    list: StoredValue<u32>,
}

impl Settling {
    pub fn begin(may_edit: Memo<bool>) -> Self {
        let place = Place::here();
        Self {
            place,
            may_edit,
            settled: RwSignal::new(Vec::new()),
            asking: RwSignal::new(Vec::new()),
            refused: RwSignal::new(None),
            list: StoredValue::new(0),
        }
    }

    /// Those that were settled here; tracked.
    pub fn settled(self) -> Vec<AnswerReport> {
        self.settled.with(|settled| settled.iter().map(|settled| settled.answer.clone()).collect())
    }

    /// For another list.
    pub fn begin_anew(self) {
        self.list.update_value(|list| *list += 1);
        self.settled.set(Vec::new());
        self.asking.set(Vec::new());
        self.refused.set(None);
    }

    /// Hears what the list says now. From then on that holds: somebody else may settle an answer, too.
    pub fn hear(self, listed: &[AnswerReport]) {
        let now = browser::now();
        if self.settled.with_untracked(|settled| settled.iter().any(|settled| settled.is_over(listed, now))) {
            self.settled.update(|settled| settled.retain(|settled| !settled.is_over(listed, now)));
        }
    }

    fn settle(self, answer: AnswerReport, standing: StandingReport) {
        if self.asking.with_untracked(|asking| asking.contains(&answer.number)) {
            return;
        }
        let (site, number, list) = (self.place.site.get_untracked().key, answer.number, self.list.get_value());
        self.asking.update(|asking| asking.push(number));
        self.refused.set(None);
        spawn_local(async move {
            let outcome = api::settle(&site, number, standing).await;
            // Meanwhile there may be another list, or none: what was settled is settled all the same.
            if self.list.try_get_value() != Some(list) {
                return;
            }
            self.asking.update(|asking| asking.retain(|asked| *asked != number));
            match outcome {
                Ok(()) => self.settled.update(|settled| {
                    settled.retain(|known| known.answer.number != number);
                    settled.push(Settled { answer: AnswerReport { standing, ..answer }, at: browser::now() });
                }),
                Err(failure) => self.refused.set(Some((number, failure.to_string()))),
            }
        });
    }
}

/// Whether one answer out of a list counts.
#[component]
pub fn AnswerStanding(
    settling: Settling,
    number: i64,
    #[prop(into)] answers: Signal<Vec<AnswerReport>>,
) -> impl IntoView {
    let answer = Memo::new(move |_| {
        let settled = settling.settled.with(|settled| {
            settled.iter().find(|settled| settled.answer.number == number).map(|settled| settled.answer.clone())
        });
        settled.or_else(|| answers.with(|answers| answers.iter().find(|one| one.number == number).cloned()))
    });
    let counts = Memo::new(move |_| answer.with(|answer| answer.as_ref().is_none_or(is_in_figures)));
    let reasons = move || answer.with(|answer| answer.as_ref().filter(|answer| !is_in_figures(answer)).map(why_not));
    let settle = move |_| {
        let Some(answer) = answer.get_untracked() else { return };
        let standing = if is_in_figures(&answer) { apart(&answer) } else { counted(&answer) };
        settling.settle(answer, standing);
    };
    let label = move || {
        if counts.get() { tr!("Set apart answer {number}", number) } else { tr!("Count answer {number}", number) }
    };
    let refused = move || settling.refused.get().filter(|(of, _)| *of == number).map(|(_, reason)| reason);
    view! {
        <div class="answer-standing">
            <p class="why-apart" role="status">{reasons}</p>
            <Show when=move || settling.may_edit.get()>
                <button
                    type="button"
                    class="button small quiet"
                    aria-label=label
                    // Not `disabled`, which would take the keyboard away from it.
                    aria-disabled=move || settling.asking.with(|asking| asking.contains(&number)).to_string()
                    on:click=settle
                >
                    {move || if counts.get() { tr!("an answer" => "Set apart") } else { tr!("an answer" => "Count") }}
                </button>
            </Show>
            <p class="refused" role="alert">
                {refused}
            </p>
        </div>
    }
}

fn is_in_figures(answer: &AnswerReport) -> bool {
    match answer.standing {
        StandingReport::Counted => true,
        StandingReport::Apart => false,
        StandingReport::ByDoubts => answer.doubts.is_empty(),
    }
}

/// What keeps it out of the figures, in words.
fn why_not(answer: &AnswerReport) -> String {
    match answer.standing {
        StandingReport::Apart => tr!("In no figure: somebody of your team set it apart.").to_owned(),
        _ => tr!("In no figure: {doubts}.", doubts = doubts_in_words(&answer.doubts)),
    }
}

/// What has it counted. Nothing more is said of an answer than its doubts need.
fn counted(answer: &AnswerReport) -> StandingReport {
    if answer.doubts.is_empty() { StandingReport::ByDoubts } else { StandingReport::Counted }
}

/// What keeps it out.
fn apart(answer: &AnswerReport) -> StandingReport {
    if answer.doubts.is_empty() { StandingReport::Apart } else { StandingReport::ByDoubts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::sample;

    fn answer(doubts: &[&str], standing: StandingReport) -> AnswerReport {
        let doubts = doubts.iter().map(|doubt| (*doubt).to_owned()).collect();
        AnswerReport { doubts, standing, ..sample::answer(1, "Slow.") }
    }

    #[test]
    fn what_is_settled_is_so_whatever_was_doubtful_and_can_be_settled_back() {
        for doubts in [&[][..], &["bot"][..]] {
            for standing in [StandingReport::ByDoubts, StandingReport::Counted, StandingReport::Apart] {
                let before = answer(doubts, standing);
                let set_apart = AnswerReport { standing: apart(&before), ..before.clone() };
                let taken_back = AnswerReport { standing: counted(&before), ..before };
                assert!(!is_in_figures(&set_apart), "{set_apart:?}");
                assert!(is_in_figures(&taken_back), "{taken_back:?}");
            }
        }
    }

    #[test]
    fn a_list_that_knows_better_ends_what_was_settled_here() {
        let settled = Settled { answer: answer(&[], StandingReport::Apart), at: 10_000 };
        let before = [answer(&[], StandingReport::ByDoubts)];
        assert!(!settled.is_over(&[], 90_000), "it is in another list by now");
        assert!(!settled.is_over(&before, 10_500), "asked for before it was settled");
        assert!(settled.is_over(&before, 60_000), "somebody else has counted it");
        assert!(settled.is_over(std::slice::from_ref(&settled.answer), 10_500));
    }

    #[test]
    fn nobody_is_said_to_have_set_apart_what_doubts_keep_out() {
        assert_eq!(
            why_not(&answer(&["bot", "too_fast"], StandingReport::ByDoubts)),
            "In no figure: sent by a program, faster than anybody reads."
        );
        assert!(why_not(&answer(&["bot"], StandingReport::Apart)).contains("your team"));
    }
}
