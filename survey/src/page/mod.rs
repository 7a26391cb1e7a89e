//! Page keys: the unit that scores are reported by.
//!
//! A page key is what is left of a URL once everything has been taken away that does not change *which page it is*: scheme,
//! port, fragment, query (but for the parameters that the site keeps), a leading `www.`, a trailing slash, the choice of
//! percent-encoding. Two visitors who would say "I was on the pricing page" have the same key. Letter case in a path is
//! kept, because servers tell `/A` from `/a`; rules ignore it (see [`crate::targeting`]).
//!
//! Where a site has too many pages to read of, its team adds them up: to [`PageGroup`]s, and these to [`Stage`]s.

mod group;
mod name;
mod pattern;
mod stage;
mod suggest;

pub use group::{GroupError, MAX_GROUPS, PageGroup, check_groups, group_of};
pub use name::MAX_NAME;
pub use pattern::{PagePattern, PatternError};
pub use stage::{MAX_STAGES, Stage, StageError, check_stages, stage_of};
pub use suggest::{GroupSuggestion, suggest_groups};

use serde::Serialize;

/// The longest page key in bytes. Longer paths are refused by the collector, and not sent by the widget.
pub const MAX_KEY: usize = 512;

/// A page in canonical form: `shop.example/help`, or `shop.example/search?q=ficus` where the site keeps `q`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct PageKey(String);

/// The parts of an address as a browser's `Location` gives them.
#[derive(Clone, Copy, Debug)]
pub struct UrlParts<'a> {
    /// `location.hostname`: without a port.
    pub host: &'a str,
    /// `location.pathname`: with its leading slash.
    pub path: &'a str,
    /// `location.search`: empty, or with its leading question mark.
    pub query: &'a str,
}

/// Why an address is not a page that can have a score.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
pub enum PageError {
    #[error("the host {0:?} is not a host name")]
    Host(String),
    #[error("the path {0:?} does not begin with a slash")]
    Path(String),
    #[error("the path {0:?} has dot segments, which browsers resolve")]
    DotSegment(String),
    #[error("it contains the control character U+{0:04X}")]
    Control(u32),
    #[error("it is {0} bytes long; at most {MAX_KEY} are kept")]
    TooLong(usize),
}

impl PageKey {
    /// The key of an address. `keep` names the query parameters that tell pages of this site apart.
    pub fn new(parts: UrlParts<'_>, keep: &[String]) -> Result<Self, PageError> {
        let mut key = canonical_host(parts.host)?;
        if !parts.path.starts_with('/') {
            return Err(PageError::Path(shortened(parts.path)));
        }
        if let Some(control) = parts.path.chars().chain(parts.query.chars()).find(|c| c.is_control()) {
            return Err(PageError::Control(control.into()));
        }
        let path = canonical_path(parts.path);
        if path.split('/').any(|segment| segment == "." || segment == "..") {
            return Err(PageError::DotSegment(shortened(&path)));
        }
        key.push_str(&path);
        push_kept_query(&mut key, parts.query, keep);
        if key.len() > MAX_KEY { Err(PageError::TooLong(key.len())) } else { Ok(Self(key)) }
    }

    /// Reads a key that was written by [`PageKey::new`], somewhere that need not be trusted.
    pub fn parse(key: &str, keep: &[String]) -> Result<Self, PageError> {
        let (host, rest) = key.split_at(key.find('/').unwrap_or(key.len()));
        let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
        Self::new(UrlParts { host, path, query }, keep)
    }

