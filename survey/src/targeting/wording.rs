//! Rules in words: for the trace on the page, the API and the console alike.

use super::{Busy, Condition, Frequency, Operand, Operator, SkipReason, Test, Trigger, Verdict, Waiting};

/// As in `path is /help`.
impl std::fmt::Display for Test {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let field = &self.field;
        match &self.operator {
            Operator::Is(operand) => write!(out, "{field} is {}", operand.text),
            Operator::IsNot(operand) => write!(out, "{field} is not {}", operand.text),
            Operator::Contains(part) => write!(out, "{field} contains {part}"),
            Operator::StartsWith(part) => write!(out, "{field} starts with {part}"),
            Operator::EndsWith(part) => write!(out, "{field} ends with {part}"),
            Operator::Glob(pattern) => write!(out, "{field} is {}", glob(&pattern.to_string())),
            Operator::Regex(pattern) => write!(out, "{field} matches /{}/", pattern.as_str()),
            Operator::OneOf(operands) => write!(out, "{field} is {}", listed(operands)),
            Operator::Exists(true) => write!(out, "{field} is there"),
            Operator::Exists(false) => write!(out, "{field} is not there"),
            Operator::Below(limit) => write!(out, "{field} is less than {limit}"),
            Operator::Above(limit) => write!(out, "{field} is more than {limit}"),
        }
    }
}

/// The two forms that most patterns have can be said without a star.
fn glob(pattern: &str) -> String {
    match pattern.strip_suffix("/**") {
        Some(top) if !top.contains('*') => format!("{} or below", if top.is_empty() { "/" } else { top }),
        None if !pattern.contains('*') => pattern.to_owned(),
        _ => format!("like {pattern}"),
    }
}

fn listed(operands: &[Operand]) -> String {
    operands.iter().map(|operand| operand.text.as_str()).collect::<Vec<_>>().join(" or ")
}

/// Where and to whom a survey appears.
pub fn condition(condition: &Condition) -> String {
    match condition {
        Condition::All(parts) if parts.is_empty() => "everywhere, to everybody".to_owned(),
        Condition::Any(parts) if parts.is_empty() => "nowhere".to_owned(),
        Condition::All(parts) => joined(parts, " and "),
        Condition::Any(parts) => joined(parts, " or "),
        Condition::Not(part) => match &**part {
            Condition::Test(test) => format!("not {test}"),
            other => format!("not ({})", self::condition(other)),
        },
        Condition::Test(test) => test.to_string(),
    }
}

fn joined(parts: &[Condition], word: &str) -> String {
    let part = |part: &Condition| match part {
        Condition::All(inner) | Condition::Any(inner) if inner.len() > 1 && parts.len() > 1 => {
            format!("({})", condition(part))
        }
        _ => condition(part),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(word)
}

/// When a survey appears.
pub fn trigger(trigger: &Trigger) -> String {
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

/// How often a survey appears to one visitor.
pub fn frequency(frequency: Frequency) -> String {
    match frequency {
        Frequency::Once => "once".to_owned(),
        Frequency::UntilAnswered => "until it is answered".to_owned(),
        Frequency::EveryDays(days) => format!("every {}", counted(days.into(), "day", "days")),
        Frequency::AtMost(times) => format!("at most {}", counted(times.into(), "time", "times")),
        Frequency::Always => "as often as it is asked for".to_owned(),
    }
}

/// What was decided, and why.
pub fn verdict(verdict: Verdict) -> String {
    match verdict {
        Verdict::Show(signal) => format!("shows now: {}", signal.as_str().replace('_', " ")),
        Verdict::Wait(Waiting::Trigger) => "waits for its moment".to_owned(),
        Verdict::Wait(Waiting::Hidden) => "waits until the page can be seen".to_owned(),
        Verdict::Wait(Waiting::Busy(busy)) => format!("waits: {}", self::busy(busy)),
        Verdict::Skip(reason) => format!("does not show here: {}", skip_reason(reason)),
    }
}

pub fn busy(busy: Busy) -> &'static str {
    match busy {
        Busy::Dialog => "a dialog of the page is open",
        Busy::Typing => "the visitor is typing",
    }
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
