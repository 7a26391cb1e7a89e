//! Whether a survey may be shown, here, to this visitor, now.
//!
//! [`decide`] is pure: the page, the visitor's history and what they have just done come in as [`VisitorFacts`], so the
//! same function runs on the live page, in the console's "why" and in property tests. Each judgement can be asked for its
//! [`Trace`]: rule by rule, with the value seen.

pub mod agent;
mod candidate;
mod condition;
mod exit;
mod facts;
mod field;
mod frequency;
#[cfg(feature = "authoring")]
mod given;
pub(crate) mod glob;
mod operator;
mod pattern;
mod plausible;
mod trace;
mod trigger;
pub mod wording;
mod written;

pub use candidate::Candidate;
pub use condition::{Condition, Test};
pub use exit::UpwardSweep;
pub use facts::{Busy, ExitSeen, Happening, Meeting, PageMoment, Value, VisitorFacts};
pub use field::{Field, FieldKind, Naming, Nature};
pub use frequency::{Frequency, Moment, Sample, SampleError, place};
#[cfg(feature = "authoring")]
pub use given::{Given, GivenError};
pub use operator::{Operand, Operator};
pub use pattern::Pattern;
#[cfg(feature = "authoring")]
pub use plausible::{Implausible, check, nearest, suggestion};
pub use trace::{Check, Outcome, Trace};
pub use trigger::{Signal, TOUCH_IDLE_MS, Trigger};

use frequency::over_from;

/// How soon to look again while the visitor must not be disturbed, or an element is awaited, in milliseconds.
const SOON_MS: u64 = 500;
/// How soon to look again where a rule asks about what can change unheard, in milliseconds.
const VOLATILE_MS: u64 = 1_000;

/// A site's surveys, and the rule that they share.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// In the order of their priority.
    pub surveys: &'a [Candidate],
    /// How many days must pass between any two surveys that a visitor is shown; 0 for no such pause.
    pub quiet_days: u16,
}

/// What is to be done with one survey.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Show it now; the signal is what set it off.
    Show(Signal),
    /// It belongs here, but this is not the moment yet.
    Wait(Waiting),
    /// Not on this page view.
    Skip(SkipReason),
}

/// What a survey waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waiting {
    /// Any of its triggers.
    Trigger,
    /// The page to be in sight.
    Hidden,
    /// The visitor to be done with something else.
    Busy(Busy),
}

/// Why a survey is not for this page view.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SkipReason {
    /// Its first day is still to come.
    NotStarted,
    /// Its last day has passed.
    Ended,
    /// This visitor is not in its sample, and never will be.
    SampledOut,
    /// This visitor has been shown it as often as may be, for now or for good.
    Frequency,
    /// This visitor was shown some survey not long ago.
    QuietPeriod,
    /// One has been shown on this page view already.
    AskedHere,
    /// Its conditions do not hold.
    Condition,
}

/// A survey with its verdict.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    pub survey: &'a Candidate,
    pub verdict: Verdict,
}

/// What is to be done now, and when to look again.
#[derive(Clone, Debug)]
pub struct Decision<'a> {
    /// Every survey, in the order of their priority.
    pub judged: Vec<Judged<'a>>,
    /// The first survey to show, by its place among them, and what set it off.
    pub show: Option<(usize, Signal)>,
    /// In how many milliseconds to look again, if nothing is heard before.
    pub look_again_ms: Option<u64>,
    /// Until when no page can show this visitor anything, in Unix milliseconds: for ever, if it is `i64::MAX`.
    pub sleep_until: Option<i64>,
}

/// Judges every survey.
pub fn decide<'a>(rules: Rules<'a>, facts: &VisitorFacts) -> Decision<'a> {
    let judged: Vec<_> =
        rules.surveys.iter().map(|survey| Judged { survey, verdict: judge(rules, survey, facts) }).collect();
    let show = judged.iter().enumerate().find_map(|(place, judged)| match judged.verdict {
        Verdict::Show(signal) => Some((place, signal)),
        _ => None,
    });
    let look_again_ms = judged.iter().filter_map(|judged| wake_of(judged, facts)).min();
    Decision { judged, show, look_again_ms, sleep_until: sleep_until(rules, facts) }
}

