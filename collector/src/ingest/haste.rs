//! Haste: answers given faster than anybody reads.
//!
//! The response id is made by the widget at the latest when the survey shows, and begins with the time; the submission says when
//! it was answered. Both are read off the visitor's one clock, so their difference means something even where that is wrong.

use survey::accept::Accepted;

use super::flags::Flags;
use super::item::AcceptedEvent;

/// The least time that a question takes, in milliseconds: to see it, to make up one's mind, and to hit an answer. People who
/// only react to a light need a quarter of a second; well below that, so that nobody is doubted for being quick.
const LEAST_PER_ANSWER_MS: i64 = 100;

/// What is doubtful about the time that was taken.
pub fn doubts(event: &AcceptedEvent) -> Flags {
    match event {
        AcceptedEvent::Submission(submission) if is_too_fast(submission) => Flags::TOO_FAST,
        _ => Flags::NONE,
    }
}

fn is_too_fast(submission: &Accepted) -> bool {
    let presentation = &submission.presentation;
    // A UUIDv7, as has been checked: its first 48 bits are the time.
    let shown_at = (presentation.response_id.as_u128() >> 80) as i64;
    let answers = submission.answers.len() as i64;
    let taken_ms = presentation.at.saturating_sub(shown_at);
    // No time at all tells nothing: on some pages the clock stands still.
    taken_ms != 0 && taken_ms < answers * LEAST_PER_ANSWER_MS
}

#[cfg(test)]
mod tests {
    use survey::accept::{AcceptedAnswer, AcceptedPresentation, AcceptedValue, Text};
    use survey::page::PageKey;
    use survey::wire::Visit;
    use uuid::Uuid;

    use super::*;

    const SHOWN: i64 = 1_764_000_000_000;

    fn answered(at: i64, answers: usize) -> AcceptedEvent {
        let answer = |place| AcceptedAnswer {
            question: format!("q{place}").parse().unwrap(),
            value: AcceptedValue::Text(Text::parse("Fine.".to_owned(), 10).unwrap()),
        };
        AcceptedEvent::from(Accepted {
            presentation: AcceptedPresentation {
                response_id: Uuid::from_u128(((SHOWN as u128) << 80) | (7 << 76) | (2 << 62)),
                survey: "a".parse().unwrap(),
                version: 1,
                at,
                page: PageKey::parse("shop.example/", &[]).unwrap(),
                visit: Visit::default(),
                told: Vec::new(),
            },
            rev: 1,
            answers: (0..answers).map(answer).collect(),
            completed: true,
        })
    }

    #[test]
    fn every_question_takes_its_time() {
        assert_eq!(doubts(&answered(SHOWN + 99, 1)), Flags::TOO_FAST);
        assert_eq!(doubts(&answered(SHOWN + 100, 1)), Flags::NONE);
        assert_eq!(doubts(&answered(SHOWN + 499, 5)), Flags::TOO_FAST);
        assert_eq!(doubts(&answered(SHOWN + 500, 5)), Flags::NONE);
    }

    #[test]
    fn a_clock_that_stands_still_is_no_haste() {
        assert_eq!(doubts(&answered(SHOWN, 1)), Flags::NONE);
    }

    #[test]
    fn nobody_answers_before_they_are_asked() {
        assert_eq!(doubts(&answered(SHOWN - 1, 1)), Flags::TOO_FAST);
        assert_eq!(doubts(&answered(i64::MIN, 1)), Flags::TOO_FAST);
        assert_eq!(doubts(&answered(SHOWN + 86_400_000, 1)), Flags::NONE, "the form may have stood open for a day");
    }
}
