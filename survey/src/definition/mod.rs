//! What a survey is: its questions, when it may appear, and the names by which everything else refers to it.
//!
//! A [`Survey`] that exists is one that can be shown: it has questions with different names, at least one trigger, and
//! texts of a sensible length. It is checked once, where it is read.

mod name;
mod scale;

pub use name::{NameError, QuestionId, SiteKey, SurveyId};
pub use scale::{Band, Direction, Metric, Scale, ScaleError, Score};

use serde::{Deserialize, Serialize};

use crate::targeting::{Condition, Trigger};

/// The longest prompt, label or closing text, in characters.
pub const MAX_TEXT: usize = 500;

/// One published version of a survey. Immutable: a change is a new version, and old answers keep the old one.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "SurveyParts", into = "SurveyParts")]
pub struct Survey {
    id: SurveyId,
    version: u32,
    name: String,
    triggers: Vec<Trigger>,
    when: Condition,
    questions: Vec<Question>,
    thanks: Thanks,
}

impl Survey {
    pub fn id(&self) -> &SurveyId {
        &self.id
    }

    pub fn version(&self) -> u32 {
        self.version
    }

    /// What the team calls it; visitors never see it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Any one of them shows the survey, if [`Survey::when`] holds.
    pub fn triggers(&self) -> &[Trigger] {
        &self.triggers
    }

    /// On which pages and to whom it may be shown.
    pub fn when(&self) -> &Condition {
        &self.when
    }

    /// In the order in which they are asked; never empty.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    pub fn question(&self, id: &QuestionId) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == *id)
    }

    pub fn thanks(&self) -> &Thanks {
        &self.thanks
    }

    /// The same survey under another version number.
    pub fn with_version(self, version: u32) -> Self {
        Self { version, ..self }
    }
}

/// One thing that is asked.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Question {
    pub id: QuestionId,
    pub prompt: String,
    pub kind: QuestionKind,
}

/// What kind of answer a question takes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// One press on a scale. `low` and `high` name its ends in words.
    Score {
        scale: Scale,
        #[serde(default)]
        look: ScaleLook,
        low: String,
        high: String,
    },
    /// A free comment; never required.
    Comment { placeholder: String },
}

/// How the points of a scale are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleLook {
    #[default]
    Numbers,
    /// Five faces from unhappy to happy; only for scales of five points.
    Faces,
}

/// What a visitor reads after the last question.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Thanks {
    pub title: String,
    pub text: String,
}

/// A survey as it is written down; becomes a [`Survey`] only if it can be shown.
#[derive(Clone, Serialize, Deserialize)]
struct SurveyParts {
    id: SurveyId,
    #[serde(default = "first_version")]
    version: u32,
    name: String,
    triggers: Vec<Trigger>,
    #[serde(default)]
    when: Condition,
    questions: Vec<Question>,
    thanks: Thanks,
}

fn first_version() -> u32 {
    1
}

/// Why a written-down survey cannot be shown.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum SurveyError {
    #[error("triggers: none given, so the survey would never appear; add one, for example {{\"visible_seconds\":10}}")]
    NoTrigger,
    #[error("questions: none given; a survey asks at least one")]
    NoQuestion,
    #[error("questions: two are named {0}; each needs a name of its own")]
    SameQuestionTwice(QuestionId),
    #[error("{field}: a text has 1 to {MAX_TEXT} characters, this one {length}")]
    TextLength { field: &'static str, length: usize },
    #[error("questions: {0} shows faces, which need a scale of five points")]
    FacesNeedFivePoints(QuestionId),
}

impl TryFrom<SurveyParts> for Survey {
    type Error = SurveyError;

    fn try_from(parts: SurveyParts) -> Result<Self, SurveyError> {
        if parts.triggers.is_empty() {
            return Err(SurveyError::NoTrigger);
        }
        if parts.questions.is_empty() {
            return Err(SurveyError::NoQuestion);
        }
        check_text("name", &parts.name)?;
        check_text("thanks.title", &parts.thanks.title)?;
        for (index, question) in parts.questions.iter().enumerate() {
            check_question(question)?;
            if parts.questions[..index].iter().any(|earlier| earlier.id == question.id) {
                return Err(SurveyError::SameQuestionTwice(question.id.clone()));
            }
        }
        let SurveyParts { id, version, name, triggers, when, questions, thanks } = parts;
        Ok(Self { id, version, name, triggers, when, questions, thanks })
    }
}

fn check_question(question: &Question) -> Result<(), SurveyError> {
    check_text("questions.prompt", &question.prompt)?;
    let QuestionKind::Score { scale, look, low, high } = &question.kind else { return Ok(()) };
    check_text("questions.low", low)?;
    check_text("questions.high", high)?;
    if *look == ScaleLook::Faces && scale.values().len() != 5 {
        return Err(SurveyError::FacesNeedFivePoints(question.id.clone()));
    }
    Ok(())
}

fn check_text(field: &'static str, text: &str) -> Result<(), SurveyError> {
    match text.chars().count() {
        1..=MAX_TEXT => Ok(()),
        length => Err(SurveyError::TextLength { field, length }),
    }
}

impl From<Survey> for SurveyParts {
    fn from(survey: Survey) -> Self {
        let Survey { id, version, name, triggers, when, questions, thanks } = survey;
        Self { id, version, name, triggers, when, questions, thanks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EASE: &str =
        r#"{"id":"ease","prompt":"Was it easy?","kind":{"score":{"scale":SCALE,"low":"No","high":"Yes"}}}"#;

    fn survey(triggers: &str, questions: &[&str]) -> Result<Survey, String> {
        let scale = serde_json::to_string(&Scale::ces7()).unwrap();
        let questions = questions.join(",").replace("SCALE", &scale);
        let json = format!(
            r#"{{"id":"help-ces","name":"Help","triggers":{triggers},"questions":[{questions}],"thanks":{{"title":"Thanks","text":""}}}}"#
        );
        serde_json::from_str(&json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_survey_survives_being_written_down() {
        let original = survey(r#"[{"exit_intent":{"after_seconds":3}},{"visible_seconds":10}]"#, &[EASE]).unwrap();
        let written = serde_json::to_string(&original).unwrap();
        assert_eq!(serde_json::from_str::<Survey>(&written).unwrap(), original);
        assert_eq!(original.version(), 1);
    }

    #[test]
    fn a_survey_that_cannot_be_shown_is_refused_with_the_field_and_the_reason() {
        assert!(survey("[]", &[EASE]).unwrap_err().starts_with("triggers: none given"));
        assert!(survey(r#"[{"visible_seconds":10}]"#, &[]).unwrap_err().starts_with("questions: none given"));
        assert!(survey(r#"[{"visible_seconds":10}]"#, &[EASE, EASE]).unwrap_err().contains("two are named ease"));
        let faces = EASE.replace(r#""low""#, r#""look":"faces","low""#);
        assert!(survey(r#"[{"visible_seconds":10}]"#, &[&faces]).unwrap_err().contains("need a scale of five points"));
        let endless = EASE.replace("Was it easy?", &"x".repeat(MAX_TEXT + 1));
        assert!(
            survey(r#"[{"visible_seconds":10}]"#, &[&endless])
                .unwrap_err()
                .contains("1 to 500 characters, this one 501")
        );
    }
}
