//! Associations: whether the rows and columns of a table have anything to do with each other, by tests for many answers and for few.

use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::{Association, AssociationTest};
use crate::score::Tally;

/// Where more than this part of the cells is expected to have fewer than [`FEW`], the test does not hold (Cochran, 1954).
const MOST_OF_FEW: f64 = 0.2;
const FEW: f64 = 5.0;

/// Of a table in which everybody is in one cell.
pub(super) fn association(cells: &[Vec<u64>]) -> Association {
    let rows: Vec<u64> = cells.iter().map(|row| row.iter().sum()).collect();
    let columns: Vec<u64> =
        (0..cells.first().map_or(0, Vec::len)).map(|column| cells.iter().map(|row| row[column]).sum()).collect();
    let some = |totals: &[u64]| totals.iter().filter(|total| **total > 0).count() as u64;
    let (of_rows, of_columns) = (some(&rows), some(&columns));
    if of_rows < 2 || of_columns < 2 {
        return Association::NothingToCompare;
    }
    let n = rows.iter().sum::<u64>() as f64;
    let (mut chi_square, mut below_five) = (0.0, 0);
    for (row, of_row) in cells.iter().zip(&rows).filter(|(_, total)| **total > 0) {
        for (cell, of_column) in row.iter().zip(&columns).filter(|(_, total)| **total > 0) {
            let expected = *of_row as f64 * *of_column as f64 / n;
            chi_square += (*cell as f64 - expected).powi(2) / expected;
            below_five += u64::from(expected < FEW);
        }
    }
    let all = of_rows * of_columns;
    if below_five as f64 > MOST_OF_FEW * all as f64 {
        return Association::TooFewAnswers { below_five, cells: all };
    }
    let degrees_of_freedom = (of_rows - 1) * (of_columns - 1);
    Association::Tested(AssociationTest {
        chi_square,
        degrees_of_freedom,
        p_value: chi_square_beyond(chi_square, degrees_of_freedom),
        cramers_v: cramers_v(chi_square, n, of_rows as f64, of_columns as f64),
    })
}

/// How likely a chi-square with `freedom` degrees of freedom, at least 1, is to lie above `x`.
fn chi_square_beyond(x: f64, freedom: u64) -> f64 {
    // Cannot fail: its freedom is positive.
    ChiSquared::new(freedom as f64).map_or(1.0, |distribution| distribution.sf(x).clamp(0.0, 1.0))
}

/// Cramér's V with the correction of its bias by Bergsma (2013, "A bias-correction for Cramér's V and Tschuprow's T"): where there is no
/// association, small samples have a V well above zero.
fn cramers_v(chi_square: f64, n: f64, rows: f64, columns: f64) -> f64 {
    let corrected = |size: f64| size - (size - 1.0).powi(2) / (n - 1.0);
    let phi_square = (chi_square / n - (rows - 1.0) * (columns - 1.0) / (n - 1.0)).max(0.0);
    let most = corrected(rows).min(corrected(columns)) - 1.0;
    if most > 0.0 { (phi_square / most).sqrt().min(1.0) } else { 0.0 }
}

/// How likely two shares of the same population are to be at least as unlike as these: Fisher's exact test, two-sided (all tables with
/// these totals that are no more likely than this one).
///
/// The p-value of a share's change holds near 5 %, and not far out, where few answers meet rare ones: of ten answers with a low score
/// of 5 % of all, three are low once in ninety times, and not once in three thousand.
pub(super) fn fisher(one: Tally, other: Tally) -> f64 {
    let (n, others) = (one.n() as f64, other.n() as f64);
    let all = (one.positive() + other.positive()) as f64;
    let (least, most) = ((all - others).max(0.0), n.min(all));
    let here = one.positive() as f64;
    // How much likelier each table is than this one. None needs the likelihood of this one, which may be too small to be written.
    let up = |k: f64| (all - k) * (n - k) / ((k + 1.0) * (others - all + k + 1.0));
    let down = |k: f64| k * (others - all + k) / ((all - k + 1.0) * (n - k + 1.0));
    let mut sums = Sums { likelier: 0.0, as_unlikely: 1.0 };
    let (mut k, mut ratio) = (here, 1.0);
    while k < most && ratio > NOTHING {
        ratio *= up(k);
        k += 1.0;
        sums.add(ratio);
    }
    (k, ratio) = (here, 1.0);
    while k > least && ratio > NOTHING {
        ratio *= down(k);
        k -= 1.0;
        sums.add(ratio);
    }
    sums.as_unlikely / (sums.as_unlikely + sums.likelier)
}

/// Likelihoods rise to one peak and fall from it: once one is nothing beside that of the table itself, so are all that follow.
const NOTHING: f64 = 1e-18;

/// Of likelihoods, as multiples of one.
struct Sums {
    likelier: f64,
    as_unlikely: f64,
}

impl Sums {
    /// What differs in the last digits alone is as likely.
    const ALIKE: f64 = 1.0 + 1e-7;

