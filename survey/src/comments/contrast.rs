//! Contrasts: which words one group of texts uses more than another.
//!
//! The log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi and Quinn, 2008, "Fightin' Words", equations 15, 16, 20 and
//! 22). A plain ratio finds words that were said once, and a plain difference finds "the". Here each word begins with what is known of
//! it from both groups together, in the weight of [`PRIOR_WORDS`] words, and the difference is measured in its own standard errors.

/// How many words the prior stands for: with few comments, nothing stands out.
const PRIOR_WORDS: f64 = 500.0;

/// How often each word was said on either side.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Side {
    pub one: u64,
    pub other: u64,
}

/// How much more one side uses a word.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Contrast {
    pub log_odds: f64,
    /// In standard errors.
    pub z: f64,
}

/// For each word, in their order. None at all where one side has said nothing.
pub fn contrasts(words: &[Side]) -> Option<Vec<Contrast>> {
    let sum = |of: fn(&Side) -> u64| words.iter().map(of).sum::<u64>() as f64;
    let (one, other) = (sum(|side| side.one), sum(|side| side.other));
    if one == 0.0 || other == 0.0 {
        return None;
    }
    let contrast = |side: &Side| {
        let prior = PRIOR_WORDS * (side.one + side.other) as f64 / (one + other);
        let odds = |said: f64, all: f64| (said + prior) / (all + PRIOR_WORDS - said - prior);
        let log_odds = odds(side.one as f64, one).ln() - odds(side.other as f64, other).ln();
        let variance = 1.0 / (side.one as f64 + prior) + 1.0 / (side.other as f64 + prior);
        Contrast { log_odds, z: log_odds / variance.sqrt() }
    };
    // Where one word is all that was said, its odds have no bound on either side.
    let is_among_others = |side: &Side| side.one + side.other > 0 && ((side.one + side.other) as f64) < one + other;
    let none = Contrast { log_odds: 0.0, z: 0.0 };
    Some(words.iter().map(|side| if is_among_others(side) { contrast(side) } else { none }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[(u64, u64)]) -> Vec<Contrast> {
        contrasts(&words.iter().map(|(one, other)| Side { one: *one, other: *other }).collect::<Vec<_>>()).unwrap()
    }

    /// Computed by hand from the equations: α of the first word is 500 × 40/200 = 100.
    #[test]
    fn the_figures_are_those_of_the_paper() {
        let first = of(&[(30, 10), (70, 90)])[0];
        let expected = (130.0_f64 / 470.0).ln() - (110.0_f64 / 490.0).ln();
        assert!((first.log_odds - expected).abs() < 1e-12);
        let error = (1.0_f64 / 130.0 + 1.0 / 110.0).sqrt();
        assert!((first.z - expected / error).abs() < 1e-12);
    }

    #[test]
    fn what_was_said_once_does_not_stand_out_and_what_all_say_neither() {
        let words = of(&[(1, 0), (60, 10), (900, 900), (40, 90)]);
        assert!(words[0].z < 1.5, "{:?}", words[0]);
        assert!(words[1].z > 3.0, "{:?}", words[1]);
        assert!(words[2].z.abs() < 1.0, "{:?}", words[2]);
    }

    #[test]
    fn the_sides_are_each_others_mirror() {
        let (there, back) = (of(&[(30, 10), (7, 9), (0, 3)]), of(&[(10, 30), (9, 7), (3, 0)]));
        for (one, other) in there.iter().zip(&back) {
            assert!((one.z + other.z).abs() < 1e-9, "{one:?} {other:?}");
        }
    }

    #[test]
    fn nothing_is_compared_with_nothing() {
        assert_eq!(contrasts(&[Side { one: 3, other: 0 }]), None);
        assert_eq!(contrasts(&[]), None);
        assert_eq!(of(&[(3, 2)]), [Contrast { log_odds: 0.0, z: 0.0 }]);
    }
}
