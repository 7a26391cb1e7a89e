//! Changes: is a figure better than in the period before, or is it only chance?
//!
//! "Changed" is said only when the 95 % interval of the difference excludes zero; otherwise there is no clear change,
//! however large the difference looks. The p-value says the same for any confidence: it is what is left over by the greatest one
//! whose interval still excludes zero. Reports of many pages need it: see [`super::discoveries`].

use serde::{Deserialize, Serialize};

use super::distribution::{normal_beyond, student_t_975, student_t_beyond};
use super::share::wilson;
use super::{Estimate, Headline, Histogram, HistogramError, Interval, Tally, Z, mean, net};
use crate::definition::Direction;

/// How a figure differs from the period before.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// Now minus before: percentage points for a share or a net, the scale's values for a mean.
    pub difference: f64,
    /// 95 %, in the unit of `difference`.
    pub interval: Interval,
    /// Two-sided, 0 to 1: how likely so large a difference is where nothing has changed. Below 0.05 exactly where `interval`
    /// excludes zero.
    pub p_value: f64,
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

/// The same of the headline figure alone: a p-value takes its time, and a report of thousands of pages tells of one.
pub fn headline_change(now: &Histogram<'_>, before: &Histogram<'_>) -> Result<Option<Change>, HistogramError> {
    now.check_same_scale(before)?;
    let (Some(tally_now), Some(tally_before)) = (now.tally(), before.tally()) else { return Ok(None) };
    Ok(match Headline::from(now.scale().metric()) {
        Headline::Share => Some(share_change(tally_now, tally_before)),
        Headline::Mean => mean_change(now, before),
        Headline::Net => net_change(now, before),
    })
}

/// How a share changed, in percentage points: Newcombe's hybrid of the two Wilson intervals (Newcombe, 1998, method 10).
/// More positive answers are always better, whatever the direction of the scale.
pub fn share_change(now: Tally, before: Tally) -> Change {
    let difference = now.fraction() - before.fraction();
    let (low, high) = (difference - reach_down(now, before, Z), difference + reach_down(before, now, Z));
    let interval = Interval { low: 100.0 * low, high: 100.0 * high };
    let p_value = normal_beyond(share_quantile_to_zero(now, before));
    judge(100.0 * difference, interval, p_value, Direction::HigherIsBetter)
}

/// How far Newcombe's interval reaches below the difference of two fractions, at the confidence of a normal quantile. How far it
/// reaches above is how far that of the opposite difference reaches below.
fn reach_down(now: Tally, before: Tally, z: f64) -> f64 {
    (now.fraction() - wilson(now, z).low).hypot(wilson(before, z).high - before.fraction())
}

/// The normal quantile at which Newcombe's interval reaches zero. There is one: the interval has no width at 0, grows with the
/// quantile, and in the end reaches from −p to 1 − p of either fraction. It has no closed form, so it is found by false position
/// (the Illinois method; Dowell and Jarratt, 1971), in about eight steps where halving needs fifty.
fn share_quantile_to_zero(now: Tally, before: Tally) -> f64 {
    let (more, less) = if now.fraction() < before.fraction() { (before, now) } else { (now, before) };
    let difference = more.fraction() - less.fraction();
    let beyond_zero = |z| reach_down(more, less, z) - difference;
    let (mut kept, mut newest) = ((0.0, -difference), (FARTHEST_QUANTILE, beyond_zero(FARTHEST_QUANTILE)));
    if difference == 0.0 || newest.1 < 0.0 {
        return if difference == 0.0 { kept.0 } else { newest.0 };
    }
    for _ in 0..MOST_STEPS {
        let z = newest.0 - newest.1 * (newest.0 - kept.0) / (newest.1 - kept.1);
        let next = (z, beyond_zero(z));
        if next.1.signum() == newest.1.signum() {
            kept.1 /= 2.0;
        } else {
            kept = newest;
        }
        newest = next;
        if newest.1.abs() < CLOSE_TO_ZERO {
            break;
        }
    }
    newest.0
}

/// The normal has less than 10⁻³⁰⁰ beyond it.
const FARTHEST_QUANTILE: f64 = 37.0;
/// Never needed: it takes at most sixteen.
const MOST_STEPS: usize = 60;
/// As a difference of two fractions.
const CLOSE_TO_ZERO: f64 = 1e-15;

// The intervals of nets and means are built around the difference of the two smoothed figures, whose variances these are,
// and not around the plain difference: around that, one promoter before and one detractor now would be a clear change, and
// two pages of five answers "change" by chance alone in up to every fifth comparison (40,000 draws, six population shapes).

fn net_change(now: &Histogram<'_>, before: &Histogram<'_>) -> Option<Change> {
    let difference = net::points(now)? - net::points(before)?;
    let smoothed = net::estimate(now).minus(net::estimate(before));
    let p_value = normal_beyond(smoothed.quantile_to_zero());
    Some(judge(difference, smoothed.interval(Z), p_value, Direction::HigherIsBetter))
}

