//! A conversation: one visitor answering one survey, one question after the other.
//!
//! Pure. It knows what to ask next and writes the submission that tells the collector where things stand: always all the
//! answers so far, under a revision that only grows, so that any one of them may be lost or overtaken on the way.

use std::rc::Rc;

use survey::definition::Survey;
use survey::wire::{Answer, AnswerValue, MAX_COMMENT, Presentation, SiteConfig, Submission, clean_text};

/// What the visitor sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The question at this place in the survey.
    Question(usize),
    Thanks,
}

pub struct Conversation {
    config: Rc<SiteConfig>,
    /// The survey, by its place.
    place: usize,
    step: usize,
    rev: u32,
    answers: Vec<Answer>,
    /// Whether the last step was an answer.
    has_just_answered: bool,
}

impl Conversation {
    /// About the survey at this place.
    pub fn new(config: Rc<SiteConfig>, place: usize) -> Self {
        Self { config, place, step: 0, rev: 0, answers: Vec::new(), has_just_answered: false }
    }

    pub fn survey(&self) -> &Survey {
        &self.config.surveys[self.place]
    }

    pub fn step(&self) -> Step {
        if self.step < self.survey().questions().len() { Step::Question(self.step) } else { Step::Thanks }
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
        self.has_just_answered = false;
    }

    fn answer(&mut self, value: AnswerValue) {
        let question = self.survey().questions().get(self.step).map(|question| question.id.clone());
        if let Some(question) = question {
            self.answers.push(Answer { question, value });
            self.skip();
            self.has_just_answered = true;
        }
    }

    /// The answer that the last step was; nothing if it left a question out.
    pub fn just_answered(&self) -> Option<&Answer> {
        self.answers.last().filter(|_| self.has_just_answered)
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
    use survey::definition::{Scale, StorageMode};
    use survey::wire::Visit;

    use super::*;

    fn ease() -> Conversation {
        let scale = serde_json::to_string(&Scale::ces7()).unwrap();
        let json = format!(
            r#"{{"id":"help-ces","name":"n","triggers":[{{"visible_seconds":1}}],"thanks":{{"title":"Thanks","text":""}},
                "questions":[{{"id":"ease","prompt":"Easy?","kind":{{"score":{{"scale":{scale},"low":"No","high":"Yes"}}}}}},
                             {{"id":"why","prompt":"Why?","kind":{{"comment":{{"placeholder":""}}}}}}]}}"#
        );
        let config = SiteConfig {
            site: "shop".parse().unwrap(),
            keep_query: Vec::new(),
            storage: StorageMode::Local,
            quiet_days: 0,
            surveys: vec![serde_json::from_str(&json).unwrap()],
            not_understood: Vec::new(),
        };
        Conversation::new(Rc::new(config), 0)
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
            assert!(conversation.just_answered().is_some());
            leave(&mut conversation);
            assert!(conversation.just_answered().is_none());
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
