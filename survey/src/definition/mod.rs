//! What a survey is: its questions, when it may appear, and the names by which everything else refers to it.
//!
//! A [`Survey`] that exists is one that can be shown: it has questions with different names, at least one trigger, and
//! texts of a sensible length. It is checked once, where it is read.

mod name;
mod scale;
mod site;

pub use name::{NameError, QuestionId, SiteKey, SurveyId};
pub use scale::{Band, Direction, Metric, Scale, ScaleError, Score};
pub use site::{SettingsError, SiteSettings, StorageMode};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::targeting::{Condition, Frequency, Moment, Sample, Trigger};

/// The longest prompt, label or closing text, in characters.
pub const MAX_TEXT: usize = 500;
/// The most questions: an answer to all of them, each with the longest comment, still fits into one batch.
pub const MAX_QUESTIONS: usize = 10;
/// The most triggers.
pub const MAX_TRIGGERS: usize = 10;
/// The longest wait that a trigger may ask for: a day.
const MAX_SECONDS: u32 = 24 * 60 * 60;
/// The longest selector, event or tab label, in bytes.
const MAX_TRIGGER_TEXT: usize = 256;

/// One published version of a survey. Immutable: a change is a new version, and old answers keep the old one.
///
/// As JSON it is read by [`SurveyParts`] and checked; to the widget it travels without what visitors need not know.
#[derive(Clone, PartialEq, Debug)]
pub struct Survey(SurveyParts);

impl Survey {
    pub fn id(&self) -> &SurveyId {
        &self.0.id
    }

    pub fn version(&self) -> u32 {
        self.0.version
    }

    /// What the team calls it; visitors never see it.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Any one of them shows the survey, if [`Survey::when`] holds.
    pub fn triggers(&self) -> &[Trigger] {
        &self.0.triggers
    }

    /// On which pages and to whom it may be shown.
    pub fn when(&self) -> &Condition {
        &self.0.when
    }

    /// How often one visitor may be shown it.
    pub fn frequency(&self) -> Frequency {
        self.0.frequency
    }

    /// For which share of visitors it is.
    pub fn sample(&self) -> Sample {
        self.0.sample_percent
    }

    /// Of several that could show, the one with the higher priority does; of equals, the one first published.
    pub fn priority(&self) -> i8 {
        self.0.priority
    }

    /// After how many answers the collector stops it.
    pub fn quota(&self) -> Option<u32> {
        self.0.quota
    }

    pub fn starts_at(&self) -> Option<Moment> {
        self.0.starts_at
    }

    /// The first moment at which it is over.
    pub fn ends_at(&self) -> Option<Moment> {
        self.0.ends_at
    }

    /// In the order in which they are asked; never empty.
    pub fn questions(&self) -> &[Question] {
        &self.0.questions
    }

    pub fn question(&self, id: &QuestionId) -> Option<&Question> {
        self.0.questions.iter().find(|question| question.id == *id)
    }

    pub fn thanks(&self) -> &Thanks {
        &self.0.thanks
    }

    /// The same survey under another version number.
    pub fn with_version(self, version: u32) -> Self {
        Self(SurveyParts { version, ..self.0 })
    }
}

/// One thing that is asked.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
#[serde(deny_unknown_fields)]
pub struct Thanks {
    pub title: String,
    pub text: String,
}

/// A survey as it is written down; becomes a [`Survey`] only if it can be shown.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SurveyParts {
    id: SurveyId,
    #[serde(default = "first_version")]
    version: u32,
    name: String,
    triggers: Vec<Trigger>,
    #[serde(default)]
    when: Condition,
    #[serde(default)]
    frequency: Frequency,
    #[serde(default)]
    sample_percent: Sample,
    #[serde(default)]
    priority: i8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quota: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    starts_at: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ends_at: Option<Moment>,
    questions: Vec<Question>,
    thanks: Thanks,
}

/// A survey as it travels to the widget: without the team's name for it, its priority (it stands in its place) and its quota
/// (it is not sent any more when that is full).
#[derive(Serialize, Deserialize)]
struct Travelling {
    id: SurveyId,
    version: u32,
    triggers: Vec<Trigger>,
    when: Condition,
    frequency: Frequency,
    sample_percent: Sample,
    starts_at: Option<Moment>,
    ends_at: Option<Moment>,
    questions: Vec<Question>,
    thanks: Thanks,
}

impl Serialize for Survey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return self.0.serialize(serializer);
        }
        let SurveyParts {
            id,
            version,
            triggers,
            when,
            frequency,
            sample_percent,
            starts_at,
            ends_at,
            questions,
            thanks,
            ..
        } = self.0.clone();
        Travelling { id, version, triggers, when, frequency, sample_percent, starts_at, ends_at, questions, thanks }
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Survey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return SurveyParts::deserialize(deserializer)?.try_into().map_err(de::Error::custom);
        }
        let Travelling {
            id,
            version,
            triggers,
            when,
            frequency,
            sample_percent,
            starts_at,
            ends_at,
            questions,
            thanks,
        } = Travelling::deserialize(deserializer)?;
        let (name, priority, quota) = (String::new(), 0, None);
        Ok(Self(SurveyParts {
            id,
            version,
            name,
            triggers,
            when,
            frequency,
            sample_percent,
            priority,
            quota,
            starts_at,
            ends_at,
            questions,
            thanks,
        }))
    }
}

fn first_version() -> u32 {
    1
}

