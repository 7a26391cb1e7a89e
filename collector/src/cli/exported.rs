//! What `pagepoll export` writes and `pagepoll import` reads: lines of JSON, and rows of a sheet.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use survey::definition::{ContactField, QuestionKind, SiteKey, SiteSettings, Survey, SurveyId};
use survey::targeting::Signal;
use survey::wire::{Answer, AnswerValue, Device, Picked, Presentation, Submission, Visit};
use uuid::{Builder, Uuid};

use crate::clock::UnixMs;
use crate::store::{AnswerRecord, GivenRecord, SiteRecord, SiteWithSurveys};

/// One line of an export.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    Site(SiteLine),
    Survey(Box<SurveyLine>),
    Answer(AnswerLine),
}

#[derive(Serialize, Deserialize)]
pub struct SiteLine {
    pub key: SiteKey,
    pub name: String,
    pub origins: Vec<String>,
    pub settings: SiteSettings,
    /// Surveys that somebody stopped.
    pub stopped: BTreeSet<SurveyId>,
}

impl SiteLine {
    pub fn of(stored: &SiteWithSurveys) -> Self {
        let SiteRecord { key, name, origins, settings, .. } = stored.site.clone();
        Self { key, name, origins, settings, stopped: stored.stopped.clone() }
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

impl From<AnswerRecord> for AnswerLine {
    fn from(record: AnswerRecord) -> Self {
        let AnswerRecord {
            number, survey, version, page, answered_at, completed, device, language, signal, given, ..
        } = record;
        let answers = given.into_iter().map(GivenLine::from).collect();
        Self { number, survey, version, page, answered_at, completed, device, language, signal, answers }
    }
}

impl From<GivenRecord> for GivenLine {
    fn from(GivenRecord { question, point, text, choices, contact }: GivenRecord) -> Self {
        let in_order = |choices: BTreeMap<String, u8>| {
            let mut choices: Vec<_> = choices.into_iter().collect();
            choices.sort_by_key(|(_, place)| *place);
            choices.into_iter().map(|(choice, _)| choice).collect()
        };
        Self { question, point, text, choices: choices.map(in_order), contact }
    }
}

impl AnswerLine {
    /// As its visitor's browser would have sent it. The response id is made from what is known of the answer, so that whoever
    /// imports twice stores it once.
    ///
    /// # Errors
    /// Says what in it cannot have been answered.
    pub fn submission(self, site: &SiteKey, survey: Option<&Survey>) -> Result<Submission, serde_json::Error> {
        let response_id = self.response_id(site);
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

    fn response_id(&self, site: &SiteKey) -> Uuid {
        use sha2::{Digest, Sha256};
        let known = format!("{site} {} {} {} {}", self.number, self.survey, self.version, self.answered_at);
        let mut random = [0; 10];
        random.copy_from_slice(&Sha256::digest(known.as_bytes())[..10]);
        Builder::from_unix_timestamp_millis(self.answered_at.unsigned_abs(), &random).into_uuid()
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

/// A row of a sheet: one answer to one question.
pub struct SheetRow(Vec<String>);

impl SheetRow {
    pub const HEAD: [&str; 17] = [
        "number",
        "answered_at",
        "page",
        "survey",
        "version",
        "completed",
        "device",
        "language",
        "signal",
        "question",
        "point",
        "choices",
        "text",
        "contact_name",
        "contact_email",
        "contact_phone",
        "contact_other",
    ];

    pub fn of(answer: &AnswerLine) -> Vec<Self> {
        answer.answers.iter().map(|given| Self::row(answer, given)).collect()
    }

    fn row(answer: &AnswerLine, given: &GivenLine) -> Self {
        let contact = |wanted: &[ContactField]| {
            let fields = given.contact.iter().flatten().filter(|(field, _)| wanted.contains(field));
            fields.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("; ")
        };
        let cells = [
            answer.number.to_string(),
            survey::targeting::Moment(answer.answered_at).to_string(),
            answer.page.clone(),
            answer.survey.to_string(),
            answer.version.to_string(),
            answer.completed.to_string(),
            answer.device.as_str().to_owned(),
            answer.language.clone(),
            answer.signal.map(|signal| signal.as_str().to_owned()).unwrap_or_default(),
            given.question.clone(),
            given.point.map(|point| point.to_string()).unwrap_or_default(),
            given.choices.iter().flatten().cloned().collect::<Vec<_>>().join(" "),
            given.text.clone().unwrap_or_default(),
            contact(&[ContactField::Name]),
            contact(&[ContactField::Email]),
            contact(&[ContactField::Phone]),
            contact(&[ContactField::Company, ContactField::Message]),
        ];
        Self(cells.map(plain).into())
    }

    pub fn cells(&self) -> &[String] {
        &self.0
    }
}

/// A text that no spreadsheet takes for a formula: some begin one at these signs, wide or not, and after white space, too.
fn plain(cell: String) -> String {
    let is_formula = |c: char| "=+-@|%＝＋－＠".contains(c);
    let is_control = cell.starts_with(['\t', '\r', '\n']);
    if is_control || cell.trim_start().starts_with(is_formula) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", "|cmd", "\r\n=1"] {
            assert!(plain(formula.to_owned()).starts_with('\''), "{formula:?}");
        }
        assert_eq!(plain("Fine = good".to_owned()), "Fine = good");
    }
}
