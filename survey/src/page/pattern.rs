//! Patterns of pages, as people write them: `/product/*`, `/blog/**`, or with a host, `shop.example/help/**`.
//!
//! `*` stands for any part of one segment of the path, `**` for any number of whole segments (see `targeting::glob`); in a
//! host `*` stands for anything. A pattern without a host holds on every host of the site. ASCII case is ignored, as it is in
//! rules, because people type patterns by hand.

use serde::{Deserialize, Serialize};

use super::{MAX_KEY, canonical_host, canonical_path, host_and_path, shortened};
use crate::targeting::glob;

/// A pattern of pages. Made only by reading one that makes sense; written down as it was read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PagePattern {
    written: String,
    /// In lower case. None for every host.
    host: Option<String>,
    /// Of the path, each in canonical form and lower case.
    segments: Vec<String>,
}

/// Why a text is not a pattern of pages.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum PatternError {
    #[error("{0:?} has no path; write one like /product/* or shop.example/help/**")]
    NoPath(String),
    #[error("{0:?} is an address; leave out what stands before the host, and the port")]
    Address(String),
    #[error("{0:?} has a query or a fragment, but pages are grouped by their paths; leave out ? or # and what follows")]
    Query(String),
    #[error("the host {0:?} is not a host name")]
    Host(String),
    #[error("{0:?} has dot segments, which browsers resolve")]
    DotSegment(String),
    #[error("it contains the control character U+{0:04X}")]
    Control(u32),
    #[error("it is {0} bytes long; at most {MAX_KEY} are kept of a page")]
    TooLong(usize),
}

impl PagePattern {
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Whether a page of this key is meant.
    pub fn matches(&self, key: &str) -> bool {
        self.matches_place(&Place::of(&key.to_ascii_lowercase()))
    }

    pub(super) fn matches_place(&self, place: &Place<'_>) -> bool {
        self.host.as_ref().is_none_or(|host| glob::matches_text(host, place.host))
            && glob::matches_segments(&self.segments, &place.segments)
    }
}

/// Where a page is, cut once to be held against many patterns.
pub(super) struct Place<'k> {
    pub host: &'k str,
    pub segments: Vec<&'k str>,
}

impl<'k> Place<'k> {
    /// Of a page's key in lower case.
    pub fn of(key: &'k str) -> Self {
        let (host, path) = host_and_path(key);
        Self { host, segments: glob::segments(path).collect() }
    }
}

impl std::str::FromStr for PagePattern {
    type Err = PatternError;

    fn from_str(written: &str) -> Result<Self, PatternError> {
        if written.len() > MAX_KEY {
            return Err(PatternError::TooLong(written.len()));
        }
        if let Some(control) = written.chars().find(|c| c.is_control()) {
            return Err(PatternError::Control(control.into()));
        }
        if written.contains(['?', '#']) {
            return Err(PatternError::Query(shortened(written)));
        }
        let (host, path) = host_and_path(written);
        let host = if host.is_empty() { None } else { Some(read_host(host, written)?) };
        if path.is_empty() {
            return Err(PatternError::NoPath(shortened(written)));
        }
        Ok(Self { written: written.to_owned(), host, segments: read_path(path, written)? })
    }
}

fn read_host(host: &str, written: &str) -> Result<String, PatternError> {
    // Keys have no port; the colons of an IPv6 address stand in brackets.
    if host.contains(':') && !host.ends_with(']') {
        return Err(PatternError::Address(shortened(written)));
    }
    let lower = host.to_ascii_lowercase();
    let bare = lower.trim_start_matches("www.");
    // With something in the place of each star, it must be a host.
    match canonical_host(&bare.replace('*', "x")) {
        Ok(_) => Ok(bare.to_owned()),
        Err(_) => Err(PatternError::Host(shortened(host))),
    }
}

fn read_path(path: &str, written: &str) -> Result<Vec<String>, PatternError> {
    let path = canonical_path(path).to_ascii_lowercase();
    if path.split('/').any(|segment| segment == "." || segment == "..") {
        return Err(PatternError::DotSegment(shortened(written)));
    }
    Ok(glob::segments(&path).map(str::to_owned).collect())
}

impl TryFrom<String> for PagePattern {
    type Error = PatternError;

    fn try_from(written: String) -> Result<Self, PatternError> {
        written.parse()
    }
}

impl From<PagePattern> for String {
    fn from(pattern: PagePattern) -> Self {
        pattern.written
    }
}

impl std::fmt::Display for PagePattern {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pattern(written: &str) -> PagePattern {
        written.parse().unwrap()
    }

    #[test]
    fn a_path_holds_on_every_host_and_a_host_on_its_own() {
        let product = pattern("/product/*");
        assert!(product.matches("shop.example/product/monstera") && product.matches("b.example/product/ficus"));
        assert!(!product.matches("shop.example/product") && !product.matches("shop.example/product/a/b"));
        let help = pattern("shop.example/help/**");
        assert!(help.matches("shop.example/help") && help.matches("shop.example/help/returns/eu"));
        assert!(!help.matches("de.shop.example/help"));
        assert!(pattern("*.shop.example/**").matches("de.shop.example/"));
    }

    #[test]
    fn case_percent_encoding_www_and_a_slash_at_the_end_make_no_difference() {
        assert!(pattern("WWW.Shop.example/Caf%C3%A9/*/").matches("shop.example/café/MENU"));
    }

    #[test]
    fn the_query_that_a_key_keeps_is_not_looked_at() {
        assert!(pattern("/search").matches("shop.example/search?q=ficus/fern"));
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_the_way_out() {
        let told = |written: &str| written.parse::<PagePattern>().unwrap_err().to_string();
        assert_eq!(told(""), r#""" has no path; write one like /product/* or shop.example/help/**"#);
        assert!(told("shop.example").contains("has no path"));
        assert!(told("https://shop.example/a").contains("leave out what stands before the host"));
        assert!(told("localhost:8080/a").contains("and the port"));
        assert!(told("/search?q=*").contains("leave out ? or #"));
        assert_eq!(told("a b/x"), r#"the host "a b" is not a host name"#);
        assert!(told("/a/../b").contains("dot segments"));
        assert_eq!(told("/a\n"), "it contains the control character U+000A");
        assert!(told(&format!("/{}", "a".repeat(MAX_KEY))).contains("513 bytes"));
    }

    #[test]
    fn a_pattern_is_written_down_as_it_was_read() {
        let read: PagePattern = serde_json::from_str(r#""/Product/*/""#).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), r#""/Product/*/""#);
    }

    proptest! {
        #[test]
        fn a_path_as_a_pattern_matches_itself(path in "/[a-zA-Z0-9é%_-]{0,12}(/[a-z0-9.]{1,8}x){0,4}") {
            if let Ok(key) = crate::page::PageKey::parse(&format!("a.b{path}"), &[]) {
                prop_assert!(pattern(&path).matches(key.as_str()), "{key}");
                prop_assert!(pattern(key.as_str()).matches(key.as_str()), "{key}");
            }
        }

        #[test]
        fn no_text_makes_reading_a_pattern_panic(written in "\\PC{0,60}") {
            let _ = written.parse::<PagePattern>();
        }
    }
}
