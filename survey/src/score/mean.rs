//! Means: the average of the scale's own values, the headline of customer effort.

use serde::{Deserialize, Serialize};

use super::distribution::student_t_975;
use super::{Estimate, Histogram, Interval};

/// The average answer on the scale's own values. Whether high is good is the scale's direction.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mean {
    /// In the scale's values.
    pub value: f64,
    /// 95 %, in the scale's values; contains `value`. None for a single answer, which says nothing about spread.
    pub interval: Option<Interval>,
}

/// The mean with its interval; none without an answer.
pub(super) fn mean(histogram: &Histogram<'_>) -> Option<Mean> {
    let n = histogram.n();
    let value = value(histogram)?;
    let (lowest, highest) = range(histogram.scale().values());
    let interval = estimate(histogram).map(|estimate| estimate.interval(student_t_975(n - 1)).within(lowest, highest));
    Some(Mean { value, interval })
}

/// The plain mean.
pub(super) fn value(histogram: &Histogram<'_>) -> Option<f64> {
    let n = histogram.n();
    (n > 0).then(|| weighted(histogram, |count| count as f64) / n as f64)
}

/// The mean as its interval sees it: with one more answer, spread evenly over the points (Perks' prior, a Dirichlet with
/// 1/k for each of k points). None for fewer than two answers.
///
/// The plain t interval would have no width at all on a page where everybody gives the same answer.
pub(super) fn estimate(histogram: &Histogram<'_>) -> Option<Estimate> {
    if histogram.n() < 2 {
        return None;
    }
    let values = histogram.scale().values();
    let n = histogram.n() as f64 + 1.0;
    let smoothed = |count: u64| count as f64 + 1.0 / values.len() as f64;
    let centre = weighted(histogram, smoothed) / n;
    let counted = values.iter().zip(histogram.counts());
    let spread = counted.map(|(value, &count)| smoothed(count) * (value - centre).powi(2)).sum::<f64>() / n;
    Some(Estimate { centre, variance: spread / (n + 1.0) })
}

fn weighted(histogram: &Histogram<'_>, weight: impl Fn(u64) -> f64) -> f64 {
    histogram.scale().values().iter().zip(histogram.counts()).map(|(value, &count)| value * weight(count)).sum()
}

/// The smallest and the largest value.
fn range(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| (low.min(value), high.max(value)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::definition::Scale;

    #[test]
    fn no_answers_have_no_mean_and_one_has_no_interval() {
        let scale = Scale::csat3();
        assert_eq!(mean(&Histogram::empty(&scale)), None);
        let one = mean(&Histogram::from_counts(&scale, vec![0, 0, 1]).unwrap()).unwrap();
        assert_eq!(one, Mean { value: 5.0, interval: None });
    }

    #[test]
    fn a_page_where_everybody_agrees_still_has_an_interval() {
        let scale = Scale::ces7();
        let page = mean(&Histogram::from_counts(&scale, vec![0, 0, 0, 0, 0, 0, 40]).unwrap()).unwrap();
        assert_eq!(page.value, 7.0);
        assert!(page.interval.unwrap().low < 7.0);
    }

    proptest! {
        #[test]
        fn the_interval_of_a_mean_contains_it_and_stays_on_the_scale(
            counts in prop::collection::vec(prop_oneof![Just(0_u64), 0_u64..4, 0_u64..100_000], 3)
        ) {
            let scale = Scale::csat3();
            let histogram = Histogram::from_counts(&scale, counts).unwrap();
            prop_assume!(histogram.n() >= 2);
            let page = mean(&histogram).unwrap();
            let interval = page.interval.unwrap();
            prop_assert!(interval.contains(page.value), "{page:?}");
            prop_assert!(2.0 <= interval.low && interval.high <= 5.0);
        }
    }
}
