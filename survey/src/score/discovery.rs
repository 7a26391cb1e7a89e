//! Discoveries: which of many findings can be told without telling mostly of chance.
//!
//! Of 500 pages on which nothing has changed, some 25 "change" at 95 % confidence. What a report picks out of many pages is
//! therefore held to a *false discovery rate*: of what it picks out, at most 5 % is expected to be chance.

/// Of what is picked out, the part that is expected to be chance is at most this.
pub const FALSE_DISCOVERY_RATE: f64 = 0.05;

/// Which findings are discoveries by their p-values, 0 to 1, at [`FALSE_DISCOVERY_RATE`]: the step-up procedure of Benjamini and
/// Hochberg (1995). With the p-values in order, the `k` smallest are discoveries for the largest `k` whose p-value is at most
/// k/m of the rate, where `m` is how many findings there are. A single finding is one with a p-value of at most the rate.
pub fn discoveries(p_values: &[f64]) -> Vec<bool> {
    let tolerated = |rank: usize| FALSE_DISCOVERY_RATE * (rank + 1) as f64 / p_values.len() as f64;
    let mut ascending = p_values.to_vec();
    ascending.sort_by(f64::total_cmp);
    let largest = ascending.iter().enumerate().rfind(|(rank, p_value)| **p_value <= tolerated(*rank));
    p_values.iter().map(|p_value| largest.is_some_and(|(_, largest)| p_value <= largest)).collect()
}

/// Which findings are discoveries by the probability, 0 to 1, that each is true: the most likely ones, as many as leave the mean
/// of 1 − probability among them at most [`FALSE_DISCOVERY_RATE`]: the posterior expected false discovery rate (Newton, Noueiry,
/// Sarkar and Ahlquist, 2004; Müller, Parmigiani and Rice, 2006). Equally likely findings are discoveries together or not at all.
///
/// Posterior probabilities are not made into p-values for [`discoveries`], because they are none: they already hold what all other
/// pages taught, and are not evenly spread where there is nothing to find. What they do say, and directly, is what part of a list
/// is expected to be wrong.
pub fn likely_discoveries(probabilities: &[f64]) -> Vec<bool> {
    let mut descending = probabilities.to_vec();
    descending.sort_by(|one, other| other.total_cmp(one));
    let (mut wrong, mut listed, mut least) = (0.0, 0.0, None);
    for equals in descending.chunk_by(|one, other| one == other) {
        listed += equals.len() as f64;
        wrong += equals.iter().map(|probability| 1.0 - probability).sum::<f64>();
        if wrong > FALSE_DISCOVERY_RATE * listed {
            break;
        }
        least = equals.first().copied();
    }
    probabilities.iter().map(|probability| least.is_some_and(|least| *probability >= least)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_in_benjamini_and_hochbergs_paper_has_four_discoveries() {
        // Fifteen hypotheses on two treatments of heart attacks.
        let p_values = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0,
        ];
        assert_eq!(discoveries(&p_values), (0..15).map(|at| at < 4).collect::<Vec<_>>());
    }

    #[test]
    fn a_smaller_one_is_a_discovery_because_of_a_larger_one() {
        // 0.03 is more than 1/2 of the rate; but 0.04 is at most 2/2 of it.
        assert_eq!(discoveries(&[0.03, 0.04]), [true, true]);
        assert_eq!(discoveries(&[0.03, 0.06]), [false, false]);
    }

    #[test]
    fn nothing_holds_no_discovery() {
        assert!(discoveries(&[]).is_empty() && likely_discoveries(&[]).is_empty());
        assert_eq!((discoveries(&[1.0]), likely_discoveries(&[0.5])), (vec![false], vec![false]));
    }

    #[test]
    fn likely_findings_are_discoveries_as_long_as_few_of_them_are_wrong() {
        // Wrong among the first 1, 2, 3 and 4: 0, 2, 4 and 8 %.
        assert_eq!(likely_discoveries(&[0.88, 1.0, 0.92, 0.96, 0.8]), [false, true, true, true, false]);
        // A third 0.9 would be one too many, and nothing tells the three apart.
        assert_eq!(likely_discoveries(&[1.0, 1.0, 0.9, 0.9, 0.9]), [true, true, false, false, false]);
    }

    fn any_probabilities() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec(prop_oneof![0.0..=1.0, 0.0..0.01, 0.99..=1.0, Just(1.0), Just(0.0)], 0..60)
    }

    proptest! {
        #[test]
        fn a_discovery_is_below_the_rate_by_itself_too(p_values in any_probabilities()) {
            for (p_value, is_discovery) in p_values.iter().zip(discoveries(&p_values)) {
                prop_assert!(!is_discovery || *p_value <= FALSE_DISCOVERY_RATE);
            }
        }

        #[test]
        fn what_is_surer_than_a_discovery_is_one(p_values in any_probabilities()) {
            let found = discoveries(&p_values);
            let largest = p_values.iter().zip(&found).filter(|(_, found)| **found).map(|(p, _)| *p).fold(-1.0, f64::max);
            prop_assert!(p_values.iter().zip(&found).all(|(p_value, found)| *found == (*p_value <= largest)));
        }

        #[test]
        fn at_most_one_in_twenty_likely_discoveries_is_expected_to_be_wrong(probabilities in any_probabilities()) {
            let found = likely_discoveries(&probabilities);
            let wrong: Vec<f64> =
                probabilities.iter().zip(found).filter(|(_, found)| *found).map(|(likely, _)| 1.0 - likely).collect();
            prop_assert!(wrong.iter().sum::<f64>() <= FALSE_DISCOVERY_RATE * wrong.len() as f64 + 1e-12);
        }
    }
}
