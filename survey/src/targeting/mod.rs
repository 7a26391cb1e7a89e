//! Whether a survey may be shown, here, to this visitor, now.
//!
//! [`decide`] is pure: the page, the visitor's history and what they have just done come in as [`VisitorFacts`], so the
//! same function runs on the live page, in the console's "why" and in property tests.

mod condition;
mod path;
mod trigger;

pub use condition::Condition;
pub use path::{Glob, Path, PathRule, PatternError};
pub use trigger::{ExitSeen, Signal, Trigger};

use crate::definition::{Survey, SurveyId};

/// Everything about the visit that a decision may depend on.
#[derive(Clone, Debug, Default)]
pub struct VisitorFacts {
    /// The page's canonical path (see [`crate::page::canonical_path`]).
    pub path: String,
    /// The surveys that this visitor has been shown before.
    pub shown: Vec<SurveyId>,
    /// How long this page has been visible to the visitor, in milliseconds.
    pub visible_ms: u64,
    /// How far the visitor has got down the page, in percent of its scrollable length.
    pub scroll_percent: u8,
    /// The last sign that the visitor is leaving.
    pub exit: Option<ExitSeen>,
}

/// What is to be done with one survey.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Show it now; the signal is what set it off.
    Show(Signal),
    /// It belongs here, but nothing has set it off yet.
    Wait,
    /// Not on this page view.
    Skip(SkipReason),
}

/// Why a survey is not for this page view.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SkipReason {
    /// Its conditions do not hold.
    Condition,
    /// This visitor has seen it.
    AlreadyShown,
}

/// A survey with its verdict.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    pub survey: &'a Survey,
    pub verdict: Verdict,
}

/// Judges every survey, in the order of their priority. The first that says [`Verdict::Show`] is the one to show.
pub fn decide<'a>(surveys: &'a [Survey], facts: &VisitorFacts) -> Vec<Judged<'a>> {
    surveys.iter().map(|survey| Judged { survey, verdict: judge(survey, facts) }).collect()
}

/// In how many milliseconds of visible time a waiting survey's time comes, if nothing else happens before.
pub fn next_wake_ms(judged: &[Judged<'_>], facts: &VisitorFacts) -> Option<u64> {
    let waiting = judged.iter().filter(|judged| judged.verdict == Verdict::Wait);
    let triggers = waiting.flat_map(|judged| judged.survey.triggers());
    triggers.filter_map(|trigger| trigger.due_ms()).map(|due| due.saturating_sub(facts.visible_ms)).min()
}

/// Whether this visitor has been shown all there is, so that no page can show anything until the surveys change.
pub fn is_exhausted(judged: &[Judged<'_>], facts: &VisitorFacts) -> bool {
    judged.iter().all(|judged| facts.shown.contains(judged.survey.id()))
}

fn judge(survey: &Survey, facts: &VisitorFacts) -> Verdict {
    if !survey.when().holds(facts) {
        return Verdict::Skip(SkipReason::Condition);
    }
    if facts.shown.contains(survey.id()) {
        return Verdict::Skip(SkipReason::AlreadyShown);
    }
    survey.triggers().iter().find_map(|trigger| trigger.signal(facts)).map_or(Verdict::Wait, Verdict::Show)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn survey(id: &str, when: &str, triggers: &str) -> Survey {
        let json = format!(
            r#"{{"id":"{id}","name":"n","when":{when},"triggers":{triggers},
                "questions":[{{"id":"why","prompt":"Why?","kind":{{"comment":{{"placeholder":""}}}}}}],
                "thanks":{{"title":"Thanks","text":""}}}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    fn on_help() -> VisitorFacts {
        VisitorFacts { path: "/help".into(), ..VisitorFacts::default() }
    }

    fn verdict(survey: &Survey, facts: &VisitorFacts) -> Verdict {
        decide(std::slice::from_ref(survey), facts)[0].verdict
    }

    #[test]
    fn a_survey_waits_on_its_page_until_its_trigger_fires() {
        let help = survey("help", r#"{"path":{"is":"/help"}}"#, r#"[{"visible_seconds":5}]"#);
        assert_eq!(verdict(&help, &VisitorFacts { visible_ms: 4_999, ..on_help() }), Verdict::Wait);
        let later = VisitorFacts { visible_ms: 5_000, ..on_help() };
        assert_eq!(verdict(&help, &later), Verdict::Show(Signal::VisibleSeconds));
    }

    #[test]
    fn a_trigger_that_fired_on_another_page_shows_nothing() {
        let help = survey("help", r#"{"path":{"is":"/help"}}"#, r#"[{"visible_seconds":5}]"#);
        let elsewhere = VisitorFacts { path: "/cart".into(), visible_ms: 60_000, ..VisitorFacts::default() };
        assert_eq!(verdict(&help, &elsewhere), Verdict::Skip(SkipReason::Condition));
    }

    #[test]
    fn a_survey_is_shown_once() {
        let help = survey("help", "{\"all\":[]}", r#"[{"visible_seconds":0}]"#);
        let seen = VisitorFacts { shown: vec![help.id().clone()], ..on_help() };
        assert_eq!(verdict(&help, &seen), Verdict::Skip(SkipReason::AlreadyShown));
    }

    #[test]
    fn the_next_time_to_look_is_when_the_first_waiting_survey_is_due() {
        let surveys = [
            survey("soon", "{\"all\":[]}", r#"[{"visible_seconds":30},{"visible_seconds":5}]"#),
            survey("elsewhere", r#"{"path":{"is":"/cart"}}"#, r#"[{"visible_seconds":1}]"#),
            survey("never", "{\"all\":[]}", r#"[{"scroll_percent":50}]"#),
        ];
        let facts = VisitorFacts { visible_ms: 1_200, ..on_help() };
        assert_eq!(next_wake_ms(&decide(&surveys, &facts), &facts), Some(3_800));
        assert_eq!(next_wake_ms(&decide(&surveys[1..], &facts), &facts), None);
    }

    #[test]
    fn a_visitor_who_has_seen_every_survey_has_exhausted_them() {
        let surveys = [survey("a", "{\"all\":[]}", r#"[{"visible_seconds":9}]"#)];
        let fresh = on_help();
        assert!(!is_exhausted(&decide(&surveys, &fresh), &fresh));
        let seen = VisitorFacts { shown: vec![surveys[0].id().clone()], ..on_help() };
        assert!(is_exhausted(&decide(&surveys, &seen), &seen));
    }

    #[test]
    fn exit_intent_counts_only_after_the_minimum_stay() {
        let help = survey("help", "{\"all\":[]}", r#"[{"exit_intent":{"after_seconds":3}}]"#);
        let left_after = |visible_ms| VisitorFacts {
            visible_ms: 60_000,
            exit: Some(ExitSeen { signal: Signal::PointerLeftTop, visible_ms }),
            ..on_help()
        };
        assert_eq!(verdict(&help, &left_after(2_999)), Verdict::Wait);
        assert_eq!(verdict(&help, &left_after(3_000)), Verdict::Show(Signal::PointerLeftTop));
    }

    #[test]
    fn a_scroll_depth_is_reached_or_passed() {
        let article = survey("article", "{\"all\":[]}", r#"[{"scroll_percent":75}]"#);
        assert_eq!(verdict(&article, &VisitorFacts { scroll_percent: 74, ..on_help() }), Verdict::Wait);
        let read = VisitorFacts { scroll_percent: 75, ..on_help() };
        assert_eq!(verdict(&article, &read), Verdict::Show(Signal::ScrollDepth));
    }
}