fn judge(rules: Rules<'_>, survey: &Candidate, facts: &VisitorFacts) -> Verdict {
    if let Some(reason) = reason_to_skip(rules, survey, facts) {
        return Verdict::Skip(reason);
    }
    let page = &facts.page;
    let asked_for = trigger::signal_for(&survey.id, page);
    let signal = asked_for.or_else(|| survey.triggers.iter().find_map(|trigger| trigger.signal(page)));
    match signal {
        None => Verdict::Wait(Waiting::Trigger),
        Some(_) if page.is_hidden => Verdict::Wait(Waiting::Hidden),
        // Who presses the tab is not disturbed by what opens.
        Some(Signal::FeedbackTab) => Verdict::Show(Signal::FeedbackTab),
        Some(signal) => page.busy.map_or(Verdict::Show(signal), |busy| Verdict::Wait(Waiting::Busy(busy))),
    }
}

fn reason_to_skip(rules: Rules<'_>, survey: &Candidate, facts: &VisitorFacts) -> Option<SkipReason> {
    let is_on_demand = survey.frequency == Frequency::Always;
    if survey.starts_at.is_some_and(|start| facts.now < start.0) {
        Some(SkipReason::NotStarted)
    } else if survey.ends_at.is_some_and(|end| facts.now >= end.0) {
        Some(SkipReason::Ended)
    } else if !survey.sample.includes(facts.visitor, &survey.id) {
        Some(SkipReason::SampledOut)
    } else if survey.frequency.allows_from(facts.meeting(&survey.id), facts.now).is_none_or(|from| facts.now < from) {
        Some(SkipReason::Frequency)
    } else if !is_on_demand && facts.now < quiet_until(rules, facts) {
        Some(SkipReason::QuietPeriod)
    } else if !is_on_demand && facts.page.asked {
        Some(SkipReason::AskedHere)
    } else if !survey.when.holds(facts) {
        Some(SkipReason::Condition)
    } else {
        None
    }
}

/// Until when the visitor is left in peace, in Unix milliseconds.
fn quiet_until(rules: Rules<'_>, facts: &VisitorFacts) -> i64 {
    let last = facts.last_asked.filter(|_| rules.quiet_days > 0);
    last.map_or(i64::MIN, |last| over_from(last, rules.quiet_days, facts.now))
}

fn wake_of(judged: &Judged<'_>, facts: &VisitorFacts) -> Option<u64> {
    let is_volatile = || judged.survey.when.asks(|field| field.kind.is_volatile()).then_some(VOLATILE_MS);
    match judged.verdict {
        Verdict::Show(_) | Verdict::Wait(Waiting::Hidden) => None,
        Verdict::Wait(Waiting::Busy(_)) => Some(SOON_MS),
        Verdict::Wait(Waiting::Trigger) => {
            let due = |trigger: &Trigger| match trigger {
                Trigger::ElementVisible(_) => Some(SOON_MS),
                timed => timed.due_in_ms(&facts.page),
            };
            judged.survey.triggers.iter().filter_map(due).chain(is_volatile()).min()
        }
        Verdict::Skip(SkipReason::Condition) => is_volatile(),
        Verdict::Skip(_) => None,
    }
}

/// Until when no page can show this visitor anything; nothing if a page could now.
fn sleep_until(rules: Rules<'_>, facts: &VisitorFacts) -> Option<i64> {
    let wakes = rules.surveys.iter().map(|survey| possible_from(rules, survey, facts));
    wakes.min().filter(|from| *from > facts.now)
}

/// From when on some page might show this survey to this visitor.
fn possible_from(rules: Rules<'_>, survey: &Candidate, facts: &VisitorFacts) -> i64 {
    const NEVER: i64 = i64::MAX;
    if !survey.sample.includes(facts.visitor, &survey.id) {
        return NEVER;
    }
    let Some(allowed) = survey.frequency.allows_from(facts.meeting(&survey.id), facts.now) else { return NEVER };
    let quiet = if survey.frequency == Frequency::Always { i64::MIN } else { quiet_until(rules, facts) };
    let from = allowed.max(quiet).max(survey.starts_at.map_or(i64::MIN, |start| start.0));
    if survey.ends_at.is_some_and(|end| from.max(facts.now) >= end.0) { NEVER } else { from }
}

#[cfg(test)]
#[cfg(feature = "authoring")]
pub(crate) mod tests;
