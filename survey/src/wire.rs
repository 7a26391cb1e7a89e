//! What travels between widget and collector: the only contract between the two.
//!
//! Down: one [`SiteConfig`], in postcard's binary form, because reading JSON would make the widget a third larger; collector
//! and widget are built together, and the address of every config is made from its content. Up: batches of [`Event`]s, as
//! versioned JSON in `text/plain`, so that no browser sends a preflight first. Nothing that comes up is trusted:
//! [`crate::accept`] turns it into what may be stored, or says why not.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::definition::{QuestionId, SiteKey, Survey, SurveyId};
use crate::targeting::Signal;

/// The version of the batch envelope. A collector refuses what it does not know.
pub const BATCH_VERSION: u8 = 1;

/// The largest batch that a collector reads, in bytes. Browsers keep at most 64 KiB in flight while a page closes.
pub const MAX_BATCH_BYTES: usize = 32 * 1024;

/// The longest comment, in characters.
pub const MAX_COMMENT: usize = 2_000;

/// All that a widget needs to know of its site. Served under a name made from its content, so it may be cached for ever.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SiteConfig {
    pub site: SiteKey,
    /// Query parameters that tell pages apart; all others are stripped before anything is sent.
    #[serde(default)]
    pub keep_query: Vec<String>,
    /// In the order of their priority.
    pub surveys: Vec<Survey>,
}

impl SiteConfig {
    /// As it is served.
    pub fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_allocvec(self)
    }

    /// As the widget reads it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, postcard::Error> {
        postcard::from_bytes(bytes)
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
    Score(i64),
    Comment(String),
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
mod tests {
    use super::*;
    use crate::targeting::tests::survey;

    #[test]
    fn a_config_reads_back_as_it_was_served() {
        let surveys =
            vec![survey("a", r#"{"not":{"path":{"glob":"/x/*"}}}"#, r#"[{"exit_intent":{"after_seconds":3}}]"#)];
        let config = SiteConfig { site: "shop".parse().unwrap(), keep_query: vec!["q".into()], surveys };
        assert_eq!(SiteConfig::from_bytes(&config.to_bytes().unwrap()), Ok(config));
    }

    #[test]
    fn a_cleaned_text_has_nothing_that_would_be_refused() {
        assert_eq!(clean_text(" a\0b\r\n\tc\u{7f} ", 99), "ab\n\tc");
        assert_eq!(clean_text("приве́т", 3), "при");
    }
}
