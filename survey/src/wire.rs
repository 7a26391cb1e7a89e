//! What travels between widget and collector: the only contract between the two.
//!
//! Down: one [`SiteConfig`], in postcard's binary form, because reading JSON would make the widget a third larger; collector
//! and widget are built together, and the address of every config is made from its content. Up: batches of [`Event`]s, as
//! versioned JSON in `text/plain`, so that no browser sends a preflight first. Nothing that comes up is trusted:
//! [`crate::accept`] turns it into what may be stored, or says why not.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::definition::{ChoiceId, ContactField, QuestionId, SiteKey, StorageMode, SurveyId};
use crate::script::Script;
use crate::targeting::{Candidate, Condition, Rules, Signal};

/// The version of the batch envelope. A collector refuses what it does not know.
pub const BATCH_VERSION: u8 = 1;

/// The largest batch that a collector reads, in bytes. Browsers keep at most 64 KiB in flight while a page closes.
pub const MAX_BATCH_BYTES: usize = 32 * 1024;

/// The most events that a batch may have.
pub const MAX_EVENTS: usize = 100;

/// The version of the binary form below: a widget that finds another one shows nothing.
pub const CONFIG_FORMAT: u8 = 4;

/// All that a widget needs to know of its site, for one visitor's language. Served under a name made from its content, so it
/// may be cached for ever.
#[derive(Clone, PartialEq, Debug)]
pub struct SiteConfig {
    pub site: SiteKey,
    /// Where its pages live. What visitors answer elsewhere would be refused, so nothing is asked there.
    pub origins: Vec<String>,
    /// Query parameters that tell pages apart; all others are stripped before anything is sent.
    pub keep_query: Vec<String>,
    pub storage: StorageMode,
    pub quiet_days: u16,
    /// What every presentation tells of the visitor, because reports are filtered by it: the fields of a condition that nobody judges,
    /// because conditions are what a widget can read.
    pub told: Condition,
    /// In the order of their priority.
    pub surveys: Vec<Candidate>,
    /// What each of them says, in the same order.
    pub scripts: Vec<Script>,
    /// Those that this widget is too old to understand: they are never shown, and the trace says so.
    pub not_understood: Vec<SurveyId>,
}

/// As it travels. Each survey is a text of its own, so that one which cannot be read leaves the others alone.
#[derive(Serialize, Deserialize)]
struct Envelope {
    format: u8,
    site: SiteKey,
    origins: Vec<String>,
    keep_query: Vec<String>,
    storage: StorageMode,
    quiet_days: u16,
    told: Condition,
    surveys: Vec<(SurveyId, Vec<u8>)>,
}

/// Why a config cannot be used at all.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the site's surveys are not in a form that this widget can read")]
    Unreadable,
    #[error("the site's surveys are written for another version of the widget; it comes with the next page")]
    OtherFormat(u8),
}

impl SiteConfig {
    pub fn rules(&self) -> Rules<'_> {
        Rules { surveys: &self.surveys, quiet_days: self.quiet_days }
    }

    /// As it is served.
    pub fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        let Self { site, origins, keep_query, storage, quiet_days, told, surveys, scripts, .. } = self;
        let (site, origins, keep_query, storage) = (site.clone(), origins.clone(), keep_query.clone(), *storage);
        let written = |pair: (&Candidate, &Script)| Ok((pair.0.id.clone(), postcard::to_allocvec(&pair)?));
        let surveys = surveys.iter().zip(scripts).map(written).collect::<Result<_, postcard::Error>>()?;
        let (quiet_days, told) = (*quiet_days, told.clone());
        postcard::to_allocvec(&Envelope {
            format: CONFIG_FORMAT,
            site,
            origins,
            keep_query,
            storage,
            quiet_days,
            told,
            surveys,
        })
    }

    /// As the widget reads it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ConfigError> {
        match bytes.first() {
            Some(&CONFIG_FORMAT) => {}
            Some(other) => return Err(ConfigError::OtherFormat(*other)),
            None => return Err(ConfigError::Unreadable),
        }
        let Envelope { site, origins, keep_query, storage, quiet_days, told, surveys: written, .. } =
            postcard::from_bytes(bytes).map_err(|_| ConfigError::Unreadable)?;
        let (mut surveys, mut scripts, mut not_understood) = (Vec::new(), Vec::new(), Vec::new());
        for (id, bytes) in written {
            // What is left over would be something that a newer collector added, and that means something.
            match postcard::take_from_bytes(&bytes) {
                Ok(((survey, script), [])) => {
                    surveys.push(survey);
                    scripts.push(script);
                }
                _ => not_understood.push(id),
            }
        }
        Ok(Self { site, origins, keep_query, storage, quiet_days, told, surveys, scripts, not_understood })
    }
}

