//! Names that people write once and machines compare for ever: sites, surveys, questions, choices.
//!
//! All have the same shape, so that they can stand in an address, a file name and a JSON key without escaping.

use serde::{Deserialize, Serialize};

/// The longest name, in characters.
const MAX_NAME: usize = 64;

/// Why a text cannot be a name.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{0:?} is not a name: use 1 to {MAX_NAME} lower-case letters, digits and hyphens")]
pub struct NameError(String);

fn check(text: &str) -> Result<(), NameError> {
    let fits = (1..=MAX_NAME).contains(&text.len());
    let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if fits && plain { Ok(()) } else { Err(NameError(text.chars().take(MAX_NAME).collect())) }
}

macro_rules! name {
    ($(#[$meta:meta])* $type:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $type {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                check(&text).map(|()| Self(text))
            }
        }

        impl std::str::FromStr for $type {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                text.to_owned().try_into()
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> Self {
                name.0
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(&self.0)
            }
        }
    };
}

name! {
    /// A site: what stands in the snippet, `/w/SITE_KEY.js`. Public, not a secret.
    SiteKey
}
name! {
    /// A survey, within its site.
    SurveyId
}
name! {
    /// A question, within its survey.
    QuestionId
}
name! {
    /// One of several answers, within its question.
    ChoiceId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        assert!("demo-shop".parse::<SiteKey>().is_ok());
        for wrong in ["", "Demo", "a b", "é", "a/b", "..", "a\0", &"x".repeat(65)] {
            let refused = wrong.parse::<SiteKey>().unwrap_err().to_string();
            assert!(refused.contains("is not a name"), "{wrong:?} gave {refused}");
        }
    }
}
