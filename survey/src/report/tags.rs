//! Tags: what a team calls answers, in words of its own.

use serde::{Deserialize, Serialize};

/// The tags of one answer, all of them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerTags {
    /// At most 10, each of 1 to 40 characters in one line. Letter case does not tell them apart.
    pub tags: Vec<String>,
}

/// Tags that an answer is to have, and others that it is not to have any more. Those that are not named stay as they are.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct TagsChange {
    /// At most 10, as an answer has.
    pub add: Vec<String>,
    /// What the answer does not have need not be taken off.
    pub remove: Vec<String>,
}

/// A tag of a site, and how many answers have it, those that are set apart included.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TagCount {
    /// As it was first written on this site.
    pub tag: String,
    pub answers: u64,
}
