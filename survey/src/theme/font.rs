//! Font lists: names of fonts as CSS writes them, and nothing that could end the declaration that they stand in.

use serde::{Deserialize, Serialize};

/// The longest list, in bytes.
pub const MAX_FONT: usize = 300;

/// Names of fonts, the favourite first: `Inter, "Segoe UI", sans-serif`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FontList(String);

/// Why a text is not a list of fonts.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error(
    "{0:?} is not a list of fonts; write names with commas between them, in quotes unless they are plain words: Inter, \"Segoe UI 2\", sans-serif"
)]
pub struct FontError(String);

const GENERIC: [&str; 8] =
    ["serif", "sans-serif", "monospace", "system-ui", "ui-sans-serif", "ui-serif", "ui-rounded", "cursive"];
/// Words that mean something else where a font is named.
const RESERVED: [&str; 6] = ["inherit", "initial", "unset", "revert", "revert-layer", "default"];

impl FontList {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// With something at its end that every device has.
    pub fn with_fallback(&self) -> String {
        let last = self.0.rsplit(',').next().unwrap_or_default().trim().to_ascii_lowercase();
        if GENERIC.contains(&last.as_str()) { self.0.clone() } else { format!("{}, system-ui, sans-serif", self.0) }
    }
}

/// One name, in quotes or as plain words.
fn is_family(name: &str) -> bool {
    let quoted = ['"', '\''].iter().find_map(|quote| name.strip_prefix(*quote)?.strip_suffix(*quote));
    if let Some(inside) = quoted {
        let is_plain = |c: char| c.is_alphanumeric() || " -_.+&".contains(c);
        return !inside.trim().is_empty() && inside.chars().all(is_plain);
    }
    let is_word = |word: &str| {
        let starts = word.trim_start_matches('-').starts_with(|c: char| c.is_alphabetic() || c == '_');
        starts && word.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    !name.is_empty() && name.split(' ').all(is_word) && !RESERVED.contains(&name.to_ascii_lowercase().as_str())
}

impl TryFrom<String> for FontList {
    type Error = FontError;

    fn try_from(text: String) -> Result<Self, FontError> {
        let names: Vec<&str> = text.split(',').map(str::trim).collect();
        if text.len() <= MAX_FONT && names.iter().all(|name| is_family(name)) {
            Ok(Self(names.join(", ")))
        } else {
            Err(FontError(text.chars().take(60).collect()))
        }
    }
}

impl std::str::FromStr for FontList {
    type Err = FontError;

    fn from_str(text: &str) -> Result<Self, FontError> {
        text.to_owned().try_into()
    }
}

impl From<FontList> for String {
    fn from(fonts: FontList) -> Self {
        fonts.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_fonts_cannot_end_the_declaration_that_it_stands_in() {
        for good in
            ["Inter", "-apple-system, \"Segoe UI\", sans-serif", "'PT Sans', serif", "ＭＳ ゴシック", "Helvetica Neue"]
        {
            assert!(good.parse::<FontList>().is_ok(), "{good}");
        }
        for bad in [
            "",
            ",",
            "Inter;color:red",
            "Inter}*{",
            "url(//evil.example)",
            "\"a",
            "\"a\\\"",
            "a\\62",
            "Inter/**/",
            "inherit",
            "3270",
            "\"a\" b",
            "a  b",
            "\"\"",
            "</style>",
            "\"</style>\"",
            "a\nb",
            "var(--x)",
            "Inter !important",
            "\"{\"",
        ] {
            assert!(bad.parse::<FontList>().is_err(), "{bad}");
        }
        assert!("x".repeat(MAX_FONT + 1).parse::<FontList>().is_err());
    }

    #[test]
    fn a_missing_font_falls_back_to_one_that_every_device_has() {
        let told = |text: &str| text.parse::<FontList>().unwrap().with_fallback();
        assert_eq!(told("Inter"), "Inter, system-ui, sans-serif");
        assert_eq!(told("Lora , serif"), "Lora, serif");
    }
}
