//! Questions: what is asked, and what kind of answer it takes.

use serde::{Deserialize, Serialize};

use super::logic::Jump;
use super::name::{ChoiceId, QuestionId};
use super::scale::Scale;
use super::text::Localized;

/// The longest comment or message, in characters.
pub const MAX_COMMENT: usize = 2_000;
/// The longest answer that fits into one line, in characters.
pub const MAX_LINE: usize = 200;
/// The choice that a visitor words for themselves.
pub const OTHER: &str = "other";
/// What is picked where something is consented to.
pub const AGREED: &str = "agreed";

/// One thing that is asked.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub id: QuestionId,
    pub prompt: Localized,
    /// Smaller, below the prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Localized>,
    /// Whether there is no going on without an answer. Left out, scales are and all else is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    pub kind: QuestionKind,
    /// Where to go from here; the first that applies. If none does, to the next question.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<Jump>,
}

impl Question {
    pub fn is_required(&self) -> bool {
        match self.kind {
            QuestionKind::Statement { .. } => false,
            QuestionKind::Score { .. } => self.required.unwrap_or(true),
            _ => self.required.unwrap_or(false),
        }
    }
}

/// What kind of answer a question takes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum QuestionKind {
    /// One press on a scale. `low` and `high` name its ends in words.
    Score {
        scale: Scale,
        #[serde(default)]
        look: ScaleLook,
        low: Localized,
        high: Localized,
    },
    /// One press on one of several answers.
    SingleChoice(Choices),
    /// Any number of several answers.
    MultipleChoice(Choices),
    /// One line, of at most [`MAX_LINE`] characters.
    ShortText {
        #[serde(default)]
        placeholder: Localized,
    },
    /// Free text, of at most [`MAX_COMMENT`] characters.
    Comment {
        #[serde(default)]
        placeholder: Localized,
    },
    Email {
        #[serde(default)]
        placeholder: Localized,
    },
    /// Who to write back to. Each field once.
    Contact { fields: Vec<ContactField> },
    /// A box to tick. `label` says what is agreed to.
    Consent { label: Localized },
    /// Nothing to answer: something to read, perhaps with a link.
    Statement {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<Link>,
    },
}

/// How the points of a scale are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleLook {
    #[default]
    Numbers,
    /// Faces from unhappy to happy; for scales of three or five points.
    Faces,
    /// As many stars as points; for scales of three to seven points that begin at 1 and where higher is better.
    Stars,
    /// A thumb down and one up; for scales of two points.
    Thumbs,
}

/// The answers to choose from.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choices {
    pub choices: Vec<Choice>,
    /// Offers an answer in the visitor's own words, under this label, as the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Localized>,
    /// Each visitor gets an order of their own.
    #[serde(default)]
    pub random_order: bool,
}

impl Choices {
    /// The places of the named choices, `other` being the last.
    pub fn place(&self, id: &ChoiceId) -> Option<usize> {
        let listed = self.choices.iter().position(|choice| choice.id == *id);
        listed.or_else(|| (self.other.is_some() && id.as_str() == OTHER).then_some(self.choices.len()))
    }

    /// How many there are, with `other`.
    pub fn count(&self) -> usize {
        self.choices.len() + usize::from(self.other.is_some())
    }
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub id: ChoiceId,
    pub label: Localized,
}

/// What somebody may leave to be written back to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ContactField {
    Name,
    Email,
    Phone,
    Company,
    Message,
}

impl ContactField {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Company => "company",
            Self::Message => "message",
        }
    }

    /// The longest that may be filled in, in characters.
    pub fn max_characters(self) -> usize {
        if self == Self::Message { MAX_COMMENT } else { MAX_LINE }
    }
}

/// Somewhere else to go.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    pub label: Localized,
    pub url: WebAddress,
}

/// An address that a visitor may be sent to: of the web, of a page on the same site (`/contact`), `mailto:` or `tel:`.
/// Nothing that a browser would run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebAddress(String);

/// Why a text is not an address to send visitors to.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error(
    "{0:?} is not an address; begin with https://, http://, /, mailto: or tel:, and leave out blanks, quotes and \\"
)]
pub struct AddressError(String);

impl WebAddress {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it leads to a page, so that a browser may be sent there.
    pub fn is_page(&self) -> bool {
        !self.0.starts_with("mailto:") && !self.0.starts_with("tel:")
    }
}

impl TryFrom<String> for WebAddress {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        let folded = text.to_ascii_lowercase();
        let rest = ["https://", "http://", "mailto:", "tel:", "/"].iter().find_map(|start| folded.strip_prefix(start));
        let is_plain =
            |c: char| !c.is_control() && !c.is_whitespace() && !['"', '\'', '<', '>', '\\', '`'].contains(&c);
        // A path of two slashes is another host's.
        let leads_somewhere =
            rest.is_some_and(|rest| !rest.starts_with('/') && (!rest.is_empty() || folded.starts_with('/')));
        if leads_somewhere && text.chars().all(is_plain) && text.len() <= 2_000 {
            Ok(Self(text))
        } else {
            Err(AddressError(text.chars().take(80).collect()))
        }
    }
}

impl From<WebAddress> for String {
    fn from(address: WebAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_that_no_browser_would_run() {
        for good in
            ["https://a.example/x?y=1#z", "http://a.example", "/contact", "/", "mailto:a@b.example", "tel:+4912"]
        {
            assert!(WebAddress::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in [
            "",
            "javascript:alert(1)",
            "JAVASCRIPT:alert(1)",
            " https://a.example",
            "//evil.example",
            "/\\evil.example",
            "data:text/html,x",
            "https://",
            "vbscript:x",
            "ftp://a",
            "https:///x",
            "/a\nb",
            "https://a\"onclick=x",
            "blob:x",
        ] {
            assert!(WebAddress::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
