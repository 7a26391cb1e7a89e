//! Texts that visitors read: in one language or several, with blanks that are filled in while somebody answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A language as a tag of BCP 47, in lower case: `de`, `pt-br`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

/// Why a text is not a language.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{0:?} is not a language; write a tag like \"de\" or \"pt-BR\"")]
pub struct LanguageError(String);

impl Language {
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without script and region: `pt` for `pt-br`.
    pub fn base(&self) -> Self {
        Self(self.0.split('-').next().unwrap_or_default().to_owned())
    }

    /// Whether it is written from right to left. The script decides where a tag names one.
    pub fn is_rtl(&self) -> bool {
        const RTL: [&str; 11] = ["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ps", "sd", "ur", "yi"];
        let mut parts = self.0.split('-');
        let base = parts.next().unwrap_or_default();
        match parts.find(|part| part.len() == 4) {
            Some(script) => ["arab", "hebr", "thaa", "syrc", "adlm", "nkoo"].contains(&script),
            None => RTL.contains(&base),
        }
    }
}

impl TryFrom<String> for Language {
    type Error = LanguageError;

    fn try_from(text: String) -> Result<Self, LanguageError> {
        let tag = text.to_ascii_lowercase();
        let mut parts = tag.split('-');
        let base_fits = parts
            .next()
            .is_some_and(|base| (2..=3).contains(&base.len()) && base.bytes().all(|byte| byte.is_ascii_lowercase()));
        let rest_fits =
            parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if base_fits && rest_fits && tag.len() <= 35 {
            Ok(Self(tag))
        } else {
            Err(LanguageError(text.chars().take(40).collect()))
        }
    }
}

impl std::str::FromStr for Language {
    type Err = LanguageError;

    fn from_str(text: &str) -> Result<Self, LanguageError> {
        text.to_owned().try_into()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// A text, in the survey's own language alone or in several.
///
/// As JSON `"Was it easy?"` or `{"en": "Was it easy?", "ru": "Было легко?"}`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a text, or one for each language: {\"en\": \"…\", \"ru\": \"…\"}")]
pub enum Localized {
    Own(String),
    Each(BTreeMap<Language, String>),
}

impl Default for Localized {
    fn default() -> Self {
        Self::Own(String::new())
    }
}

impl From<&str> for Localized {
    fn from(text: &str) -> Self {
        Self::Own(text.to_owned())
    }
}

impl Localized {
    /// In the wanted language, or, where it has none, in the survey's own.
    pub fn in_language(&self, wanted: &Language, own: &Language) -> &str {
        match self {
            Self::Own(text) => text,
            Self::Each(texts) => texts.get(wanted).or_else(|| texts.get(own)).map_or("", String::as_str),
        }
    }

    /// Every text with its language; a single one is in the survey's own.
    pub fn each<'a>(&'a self, own: &'a Language) -> Vec<(&'a Language, &'a str)> {
        match self {
            Self::Own(text) => vec![(own, text)],
            Self::Each(texts) => texts.iter().map(|(language, text)| (language, text.as_str())).collect(),
        }
    }
}

/// A text in one language, as pieces: what stands there, and blanks.
///
/// Written with double braces: `{{answer.ease}}`, `{{trait.name}}`, `{{page.title}}`, each with what stands there instead
/// if there is nothing to fill in: `{{trait.name|there}}`. What is filled in is text and never markup.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Template(pub Vec<Piece>);

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Piece {
    Plain(String),
    Blank { of: Blank, instead: String },
}

/// What is filled in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Blank {
    /// What was answered to a question, by its place among all that may be asked.
    Answer(u8),
    /// A trait that the page told by `pagepoll('identify', …)`.
    Trait(String),
    PageTitle,
}

/// Why a text with blanks cannot be filled in.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum TemplateError {
    #[error("{{{{{0} is not closed; end it with }}}}")]
    NotClosed(String),
    #[error("{{{{{0}}}}} cannot be filled in; write {{{{answer.QUESTION}}}}, {{{{trait.NAME}}}} or {{{{page.title}}}}")]
    Unknown(String),
    #[error("{{{{answer.{0}}}}}: no question of this name is asked before")]
    NotAskedBefore(String),
}

