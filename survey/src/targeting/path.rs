//! Page rules: which paths a survey belongs to.
//!
//! A rule is compared with the page's canonical path, and is itself brought into that form, so `/pricing` also means
//! `/pricing/`, and query and fragment never matter. Letter case is ignored (ASCII), because people type rules by hand.
//! Patterns are matched by hand: a regex engine would cost the widget more than all the rest of its rules.

use serde::{Deserialize, Serialize};

use crate::page::canonical_path;

/// The longest pattern, in bytes.
const MAX_PATTERN: usize = 256;

/// A test of the page's path.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PathRule {
    /// Exactly this path.
    Is(Path),
    /// `*` stands for any part of one segment, `**` for any number of whole segments: `/help/**` is `/help` and all below it.
    Glob(Glob),
}

impl PathRule {
    /// `path` must be canonical.
    pub fn matches(&self, path: &str) -> bool {
        match self {
            Self::Is(rule) => rule.0.eq_ignore_ascii_case(path),
            Self::Glob(glob) => glob.matches(path),
        }
    }
}

/// Why a text cannot be a page rule.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum PatternError {
    #[error("path: {0:?} does not begin with a slash; write it as it stands in the address, like /help")]
    NoSlash(String),
    #[error("path: {0:?} has a query or a fragment; page rules look at the path alone")]
    NotAPath(String),
    #[error("path: a rule has at most {MAX_PATTERN} bytes, this one {0}")]
    TooLong(usize),
}

fn parse(pattern: &str) -> Result<String, PatternError> {
    if pattern.len() > MAX_PATTERN {
        return Err(PatternError::TooLong(pattern.len()));
    }
    if !pattern.starts_with('/') {
        return Err(PatternError::NoSlash(pattern.to_owned()));
    }
    if pattern.contains(['?', '#']) {
        return Err(PatternError::NotAPath(pattern.to_owned()));
    }
    Ok(canonical_path(pattern))
}

macro_rules! pattern {
    ($(#[$meta:meta])* $type:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $type {
            type Error = PatternError;

            fn try_from(text: String) -> Result<Self, PatternError> {
                parse(&text).map(Self)
            }
        }

        impl From<$type> for String {
            fn from(pattern: $type) -> Self {
                pattern.0
            }
        }
    };
}

pattern! {
    /// A path in canonical form.
    Path
}
pattern! {
    /// A path pattern in canonical form.
    Glob
}

impl Glob {
    /// `path` must be canonical.
    pub fn matches(&self, path: &str) -> bool {
        let pattern: Vec<&str> = segments(&self.0).collect();
        let path: Vec<&str> = segments(path).collect();
        star_match(&pattern, &path, |part| *part == "**", |part, segment| matches_segment(part, segment))
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

fn matches_segment(pattern: &str, segment: &str) -> bool {
    star_match(pattern.as_bytes(), segment.as_bytes(), |byte| *byte == b'*', u8::eq_ignore_ascii_case)
}

/// Matches a pattern in which some elements, the stars, stand for any number of items.
///
/// When an item does not fit, only the last star needs to be tried with one item more, so the time is at most the product
/// of the two lengths and never exponential.
fn star_match<P, T>(pattern: &[P], items: &[T], is_star: impl Fn(&P) -> bool, fits: impl Fn(&P, &T) -> bool) -> bool {
    let (mut at, mut item) = (0, 0);
    let mut last_star = None;
    while item < items.len() {
        if pattern.get(at).is_some_and(&is_star) {
            last_star = Some((at, item));
            at += 1;
        } else if pattern.get(at).is_some_and(|part| fits(part, &items[item])) {
            at += 1;
            item += 1;
        } else if let Some((star, taken)) = last_star {
            last_star = Some((star, taken + 1));
            at = star + 1;
            item = taken + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(is_star)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glob(pattern: &str) -> Glob {
        pattern.to_owned().try_into().unwrap()
    }

    fn is(pattern: &str) -> PathRule {
        PathRule::Is(pattern.to_owned().try_into().unwrap())
    }

    #[test]
    fn a_rule_means_the_page_with_or_without_a_trailing_slash_in_any_case_and_encoding() {
        assert!(is("/pricing/").matches("/pricing"));
        assert!(is("/Pricing").matches("/pricing"));
        assert!(is("/caf%C3%A9").matches("/café"));
        assert!(is("/").matches("/"));
        assert!(!is("/pricing").matches("/pricing/eu"));
    }

    #[test]
    fn one_star_stays_within_its_segment() {
        assert!(glob("/product/*").matches("/product/monstera"));
        assert!(glob("/product/*/reviews").matches("/product/monstera/reviews"));
        assert!(glob("/product/mon*a").matches("/product/monstera"));
        assert!(!glob("/product/*").matches("/product"));
        assert!(!glob("/product/*").matches("/product/monstera/reviews"));
    }

    #[test]
    fn two_stars_span_segments() {
        assert!(glob("/help/**").matches("/help"));
        assert!(glob("/help/**").matches("/help/returns/eu"));
        assert!(glob("/**/reviews").matches("/product/monstera/reviews"));
        assert!(glob("/**").matches("/"));
        assert!(!glob("/help/**").matches("/helpers"));
    }

    #[test]
    fn a_hostile_pattern_does_not_run_away() {
        let slow = glob(&format!("/{}b", "*a".repeat(100)));
        assert!(!slow.matches(&format!("/{}", "a".repeat(500))));
    }

    #[test]
    fn what_is_not_a_path_is_refused_with_the_way_out() {
        let refused = |text: &str| Path::try_from(text.to_owned()).unwrap_err().to_string();
        assert!(refused("pricing").contains("begin with a slash"));
        assert!(refused("/pricing?plan=a").contains("path alone"));
        assert!(refused(&"/x".repeat(200)).contains("at most 256 bytes"));
    }
}
