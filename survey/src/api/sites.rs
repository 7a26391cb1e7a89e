//! What the API says of sites themselves: how the first comes to be, and what its owners may change.

use serde::{Deserialize, Serialize};

/// Whether somebody has set this collector up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetupState {
    /// Nobody has an account yet: whoever has the link that the collector printed when it started can make the first.
    pub is_needed: bool,
}

/// The first account of a collector.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FirstAccount {
    /// Out of the link that the collector printed when it started.
    pub token: String,
    pub email: String,
    pub password: String,
}

/// A site that shall be.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewSite {
    /// What its team calls it.
    pub name: String,
    /// Where its pages live: `https://shop.example`.
    pub origins: Vec<String>,
    /// Its permanent name in addresses and in the snippet: lower-case letters, digits and hyphens. Made from the first origin where
    /// it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// What shall change of a site; what is not named stays as it is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SiteChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origins: Option<Vec<String>>,
}