/// The body of `POST /v1/events`. `E` is [`Event`] where it is written, and raw JSON where it is read, so that one bad event
/// does not spoil the others.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Batch<E> {
    pub v: u8,
    pub site: SiteKey,
    /// When the batch was sent, in Unix milliseconds of the visitor's clock. Only differences to it are used.
    pub sent_at: i64,
    pub events: Vec<E>,
}

/// One thing that happened in a visitor's browser.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    Exposure(Exposure),
    Submission(Submission),
}

/// How far a survey got with a visitor. One is sent for each stage as it is reached.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Exposure {
    pub stage: ExposureStage,
    pub presentation: Presentation,
}

/// The stages that the widget reports. That a survey was answered or completed follows from its submissions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExposureStage {
    /// Its conditions held on a page view; it waited for its trigger.
    Eligible,
    /// It was on the screen.
    Shown,
    /// The visitor touched it.
    Started,
    /// The visitor closed it before its end.
    Dismissed,
}

/// A visitor's answers so far. Each answer given sends all of them again with a higher `rev`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Submission {
    pub presentation: Presentation,
    pub rev: u32,
    pub answers: Vec<Answer>,
    /// Whether the visitor reached the end.
    pub completed: bool,
}

/// One time that one survey met one visitor on one page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Presentation {
    /// A UUIDv7 made by the widget. Whoever knows it can change the answer, so it is never shown or exported.
    pub response_id: Uuid,
    pub survey: SurveyId,
    pub version: u32,
    /// When it happened, by the visitor's clock, in Unix milliseconds.
    pub at: i64,
    /// The page's key: see [`crate::page::PageKey`].
    pub page: String,
    pub visit: Visit,
}

/// The circumstances of a presentation. Nothing here identifies a person.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Visit {
    pub title: String,
    /// The origin of the page that linked here, if the browser says.
    pub referrer: String,
    /// The browser's language, as a tag: `de-CH`.
    pub language: String,
    pub device: Device,
    /// Width and height of the viewport, in CSS pixels.
    pub viewport: (u32, u32),
    /// How long the page had been visible, in milliseconds.
    pub visible_ms: u64,
    /// How far down the page the visitor had got, in percent.
    pub scroll_percent: u8,
    /// What set the survey off; nothing while it is only eligible.
    pub signal: Option<Signal>,
    /// What the site wants its visitors told apart by: `trait:plan=pro`, each on a line of its own. A list of pairs would make the
    /// widget larger.
    pub told: String,
}

/// What is being held in the hand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Device {
    #[default]
    Desktop,
    Tablet,
    Phone,
}

