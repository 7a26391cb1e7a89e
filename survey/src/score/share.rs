//! Shares: how many of the answers are positive, and how sure that is.

use serde::{Deserialize, Serialize};

use super::{Interval, Z};

/// So many of so many. Made only by [`Tally::new`]: there is at least one answer, and no more positive ones than answers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Tally {
    positive: u64,
    n: u64,
}

impl Tally {
    /// `positive` of `n`; none if `n` is zero (no answers have no share) or `positive` exceeds it.
    pub fn new(positive: u64, n: u64) -> Option<Self> {
        (n > 0 && positive <= n).then_some(Self { positive, n })
    }

    pub fn positive(self) -> u64 {
        self.positive
    }

    /// The others: all that are not positive, neutral ones included.
    pub fn rest(self) -> u64 {
        self.n - self.positive
    }

    pub fn n(self) -> u64 {
        self.n
    }

    /// From 0 to 1.
    pub fn fraction(self) -> f64 {
        self.positive as f64 / self.n as f64
    }
}

/// The share of positive answers: CSAT, "easy" for an effort question, promoters for NPS.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Share {
    /// From 0 to 100.
    pub percent: f64,
    /// 95 %, in percent. Always contains `percent`.
    pub interval: Interval,
}

/// The share with its Wilson score interval (Wilson, 1927; no continuity correction).
pub fn share(tally: Tally) -> Share {
    let Interval { low, high } = wilson(tally, Z);
    Share { percent: 100.0 * tally.fraction(), interval: Interval { low: 100.0 * low, high: 100.0 * high } }
}

/// The Wilson score interval of a fraction, within 0 and 1, at the confidence of a normal quantile: [`Z`] for 95 %.
pub(super) fn wilson(tally: Tally, z: f64) -> Interval {
    let (n, fraction) = (tally.n() as f64, tally.fraction());
    let z2 = z * z;
    let scale = 1.0 + z2 / n;
    let centre = (fraction + z2 / (2.0 * n)) / scale;
    let half_width = z * (fraction * (1.0 - fraction) / n + z2 / (4.0 * n * n)).sqrt() / scale;
    // Wilson's interval contains the fraction and stays within 0 and 1; the last digit may not know it.
    Interval { low: (centre - half_width).clamp(0.0, fraction), high: (centre + half_width).clamp(fraction, 1.0) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_answers_have_no_share() {
        assert_eq!(Tally::new(0, 0), None);
        assert_eq!(Tally::new(2, 1), None);
    }

    #[test]
    fn a_share_of_all_reaches_exactly_100_and_of_none_exactly_0() {
        for n in [1, 2, 7, 99, 12_345, super::super::MAX_ANSWERS] {
            assert_eq!(share(Tally::new(n, n).unwrap()).interval.high, 100.0);
            assert_eq!(share(Tally::new(0, n).unwrap()).interval.low, 0.0);
        }
    }

    proptest! {
        #[test]
        fn the_interval_of_a_share_contains_it_and_stays_within_0_and_100(n in 1_u64..2_000_000, part in 0.0..=1.0) {
            let Share { percent, interval } = share(Tally::new((n as f64 * part) as u64, n).unwrap());
            prop_assert!(interval.contains(percent));
            prop_assert!(0.0 <= interval.low && interval.high <= 100.0);
        }

        #[test]
        fn more_answers_of_the_same_share_are_surer(positive in 0_u64..500, rest in 1_u64..500) {
            let width = |times| share(Tally::new(positive * times, (positive + rest) * times).unwrap()).interval.width();
            prop_assert!(width(2) < width(1));
        }
    }
}
