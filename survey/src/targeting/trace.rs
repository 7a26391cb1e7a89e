//! The trace of a decision: every rule of a survey, what was seen, and what came of it.
//!
//! Made from the same comparisons that [`super::decide`] makes, and only when somebody asks, so that a widget that nobody asks
//! carries none of its words.

use serde::{Deserialize, Serialize};

use super::{Condition, Frequency, Judged, Moment, Rules, Test, Trigger, Value, Verdict, VisitorFacts, Waiting};
use super::{place, quiet_until, trigger, wording};

/// Why a survey shows, waits or does not show.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trace {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub survey: crate::definition::SurveyId,
    pub outcome: Outcome,
    /// The verdict in words.
    pub verdict: String,
    /// In the order in which they are looked at. The first that is not met settles it.
    pub checks: Vec<Check>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Shows,
    Waits,
    Skips,
}

/// One rule.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Check {
    /// How deep it stands in the tree of conditions.
    pub depth: u8,
    /// In words: `path is /help`.
    pub rule: String,
    /// What was found, in words; empty where there is nothing to see.
    pub seen: String,
    pub is_met: bool,
    /// Not met, but a moment that may yet come while the page is open.
    pub may_come: bool,
}

impl Judged<'_> {
    /// Explains the verdict.
    pub fn trace(&self, rules: Rules<'_>, facts: &VisitorFacts) -> Trace {
        let tracing = Tracing { judged: self, rules, facts };
        let mut checks = Vec::new();
        checks.extend(tracing.dates());
        checks.push(tracing.sample());
        checks.push(tracing.frequency());
        checks.extend(tracing.pauses());
        tracing.condition(&self.survey.when, 0, &mut checks);
        checks.extend(self.survey.triggers.iter().map(|trigger| tracing.trigger(trigger)));
        checks.extend(tracing.asked_for());
        checks.extend(tracing.disturbance());
        Trace {
            survey: self.survey.id.clone(),
            outcome: match self.verdict {
                Verdict::Show(_) => Outcome::Shows,
                Verdict::Wait(_) => Outcome::Waits,
                Verdict::Skip(_) => Outcome::Skips,
            },
            verdict: wording::verdict(self.verdict),
            checks,
        }
    }
}

struct Tracing<'a> {
    judged: &'a Judged<'a>,
    rules: Rules<'a>,
    facts: &'a VisitorFacts,
}

impl Tracing<'_> {
    fn dates(&self) -> impl Iterator<Item = Check> {
        let (survey, now) = (self.judged.survey, self.facts.now);
        let seen = move || format!("it is {}", Moment(now));
        let starts = survey.starts_at.map(|start| check(format!("starts {start}"), seen(), now >= start.0));
        let ends = survey.ends_at.map(|end| check(format!("ends {end}"), seen(), now < end.0));
        starts.into_iter().chain(ends)
    }

    fn sample(&self) -> Check {
        let survey = self.judged.survey;
        let sample = survey.sample;
        let seen = if sample.is_whole() {
            String::new()
        } else {
            format!("this visitor’s place is {:.2} of 100", f64::from(place(self.facts.visitor, &survey.id)) / 100.0)
        };
        check(
            format!("for {}\u{202f}% of visitors", sample.percent()),
            seen,
            sample.includes(self.facts.visitor, &survey.id),
        )
    }

    fn frequency(&self) -> Check {
        let survey = self.judged.survey;
        let meeting = self.facts.meeting(&survey.id);
        let seen = match meeting.filter(|meeting| meeting.shown > 0) {
            None => "never shown".to_owned(),
            Some(meeting) => {
                let answered = if meeting.answered { ", answered" } else { "" };
                format!("shown {} times, last {}{answered}", meeting.shown, Moment(meeting.last_shown))
            }
        };
        let from = survey.frequency.allows_from(meeting, self.facts.now);
        let is_met = from.is_some_and(|from| self.facts.now >= from);
        check(format!("shown {}", wording::frequency(survey.frequency)), seen, is_met)
    }

    fn pauses(&self) -> Vec<Check> {
        if self.judged.survey.frequency == Frequency::Always {
            return Vec::new();
        }
        let mut checks = Vec::new();
        if self.rules.quiet_days > 0 {
            let until = quiet_until(self.rules, self.facts);
            let seen = if until == i64::MIN { "none shown yet".to_owned() } else { format!("until {}", Moment(until)) };
            let rule = format!("{} days between any two surveys", self.rules.quiet_days);
            checks.push(check(rule, seen, self.facts.now >= until));
        }
        let asked = self.facts.page.asked;
        let seen = if asked { "one was shown here" } else { "none shown here" };
        checks.push(check("one survey to a page view".to_owned(), seen.to_owned(), !asked));
        checks
    }

    fn condition(&self, condition: &Condition, depth: u8, checks: &mut Vec<Check>) {
        let is_met = condition.holds(self.facts);
        let mut group = |rule: &str, parts: &[Condition]| {
            checks.push(Check { depth, ..check(rule.to_owned(), String::new(), is_met) });
            parts.iter().for_each(|part| self.condition(part, depth.saturating_add(1), checks));
        };
        match condition {
            Condition::All(parts) if parts.is_empty() => group("on every page, to everybody", parts),
            Condition::All(parts) => group("all of these", parts),
            Condition::Any(parts) => group("any of these", parts),
            Condition::Not(part) => group("not this", std::slice::from_ref(part)),
            Condition::Test(test) => checks.push(Check { depth, ..self.test(test) }),
        }
    }

    fn test(&self, test: &Test) -> Check {
        let seen = match self.facts.value(test.field()) {
            None => "nothing there".to_owned(),
            Some(Value { text, .. }) => format!("“{}”", text.chars().take(120).collect::<String>()),
        };
        check(test.to_string(), seen, test.holds(self.facts))
    }

    fn trigger(&self, trigger: &Trigger) -> Check {
        let page = &self.facts.page;
        let seconds = |ms: u64| format!("{} s", ms / 1_000);
        let seen = match trigger {
            Trigger::VisibleSeconds(_) => format!("{} so far", seconds(page.visible_ms)),
            Trigger::ScrollPercent(_) => format!("{}\u{202f}% so far", page.scroll_percent),
            Trigger::InactiveSeconds(_) => format!("inactive for {}", seconds(page.inactive_ms)),
            Trigger::ExitIntent { .. } => match page.exit {
                Some(exit) => format!("{} after {}", exit.signal.as_str().replace('_', " "), seconds(exit.visible_ms)),
                None => format!("not leaving; {} on the page", seconds(page.visible_ms)),
            },
            _ => String::new(),
        };
        moment(wording::trigger(trigger), seen, trigger.signal(page).is_some())
    }

    fn asked_for(&self) -> Option<Check> {
        let signal = trigger::signal_for(&self.judged.survey.id, &self.facts.page)?;
        Some(check("asked for".to_owned(), signal.as_str().replace('_', " "), true))
    }

    fn disturbance(&self) -> Option<Check> {
        let seen = match self.judged.verdict {
            Verdict::Wait(Waiting::Hidden) => "the page is hidden",
            Verdict::Wait(Waiting::Busy(busy)) => wording::busy(busy),
            _ => return None,
        };
        Some(moment("the visitor can be asked".to_owned(), seen.to_owned(), false))
    }
}

fn check(rule: String, seen: String, is_met: bool) -> Check {
    Check { depth: 0, rule, seen, is_met, may_come: false }
}

fn moment(rule: String, seen: String, has_come: bool) -> Check {
    Check { may_come: !has_come, ..check(rule, seen, has_come) }
}
