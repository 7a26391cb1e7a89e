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

/// A tag of a site, and how many answers have it, those that are set apart included.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TagCount {
    /// As it was first written on this site.
    pub tag: String,
    pub answers: u64,
}