    fn add(&mut self, ratio: f64) {
        if ratio <= Self::ALIKE {
            self.as_unlikely += ratio;
        } else {
            self.likelier += ratio;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tested(cells: &[&[u64]]) -> AssociationTest {
        match association(&cells.iter().map(|row| row.to_vec()).collect::<Vec<_>>()) {
            Association::Tested(test) => test,
            other => panic!("{other:?}"),
        }
    }

    fn close(one: f64, other: f64) -> bool {
        (one - other).abs() <= 1e-9 * other.abs().max(1e-300)
    }

    /// As SciPy has it, without Yates' correction: `chi2_contingency([[10, 20, 30], [20, 20, 20]], correction=False)`.
    #[test]
    fn the_chi_square_test_is_that_of_others() {
        let test = tested(&[&[10, 20, 30], &[20, 20, 20]]);
        assert!(close(test.chi_square, 16.0 / 3.0), "{test:?}");
        assert_eq!(test.degrees_of_freedom, 2);
        // With two degrees of freedom, what lies beyond is an exponential.
        assert!(close(test.p_value, (-8.0_f64 / 3.0).exp()), "{test:?}");
    }

    /// φ² = 0.04444, less 2/119; k̃ = 3 − 4/119, r̃ = 2 − 1/119.
    #[test]
    fn cramers_v_is_corrected_for_its_bias() {
        let test = tested(&[&[10, 20, 30], &[20, 20, 20]]);
        let expected = ((16.0 / 360.0 - 2.0 / 119.0) / (1.0 - 1.0 / 119.0_f64)).sqrt();
        assert!(close(test.cramers_v, expected), "{test:?}");
        assert!(close(tested(&[&[40, 0], &[0, 40]]).cramers_v, 1.0));
        assert_eq!(tested(&[&[40, 40], &[40, 40]]).cramers_v, 0.0);
    }

    #[test]
    fn an_association_that_nobody_can_doubt_has_no_p_value_to_write() {
        assert_eq!(tested(&[&[90_000, 10_000], &[10_000, 90_000]]).p_value, 0.0);
        assert_eq!(tested(&[&[50, 50], &[50, 50]]).p_value, 1.0);
    }

    #[test]
    fn with_few_expected_in_more_than_a_fifth_of_the_cells_there_is_no_test() {
        // Expected in the first row: 4, 4; in the second: 16, 16. Two of four cells are too many.
        let few = association(&[vec![1, 7], vec![19, 13]]);
        assert_eq!(few, Association::TooFewAnswers { below_five: 2, cells: 4 });
        // One of five columns with few: two of ten cells are no more than a fifth.
        tested(&[&[50, 50, 50, 50, 4], &[50, 50, 50, 50, 4]]);
    }

    #[test]
    fn empty_rows_and_columns_are_no_part_of_the_table() {
        let padded = tested(&[&[10, 0, 20, 30], &[0, 0, 0, 0], &[20, 0, 20, 20]]);
        assert_eq!(padded, tested(&[&[10, 20, 30], &[20, 20, 20]]));
        for nothing in [vec![], vec![vec![]], vec![vec![3, 0], vec![9, 0]], vec![vec![3, 9], vec![0, 0]]] {
            assert_eq!(association(&nothing), Association::NothingToCompare);
        }
    }

    fn of(one: (u64, u64), other: (u64, u64)) -> f64 {
        fisher(Tally::new(one.0, one.1).unwrap(), Tally::new(other.0, other.1).unwrap())
    }

    /// Fisher's tea (1935): 17/35; and SciPy's example, `fisher_exact([[8, 2], [1, 5]])`.
    #[test]
    fn the_exact_test_is_that_of_others() {
        assert!(close(of((3, 4), (1, 4)), 17.0 / 35.0));
        assert!((of((8, 10), (1, 6)) - 0.034_965_034_965_034_96).abs() < 1e-12);
        assert_eq!(of((0, 10), (0, 90)), 1.0);
        assert_eq!(of((10, 10), (90, 90)), 1.0);
    }

    #[test]
    fn three_of_ten_where_one_in_twenty_is_usual_happens_by_chance() {
        // Binomial(10, 0.05): 0.0115.
        let p_value = of((3, 10), (5_000, 100_000));
        assert!((0.011..0.0125).contains(&p_value), "{p_value}");
    }

    #[test]
    fn what_is_too_unlikely_to_be_written_is_zero_and_takes_no_time() {
        assert!(of((40_000, 50_000), (10_000, 50_000)) < 1e-300);
        assert!(of((10_000, 50_000), (40_000, 50_000)) < 1e-300);
    }

    proptest! {
        #[test]
        fn neither_side_is_the_first(a in 0_u64..=20, b in 0_u64..=300) {
            let (there, back) = (of((a, 20), (b, 300)), of((b, 300), (a, 20)));
            prop_assert!((there - back).abs() <= 1e-9 * there, "{there} {back}");
            let mirrored = of((20 - a, 20), (300 - b, 300));
            prop_assert!((there - mirrored).abs() <= 1e-9 * there, "{there} {mirrored}");
            prop_assert!(there > 0.0 && there <= 1.0);
        }

        /// By every table with the same totals.
        #[test]
        fn the_exact_test_is_a_sum_over_tables(a in 0_u64..=9, b in 0_u64..=12) {
            let choose = |n: u64, k: u64| (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product::<f64>();
            let all = a + b;
            let tables = all.saturating_sub(12)..=all.min(9);
            let likely = |k: u64| choose(9, k) * choose(12, all - k) / choose(21, all);
            let expected: f64 = tables.map(likely).filter(|p| *p <= likely(a) * (1.0 + 1e-7)).sum();
            prop_assert!((of((a, 9), (b, 12)) - expected).abs() < 1e-12);
        }
    }
}
