//! Changes: is a figure better than in the period before, or is it only chance?
//!
//! "Changed" is said only when the 95 % interval of the difference excludes zero; otherwise there is no clear change,
//! however large the difference looks.

use serde::{Deserialize, Serialize};

use super::share::wilson;
use super::{Headline, Histogram, HistogramError, Interval, Tally, Z, mean, net};
use crate::definition::Direction;

/// How a figure differs from the period before.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// Now minus before: percentage points for a share or a net, the scale's values for a mean.
    pub difference: f64,
    /// 95 %, in the unit of `difference`.
    pub interval: Interval,
    pub verdict: Verdict,
}

/// What a change means to the team.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Better,
    Worse,
    /// The interval includes zero: it may be chance.
    NoClearChange,
}

/// The changes of all figures of one question.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Changes {
    pub share: Change,
    pub net: Change,
    /// None if either period has fewer than two answers.
    pub mean: Option<Change>,
}

impl Changes {
    /// The change of the headline figure, if it has one.
    pub fn headline(&self, headline: Headline) -> Option<Change> {
        match headline {
            Headline::Share => Some(self.share),
            Headline::Mean => self.mean,
            Headline::Net => Some(self.net),
        }
    }
}

/// Compares a period with the one of equal length before it. None if either has no answers.
///
/// # Errors
/// [`HistogramError::DifferentScales`] if the question's scale changed in between: such answers are not comparable.
pub fn changes(now: &Histogram<'_>, before: &Histogram<'_>) -> Result<Option<Changes>, HistogramError> {
    now.check_same_scale(before)?;
    let (Some(tally_now), Some(tally_before)) = (now.tally(), before.tally()) else { return Ok(None) };
    let (Some(net), mean) = (net_change(now, before), mean_change(now, before)) else { return Ok(None) };
    Ok(Some(Changes { share: share_change(tally_now, tally_before), net, mean }))
}

/// How a share changed, in percentage points: Newcombe's hybrid of the two Wilson intervals (Newcombe, 1998, method 10).
/// More positive answers are always better, whatever the direction of the scale.
pub fn share_change(now: Tally, before: Tally) -> Change {
    let (fraction_now, fraction_before) = (now.fraction(), before.fraction());
    let (wilson_now, wilson_before) = (wilson(now), wilson(before));
    let difference = fraction_now - fraction_before;
    let below = (fraction_now - wilson_now.low).hypot(wilson_before.high - fraction_before);
    let above = (wilson_now.high - fraction_now).hypot(fraction_before - wilson_before.low);
    let interval = Interval { low: 100.0 * (difference - below), high: 100.0 * (difference + above) };
    judge(100.0 * difference, interval, Direction::HigherIsBetter)
}

// The intervals of nets and means are built around the difference of the two smoothed figures, whose variances these are,
// and not around the plain difference: around that, one promoter before and one detractor now would be a clear change, and
// two pages of five answers "change" by chance alone in up to every fifth comparison (40,000 draws, six population shapes).

fn net_change(now: &Histogram<'_>, before: &Histogram<'_>) -> Option<Change> {
    let difference = net::net(now)?.points - net::net(before)?.points;
    let interval = net::estimate(now).minus(net::estimate(before)).interval(Z);
    Some(judge(difference, interval, Direction::HigherIsBetter))
}

fn mean_change(now: &Histogram<'_>, before: &Histogram<'_>) -> Option<Change> {
    let difference = mean::mean(now)?.value - mean::mean(before)?.value;
    let interval = mean::estimate(now)?.minus(mean::estimate(before)?).interval(Z);
    Some(judge(difference, interval, now.scale().direction()))
}

