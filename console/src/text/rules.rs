//! A survey's rules and questions as sentences.

use survey::definition::{Direction, Question, QuestionKind, Scale};
use survey::targeting::{Condition, PathRule, Trigger};

use super::{DASH, counted, metric_label};

/// When a survey appears.
pub fn trigger_in_words(trigger: Trigger) -> String {
    match trigger {
        Trigger::VisibleSeconds(seconds) => format!("after {} on the page", in_seconds(seconds)),
        Trigger::ScrollPercent(percent) => format!("once {percent}\u{202f}% of the page has been scrolled"),
        Trigger::ExitIntent { after_seconds: 0 } => "when the visitor is about to leave".to_owned(),
        Trigger::ExitIntent { after_seconds } => {
            format!("when the visitor is about to leave, after {} or more on the page", in_seconds(after_seconds))
        }
    }
}

fn in_seconds(seconds: u32) -> String {
    counted(seconds.into(), "second", "seconds")
}

/// On which pages a survey appears.
pub fn condition_in_words(condition: &Condition) -> String {
    match condition {
        Condition::All(conditions) if conditions.is_empty() => "every page".to_owned(),
        Condition::Any(conditions) if conditions.is_empty() => "no page".to_owned(),
        Condition::All(conditions) => joined(conditions, " and "),
        Condition::Any(conditions) => joined(conditions, " or "),
        Condition::Not(condition) => match &**condition {
            Condition::Path(PathRule::Is(path)) => format!("any page but {}", path.as_str()),
            Condition::Path(PathRule::Glob(glob)) => format!("any page but those like {}", glob.as_str()),
            other => format!("not ({})", condition_in_words(other)),
        },
        Condition::Path(PathRule::Is(path)) => path.as_str().to_owned(),
        Condition::Path(PathRule::Glob(glob)) => format!("pages like {}", glob.as_str()),
    }
}

fn joined(conditions: &[Condition], word: &str) -> String {
    let part = |condition: &Condition| match condition {
        Condition::All(inner) | Condition::Any(inner) if inner.len() > 1 && conditions.len() > 1 => {
            format!("({})", condition_in_words(condition))
        }
        _ => condition_in_words(condition),
    };
    conditions.iter().map(part).collect::<Vec<_>>().join(word)
}

/// What kind of answer a question takes.
pub fn question_in_words(question: &Question) -> String {
    match &question.kind {
        QuestionKind::Score { scale, low, high, .. } => format!("{}: {low} … {high}", scale_in_words(scale)),
        QuestionKind::Comment { .. } => "a comment, if they like".to_owned(),
    }
}

fn scale_in_words(scale: &Scale) -> String {
    let worst = match scale.direction() {
        Direction::HigherIsBetter => "",
        Direction::LowerIsBetter => ", low is good",
    };
    format!("{}, {}{DASH}{}{worst}", metric_label(scale.metric()), scale.first(), scale.last())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(condition: &str) -> String {
        condition_in_words(&serde_json::from_str(condition).unwrap())
    }

    #[test]
    fn page_rules_read_as_a_sentence() {
        assert_eq!(words(r#"{"all":[]}"#), "every page");
        assert_eq!(words(r#"{"path":{"is":"/cart/"}}"#), "/cart");
        assert_eq!(
            words(r#"{"all":[{"path":{"glob":"/help/**"}},{"not":{"path":{"is":"/help/contact"}}}]}"#),
            "pages like /help/** and any page but /help/contact"
        );
        assert_eq!(
            words(r#"{"all":[{"any":[{"path":{"is":"/a"}},{"path":{"is":"/b"}}]},{"not":{"any":[]}}]}"#),
            "(/a or /b) and not (no page)"
        );
    }

    #[test]
    fn triggers_say_the_moment() {
        assert_eq!(trigger_in_words(Trigger::VisibleSeconds(1)), "after 1 second on the page");
        assert_eq!(
            trigger_in_words(Trigger::ExitIntent { after_seconds: 3 }),
            "when the visitor is about to leave, after 3 seconds or more on the page"
        );
        assert_eq!(trigger_in_words(Trigger::ScrollPercent(60)), "once 60\u{202f}% of the page has been scrolled");
    }

    #[test]
    fn a_question_says_its_scale_and_what_its_ends_mean() {
        let question = |scale| Question {
            id: "q".parse().unwrap(),
            prompt: "?".into(),
            kind: QuestionKind::Score { scale, look: Default::default(), low: "hard".into(), high: "easy".into() },
        };
        assert_eq!(question_in_words(&question(Scale::ces7())), format!("Ease (CES), 1{DASH}7: hard … easy"));
        assert!(question_in_words(&question(Scale::ces5_effort())).contains("low is good"));
    }
}
