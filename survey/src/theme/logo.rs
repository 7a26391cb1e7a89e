//! Logos: a picture above the question, and the few places from which one may come.

use serde::{Deserialize, Serialize};

/// The largest picture that stands in the theme itself, in bytes of its address.
pub const MAX_INLINE: usize = 16 * 1024;
/// The longest address of a picture that stands elsewhere.
const MAX_ADDRESS: usize = 2_000;

/// A picture above the question.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Logo {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub url: PictureAddress,
    /// Its name for those who do not see it.
    pub label: String,
}

/// Where a picture is: on the web (`https://…`), on the same site (`/logo.svg`), or right here (`data:image/png;base64,…`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PictureAddress(String);

/// Why a text is not the address of a picture.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum PictureError {
    #[error(
        "{0:?} is not a picture's address; begin with https://, / or data:image/png;base64, (or jpeg, webp, svg+xml)"
    )]
    Address(String),
    #[error(
        "the picture has {0} bytes; at most {MAX_INLINE} within a theme, so put it on the site and name its address"
    )]
    TooLarge(usize),
}

impl PictureAddress {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_inline(text: &str) -> bool {
    let kinds = ["png", "jpeg", "webp", "svg+xml"];
    let data = text.strip_prefix("data:image/").and_then(|rest| {
        let (kind, data) = rest.split_once(";base64,")?;
        kinds.contains(&kind).then_some(data)
    });
    let is_base64 = |data: &str| {
        let digits = data.trim_end_matches('=');
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
    };
    data.is_some_and(is_base64)
}

fn is_elsewhere(text: &str) -> bool {
    let rest = ["https://", "/"].iter().find_map(|start| text.strip_prefix(start));
    let is_plain = |c: char| !c.is_control() && !c.is_whitespace() && !"\"'<>\\`".contains(c);
    // A path of two slashes is another host's, and perhaps not encrypted.
    let leads_somewhere = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    leads_somewhere && text.len() <= MAX_ADDRESS && text.chars().all(is_plain)
}

impl TryFrom<String> for PictureAddress {
    type Error = PictureError;

    fn try_from(text: String) -> Result<Self, PictureError> {
        match is_inline(&text) {
            true if text.len() > MAX_INLINE => Err(PictureError::TooLarge(text.len())),
            false if !is_elsewhere(&text) => Err(PictureError::Address(text.chars().take(60).collect())),
            _ => Ok(Self(text)),
        }
    }
}

impl From<PictureAddress> for String {
    fn from(address: PictureAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_comes_from_the_web_the_site_or_the_theme_itself() {
        let read = |text: &str| PictureAddress::try_from(text.to_owned());
        for good in
            ["https://a.example/l.png", "/logo.svg", "data:image/svg+xml;base64,PHN2Zz4=", "data:image/webp;base64,AA"]
        {
            assert!(read(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/",
            "http://a.example/l.png",
            "//a.example/l.png",
            "javascript:alert(1)",
            "data:text/html;base64,AA",
            "data:image/svg+xml,<svg onload=alert(1)>",
            "data:image/png;base64,",
            "data:image/png;base64,A\"A",
            "logo.png",
            "https://a.example/\" onerror=\"x",
            "data:image/gif;base64,AA",
            "/a b",
            "https:///x",
            "blob:https://a.example/x",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        let large = format!("data:image/png;base64,{}", "A".repeat(MAX_INLINE));
        assert!(read(&large).unwrap_err().to_string().contains("put it on the site"));
    }
}