    /// A key as some collector has stored it. That of a page that the site has no more is one, and so is what stands for many pages.
    pub fn stored(key: &str) -> Result<Self, PageError> {
        match key.chars().find(|c| c.is_control()) {
            Some(control) => Err(PageError::Control(control.into())),
            None if key.len() > MAX_KEY => Err(PageError::TooLong(key.len())),
            None => Ok(Self(key.to_owned())),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn host(&self) -> &str {
        host_and_path(&self.0).0
    }

    /// The canonical path, without the query: what page rules look at.
    pub fn path(&self) -> &str {
        host_and_path(&self.0).1
    }
}

/// The host and the path, without the query, of a page's key.
fn host_and_path(key: &str) -> (&str, &str) {
    let (host, rest) = key.split_at(key.find('/').unwrap_or(key.len()));
    (host, rest.split('?').next().unwrap_or_default())
}

impl std::fmt::Display for PageKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// A host in canonical form: lower case, without a leading `www.` and a trailing dot.
pub fn canonical_host(host: &str) -> Result<String, PageError> {
    let lower = host.trim_end_matches('.').to_ascii_lowercase();
    // All of them, so that a canonical host is its own canonical form.
    let mut bare = lower.as_str();
    while let Some(rest) = bare.strip_prefix("www.") {
        bare = rest;
    }
    // Square brackets and colons: IPv6 literals, as `location.hostname` writes them.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._[]:".contains(&byte);
    if bare.is_empty() || bare.len() > 253 || !bare.bytes().all(plain) {
        return Err(PageError::Host(shortened(host)));
    }
    Ok(bare.to_owned())
}

/// A path in canonical form: every character written in one way, and no trailing slash but for the root's.
pub fn canonical_path(path: &str) -> String {
    let mut canonical = canonical_part(path);
    let kept = canonical.trim_end_matches('/').len().max(1);
    canonical.truncate(kept);
    canonical
}

/// A part of a path, every character written as in canonical paths; slashes at its ends stay.
pub fn canonical_part(part: &str) -> String {
    let mut canonical = String::with_capacity(part.len());
    push_canonical(&mut canonical, part);
    canonical
}

/// Appends `text` with percent-encoding undone where that changes nothing, and done where browsers do it.
///
/// Unreserved ASCII and whole, visible UTF-8 characters are decoded (`/caf%C3%A9` and `/café` are one page); whatever else is
/// encoded stays so, with upper-case digits; and what no browser sends bare (`<`, a space) becomes encoded.
fn push_canonical(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '%' {
            rest = push_decoded(out, rest);
        } else {
            push_character(out, c, "!$&'()*+,;=:@/");
            rest = &rest[c.len_utf8()..];
        }
    }
}

/// Decodes the run of `%XX` at the start of `text` onto `out`; returns what follows the run.
fn push_decoded<'a>(out: &mut String, text: &'a str) -> &'a str {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(byte) = encoded_byte(rest) {
        bytes.push(byte);
        rest = &rest[3..];
    }
    if bytes.is_empty() {
        // A lone percent sign names no byte. Encoded, so that it cannot become half of a code when this is read again.
        push_encoded(out, b'%');
        return &text[1..];
    }
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|c| push_character(out, c, ""));
        chunk.invalid().iter().for_each(|byte| push_encoded(out, *byte));
    }
    rest
}

/// Appends a character: bare if it is unreserved, one of `bare`, or visible beyond ASCII; otherwise encoded.
fn push_character(out: &mut String, c: char, bare: &str) {
    let unreserved = c.is_ascii_alphanumeric() || "-._~".contains(c);
    if unreserved || bare.contains(c) || (!c.is_ascii() && is_visible(c)) {
        out.push(c);
    } else {
        c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| push_encoded(out, byte));
    }
}

/// Not a control, a space, or one of the characters that only change how others look: those could make one page's name look
/// like another's.
fn is_visible(c: char) -> bool {
    let is_format = matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    !c.is_control() && !c.is_whitespace() && !is_format
}

fn push_encoded(out: &mut String, byte: u8) {
    out.push('%');
    for half in [byte >> 4, byte & 15] {
        // By hand: padded hexadecimal numbers would be written for this alone, at every visitor's cost.
        out.push(char::from(if half < 10 { b'0' + half } else { b'A' - 10 + half }));
    }
}

fn encoded_byte(text: &str) -> Option<u8> {
    let mut digits = text.strip_prefix('%')?.chars().map(|digit| digit.to_digit(16));
    let (high, low) = (digits.next()??, digits.next()??);
    Some((high << 4 | low) as u8)
}

