//! What a survey is: its questions, when it may appear, and the names by which everything else refers to it.
//!
//! A [`Survey`] that exists is one that can be shown and answered to its end: it has questions with different names, all of
//! which can be reached, at least one trigger, and texts of a sensible length. It is checked once, where it is read.

mod check;
#[cfg(feature = "authoring")]
pub mod difference;
mod dimension;
mod ending;
mod format;
mod logic;
mod name;
mod question;
mod scale;
mod site;
mod text;
mod translation;

pub use check::{MAX_ENDINGS, MAX_LABEL, MAX_PROMPT, MAX_QUESTIONS, MAX_TRIGGERS, SurveyError};
pub use dimension::{Dimension, DimensionError};
pub use ending::{Ending, EndingRule, MAX_REDIRECT_SECONDS, Redirect};
pub use format::{Corner, Edge, Format, Side};
pub use logic::{END, Jump, LogicError, Misled, Target, Test, places_after};
pub use name::{ChoiceId, NameError, QuestionId, SiteKey, SurveyId};
pub use question::{
    AGREED, AddressError, Choice, Choices, ContactField, Link, MAX_COMMENT, MAX_LINE, OTHER, Question, QuestionKind,
    ScaleLook, WebAddress,
};
pub use scale::{Band, Direction, Metric, Scale, ScaleError, Score};
pub use site::{SettingsError, SiteSettings, StorageMode};
pub use text::{Blank, Language, LanguageError, Localized, Piece, Template, TemplateError};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::targeting::{Candidate, Condition, Frequency, Moment, Sample, Trigger};
use crate::theme::Theme;

/// The version of what is only looked at. Published versions begin at 1.
pub const PREVIEW_VERSION: u32 = 0;

/// One published version of a survey. Immutable: a change is a new version, and old answers keep the old one.
#[derive(Clone, PartialEq, Debug)]
pub struct Survey {
    written: SurveyParts,
    candidate: Candidate,
}

impl Survey {
    pub fn id(&self) -> &SurveyId {
        &self.candidate.id
    }

    pub fn version(&self) -> u32 {
        self.candidate.version
    }

    /// What the team calls it; visitors never see it.
    pub fn name(&self) -> &str {
        &self.written.name
    }

    /// When, where and to whom it may be shown.
    pub fn candidate(&self) -> &Candidate {
        &self.candidate
    }

    /// Any one of them shows the survey, if [`Survey::when`] holds.
    pub fn triggers(&self) -> &[Trigger] {
        &self.candidate.triggers
    }

    /// On which pages and to whom it may be shown; for one that stands within the page, also that its place is there.
    pub fn when(&self) -> &Condition {
        &self.candidate.when
    }

    /// How often one visitor may be shown it.
    pub fn frequency(&self) -> Frequency {
        self.candidate.frequency
    }

    /// For which share of visitors it is.
    pub fn sample(&self) -> Sample {
        self.candidate.sample
    }

    /// Of several that could show, the one with the higher priority does; of equals, the one first published.
    pub fn priority(&self) -> i8 {
        self.written.priority
    }

    /// After how many answers the collector stops it.
    pub fn quota(&self) -> Option<u32> {
        self.written.quota
    }

    pub fn starts_at(&self) -> Option<Moment> {
        self.candidate.starts_at
    }

    /// The first moment at which it is over.
    pub fn ends_at(&self) -> Option<Moment> {
        self.candidate.ends_at
    }

    /// The language of texts that are in one alone, and of what has not been translated.
    pub fn language(&self) -> &Language {
        &self.written.language
    }

    pub fn format(&self) -> &Format {
        &self.written.format
    }

    /// What differs from the site's own theme.
    pub fn theme(&self) -> &Theme {
        &self.written.theme
    }

    /// What stands on the feedback tab; the interface's own word, if it says nothing.
    pub fn tab_label(&self) -> Option<&Localized> {
        self.written.tab_label.as_ref()
    }

    /// In the order in which they are asked; never empty.
    pub fn questions(&self) -> &[Question] {
        &self.written.questions
    }

    /// The first that applies is shown; the last one is for everybody.
    pub fn endings(&self) -> &[Ending] {
        &self.written.endings
    }

    /// Whatever is asked, by its name: a question, or the form of an ending.
    pub fn question(&self, id: &QuestionId) -> Option<&Question> {
        self.written.asked().find(|question| question.id == *id)
    }

    /// Whatever is asked: questions, then the forms of endings.
    pub fn asked(&self) -> impl Iterator<Item = &Question> {
        self.written.asked()
    }

    /// A text as its team wrote it.
    pub fn own<'a>(&self, text: &'a Localized) -> &'a str {
        text.in_language(self.language(), self.language())
    }

    fn of(written: SurveyParts) -> Self {
        Self { candidate: written.candidate(), written }
    }

    /// The same survey under another version number.
    pub fn with_version(mut self, version: u32) -> Self {
        self.written.version = version;
        self.candidate.version = version;
        self
    }
}

