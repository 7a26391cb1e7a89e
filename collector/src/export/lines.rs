//! Lines of JSON: what an export writes and `pagepoll import` reads.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use survey::definition::{ContactField, QuestionKind, SiteKey, SiteSettings, Survey, SurveyId};
use survey::targeting::Signal;
use survey::wire::{Answer, AnswerValue, Device, Picked, Presentation, Submission, Visit};
use uuid::{Builder, Uuid};

use super::asked::{filled_in, picked};
use super::{ExportError, understood};
use crate::clock::UnixMs;
use crate::signing::SigningKey;
use crate::store::{ExportedAnswer, ExportedRow, SiteRecord, SiteWithSurveys, StoreError, variant};

/// One line of an export.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    Site(Box<SiteLine>),
    Survey(Box<SurveyLine>),
    Answer(AnswerLine),
}

#[derive(Serialize, Deserialize)]
pub struct SiteLine {
    pub key: SiteKey,
    pub name: String,
    pub origins: Vec<String>,
    pub settings: SiteSettings,
    /// Surveys that somebody paused.
    pub stopped: BTreeSet<SurveyId>,
    /// Surveys that somebody put away.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub archived: BTreeSet<SurveyId>,
}

impl SiteLine {
    pub fn of(stored: &SiteWithSurveys) -> Self {
        let SiteRecord { key, name, origins, settings, .. } = stored.site.clone();
        let (stopped, archived) = (stored.paused.clone(), stored.archived.clone());
        Self { key, name, origins, settings, stopped, archived }
    }
}

#[derive(Serialize, Deserialize)]
pub struct SurveyLine {
    pub version: u32,
    pub definition: Survey,
}

/// One visitor's answers to one survey.
#[derive(Serialize, Deserialize)]
pub struct AnswerLine {
    /// The site's own number of it.
    pub number: i64,
    pub survey: SurveyId,
    pub version: u32,
    pub page: String,
    /// In Unix milliseconds.
    pub answered_at: UnixMs,
    pub completed: bool,
    pub device: Device,
    pub language: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub signal: Option<Signal>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
    pub answers: Vec<GivenLine>,
}

/// The answer to one question. What there is not is left out.
#[derive(Serialize, Deserialize)]
pub struct GivenLine {
    pub question: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub point: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub choices: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub contact: Option<Vec<(ContactField, String)>>,
}

/// Writes lines.
pub struct Lines {
    pub out: Vec<u8>,
    /// The response that is being read.
    answer: Option<AnswerLine>,
}

impl Lines {
    /// With the lines that come before answers: the site, and its surveys in the order of their publication.
    pub fn begin(stored: &SiteWithSurveys) -> Result<Self, ExportError> {
        let mut lines = Self { out: Vec::new(), answer: None };
        lines.write_line(&Line::Site(Box::new(SiteLine::of(stored))))?;
        for record in &stored.surveys {
            let definition = understood(record)?.clone();
            lines.write_line(&Line::Survey(Box::new(SurveyLine { version: record.version, definition })))?;
        }
        Ok(lines)
    }

    fn write_line(&mut self, line: &Line) -> Result<(), StoreError> {
        serde_json::to_writer(&mut self.out, line).map_err(|error| StoreError::unreadable("answers", error))?;
        self.out.push(b'\n');
        Ok(())
    }

    pub fn write(&mut self, row: &ExportedRow<'_>) -> Result<(), StoreError> {
        let answer = match &mut self.answer {
            Some(answer) => answer,
            none => none.insert(AnswerLine::begin(row)?),
        };
        if let Some(given) = &row.given {
            answer.answers.push(GivenLine::of(given)?);
        }
        Ok(())
    }

    pub fn end_response(&mut self) -> Result<(), StoreError> {
        self.answer.take().map_or(Ok(()), |answer| self.write_line(&Line::Answer(answer)))
    }
}

impl AnswerLine {
    fn begin(row: &ExportedRow<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            number: row.number,
            survey: variant("survey", row.survey)?,
            version: row.version,
            page: row.page.to_owned(),
            answered_at: row.answered_at,
            completed: row.completed,
            device: variant("device", row.device)?,
            language: row.language.to_owned(),
            signal: row.signal.map(|signal| variant("signal", signal)).transpose()?,
            tags: row.tags.to_vec(),
            answers: Vec::new(),
        })
    }
}