impl Device {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Tablet => "tablet",
            Self::Phone => "phone",
        }
    }
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Answer {
    pub question: QuestionId,
    pub value: AnswerValue,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerValue {
    /// A point of a scale.
    Score(i64),
    /// A comment, a short text, an address.
    // What an earlier widget left in the outbox still says "comment".
    #[serde(alias = "comment")]
    Text(String),
    /// What was chosen; what was ticked, where something was agreed to.
    Choices(Picked),
    /// What somebody left to be written back to.
    Contact(Vec<(ContactField, String)>),
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Picked {
    pub picked: Vec<ChoiceId>,
    /// In the visitor's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
}

/// What a sender does with a batch once the collector has answered. Here, so that the collector's table of outcomes and the
/// widget cannot disagree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// Stored; or each event judged by itself, in a way that will not change.
    Forget,
    /// Refused whole: sends each event by itself, so that a bad one takes no other with it, and then forgets what is refused.
    SplitUp,
    /// About the site (an unknown key, a foreign origin) or the moment: keeps it until that is put right.
    Retry,
}

impl Next {
    /// By the status of the answer; none where nothing answered.
    pub fn after(status: Option<u16>) -> Self {
        match status {
            Some(200..=299 | 409 | 422) => Self::Forget,
            Some(400 | 413) => Self::SplitUp,
            _ => Self::Retry,
        }
    }
}

/// Takes out of a text what the collector would refuse: control characters other than line feed and tab, and what is too long.
pub fn clean_text(text: &str, max_characters: usize) -> String {
    text.trim().chars().filter(|c| is_storable(*c)).take(max_characters).collect()
}

/// Whether a character may stand in a stored text.
pub fn is_storable(c: char) -> bool {
    c == '\n' || c == '\t' || !c.is_control()
}

#[cfg(test)]
#[cfg(feature = "authoring")]
mod tests {
    use super::*;
    use crate::script::script;
    use crate::targeting::tests::whole_survey;
    use crate::theme::Theme;

    fn config() -> SiteConfig {
        let when = r#"{"not":{"path":{"glob":"/x/*"}}}"#;
        let surveys = ["a", "b"].map(|id| whole_survey(id, when, r#"[{"exit_intent":{"after_seconds":3}}]"#, ""));
        SiteConfig {
            site: "shop".parse().unwrap(),
            origins: vec!["https://shop.example".into()],
            keep_query: vec!["q".into()],
            told: Condition::are_known([crate::targeting::Field::of(crate::targeting::FieldKind::Returning)]),
            storage: StorageMode::Session,
            quiet_days: 7,
            surveys: surveys.iter().map(|survey| survey.candidate().clone()).collect(),
            scripts: surveys.iter().map(|survey| script(survey, &[], &Theme::default(), &|_| String::new())).collect(),
            not_understood: Vec::new(),
        }
    }

    #[test]
    fn a_config_reads_back_as_it_was_served() {
        assert_eq!(SiteConfig::from_bytes(&config().to_bytes().unwrap()).unwrap(), config());
    }

    #[test]
    fn a_survey_that_is_newer_than_the_widget_leaves_the_others_alone() {
        let spoiled = |spoil: fn(&mut Vec<u8>)| {
            let mut envelope: Envelope = postcard::from_bytes(&config().to_bytes().unwrap()).unwrap();
            spoil(&mut envelope.surveys[0].1);
            SiteConfig::from_bytes(&postcard::to_allocvec(&envelope).unwrap()).unwrap()
        };
        // An operator that no widget knows yet; and one more member at the end.
        for read in [spoiled(|bytes| bytes[4..8].fill(0xee)), spoiled(|bytes| bytes.push(0))] {
            assert_eq!(read.not_understood, ["a".parse().unwrap()]);
            assert_eq!((read.surveys.len(), read.scripts.len()), (1, 1));
        }
    }

    #[test]
    fn a_config_in_another_form_is_refused_whole() {
        let mut bytes = config().to_bytes().unwrap();
        bytes[0] += 1;
        assert_eq!(SiteConfig::from_bytes(&bytes), Err(ConfigError::OtherFormat(CONFIG_FORMAT + 1)));
        assert_eq!(SiteConfig::from_bytes(&bytes[..0]), Err(ConfigError::Unreadable));
    }

    #[test]
    fn a_cleaned_text_has_nothing_that_would_be_refused() {
        assert_eq!(clean_text(" a\0b\r\n\tc\u{7f} ", 99), "ab\n\tc");
        assert_eq!(clean_text("приве́т", 3), "при");
    }
}
