//! What the API says of shares: links by which anybody who has one may look at a site's figures, and at nothing else.
//!
//! Moments are texts as RFC 3339 has them.

use serde::{Deserialize, Serialize};

/// What whoever has a link is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// The scores of the site and its pages, groups and stages; and badges of them.
    #[default]
    Figures,
    /// Badges alone: for places where everybody can read the link, and with it what it shows.
    Badges,
}

impl Shown {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Figures => "figures",
            Self::Badges => "badges",
        }
    }
}

impl std::fmt::Display for Shown {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.as_str())
    }
}

/// A text that names nothing that can be shared.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{0:?} cannot be shared; give figures or badges")]
pub struct NotShared(String);

impl std::str::FromStr for Shown {
    type Err = NotShared;

    fn from_str(text: &str) -> Result<Self, NotShared> {
        let named = [Self::Figures, Self::Badges].into_iter().find(|shown| shown.as_str() == text);
        named.ok_or_else(|| NotShared(text.chars().take(40).collect()))
    }
}

/// A link that shall be made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ShareRequest {
    /// For whom or for what it is.
    pub name: String,
    /// What it shows: the figures, if nothing is said.
    #[serde(default)]
    pub shows: Shown,
    /// For how many days it is good: 1 to 365, 90 if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
}

/// A link, which is shown this once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShareMade {
    /// Where the figures can be looked at; nothing where badges alone are shared.
    pub link: Option<String>,
    /// Where a badge of the site is. Add `?page=shop.example/help` for one of a page, and `metric=ces` for another score.
    pub badge: String,
    pub share: Share,
}

/// A link, without what makes it one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Share {
    pub id: String,
    pub name: String,
    pub shows: Shown,
    /// Who made it.
    pub made_by: String,
    pub made_at: String,
    pub expires_at: String,
    /// The day on which somebody last looked: `2026-12-01`.
    pub last_used: Option<String>,
}

/// The site whose figures somebody may look at who has a link.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SharedSite {
    /// The site's id, as it stands in addresses.
    pub key: String,
    /// What its team calls it.
    pub name: String,
    /// Set on sites whose answers are made up.
    pub demo: bool,
    /// When the link ends.
    pub expires_at: String,
}