impl GivenLine {
    fn of(given: &ExportedAnswer<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            question: given.question.to_owned(),
            point: given.point,
            text: given.text.map(str::to_owned),
            choices: given.choices.map(picked).transpose()?,
            contact: given.contact.map(filled_in).transpose()?,
        })
    }
}

impl AnswerLine {
    /// As its visitor's browser would have sent it. The response id is signed from what is known of the answer, so that whoever imports
    /// twice stores it once, and whoever has the file cannot change what was imported.
    ///
    /// # Errors
    /// Says what in it cannot have been answered.
    pub fn submission(self, ids: &ResponseIds, survey: Option<&Survey>) -> Result<Submission, serde_json::Error> {
        let response_id = ids.id_of(&self);
        let kind_of = |question: &str| {
            let asked = survey?.questions().iter().find(|asked| asked.id.as_str() == question);
            asked.map(|asked| &asked.kind)
        };
        let Self { survey, version, page, answered_at, completed, device, language, signal, answers, .. } = self;
        let answers = answers.into_iter().map(|given| {
            let kind = kind_of(&given.question);
            given.answer(kind)
        });
        let answers = answers.collect::<Result<_, _>>()?;
        let visit = Visit { device, language, signal, ..Visit::default() };
        let presentation = Presentation { response_id, survey, version, at: answered_at, page, visit };
        Ok(Submission { presentation, rev: 1, answers, completed })
    }
}

/// Makes the response ids of a site's imported answers.
pub struct ResponseIds {
    site: SiteKey,
    key: SigningKey,
}

impl ResponseIds {
    /// `secret` is the store's.
    pub fn of(site: SiteKey, secret: &[u8]) -> Self {
        Self { site, key: SigningKey::derived(secret, b"response ids of imported answers") }
    }

    fn id_of(&self, answer: &AnswerLine) -> Uuid {
        let AnswerLine { number, survey, version, answered_at, .. } = answer;
        let known = format!("{} {number} {survey} {version} {answered_at}", self.site);
        let mut random = [0; 10];
        random.copy_from_slice(&self.key.sign(&[known.as_bytes()])[..10]);
        Builder::from_unix_timestamp_millis(answered_at.unsigned_abs(), &random).into_uuid()
    }
}

impl GivenLine {
    fn answer(self, asked: Option<&QuestionKind>) -> Result<Answer, serde_json::Error> {
        let question = serde_json::from_value(self.question.into())?;
        let value = match (self.point, self.choices, self.contact) {
            (Some(point), ..) => AnswerValue::Score(point.into()),
            (_, Some(choices), _) => {
                let picked = choices.into_iter().map(|choice| serde_json::from_value(choice.into()));
                AnswerValue::Choices(Picked { picked: picked.collect::<Result<_, _>>()?, other: self.text })
            }
            (.., Some(contact)) => match (asked, contact) {
                // Stored as a contact detail, and asked for as a text.
                (Some(QuestionKind::Email { .. }), mut fields) if fields.len() == 1 => {
                    AnswerValue::Text(fields.remove(0).1)
                }
                (_, fields) => AnswerValue::Contact(fields),
            },
            _ => AnswerValue::Text(self.text.unwrap_or_default()),
        };
        Ok(Answer { question, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_an_export_does_not_know_the_ids_of_what_is_imported() {
        let line = r#"{"number":3,"survey":"help","version":1,"page":"a.b/","answered_at":1764000000000,"completed":true,
                       "device":"phone","language":"de","answers":[]}"#;
        let answer: AnswerLine = serde_json::from_str(line).unwrap();
        let id = |secret: &[u8]| ResponseIds::of("shop".parse().unwrap(), secret).id_of(&answer);
        assert_eq!(id(b"one"), id(b"one"), "so that importing twice stores it once");
        assert_ne!(id(b"one"), id(b"another"));
        assert_eq!(id(b"one").get_version_num(), 7);
    }
}
