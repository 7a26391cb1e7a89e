//! What the API says of surveys that are being written: drafts, what keeps them from being published, versions and how they differ.
//!
//! Moments are texts as RFC 3339 has them. A definition is JSON as `pagepoll survey publish` takes it; a draft's document is JSON that may
//! not be one yet.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SurveyState;

/// A survey as whoever edits it sees it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EditedSurvey {
    pub id: String,
    /// As the draft has it, or else as it was published.
    pub name: String,
    pub state: SurveyState,
    /// Its newest version; nothing where it was never published.
    pub version: Option<u32>,
    /// What that version says; nothing where it was never published, or by a newer Pagepoll.
    pub published: Option<Value>,
    /// Nothing where nobody has changed anything since it was published.
    pub draft: Option<Draft>,
}

/// What an editor has typed and not yet published.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Draft {
    /// As the editor left it.
    pub document: Value,
    #[serde(flatten)]
    pub saved: SavedDraft,
}

/// How a draft stands once it has been saved.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedDraft {
    #[serde(flatten)]
    pub stamp: DraftStamp,
    /// The version that it was begun from; nothing where there was none.
    pub based_on: Option<u32>,
    /// What keeps it from being published, each with its place; empty where nothing does.
    pub problems: Vec<FieldProblem>,
    /// What publishing it would change, in sentences; empty while there are problems, or where there is nothing to compare it with.
    pub changes: Vec<String>,
    /// What its languages need, one for each but the survey's own; empty while there are problems.
    #[serde(default)]
    pub translations: Vec<TranslationNeeds>,
}

/// What a language needs to say what the survey's own does. Places are paths into the document: `questions[1].prompt`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TranslationNeeds {
    pub tag: String,
    /// Texts that it lacks: visitors read the survey's own there.
    pub missing: Vec<String>,
    /// Texts that it has, of an original that was changed since the newest version.
    pub outdated: Vec<String>,
}

/// Who last changed a draft, and when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftStamp {
    /// Rises with every change. Its ETag is `"r7"`: send that as `If-Match`.
    pub revision: u32,
    /// An e-mail address, or `token` with a token's name.
    pub changed_by: String,
    pub changed_at: String,
}

/// One thing that keeps a draft from being published.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldProblem {
    /// A path into the document: `questions[1].kind.score.low`. Empty where it is about the document as a whole.
    pub field: String,
    /// For people, with the way out. Does not name the field again.
    pub reason: String,
}

/// A survey that shall be begun.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewSurvey {
    pub from: Beginning,
    /// What the team shall call it; the template's name, or "Copy of …", if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its name for machines, which it keeps; made from its name, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// What a survey is begun from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Beginning {
    /// A template, by its name.
    Template(String),
    /// Another survey of the site, by its id: its draft if it has one, or else what was published.
    Survey(String),
}

/// The body of a refusal to change a draft that somebody else has changed meanwhile. Has all that a [`super::Problem`] has.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftConflict {
    /// `draft_changed`
    pub error: String,
    pub field: String,
    pub reason: String,
    /// Whether there is a draft now. If not, it was published or thrown away by whom the stamp names.
    pub is_there: bool,
    #[serde(flatten)]
    pub stamp: DraftStamp,
}

/// The body of a refusal to publish a draft. Has all that a [`super::Problem`] has, of the first problem.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotPublishable {
    /// `not_publishable`
    pub error: String,
    pub field: String,
    pub reason: String,
    /// All that are known; with the first ones mended, more may come to light.
    pub problems: Vec<FieldProblem>,
}

/// A published version of a survey.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SurveyVersion {
    pub version: u32,
    /// What the team called it.
    pub name: String,
    /// Not known of versions that are older than the site's log.
    pub published_at: Option<String>,
    pub published_by: Option<String>,
    /// What is different from the version before, in sentences; empty for the first.
    pub changes: Vec<String>,
}

/// What a published version says.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionDefinition {
    pub version: u32,
    pub published_at: Option<String>,
    pub published_by: Option<String>,
    pub definition: Value,
}