/// A survey as it is written down; becomes a [`Survey`] only if it can be shown and answered.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SurveyParts {
    id: SurveyId,
    #[serde(default = "first_version")]
    version: u32,
    name: String,
    #[serde(default = "Language::english")]
    language: Language,
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
    #[serde(default)]
    format: Format,
    #[serde(default, skip_serializing_if = "Theme::is_empty")]
    theme: Theme,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tab_label: Option<Localized>,
    questions: Vec<Question>,
    endings: Vec<Ending>,
}

impl SurveyParts {
    fn asked(&self) -> impl Iterator<Item = &Question> {
        self.questions.iter().chain(self.endings.iter().filter_map(|ending| ending.form.as_ref()))
    }

    fn candidate(&self) -> Candidate {
        let when = match &self.format {
            Format::Inline(selector) => Condition::All(vec![self.when.clone(), Condition::is_on_page(selector)]),
            _ => self.when.clone(),
        };
        Candidate {
            id: self.id.clone(),
            version: self.version,
            triggers: self.triggers.clone(),
            when,
            frequency: self.frequency,
            sample: self.sample_percent,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        }
    }
}

#[cfg(feature = "authoring")]
impl Survey {
    /// Reads a survey that was checked when it was published. Checks that have come since do not take it off the pages.
    ///
    /// # Errors
    /// Where it is written in a way that this program does not know.
    pub fn from_store(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json).map(Self::of)
    }

    /// The same to look at: it shows at once, to everybody, as often as they like, wherever its format allows. Its version is
    /// [`PREVIEW_VERSION`], so nothing that is sent of it would be taken.
    ///
    /// # Errors
    /// None that could happen: a survey can be read as it is written.
    pub fn as_preview(&self) -> Result<Self, serde_json::Error> {
        let mut written = serde_json::to_value(&self.written)?;
        if let Some(members) = written.as_object_mut() {
            members.retain(|name, _| {
                !["when", "quota", "starts_at", "ends_at", "sample_percent"].contains(&name.as_str())
            });
            members.insert("version".to_owned(), PREVIEW_VERSION.into());
            members.insert("triggers".to_owned(), serde_json::json!(["immediately"]));
            members.insert("frequency".to_owned(), "always".into());
        }
        // Not checked: what appears by itself, again and again, would not be published.
        SurveyParts::deserialize(written).map(Self::of)
    }

    /// What is wrong with a survey that is being written; nothing if it may be published.
    ///
    /// # Errors
    /// Where some part of it cannot be read, so that the whole cannot be checked.
    pub fn mistakes(document: &serde_json::Value) -> Result<Vec<SurveyError>, serde_json::Error> {
        SurveyParts::deserialize(document).map(|parts| check::mistakes(&parts))
    }
}

impl Serialize for Survey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Survey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = SurveyParts::deserialize(deserializer)?;
        check::check(&written).map_err(de::Error::custom)?;
        Ok(Self::of(written))
    }
}

fn first_version() -> u32 {
    1
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
            r#"{{"id":"help-ces","name":"Help","triggers":{triggers},"questions":[{questions}],"endings":[{{"title":"Thanks","text":""}}]}}"#
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

    #[cfg(feature = "authoring")]
    #[test]
    fn a_preview_shows_at_once_to_everybody_and_is_no_published_version() {
        let original = survey(r#"[{"exit_intent":{"after_seconds":3}}]"#, &[EASE]).unwrap();
        let preview = original.as_preview().unwrap();
        assert_eq!((preview.version(), preview.triggers()), (PREVIEW_VERSION, [Trigger::Immediately].as_slice()));
        assert_eq!((preview.when(), preview.frequency()), (&Condition::default(), Frequency::Always));
        assert_eq!(preview.questions(), original.questions());
    }

    #[test]
    fn a_survey_that_cannot_be_shown_is_refused_with_the_field_and_the_reason() {
        assert!(survey("[]", &[EASE]).unwrap_err().starts_with("triggers: none given"));
        assert!(survey(r#"[{"visible_seconds":10}]"#, &[]).unwrap_err().starts_with("questions: none given"));
        assert!(survey(r#"[{"visible_seconds":10}]"#, &[EASE, EASE]).unwrap_err().contains("two are named ease"));
        let faces = EASE.replace(r#""low""#, r#""look":"faces","low""#);
        assert!(
            survey(r#"[{"visible_seconds":10}]"#, &[&faces])
                .unwrap_err()
                .contains("questions[0].kind.score.look: faces need")
        );
        let endless = EASE.replace("Was it easy?", &"x".repeat(MAX_PROMPT + 1));
        assert!(
            survey(r#"[{"visible_seconds":10}]"#, &[&endless])
                .unwrap_err()
                .contains("questions[0].prompt: a text has 1 to 4000 characters here, this one 4001")
        );
    }
}