fn mean_change(now: &Histogram<'_>, before: &Histogram<'_>) -> Option<Change> {
    let difference = mean::value(now)? - mean::value(before)?;
    let (estimate_now, estimate_before) = (mean::estimate(now)?, mean::estimate(before)?);
    let smoothed = estimate_now.minus(estimate_before);
    let freedom = freedom((estimate_now, now.n()), (estimate_before, before.n()));
    let p_value = mean_p_value(smoothed.quantile_to_zero(), freedom);
    Some(judge(difference, smoothed.interval(Z), p_value, now.scale().direction()))
}

/// The p-value of a mean that is so many standard errors from the one before: that of Student's t, scaled so that it is 0.05 where
/// the interval, which is made with the normal's quantile, reaches zero.
///
/// The variances are estimated from the answers themselves, so far out chance reaches farther than the normal's tail. With the
/// normal, one in eight reports of 500 unchanged pages had a discovery, and not one in twenty.
fn mean_p_value(quantile_to_zero: f64, freedom: u64) -> f64 {
    student_t_beyond(quantile_to_zero / Z * student_t_975(freedom), freedom)
}

/// The degrees of freedom of a difference of two means with so many answers, rounded down (Welch, 1947; Satterthwaite, 1946).
fn freedom((now, n_now): (Estimate, u64), (before, n_before): (Estimate, u64)) -> u64 {
    let part = |estimate: Estimate, n: u64| estimate.variance.powi(2) / (n - 1) as f64;
    let freedom = (now.variance + before.variance).powi(2) / (part(now, n_now) + part(before, n_before));
    // Between the smaller of n − 1 and their sum, so at least 1: a mean has an estimate from two answers on.
    (freedom as u64).max(1)
}

fn judge(difference: f64, interval: Interval, p_value: f64, direction: Direction) -> Change {
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
    Change { difference, interval, p_value: agreeing(p_value, verdict), verdict }
}

/// The last digit of a p-value does not contradict the interval, neither below 0.05 nor at it.
fn agreeing(p_value: f64, verdict: Verdict) -> f64 {
    match verdict {
        Verdict::NoClearChange => p_value.max(0.05_f64.next_up()),
        Verdict::Better | Verdict::Worse => p_value.min(0.05_f64.next_down()),
    }
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
    fn the_headlines_change_is_that_among_all() {
        for (scale, of) in [
            (Scale::csat5(), (|all: Changes| Some(all.share)) as fn(Changes) -> Option<Change>),
            (Scale::ces7(), |all| all.mean),
            (Scale::nps(), |all| Some(all.net)),
        ] {
            let counts = |first: u64| (0..scale.values().len() as u64).map(|point| first + 3 * point).collect();
            let now = Histogram::from_counts(&scale, counts(9)).unwrap();
            let before = Histogram::from_counts(&scale, counts(1)).unwrap();
            let all = changes(&now, &before).unwrap().unwrap();
            assert_eq!(headline_change(&now, &before), Ok(of(all)));
        }
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
    fn the_clearer_a_change_the_smaller_its_p_value() {
        let p_values: Vec<f64> = [1, 10, 100, 1_000, 10_000]
            .map(|times| {
                share_change(Tally::new(6 * times, 10 * times).unwrap(), Tally::new(5 * times, 10 * times).unwrap())
            })
            .map(|change| change.p_value)
            .to_vec();
        assert!(p_values.is_sorted_by(|one, next| one > next), "{p_values:?}");
        // The pooled test of two proportions says 0.00000697 for 600 against 500 of 1,000.
        assert!((p_values[2] / 0.00000697 - 1.0).abs() < 0.05, "{p_values:?}");
        assert!(p_values[4] < 1e-200, "{p_values:?}");
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
                prop_assert_eq!((change.difference, change.p_value), (0.0, 1.0));
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
                prop_assert!((there.p_value - back.p_value).abs() < 1e-9);
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

        #[test]
        fn a_p_value_is_below_5_percent_exactly_where_the_interval_excludes_zero(now in csat_counts(), before in csat_counts()) {
            let changes = compared(&Scale::csat5(), &now, &before);
            for change in [changes.share, changes.net, changes.mean.unwrap()] {
                prop_assert_eq!(change.p_value < 0.05, !change.interval.contains(0.0), "{:?}", change);
                prop_assert!((0.0..=1.0).contains(&change.p_value));
            }
        }

        #[test]
        fn at_the_confidence_that_a_p_value_leaves_the_interval_of_a_share_change_reaches_zero(
            now in 0_u64..=60, before in 0_u64..=300
        ) {
            let (now, before) = (Tally::new(now, 60).unwrap(), Tally::new(before, 300).unwrap());
            prop_assume!(now.fraction() > before.fraction());
            let quantile = share_quantile_to_zero(now, before);
            prop_assert!((reach_down(now, before, quantile) - (now.fraction() - before.fraction())).abs() < 1e-12);
            // Apart from the last digits, no correction was needed.
            prop_assert!((share_change(now, before).p_value - normal_beyond(quantile)).abs() < 1e-9);
        }
    }
}