fn judge(difference: f64, interval: Interval, direction: Direction) -> Change {
    let (rise, fall) = match direction {
        Direction::HigherIsBetter => (Verdict::Better, Verdict::Worse),
        Direction::LowerIsBetter => (Verdict::Worse, Verdict::Better),
    };
    let verdict = if interval.low > 0.0 {
        rise
    } else if interval.high < 0.0 {
        fall
    } else {
        Verdict::NoClearChange
    };
    Change { difference, interval, verdict }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::definition::Scale;

    fn compared(scale: &Scale, now: &[u64], before: &[u64]) -> Changes {
        let histogram = |counts: &[u64]| Histogram::from_counts(scale, counts.to_vec()).unwrap();
        changes(&histogram(now), &histogram(before)).unwrap().unwrap()
    }

    #[test]
    fn less_effort_is_better_though_its_mean_falls() {
        let much = [5, 10, 20, 60, 80];
        let little = [80, 60, 20, 10, 5];
        let changes = compared(&Scale::ces5_effort(), &little, &much);
        let mean = changes.mean.unwrap();
        assert!(mean.difference < 0.0);
        assert_eq!(mean.verdict, Verdict::Better);
        assert_eq!((changes.share.verdict, changes.net.verdict), (Verdict::Better, Verdict::Better));
        let back = compared(&Scale::ces5_effort(), &much, &little);
        assert_eq!(back.mean.unwrap().verdict, Verdict::Worse);
        assert_eq!((back.share.verdict, back.net.verdict), (Verdict::Worse, Verdict::Worse));
    }

    #[test]
    fn one_promoter_before_and_one_detractor_now_is_no_clear_change() {
        let mut detractor = [0; 11];
        detractor[0] = 1;
        let mut promoter = [0; 11];
        promoter[10] = 1;
        let changes = compared(&Scale::nps(), &detractor, &promoter);
        assert_eq!(changes.net.difference, -200.0);
        assert_eq!(changes.net.verdict, Verdict::NoClearChange);
        assert_eq!(changes.mean, None);
    }

    #[test]
    fn a_period_without_answers_is_compared_with_nothing() {
        let scale = Scale::csat5();
        let some = Histogram::from_counts(&scale, vec![1, 0, 0, 0, 3]).unwrap();
        assert_eq!(changes(&some, &Histogram::empty(&scale)), Ok(None));
        assert_eq!(changes(&Histogram::empty(&scale), &some), Ok(None));
    }

    #[test]
    fn periods_of_different_scales_are_not_compared() {
        let (five, seven) = (Scale::csat5(), Scale::csat7());
        let refused = changes(&Histogram::empty(&five), &Histogram::empty(&seven));
        assert_eq!(refused, Err(HistogramError::DifferentScales));
    }

    fn csat_counts() -> impl Strategy<Value = Vec<u64>> {
        prop::collection::vec(0_u64..200, 5).prop_filter("two answers", |counts| counts.iter().sum::<u64>() >= 2)
    }

    proptest! {
        #[test]
        fn a_period_is_never_clearly_different_from_itself(counts in csat_counts()) {
            let changes = compared(&Scale::csat5(), &counts, &counts);
            for change in [changes.share, changes.net, changes.mean.unwrap()] {
                prop_assert_eq!(change.difference, 0.0);
                prop_assert_eq!(change.verdict, Verdict::NoClearChange);
            }
        }

        #[test]
        fn looking_back_mirrors_looking_forward(now in csat_counts(), before in csat_counts()) {
            let there = compared(&Scale::csat5(), &now, &before);
            let back = compared(&Scale::csat5(), &before, &now);
            for (there, back) in [(there.share, back.share), (there.net, back.net)] {
                prop_assert!((there.difference + back.difference).abs() < 1e-9);
                prop_assert!((there.interval.low + back.interval.high).abs() < 1e-9);
                prop_assert_eq!(there.verdict == Verdict::Better, back.verdict == Verdict::Worse);
            }
        }

        #[test]
        fn the_interval_of_a_share_change_contains_the_difference(
            now in 0_u64..=50, before in 0_u64..=80
        ) {
            let change = share_change(Tally::new(now, 50).unwrap(), Tally::new(before, 80).unwrap());
            prop_assert!(change.interval.contains(change.difference));
            prop_assert!(-100.0 <= change.interval.low && change.interval.high <= 100.0);
        }
    }
}
