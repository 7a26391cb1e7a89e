//! What the collector's API says of sites, surveys and people, as types that collector and console share. Scores have a room of
//! their own: [`crate::report`].

pub mod editing;
pub mod people;
pub mod sharing;
pub mod sites;

use serde::{Deserialize, Serialize};

use crate::definition::Metric;
use crate::reach::Reach;

/// A site as its team sees it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SiteSummary {
    pub key: String,
    pub name: String,
    /// Where its pages live: `https://shop.example`.
    pub origins: Vec<String>,
    /// The line to paste into the site's pages.
    pub snippet: String,
    /// Set on sites whose answers are made up.
    pub demo: bool,
}

/// A survey as its team sees it: its newest version, or the draft of one that was never published, with its rules in words (see
/// [`crate::targeting::wording`]).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SurveySummary {
    pub id: String,
    /// Nothing where it was never published.
    pub version: Option<u32>,
    pub name: String,
    pub state: SurveyState,
    /// Who last changed its draft, if it has one.
    pub draft: Option<editing::DraftStamp>,
    /// Where and to whom it appears.
    pub shown_where: String,
    /// Its triggers; any of them shows it.
    pub shown_when: Vec<String>,
    /// How often it appears to one visitor.
    pub frequency: String,
    /// For which share of visitors it is.
    pub sample_percent: f64,
    pub priority: i8,
    /// After how many answers it stops.
    pub quota: Option<u32>,
    /// How many visitors have answered it, in all its versions.
    pub answered: u64,
    /// As RFC 3339 has it.
    pub starts_at: Option<String>,
    /// As RFC 3339 has it.
    pub ends_at: Option<String>,
    /// Where on the page it stands.
    pub format: String,
    /// Those that some text is in, the survey's own first.
    pub languages: Vec<LanguageSummary>,
    pub questions: Vec<QuestionSummary>,
    /// In the order in which they are looked at; the first that applies is shown.
    pub endings: Vec<EndingSummary>,
    /// Of the page views of the last days, how many its rules admit; nothing where none told of themselves.
    pub reach: Option<Reach>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuestionSummary {
    pub id: String,
    /// In the survey's own language.
    pub prompt: String,
    /// What kind of answer it takes.
    pub asks: String,
    /// What its answers are counted by, in tables of two questions and elsewhere; nothing for words.
    pub counted: Option<Counted>,
    pub required: bool,
    /// Where the answers lead, the first that applies; where none does, to the next question.
    pub leads: Vec<String>,
}

/// What answers to a question are counted by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Counted {
    Scores {
        metric: Metric,
    },
    /// Of choices, or of a box to tick.
    Choices,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LanguageSummary {
    /// As BCP 47 has it: `pt-br`.
    pub tag: String,
    /// The places of texts that it lacks; there visitors read the survey's own language.
    pub missing: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndingSummary {
    pub for_whom: String,
    /// In the survey's own language.
    pub title: String,
    /// What it asks for, links to, or where it sends the visitor.
    pub leads: Vec<String>,
}

/// Whether a survey is delivered to pages, and if not, why.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SurveyState {
    Running,
    /// Its start is still to come.
    Scheduled,
    /// Its end has passed.
    Ended,
    /// It has all the answers that it was to get.
    QuotaFull,
    /// Somebody paused it.
    Paused,
    /// Somebody put it away. It is not listed, unless that is asked for.
    Archived,
    /// It was never published.
    Draft,
    /// It was published by a newer Pagepoll, with rules that this one does not know.
    NotUnderstood,
}

/// A survey to begin from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TemplateSummary {
    pub name: String,
    /// What its survey is called: `Page: how easy was it?`
    pub title: String,
    /// What it is for.
    pub purpose: String,
}

/// A page on which to explain what shows and what does not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WhyLinkRequest {
    /// An address of the site.
    pub url: String,
}

/// The same page, with leave to explain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WhyLink {
    pub url: String,
    /// As RFC 3339 has it.
    pub expires_at: String,
}

/// Who is signed in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    pub email: String,
}

/// What it takes to sign in.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Credentials {
    pub email: String,
    pub password: String,
}

/// The body of every refusal, by the API and by `POST /v1/events` alike.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A stable name for programs: `off_scale`.
    pub error: String,
    /// What it is about, as a path into the request; empty where it is about the request as a whole.
    pub field: String,
    /// For people: the thing, the value, and the way out.
    pub reason: String,
}
