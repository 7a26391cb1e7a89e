//! One visitor's answers, from how they are stored to how a report tells them: points with their scales, choices with their labels,
//! and everything with the question that it answers.

use survey::definition::{Band, Question, QuestionId, QuestionKind, Survey};
use survey::in_words;
use survey::report::{AnswerReport, ChoicesGiven, CommentGiven, ContactDetail, ContactGiven, ScoreGiven};

use crate::comments::first_band;
use crate::live::LiveSite;
use crate::store::{AnswerRecord, GivenRecord};

pub fn report(site: &LiveSite, record: AnswerRecord) -> AnswerReport {
    let survey = site.survey(&record.survey, record.version).ok();
    let mut given: Vec<Given> = record.given.iter().map(|stored| Given::of(survey, stored)).collect();
    given.sort_by_key(Given::place);
    AnswerReport {
        number: record.number,
        page: record.page,
        survey: record.survey.to_string(),
        version: record.version,
        answered_at: record.answered_at,
        completed: record.completed,
        device: record.device,
        language: record.language,
        signal: record.signal,
        doubts: record.flags.names().map(str::to_owned).collect(),
        standing: record.standing.into(),
        tags: record.tags,
        scores: given.iter().filter_map(Given::score).collect(),
        choices: given.iter().filter_map(Given::choices).collect(),
        comments: given.iter().filter_map(Given::comment).collect(),
        contact: given.iter().filter_map(Given::contact).collect(),
    }
}

/// The band of the first score that was given; nothing where there is none, or the survey cannot be read here.
pub fn band(site: &LiveSite, record: &AnswerRecord) -> Option<Band> {
    let survey = site.survey(&record.survey, record.version).ok()?;
    first_band(survey, |question| record.point_of(question))
}

/// One answer, with what it answers as far as that is known here: a newer Pagepoll may have published it.
struct Given<'a> {
    stored: &'a GivenRecord,
    asked: Option<(&'a Survey, &'a Question)>,
}

impl<'a> Given<'a> {
    fn of(survey: Option<&'a Survey>, stored: &'a GivenRecord) -> Self {
        let find = |survey: &'a Survey| {
            let id: QuestionId = stored.question.parse().ok()?;
            Some((survey, survey.question(&id)?))
        };
        Self { stored, asked: survey.and_then(find) }
    }

    /// The question's place in the survey; what is not known comes last.
    fn place(&self) -> usize {
        let place = |(survey, question): (&Survey, &Question)| {
            survey.questions().iter().position(|other| other.id == question.id)
        };
        self.asked.and_then(place).unwrap_or(usize::MAX)
    }

    fn prompt(&self) -> String {
        self.asked.map_or(String::new(), |(survey, question)| survey.own(&question.prompt).to_owned())
    }

    fn score(&self) -> Option<ScoreGiven> {
        let QuestionKind::Score { scale, .. } = &self.asked?.1.kind else { return None };
        let score = scale.score(self.stored.point?.into())?;
        Some(ScoreGiven {
            question: self.stored.question.clone(),
            metric: scale.metric(),
            point: score.point(),
            last_point: scale.last(),
            band: scale.band(score).into(),
        })
    }

    fn choices(&self) -> Option<ChoicesGiven> {
        let mut picked: Vec<(&String, &u8)> = self.stored.choices.as_ref()?.iter().collect();
        picked.sort_by_key(|(_, place)| **place);
        let label = |id: &str| match self.asked {
            Some((survey, question)) => in_words::label_of(survey, question, id).to_owned(),
            None => id.to_owned(),
        };
        Some(ChoicesGiven {
            question: self.stored.question.clone(),
            prompt: self.prompt(),
            picked: picked.into_iter().map(|(id, _)| label(id)).collect(),
        })
    }

    fn comment(&self) -> Option<CommentGiven> {
        let text = self.stored.text.clone()?;
        Some(CommentGiven { question: self.stored.question.clone(), prompt: self.prompt(), text })
    }

    fn contact(&self) -> Option<ContactGiven> {
        let details = self.stored.contact.clone()?.into_iter().map(|(field, text)| ContactDetail { field, text });
        Some(ContactGiven { question: self.stored.question.clone(), details: details.collect() })
    }
}
