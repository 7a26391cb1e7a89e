//! Below each answer of a list: whether it is in the figures, and for whoever may say so, the button that settles it. An answer that was
//! settled stays where it is, so that it can be settled back.

use leptos::prelude::*;
use leptos::task::spawn_local;
use survey::report::{AnswerReport, StandingReport};

use crate::address::Place;
use crate::api;
use crate::text::doubts_in_words;

/// What is settled on a screen.
#[derive(Clone, Copy)]
pub struct Settling {
    place: Place,
    may_edit: Memo<bool>,
    /// As they stand now; newest last.
    settled: RwSignal<Vec<AnswerReport>>,
    /// The answer that the collector is being asked about.
    asking: RwSignal<Option<i64>>,
    /// What it refused, and why.
    refused: RwSignal<Option<(i64, String)>>,
}

impl Settling {
    pub fn begin(may_edit: Memo<bool>) -> Self {
        let place = Place::here();
        Self {
            place,
            may_edit,
            settled: RwSignal::new(Vec::new()),
            asking: RwSignal::new(None),
            refused: RwSignal::new(None),
        }
    }

    /// Those that were settled here; tracked.
    pub fn settled(self) -> Vec<AnswerReport> {
        self.settled.get()
    }

    /// For another list.
    pub fn begin_anew(self) {
        self.settled.set(Vec::new());
        self.refused.set(None);
    }

    fn settle(self, answer: AnswerReport, standing: StandingReport) {
        if self.asking.with_untracked(Option::is_some) {
            return;
        }
        let (site, number) = (self.place.site.get_untracked().key, answer.number);
        self.asking.set(Some(number));
        self.refused.set(None);
        spawn_local(async move {
            match api::settle(&site, number, standing).await {
                Ok(()) => {
                    self.settled.try_update(|settled| {
                        settled.retain(|known| known.number != number);
                        settled.push(AnswerReport { standing, ..answer });
                    });
                }
                Err(failure) => {
                    self.refused.try_set(Some((number, failure.to_string())));
                }
            }
            self.asking.try_set(None);
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
        let of = |known: &Vec<AnswerReport>| known.iter().find(|one| one.number == number).cloned();
        settling.settled.with(of).or_else(|| answers.with(of))
    });
    let counts = Memo::new(move |_| answer.with(|answer| answer.as_ref().is_none_or(is_in_figures)));
    let reasons = move || answer.with(|answer| answer.as_ref().filter(|answer| !is_in_figures(answer)).map(why_not));
    let settle = move |_| {
        let Some(answer) = answer.get_untracked() else { return };
        let standing = if is_in_figures(&answer) { apart(&answer) } else { counted(&answer) };
        settling.settle(answer, standing);
    };
    let label = move || {
        if counts.get() { tr!("Set answer {number} apart", number) } else { tr!("Count answer {number}", number) }
    };
    let refused = move || settling.refused.get().filter(|(of, _)| *of == number).map(|(_, reason)| reason);
    view! {
        <div class="answer-standing">
            <span role="status">{reasons}</span>
            <Show when=move || settling.may_edit.get()>
                <button
                    type="button"
                    class="button small quiet"
                    aria-label=label
                    disabled=move || settling.asking.get() == Some(number)
                    on:click=settle
                >
                    {move || if counts.get() { tr!("an answer" => "Set apart") } else { tr!("an answer" => "Count it") }}
                </button>
            </Show>
            <span class="refused" role="alert">
                {refused}
            </span>
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
    fn nobody_is_said_to_have_set_apart_what_doubts_keep_out() {
        assert_eq!(
            why_not(&answer(&["bot", "too_fast"], StandingReport::ByDoubts)),
            "In no figure: sent by a program, faster than anybody reads."
        );
        assert!(why_not(&answer(&["bot"], StandingReport::Apart)).contains("your team"));
    }
}
