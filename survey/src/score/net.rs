//! Nets: positive minus negative answers, as NPS is reckoned; also net ease and net satisfaction.

use serde::{Deserialize, Serialize};

use super::{Estimate, Histogram, Interval};

/// Positive minus negative answers in a hundred.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Net {
    /// From −100 to 100, in percentage points.
    pub points: f64,
    /// 95 %, in percentage points. Contains `points` from two answers on; with a single one it may stop short of ±100.
    pub interval: Interval,
}

/// The net with its adjusted Wald interval; none without an answer.
pub(super) fn net(histogram: &Histogram<'_>) -> Option<Net> {
    let points = points(histogram)?;
    Some(Net { points, interval: estimate(histogram).interval(super::Z).within(-100.0, 100.0) })
}

/// The plain net, in percentage points.
pub(super) fn points(histogram: &Histogram<'_>) -> Option<f64> {
    let n = histogram.n();
    (n > 0).then(|| 100.0 * (histogram.positive() as f64 - histogram.negative() as f64) / n as f64)
}

/// The net as its interval sees it, in percentage points: with 3/4 of an answer added to the positive ones, 3/4 to the
/// negative ones and 3 to all (Rocks, 2016).
pub(super) fn estimate(histogram: &Histogram<'_>) -> Estimate {
    let n = histogram.n() as f64 + 3.0;
    let positive = (histogram.positive() as f64 + 0.75) / n;
    let negative = (histogram.negative() as f64 + 0.75) / n;
    let net = positive - negative;
    Estimate { centre: 100.0 * net, variance: 100.0 * 100.0 * (positive + negative - net * net) / n }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::definition::Scale;

    fn of(negative: u64, neutral: u64, positive: u64) -> Option<Net> {
        let scale = Scale::csat5();
        net(&Histogram::from_counts(&scale, vec![0, negative, neutral, positive, 0]).unwrap())
    }

    #[test]
    fn no_answers_have_no_net() {
        assert_eq!(of(0, 0, 0), None);
    }

    #[test]
    fn as_many_good_as_bad_answers_cancel_out() {
        assert_eq!(of(40, 20, 40).map(|net| net.points), Some(0.0));
    }

    #[test]
    fn one_answer_does_not_promise_a_hundred() {
        let one = of(0, 0, 1).unwrap();
        assert_eq!(one.points, 100.0);
        assert!(one.interval.high < 100.0);
    }

    proptest! {
        #[test]
        fn from_two_answers_on_the_interval_contains_the_net_and_stays_within_100(
            negative in 0_u64..5_000, neutral in 0_u64..5_000, positive in 0_u64..5_000
        ) {
            prop_assume!(negative + neutral + positive >= 2);
            let Net { points, interval } = of(negative, neutral, positive).unwrap();
            prop_assert!(interval.contains(points));
            prop_assert!(-100.0 <= interval.low && interval.high <= 100.0);
        }

        #[test]
        fn from_two_answers_on_the_interval_contains_the_net_on_small_pages_too(
            negative in 0_u64..5, neutral in 0_u64..5, positive in 0_u64..5
        ) {
            prop_assume!(negative + neutral + positive >= 2);
            let Net { points, interval } = of(negative, neutral, positive).unwrap();
            prop_assert!(interval.contains(points));
        }
    }
}
