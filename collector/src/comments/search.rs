//! What somebody types to find comments: some words, and no language of its own.
//!
//! Quotes, stars, `AND` and `NEAR` are punctuation and words like any other, so nothing that is typed reaches a database's own
//! query language: only letters and digits do.

use std::collections::BTreeSet;

use super::terms::beginnings_of;

const MAX_CHARACTERS: usize = 200;
const MAX_WORDS: usize = 12;

/// Beginnings of words, all of which must be there. At least one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Search {
    beginnings: BTreeSet<String>,
}

/// Why it cannot be looked for.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotSearched {
    #[error("it is {0} characters long; at most {MAX_CHARACTERS} are looked for")]
    TooLong(usize),
    #[error("there is no letter and no digit in it; write a word, or the beginning of one")]
    NoWord,
    #[error(
        "it has {0} words, a script without spaces counting by its characters; at most {MAX_WORDS} are looked for at a time"
    )]
    TooManyWords(usize),
}

impl Search {
    pub fn parse(typed: &str) -> Result<Self, NotSearched> {
        match typed.chars().count() {
            0..=MAX_CHARACTERS => {}
            length => return Err(NotSearched::TooLong(length)),
        }
        let beginnings = beginnings_of(typed);
        match beginnings.len() {
            0 => Err(NotSearched::NoWord),
            1..=MAX_WORDS => Ok(Self { beginnings }),
            words => Err(NotSearched::TooManyWords(words)),
        }
    }

    /// Letters and digits alone.
    pub fn beginnings(&self) -> impl Iterator<Item = &str> {
        self.beginnings.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(typed: &str) -> Vec<String> {
        Search::parse(typed).unwrap().beginnings().map(str::to_owned).collect()
    }

    #[test]
    fn what_databases_take_for_operators_are_words_and_punctuation() {
        assert_eq!(
            words(r#""slow* OR (NEAR^2)" -NOT terms:col'; DROP"#),
            ["2", "col", "drop", "near", "not", "or", "slow", "terms"]
        );
        assert_eq!(words("\0a\u{202e}b\0"), ["a", "b"]);
    }

    #[test]
    fn what_has_no_word_or_too_many_is_told() {
        for typed in ["", " ", "***", "\"", "👍", "\0", "=/"] {
            assert_eq!(Search::parse(typed), Err(NotSearched::NoWord), "{typed:?}");
        }
        assert_eq!(Search::parse(&"a".repeat(10_000)), Err(NotSearched::TooLong(10_000)));
        assert_eq!(Search::parse("a b c d e f g h i j k l m"), Err(NotSearched::TooManyWords(13)));
    }
}
