//! What the widget says of itself, in every language that it speaks.
//!
//! One file for each language. A survey in another language is asked in that language all the same, with the widget's own words in
//! English.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::definition::Language;

/// The widget's own words, in one language.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterfaceWords {
    /// Takes the survey off the screen.
    pub close: String,
    /// Goes on without an answer.
    pub skip: String,
    pub send: String,
    /// Goes on from where there is nothing to send.
    pub next: String,
    /// Goes back to what was answered last.
    pub back: String,
    /// Asks for what was left out and must not be.
    pub required: String,
    /// A point of a scale, for those who do not see the others: "{point} of {last}".
    pub of: String,
    /// What stands on the feedback tab.
    pub feedback: String,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub company: String,
    pub message: String,
}

const FILES: [(&str, &str); 18] = [
    ("ar", include_str!("ar.json")),
    ("de", include_str!("de.json")),
    ("en", include_str!("en.json")),
    ("es", include_str!("es.json")),
    ("fr", include_str!("fr.json")),
    ("he", include_str!("he.json")),
    ("it", include_str!("it.json")),
    ("ja", include_str!("ja.json")),
    ("ko", include_str!("ko.json")),
    ("nl", include_str!("nl.json")),
    ("pl", include_str!("pl.json")),
    ("pt", include_str!("pt.json")),
    ("pt-pt", include_str!("pt-pt.json")),
    ("ru", include_str!("ru.json")),
    ("tr", include_str!("tr.json")),
    ("uk", include_str!("uk.json")),
    ("zh", include_str!("zh.json")),
    ("zh-hant", include_str!("zh-hant.json")),
];

// The files are the program's own, and a test reads each.
static ALL: LazyLock<BTreeMap<String, InterfaceWords>> = LazyLock::new(|| {
    FILES.iter().filter_map(|(tag, json)| Some(((*tag).to_owned(), serde_json::from_str(json).ok()?))).collect()
});

/// The languages that the widget speaks.
pub fn languages() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(tag, _)| *tag)
}

/// In this language, in the one that it is a form of, or in English.
pub fn in_language(language: &Language) -> &'static InterfaceWords {
    let base = language.base();
    let script = if is_traditional(language) { "zh-hant" } else { base.as_str() };
    [language.as_str(), script].iter().find_map(|tag| ALL.get(*tag)).unwrap_or_else(|| &ALL["en"])
}

/// Whether it is Chinese in the traditional script, as it is written where these regions are.
fn is_traditional(language: &Language) -> bool {
    language.base().as_str() == "zh"
        && language.as_str().split('-').any(|part| ["hant", "tw", "hk", "mo"].contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_word() {
        for (tag, json) in FILES {
            let words: InterfaceWords = serde_json::from_str(json).unwrap_or_else(|error| panic!("{tag}: {error}"));
            assert!(words.of.contains("{point}") && words.of.contains("{last}"), "{tag}: {}", words.of);
            for button in [&words.close, &words.skip, &words.send, &words.next, &words.back, &words.feedback] {
                assert!((1..=20).contains(&button.chars().count()), "{tag}: {button:?} does not fit on a button");
            }
        }
    }

    #[test]
    fn a_language_without_words_of_its_own_gets_english() {
        assert_eq!(in_language(&"ru-UA".parse().unwrap()).send, "Отправить");
        assert_eq!(in_language(&"zh-TW".parse().unwrap()).send, "送出");
        assert_eq!(in_language(&"tlh".parse().unwrap()).send, "Send");
    }
}
