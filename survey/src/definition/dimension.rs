//! Dimensions: what a site tells its visitors apart by in reports, beyond what is known of every visitor.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::targeting::{Field, FieldKind};

/// A fact about visitors that a site's reports may be filtered by. Only what stays the same while a page is looked at, and what a
/// site says of its visitors on purpose.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, example = "trait:plan"))]
#[serde(try_from = "String", into = "String")]
pub struct Dimension(Field);

/// A name that stands for no dimension.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "{0:?} tells no visitors apart; write returning, browser, os, utm:source (or medium, campaign, term, content), or a trait \
     that the page tells, like trait:plan, without ="
)]
pub struct DimensionError(String);

/// The longest name of a trait, in characters.
const MAX_TRAIT: usize = 64;

/// The parameters that a campaign's links have, without `utm_`.
const UTM: [&str; 5] = ["source", "medium", "campaign", "term", "content"];

impl Dimension {
    pub fn field(&self) -> &Field {
        &self.0
    }
}

impl FromStr for Dimension {
    type Err = DimensionError;

    fn from_str(text: &str) -> Result<Self, DimensionError> {
        let (kind, name) = text.split_once(':').unwrap_or((text, ""));
        let is_trait =
            (1..=MAX_TRAIT).contains(&name.chars().count()) && !name.contains(|c: char| c == '=' || c.is_control());
        let field = match kind {
            "returning" => Field::named(FieldKind::Returning, name),
            "browser" => Field::named(FieldKind::Browser, name),
            "os" => Field::named(FieldKind::Os, name),
            "utm" if UTM.contains(&name) => return Ok(Self(Field::named(FieldKind::Utm, name))),
            "trait" if is_trait => return Ok(Self(Field::named(FieldKind::Trait, name))),
            _ => return Err(DimensionError(text.to_owned())),
        };
        if text.contains(':') { Err(DimensionError(text.to_owned())) } else { Ok(Self(field)) }
    }
}

impl TryFrom<String> for Dimension {
    type Error = DimensionError;

    fn try_from(text: String) -> Result<Self, DimensionError> {
        text.parse()
    }
}

impl From<Dimension> for String {
    fn from(dimension: Dimension) -> Self {
        dimension.to_string()
    }
}

/// As it is written: `trait:plan`.
impl fmt::Display for Dimension {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dimension_is_read_as_it_is_written() {
        for text in ["returning", "browser", "os", "utm:source", "trait:plan", "trait:a:b"] {
            assert_eq!(text.parse::<Dimension>().map(|dimension| dimension.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_would_tell_single_visitors_apart_is_refused() {
        let long = format!("trait:{}", "x".repeat(65));
        for text in [
            "",
            "cookie:id",
            "utm",
            "utm:id",
            "trait:",
            "trait",
            "returning:",
            "os:linux",
            "trait:a\n",
            "trait:a=b",
            &long,
        ] {
            assert_eq!(text.parse::<Dimension>(), Err(DimensionError(text.to_owned())));
        }
    }
}
