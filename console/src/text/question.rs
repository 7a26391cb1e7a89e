//! What kind of answer a question takes, as a sentence.

use survey::definition::{Direction, QuestionKind, Scale};

use super::{DASH, metric_label};

pub fn question_in_words(kind: &QuestionKind) -> String {
    match kind {
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

    #[test]
    fn a_question_says_its_scale_and_what_its_ends_mean() {
        let kind =
            |scale| QuestionKind::Score { scale, look: Default::default(), low: "hard".into(), high: "easy".into() };
        assert_eq!(question_in_words(&kind(Scale::ces7())), format!("Ease (CES), 1{DASH}7: hard … easy"));
        assert!(question_in_words(&kind(Scale::ces5_effort())).contains("low is good"));
    }
}
