//! What can come of a question, as a small set.

use serde::{Deserialize, Serialize};

/// A set of outcomes of one question: that it was left out, and each of its points or choices by place. A text is the first
/// choice. Tests on answers are such sets, and so are answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Outcomes(u32);

impl Outcomes {
    pub const SKIPPED: Self = Self(1);
    pub const ALL: Self = Self(u32::MAX);
    /// How many points or choices a question may have.
    pub const MAX_CHOICES: usize = 31;

    /// One point or choice, by its place from 0. A place that no question has is no outcome.
    pub fn chosen(place: usize) -> Self {
        Self(1_u32.checked_shl(place as u32 + 1).unwrap_or_default())
    }

    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the two have something in common.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl FromIterator<usize> for Outcomes {
    fn from_iter<I: IntoIterator<Item = usize>>(places: I) -> Self {
        places.into_iter().fold(Self::default(), |all, place| all.with(Self::chosen(place)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn being_left_out_and_each_choice_are_outcomes_of_their_own() {
        let all: Vec<Outcomes> = (0..Outcomes::MAX_CHOICES).map(Outcomes::chosen).chain([Outcomes::SKIPPED]).collect();
        for (index, one) in all.iter().enumerate() {
            assert!(Outcomes::ALL.meets(*one));
            assert!(all.iter().enumerate().all(|(other, outcome)| one.meets(*outcome) == (index == other)));
        }
        assert_eq!(Outcomes::chosen(Outcomes::MAX_CHOICES), Outcomes::default());
    }
}
