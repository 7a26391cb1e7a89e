//! A conversation: one visitor answering one survey, one question after the other.
//!
//! Pure. It knows what to ask next and writes the submission that tells the collector where things stand: always all the
//! answers so far, under a revision that only grows, so that any one of them may be lost or overtaken on the way.

use survey::definition::{Question, Survey};
use survey::wire::{Answer, AnswerValue, MAX_COMMENT, Presentation, Submission, clean_text};

/// What the visitor sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The question at this place in the survey.
    Question(usize),
    Thanks,
}

pub struct Conversation {
    survey: Survey,
    step: usize,
    rev: u32,
    answers: Vec<Answer>,
}

impl Conversation {
    pub fn new(survey: Survey) -> Self {
        Self { survey, step: 0, rev: 0, answers: Vec::new() }
    }

    pub fn step(&self) -> Step {
        if self.step < self.survey.questions().len() { Step::Question(self.step) } else { Step::Thanks }
    }

    /// Takes a score for the question being asked, and goes on to the next.
    pub fn score(&mut self, point: u8) {
        self.answer(AnswerValue::Score(point.into()));
    }

    /// Takes a comment for the question being asked, and goes on to the next. One of nothing but blanks is no answer.
    pub fn comment(&mut self, text: &str) {
        match clean_text(text, MAX_COMMENT) {
            empty if empty.is_empty() => self.skip(),
            text => self.answer(AnswerValue::Comment(text)),
        }
    }

    /// Goes on to the next question without an answer.
    pub fn skip(&mut self) {
        self.step += 1;
        self.rev += 1;
    }

    fn answer(&mut self, value: AnswerValue) {
        if let Some(Question { id, .. }) = self.survey.questions().get(self.step) {
            self.answers.push(Answer { question: id.clone(), value });
            self.skip();
        }
    }

    /// What the collector is to know now; nothing while there is no answer.
    pub fn submission(&self, presentation: Presentation) -> Option<Submission> {
        (!self.answers.is_empty()).then(|| Submission {
            presentation,
            rev: self.rev,
            answers: self.answers.clone(),
            completed: self.step() == Step::Thanks,
        })
    }
}

#[cfg(test)]
mod tests {
    use survey::definition::Scale;
    use survey::wire::Visit;

    use super::*;

    fn ease() -> Conversation {
        let scale = serde_json::to_string(&Scale::ces7()).unwrap();
        let json = format!(
            r#"{{"id":"help-ces","name":"n","triggers":[{{"visible_seconds":1}}],"thanks":{{"title":"Thanks","text":""}},
                "questions":[{{"id":"ease","prompt":"Easy?","kind":{{"score":{{"scale":{scale},"low":"No","high":"Yes"}}}}}},
                             {{"id":"why","prompt":"Why?","kind":{{"comment":{{"placeholder":""}}}}}}]}}"#
        );
        Conversation::new(serde_json::from_str(&json).unwrap())
    }

    fn told(conversation: &Conversation) -> Option<(u32, usize, bool)> {
        let presentation = Presentation {
            response_id: uuid::Uuid::nil(),
            survey: "help-ces".parse().unwrap(),
            version: 1,
            at: 0,
            page: "a.b/help".into(),
            visit: Visit::default(),
        };
        let submission = conversation.submission(presentation)?;
        Some((submission.rev, submission.answers.len(), submission.completed))
    }

    #[test]
    fn nothing_is_sent_before_the_first_answer() {
        assert_eq!(told(&ease()), None);
    }

    #[test]
    fn every_answer_sends_all_answers_under_a_higher_revision() {
        let mut conversation = ease();
        conversation.score(6);
        assert_eq!(told(&conversation), Some((1, 1, false)));
        conversation.comment("Clear.");
        assert_eq!(told(&conversation), Some((2, 2, true)));
        assert_eq!(conversation.step(), Step::Thanks);
    }

    #[test]
    fn a_skipped_comment_still_completes() {
        for leave in [Conversation::skip, |conversation: &mut Conversation| conversation.comment(" \n ")] {
            let mut conversation = ease();
            conversation.score(2);
            leave(&mut conversation);
            assert_eq!(told(&conversation), Some((2, 1, true)));
        }
    }

    #[test]
    fn a_comment_is_cleaned_of_what_the_collector_would_refuse() {
        let mut conversation = ease();
        conversation.score(6);
        conversation.comment(&format!(" a\0b\r\n{} ", "x".repeat(MAX_COMMENT)));
        let AnswerValue::Comment(text) = &conversation.answers[1].value else { panic!("not a comment") };
        assert!(text.starts_with("ab\nxx"));
        assert_eq!(text.chars().count(), MAX_COMMENT);
    }
}
