//! Rules in English.

use super::{Glob, Phrase, SoFar, Words, glob};
use crate::targeting::{
    Frequency, Meeting, Moment, Operand, Operator, Signal, SkipReason, Test, Trigger, Verdict, Waiting,
};

pub struct English;

impl Words for English {
    fn phrase(&self, phrase: Phrase) -> &'static str {
        match phrase {
            Phrase::Everywhere => "everywhere, to everybody",
            Phrase::Nowhere => "nowhere",
            Phrase::And => "and",
            Phrase::Or => "or",
            Phrase::Not => "not",
            Phrase::OnEveryPage => "on every page, to everybody",
            Phrase::AllOfThese => "all of these",
            Phrase::AnyOfThese => "any of these",
            Phrase::NotThis => "not this",
            Phrase::NothingThere => "nothing there",
            Phrase::NeverShown => "never shown",
            Phrase::NoneShownYet => "none shown yet",
            Phrase::OneToAPageView => "one survey to a page view",
            Phrase::OneShownHere => "one was shown here",
            Phrase::NoneShownHere => "none shown here",
            Phrase::AskedFor => "asked for",
            Phrase::CanBeAsked => "the visitor can be asked",
            Phrase::PageHidden => "the page is hidden",
            Phrase::DialogOpen => "a dialog of the page is open",
            Phrase::Typing => "the visitor is typing",
            Phrase::NotYetKnown => "not yet known",
            Phrase::Unknown => "unknown",
            Phrase::NewerThanThis => "unknown: a newer Pagepoll has published it",
        }
    }

    fn test(&self, test: &Test) -> String {
        let field = test.field();
        match test.operator() {
            Operator::Is(operand) => format!("{field} is {}", operand.text),
            Operator::IsNot(operand) => format!("{field} is not {}", operand.text),
            Operator::Contains(part) => format!("{field} contains {part}"),
            Operator::StartsWith(part) => format!("{field} starts with {part}"),
            Operator::EndsWith(part) => format!("{field} ends with {part}"),
            Operator::Glob(pattern) => match glob(pattern) {
                Glob::OrBelow(top) => format!("{field} is {top} or below"),
                Glob::Plain(path) => format!("{field} is {path}"),
                Glob::Like(pattern) => format!("{field} is like {pattern}"),
            },
            Operator::Regex(pattern) => format!("{field} matches /{}/", pattern.as_str()),
            Operator::OneOf(operands) => format!("{field} is {}", listed(operands)),
            Operator::Exists(true) => format!("{field} is there"),
            Operator::Exists(false) => format!("{field} is not there"),
            Operator::Below(limit) => format!("{field} is less than {limit}"),
            Operator::Above(limit) => format!("{field} is more than {limit}"),
        }
    }

    fn trigger(&self, trigger: &Trigger) -> String {
        match trigger {
            Trigger::Immediately => "at once".to_owned(),
            Trigger::VisibleSeconds(seconds) => format!("after {} on the page", in_seconds(*seconds)),
            Trigger::ScrollPercent(percent) => format!("once {percent}\u{202f}% of the page has been scrolled"),
            Trigger::ExitIntent { after_seconds: 0 } => "when the visitor is about to leave".to_owned(),
            Trigger::ExitIntent { after_seconds } => {
                format!("when the visitor is about to leave, after {} or more on the page", in_seconds(*after_seconds))
            }
            Trigger::Click(selector) => format!("on a click on {selector}"),
            Trigger::ElementVisible(selector) => format!("when {selector} comes into sight"),
            Trigger::InactiveSeconds(seconds) => format!("after {} without doing anything", in_seconds(*seconds)),
            Trigger::Event(name) => format!("when the page tells of {name}"),
            Trigger::Programmatic => "when the page asks for it".to_owned(),
            Trigger::FeedbackTab => "when the visitor presses the feedback tab".to_owned(),
        }
    }

    fn frequency(&self, frequency: Frequency) -> String {
        match frequency {
            Frequency::Once => "once".to_owned(),
            Frequency::UntilAnswered => "until it is answered".to_owned(),
            Frequency::EveryDays(days) => format!("every {}", counted(days.into(), "day", "days")),
            Frequency::AtMost(times) => format!("at most {}", counted(times.into(), "time", "times")),
            Frequency::Always => "as often as it is asked for".to_owned(),
        }
    }

    fn shown(&self, frequency: Frequency) -> String {
        format!("shown {}", self.frequency(frequency))
    }

    fn verdict(&self, verdict: Verdict) -> String {
        match verdict {
            Verdict::Show(signal) => format!("shows now: {}", self.signal(signal)),
            Verdict::Wait(Waiting::Trigger) => "waits for its moment".to_owned(),
            Verdict::Wait(Waiting::Hidden) => "waits until the page can be seen".to_owned(),
            Verdict::Wait(Waiting::Busy(busy)) => format!("waits: {}", self.busy(busy)),
            Verdict::Skip(reason) => format!("does not show here: {}", skip_reason(reason)),
        }
    }

    fn signal(&self, signal: Signal) -> String {
        signal.as_str().replace('_', " ")
    }

    fn starts(&self, start: Moment) -> String {
        format!("starts {start}")
    }

    fn ends(&self, end: Moment) -> String {
        format!("ends {end}")
    }

    fn it_is(&self, now: Moment) -> String {
        format!("it is {now}")
    }

    fn until(&self, end: Moment) -> String {
        format!("until {end}")
    }

    fn sample(&self, percent: f64) -> String {
        format!("for {percent}\u{202f}% of visitors")
    }

    fn place(&self, place: f64) -> String {
        format!("this visitor’s place is {place:.2} of 100")
    }

    fn met(&self, meeting: &Meeting) -> String {
        let answered = if meeting.answered { ", answered" } else { "" };
        format!("shown {} times, last {}{answered}", meeting.shown, Moment(meeting.last_shown))
    }

    fn days_between(&self, days: u16) -> String {
        format!("{days} days between any two surveys")
    }

    fn value(&self, _: &Test, text: &str) -> String {
        format!("“{text}”")
    }

    fn so_far(&self, so_far: SoFar) -> String {
        let seconds = |ms: u64| format!("{} s", ms / 1_000);
        match so_far {
            SoFar::VisibleMs(ms) => format!("{} so far", seconds(ms)),
            SoFar::ScrollPercent(percent) => format!("{percent}\u{202f}% so far"),
            SoFar::InactiveMs(ms) => format!("inactive for {}", seconds(ms)),
            SoFar::Leaving(exit) => format!("{} after {}", self.signal(exit.signal), seconds(exit.visible_ms)),
            SoFar::StayingMs(ms) => format!("not leaving; {} on the page", seconds(ms)),
        }
    }
}

fn listed(operands: &[Operand]) -> String {
    operands.iter().map(|operand| operand.text.as_str()).collect::<Vec<_>>().join(" or ")
}

fn skip_reason(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::NotStarted => "its start is still to come",
        SkipReason::Ended => "its end has passed",
        SkipReason::SampledOut => "this visitor is not in its sample",
        SkipReason::Frequency => "this visitor has been shown it as often as may be",
        SkipReason::QuietPeriod => "this visitor was asked not long ago",
        SkipReason::AskedHere => "another survey has been shown on this page view",
        SkipReason::Condition => "its conditions do not hold",
    }
}

fn in_seconds(seconds: u32) -> String {
    counted(seconds, "second", "seconds")
}

fn counted(count: u32, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
