//! Endings: what a visitor reads last, and where they may go from there, by how they answered.

use serde::{Deserialize, Serialize};

use super::logic::Test;
use super::name::QuestionId;
use super::question::{Link, Question, WebAddress};
use super::text::Localized;

/// The longest that a visitor waits to be sent elsewhere.
pub const MAX_REDIRECT_SECONDS: u8 = 30;

/// One way in which a conversation ends. Of a survey's endings the first that applies is shown.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// For whom it is; the last ending is for everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<EndingRule>,
    /// Asked before it is shown: who to write back to, say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Question>,
    pub title: Localized,
    #[serde(default)]
    pub text: Localized,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect: Option<Redirect>,
}

/// How somebody must have answered.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndingRule {
    pub question: QuestionId,
    pub is: Test,
}

/// A page that the visitor is sent to.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    pub url: WebAddress,
    /// How long the ending stays to be read.
    #[serde(default = "time_to_read")]
    pub after_seconds: u8,
}

fn time_to_read() -> u8 {
    3
}