/// Why a written-down survey cannot be shown.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum SurveyError {
    #[error("triggers: none given, so the survey would never appear; add one, for example {{\"visible_seconds\":10}}")]
    NoTrigger,
    #[error("triggers: {0} given; at most {MAX_TRIGGERS}")]
    TooManyTriggers(usize),
    #[error("triggers[{place}]: {reason}")]
    Trigger { place: usize, reason: String },
    #[error("questions: {0} given; at most {MAX_QUESTIONS}")]
    TooManyQuestions(usize),
    #[error("frequency: {0}")]
    Frequency(&'static str),
    #[error("quota: 0 answers is none at all; leave it out, or name a number")]
    NoQuota,
    #[error("ends_at: {ends_at} is not after starts_at, {starts_at}")]
    EndsBeforeItStarts { starts_at: Moment, ends_at: Moment },
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
        check_appearing(&parts)?;
        check_asking(&parts)?;
        Ok(Self(parts))
    }
}

fn check_appearing(parts: &SurveyParts) -> Result<(), SurveyError> {
    match parts.triggers.len() {
        0 => return Err(SurveyError::NoTrigger),
        1..=MAX_TRIGGERS => {}
        count => return Err(SurveyError::TooManyTriggers(count)),
    }
    for (place, trigger) in parts.triggers.iter().enumerate() {
        check_trigger(trigger).map_err(|reason| SurveyError::Trigger { place, reason })?;
    }
    match parts.frequency {
        Frequency::EveryDays(0) => {
            return Err(SurveyError::Frequency("every 0 days is always; write \"always\" or a number of days"));
        }
        Frequency::Always => check_on_demand(&parts.triggers)?,
        Frequency::AtMost(0) => return Err(SurveyError::Frequency("at most 0 times is never; name a number")),
        _ => {}
    }
    if parts.quota == Some(0) {
        return Err(SurveyError::NoQuota);
    }
    match (parts.starts_at, parts.ends_at) {
        (Some(starts_at), Some(ends_at)) if ends_at <= starts_at => {
            Err(SurveyError::EndsBeforeItStarts { starts_at, ends_at })
        }
        _ => Ok(()),
    }
}

/// A survey that may appear again and again must not do so by itself.
fn check_on_demand(triggers: &[Trigger]) -> Result<(), SurveyError> {
    match triggers.iter().position(|trigger| !trigger.is_on_demand()) {
        Some(place) => Err(SurveyError::Trigger {
            place,
            reason: "a survey whose frequency is \"always\" waits to be asked for: by click, event, programmatic or feedback_tab"
                .to_owned(),
        }),
        None => Ok(()),
    }
}

fn check_trigger(trigger: &Trigger) -> Result<(), String> {
    match trigger {
        Trigger::VisibleSeconds(seconds) | Trigger::ExitIntent { after_seconds: seconds } if *seconds > MAX_SECONDS => {
            Err(format!("{seconds} seconds is more than a day, which nobody stays"))
        }
        Trigger::InactiveSeconds(seconds) if !(1..=MAX_SECONDS).contains(seconds) => {
            Err(format!("inactive for {seconds} seconds: name 1 to {MAX_SECONDS}"))
        }
        Trigger::ScrollPercent(percent) if *percent > 100 => {
            Err(format!("{percent} percent: nobody scrolls further than 100"))
        }
        Trigger::Click(text)
        | Trigger::ElementVisible(text)
        | Trigger::Event(text)
        | Trigger::FeedbackTab { label: text }
            if text.trim().is_empty() || text.len() > MAX_TRIGGER_TEXT =>
        {
            Err(format!("a selector, an event or a label has 1 to {MAX_TRIGGER_TEXT} bytes, this one {}", text.len()))
        }
        _ => Ok(()),
    }
}

fn check_asking(parts: &SurveyParts) -> Result<(), SurveyError> {
    match parts.questions.len() {
        0 => return Err(SurveyError::NoQuestion),
        1..=MAX_QUESTIONS => {}
        count => return Err(SurveyError::TooManyQuestions(count)),
    }
    check_text("name", &parts.name)?;
    check_text("thanks.title", &parts.thanks.title)?;
    check_length("thanks.text", &parts.thanks.text)?;
    for (index, question) in parts.questions.iter().enumerate() {
        check_question(question)?;
        if parts.questions[..index].iter().any(|earlier| earlier.id == question.id) {
            return Err(SurveyError::SameQuestionTwice(question.id.clone()));
        }
    }
    Ok(())
}

fn check_question(question: &Question) -> Result<(), SurveyError> {
    check_text("questions.prompt", &question.prompt)?;
    match &question.kind {
        QuestionKind::Score { scale, look: ScaleLook::Faces, .. } if scale.values().len() != 5 => {
            Err(SurveyError::FacesNeedFivePoints(question.id.clone()))
        }
        QuestionKind::Score { low, high, .. } => {
            check_text("questions.low", low)?;
            check_text("questions.high", high)
        }
        QuestionKind::Comment { placeholder } => check_length("questions.placeholder", placeholder),
    }
}

fn check_text(field: &'static str, text: &str) -> Result<(), SurveyError> {
    match text.chars().count() {
        1..=MAX_TEXT => Ok(()),
        length => Err(SurveyError::TextLength { field, length }),
    }
}

/// For what may be left empty.
fn check_length(field: &'static str, text: &str) -> Result<(), SurveyError> {
    if text.is_empty() { Ok(()) } else { check_text(field, text) }
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
