//! E-mail addresses, as accounts are found by. Whether somebody reads what is sent there is not known.

use std::fmt;
use std::str::FromStr;

use crate::unseen::{is_joiner, is_unseen};

/// The longest there is (RFC 5321), in bytes.
const MAX_BYTES: usize = 254;

/// An address as accounts are found by: letter case does not tell people apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Email(String);

#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{0:?} is not an e-mail address; write it like anna@shop.example")]
pub struct NotAnEmail(String);

/// What somebody typed, as accounts are found by, whether it is an address or not.
pub fn normalized(typed: &str) -> String {
    typed.trim().to_lowercase()
}

impl Email {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl FromStr for Email {
    type Err = NotAnEmail;

    fn from_str(text: &str) -> Result<Self, NotAnEmail> {
        let address = normalized(text);
        let parts = address.rsplit_once('@').filter(|(who, host)| !who.is_empty() && !host.is_empty());
        let is_odd = |letter: char| letter.is_whitespace() || is_unseen(letter) || is_joiner(letter);
        let is_plain = !address.chars().any(is_odd);
        if parts.is_some() && is_plain && address.len() <= MAX_BYTES {
            Ok(Self(address))
        } else {
            Err(NotAnEmail(text.chars().take(80).collect()))
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_without_regard_to_letter_case() {
        assert_eq!(" Anna@Shop.Example ".parse::<Email>().unwrap().as_str(), "anna@shop.example");
        for wrong in [
            "",
            "anna",
            "@shop.example",
            "anna@",
            "an na@shop.example",
            "anna\n@shop.example",
            "a\u{202e}b@c",
            "a\u{200d}b@c",
        ] {
            assert!(wrong.parse::<Email>().is_err(), "{wrong:?}");
        }
        assert!(format!("{}@shop.example", "a".repeat(250)).parse::<Email>().is_err());
    }
}
