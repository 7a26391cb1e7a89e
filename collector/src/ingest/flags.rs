//! Flags: what about an answer makes it doubtful that a visitor gave it.
//!
//! A flagged answer is stored like any other and kept apart: it is in no figure until somebody of the team says that it
//! counts. So whoever is flagged wrongly has lost nothing.

use metrics::counter;

/// A set of reasons to doubt an answer. Stored as bits, so what a bit means never changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Flags(u8);

impl Flags {
    pub const NONE: Self = Self(0);
    /// Given faster than anybody reads.
    pub const TOO_FAST: Self = Self(1);
    /// Sent by a program that says so itself, or by one that says nothing.
    pub const BOT: Self = Self(1 << 1);
    /// Sent by somebody who has not been given the site's loader lately.
    pub const NO_TICKET: Self = Self(1 << 2);

    const NAMES: [(Self, &str); 3] = [(Self::TOO_FAST, "too_fast"), (Self::BOT, "bot"), (Self::NO_TICKET, "no_ticket")];

    pub fn bits(self) -> u8 {
        self.0
    }

    /// Reads what [`Flags::bits`] wrote.
    pub fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    pub fn with(self, more: Self) -> Self {
        Self(self.0 | more.0)
    }

    pub fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// Counts each reason, for the metrics.
    pub fn count(self) {
        self.names().for_each(|name| counter!("pagepoll_flagged_total", "flag" => name).increment(1));
    }

    /// The reasons, by the names that the API knows them by.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter(move |(flag, _)| self.0 & flag.0 != 0).map(|(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_add_up_and_are_named() {
        let both = Flags::TOO_FAST.with(Flags::NO_TICKET);
        assert_eq!(both.names().collect::<Vec<_>>(), ["too_fast", "no_ticket"]);
        assert_eq!(Flags::from_bits(both.bits()), both);
        assert!(Flags::NONE.is_none() && !both.is_none());
    }
}