/// Appends the kept parameters in the order in which the site names them, so that `?a=1&b=2` and `?b=2&a=1` are one page. Of a
/// parameter that is given twice, the first counts.
fn push_kept_query(key: &mut String, query: &str, keep: &[String]) {
    let mut separator = '?';
    for name in keep {
        // In canonical form, because browsers and servers write one name in several ways: `q[]` is `q%5B%5D`.
        let wanted = canonical_part(name);
        let is_wanted = |parameter: &&str| canonical_part(parameter.split('=').next().unwrap_or_default()) == wanted;
        if let Some(parameter) = query.trim_start_matches('?').split('&').find(is_wanted) {
            key.push(separator);
            push_canonical(key, parameter);
            separator = '&';
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(host: &str, path: &str, query: &str) -> String {
        PageKey::new(UrlParts { host, path, query }, &["q".to_owned(), "page".to_owned()]).unwrap().to_string()
    }

    #[test]
    fn what_does_not_change_the_page_does_not_change_its_key() {
        for same in [
            key("shop.example", "/pricing", ""),
            key("SHOP.example", "/pricing/", ""),
            key("www.shop.example.", "/pricing", "?utm_source=mail&fbclid=1"),
            key("www.WWW.shop.example", "/pricing", ""),
            key("shop.example", "/%70ricing", ""),
        ] {
            assert_eq!(same, "shop.example/pricing");
        }
    }

    #[test]
    fn percent_encoding_has_one_canonical_form() {
        assert_eq!(key("a.b", "/caf%c3%a9", ""), "a.b/café");
        assert_eq!(key("a.b", "/café", ""), "a.b/café");
        assert_eq!(key("a.b", "/%D0%BF%D0%BE", ""), "a.b/по");
        assert_eq!(key("a.b", "/a%2fb%20c", ""), "a.b/a%2Fb%20c");
        assert_eq!(key("a.b", "/broken%F", ""), "a.b/broken%25F");
        assert_eq!(key("a.b", "/half%C3", ""), "a.b/half%C3");
    }

    #[test]
    fn what_no_browser_sends_bare_is_written_as_browsers_write_it() {
        assert_eq!(key("a.b", "/<script>", ""), "a.b/%3Cscript%3E");
        assert_eq!(key("a.b", "/%3cscript%3e", ""), "a.b/%3Cscript%3E");
        assert_eq!(key("a.b", "/\u{202e}txt.exe", ""), "a.b/%E2%80%AEtxt.exe");
        assert_eq!(key("a.b", "/a b", "?q=<b>"), "a.b/a%20b?q=%3Cb%3E");
        assert_eq!(key("a.b", "/it's(1),a+b", ""), "a.b/it's(1),a+b");
    }

    #[test]
    fn only_the_parameters_that_the_site_keeps_are_in_the_key() {
        assert_eq!(key("a.b", "/search", "?q=ficus&utm_campaign=x&page=2"), "a.b/search?q=ficus&page=2");
        assert_eq!(key("a.b", "/search", "?page=2&q=ficus&q=fern"), "a.b/search?q=ficus&page=2");
        let kept = |query: &str| {
            let key =
                PageKey::new(UrlParts { host: "a.b", path: "/", query }, &["q[]".to_owned()]).unwrap().to_string();
            assert_eq!(PageKey::parse(&key, &["q[]".to_owned()]).unwrap().as_str(), key, "a key reads back as itself");
            key
        };
        assert_eq!([kept("?q[]=a&x"), kept("?%71%5b%5D=a")], ["a.b/?q%5B%5D=a", "a.b/?q%5B%5D=a"]);
    }

    #[test]
    fn a_hostile_address_is_refused_with_the_reason() {
        let refused = |host, path| PageKey::new(UrlParts { host, path, query: "" }, &[]).unwrap_err();
        assert_eq!(refused("javascript", "alert(1)"), PageError::Path("alert(1)".into()));
        assert_eq!(refused("a.b\"><script>", "/"), PageError::Host("a.b\"><script>".into()));
        assert_eq!(refused("", "/"), PageError::Host(String::new()));
        assert_eq!(refused("a.b", "/\0"), PageError::Control(0));
        assert_eq!(refused("a.b", "/%2e%2e/etc"), PageError::DotSegment("/../etc".into()));
        assert!(matches!(refused("a.b", &format!("/{}", "x".repeat(MAX_KEY))), PageError::TooLong(_)));
    }

    #[test]
    fn the_root_is_a_page() {
        let root = PageKey::new(UrlParts { host: "a.b", path: "/", query: "" }, &[]).unwrap();
        assert_eq!((root.host(), root.path()), ("a.b", "/"));
    }

    proptest! {
        #[test]
        fn a_canonical_path_is_its_own_canonical_form(path in "/([a-z%/é]|%[0-9a-fA-F]{2}){0,20}") {
            let once = canonical_path(&path);
            prop_assert_eq!(canonical_path(&once), once);
        }

        #[test]
        fn a_key_reads_back_as_itself(path in "/\\PC{0,40}", query in "(\\?q=\\PC{0,9})?") {
            let keep = vec!["q".to_owned()];
            if let Ok(key) = PageKey::new(UrlParts { host: "a.b", path: &path.replace('?', ""), query: &query }, &keep) {
                prop_assert_eq!(PageKey::parse(key.as_str(), &keep), Ok(key));
            }
        }
    }
}
