//! The trace of a decision: every rule of a survey, what was seen, and what came of it.
//!
//! Made from the same comparisons that [`super::decide`] makes, and only when somebody asks, so that a widget that nobody asks
//! carries none of its words.

use serde::{Deserialize, Serialize};

use super::wording::{Phrase, SoFar, Words};
use super::{Condition, Frequency, Judged, Moment, Rules, Test, Trigger, Verdict, VisitorFacts, Waiting};
use super::{place, quiet_until, trigger};

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
    pub fn trace(&self, rules: Rules<'_>, facts: &VisitorFacts, words: &dyn Words) -> Trace {
        let tracing = Tracing { judged: self, rules, facts, words };
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
            verdict: words.verdict(self.verdict),
            checks,
        }
    }
}

struct Tracing<'a> {
    judged: &'a Judged<'a>,
    rules: Rules<'a>,
    facts: &'a VisitorFacts,
    words: &'a dyn Words,
}

impl Tracing<'_> {
    fn phrase(&self, phrase: Phrase) -> String {
        self.words.phrase(phrase).to_owned()
    }

    fn dates(&self) -> impl Iterator<Item = Check> {
        let (survey, now, words) = (self.judged.survey, self.facts.now, self.words);
        let seen = move || words.it_is(Moment(now));
        let starts = survey.starts_at.map(|start| check(words.starts(start), seen(), now >= start.0));
        let ends = survey.ends_at.map(|end| check(words.ends(end), seen(), now < end.0));
        starts.into_iter().chain(ends)
    }

    fn sample(&self) -> Check {
        let survey = self.judged.survey;
        let sample = survey.sample;
        let seen = if sample.is_whole() {
            String::new()
        } else {
            self.words.place(f64::from(place(self.facts.visitor, &survey.id)) / 100.0)
        };
        check(self.words.sample(sample.percent()), seen, sample.includes(self.facts.visitor, &survey.id))
    }

    fn frequency(&self) -> Check {
        let survey = self.judged.survey;
        let meeting = self.facts.meeting(&survey.id);
        let seen = match meeting.filter(|meeting| meeting.shown > 0) {
            None => self.phrase(Phrase::NeverShown),
            Some(meeting) => self.words.met(meeting),
        };
        let from = survey.frequency.allows_from(meeting, self.facts.now);
        let is_met = from.is_some_and(|from| self.facts.now >= from);
        check(self.words.shown(survey.frequency), seen, is_met)
    }

    fn pauses(&self) -> Vec<Check> {
        if self.judged.survey.frequency == Frequency::Always {
            return Vec::new();
        }
        let mut checks = Vec::new();
        if self.rules.quiet_days > 0 {
            let until = quiet_until(self.rules, self.facts);
            let seen = match until {
                i64::MIN => self.phrase(Phrase::NoneShownYet),
                until => self.words.until(Moment(until)),
            };
            checks.push(check(self.words.days_between(self.rules.quiet_days), seen, self.facts.now >= until));
        }
        let asked = self.facts.page.asked;
        let seen = self.phrase(if asked { Phrase::OneShownHere } else { Phrase::NoneShownHere });
        checks.push(check(self.phrase(Phrase::OneToAPageView), seen, !asked));
        checks
    }

    fn condition(&self, condition: &Condition, depth: u8, checks: &mut Vec<Check>) {
        let is_met = condition.holds(self.facts);
        let mut group = |rule: Phrase, parts: &[Condition]| {
            checks.push(Check { depth, ..check(self.phrase(rule), String::new(), is_met) });
            parts.iter().for_each(|part| self.condition(part, depth.saturating_add(1), checks));
        };
        match condition {
            Condition::All(parts) if parts.is_empty() => group(Phrase::OnEveryPage, parts),
            Condition::All(parts) => group(Phrase::AllOfThese, parts),
            Condition::Any(parts) => group(Phrase::AnyOfThese, parts),
            Condition::Not(part) => group(Phrase::NotThis, std::slice::from_ref(part)),
            Condition::Test(test) => checks.push(Check { depth, ..self.test(test) }),
        }
    }

    fn test(&self, test: &Test) -> Check {
        let seen = match self.facts.value(test.field()) {
            None => self.phrase(Phrase::NothingThere),
            Some(value) => self.words.value(test, &value.text.chars().take(120).collect::<String>()),
        };
        check(self.words.test(test), seen, test.holds(self.facts))
    }

    fn trigger(&self, trigger: &Trigger) -> Check {
        let page = &self.facts.page;
        let so_far = match trigger {
            Trigger::VisibleSeconds(_) => Some(SoFar::VisibleMs(page.visible_ms)),
            Trigger::ScrollPercent(_) => Some(SoFar::ScrollPercent(page.scroll_percent)),
            Trigger::InactiveSeconds(_) => Some(SoFar::InactiveMs(page.inactive_ms)),
            Trigger::ExitIntent { .. } => Some(page.exit.map_or(SoFar::StayingMs(page.visible_ms), SoFar::Leaving)),
            _ => None,
        };
        let seen = so_far.map(|so_far| self.words.so_far(so_far)).unwrap_or_default();
        moment(self.words.trigger(trigger), seen, trigger.signal(page).is_some())
    }

    fn asked_for(&self) -> Option<Check> {
        let signal = trigger::signal_for(&self.judged.survey.id, &self.facts.page)?;
        Some(check(self.phrase(Phrase::AskedFor), self.words.signal(signal), true))
    }

    fn disturbance(&self) -> Option<Check> {
        let seen = match self.judged.verdict {
            Verdict::Wait(Waiting::Hidden) => self.phrase(Phrase::PageHidden),
            Verdict::Wait(Waiting::Busy(busy)) => self.words.busy(busy).to_owned(),
            _ => return None,
        };
        Some(moment(self.phrase(Phrase::CanBeAsked), seen, false))
    }
}

fn check(rule: String, seen: String, is_met: bool) -> Check {
    Check { depth: 0, rule, seen, is_met, may_come: false }
}

fn moment(rule: String, seen: String, has_come: bool) -> Check {
    Check { may_come: !has_come, ..check(rule, seen, has_come) }
}