impl Template {
    /// `place_of` tells the place of a question that is asked before this text is read.
    ///
    /// # Errors
    /// Names the blank that cannot be filled in.
    pub fn parse(text: &str, place_of: &dyn Fn(&str) -> Option<u8>) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, blank)) = rest.split_once("{{") {
            let (inside, after) =
                blank.split_once("}}").ok_or_else(|| TemplateError::NotClosed(blank.chars().take(40).collect()))?;
            push_plain(&mut pieces, before);
            let (name, instead) = inside.split_once('|').unwrap_or((inside, ""));
            pieces.push(Piece::Blank { of: blank_of(name.trim(), place_of)?, instead: instead.trim().to_owned() });
            rest = after;
        }
        push_plain(&mut pieces, rest);
        Ok(Self(pieces))
    }

    /// With every blank filled in. `fill` says nothing, or an empty text, where there is nothing.
    pub fn fill(&self, fill: &dyn Fn(&Blank) -> String) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Plain(plain) => text.push_str(plain),
                Piece::Blank { of, instead } => match fill(of) {
                    nothing if nothing.is_empty() => text.push_str(instead),
                    filled => text.push_str(&filled),
                },
            }
        }
        text
    }
}

fn push_plain(pieces: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece::Plain(text.to_owned()));
    }
}

fn blank_of(name: &str, place_of: &dyn Fn(&str) -> Option<u8>) -> Result<Blank, TemplateError> {
    match name.split_once('.') {
        Some(("page", "title")) => Ok(Blank::PageTitle),
        Some(("trait", name)) if !name.is_empty() => Ok(Blank::Trait(name.to_owned())),
        Some(("answer", question)) => {
            place_of(question).map(Blank::Answer).ok_or_else(|| TemplateError::NotAskedBefore(question.to_owned()))
        }
        _ => Err(TemplateError::Unknown(name.chars().take(40).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(tag: &str) -> Language {
        tag.parse().unwrap()
    }

    #[test]
    fn a_language_is_a_tag_whatever_its_case() {
        assert_eq!(language("pt-BR"), language("PT-br"));
        assert_eq!(language("pt-BR").base(), language("pt"));
        assert_eq!(language("zh-Hant-TW").base(), language("zh"));
        for wrong in ["", "e", "english", "de_DE", "de-", "../x", "d e"] {
            assert!(wrong.parse::<Language>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn the_script_decides_the_direction() {
        assert!(language("ar").is_rtl() && language("he-IL").is_rtl() && language("az-Arab").is_rtl());
        assert!(!language("ru").is_rtl() && !language("ks-Deva").is_rtl() && !language("ar-Latn").is_rtl());
    }

    #[test]
    fn a_missing_translation_falls_back_to_the_surveys_own_language() {
        let text: Localized = serde_json::from_str(r#"{"en":"Easy?","ru":"Легко?"}"#).unwrap();
        let told = |wanted| text.in_language(&language(wanted), &language("en"));
        assert_eq!((told("ru"), told("de")), ("Легко?", "Easy?"));
        let plain: Localized = serde_json::from_str(r#""Easy?""#).unwrap();
        assert_eq!(plain.in_language(&language("ru"), &language("en")), "Easy?");
        assert!(serde_json::from_str::<Localized>("3").unwrap_err().to_string().contains("one for each language"));
    }

    #[test]
    fn blanks_are_filled_in_as_they_are_or_with_what_stands_in_for_them() {
        let places = |name: &str| (name == "ease").then_some(0);
        let template = Template::parse("{{trait.name|You}} gave {{answer.ease}} on {{page.title}}.", &places).unwrap();
        let filled = template.fill(&|blank| match blank {
            Blank::Answer(0) => "7".to_owned(),
            Blank::PageTitle => "<b>Help</b> {{trait.name}}".to_owned(),
            _ => String::new(),
        });
        assert_eq!(filled, "You gave 7 on <b>Help</b> {{trait.name}}.");
    }

    #[test]
    fn a_blank_that_cannot_be_filled_in_is_named() {
        let told = |text: &str| Template::parse(text, &|_| None).unwrap_err().to_string();
        assert_eq!(told("{{answer.x}}"), "{{answer.x}}: no question of this name is asked before");
        assert!(told("a {{name}}").starts_with("{{name}} cannot be filled in; write {{answer.QUESTION}}"));
        assert_eq!(told("a {{page.title"), "{{page.title is not closed; end it with }}");
    }
}
