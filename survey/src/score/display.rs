//! How figures are shown: rounded for reading, no more digits than the answers bear.
//!
//! For display only; everything that computes or travels is unrounded. Numbers alone, without a unit: where "%" or
//! "points" goes differs by language.

/// From this many answers on, shares and nets are shown with one decimal.
pub const DECIMAL_FROM: u64 = 1000;

/// A share of `n` answers, in percent: `72`, or `72.4` from [`DECIMAL_FROM`] answers on.
pub fn percent(percent: f64, n: u64) -> String {
    plain(percent, decimals(n))
}

/// A net of `n` answers, or the change of a share or net, in percentage points: `+28`, `−5`, `0`.
/// For a change, `n` is the smaller of the two periods'.
pub fn points(points: f64, n: u64) -> String {
    signed(points, decimals(n))
}

/// A mean, in the scale's values: `4.13`.
pub fn mean(value: f64) -> String {
    plain(value, 2)
}

/// The change of a mean, in the scale's values: `+0.31`, `−0.05`, `0.00`.
pub fn mean_change(difference: f64) -> String {
    signed(difference, 2)
}

fn decimals(n: u64) -> usize {
    if n < DECIMAL_FROM { 0 } else { 1 }
}

fn signed(figure: f64, decimals: usize) -> String {
    let shown = plain(figure, decimals);
    if rounded(figure, decimals) > 0.0 { format!("+{shown}") } else { shown }
}

fn plain(figure: f64, decimals: usize) -> String {
    let rounded = rounded(figure, decimals);
    let size = format!("{:.decimals$}", rounded.abs());
    // A true minus sign; and none before a zero.
    if rounded < 0.0 { format!("\u{2212}{size}") } else { size }
}

/// Halves away from zero, as people round; `format!` alone would round them to even.
fn rounded(figure: f64, decimals: usize) -> f64 {
    let unit = 10_f64.powi(decimals as i32);
    (figure * unit).round() / unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_whole_below_a_thousand_answers_and_have_one_decimal_from_there() {
        assert_eq!(percent(72.449, 999), "72");
        assert_eq!(percent(72.449, 1000), "72.4");
        assert_eq!(percent(100.0, 12), "100");
        assert_eq!(percent(0.0, 5_000), "0.0");
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        assert_eq!(percent(62.5, 8), "63");
        assert_eq!(points(-12.5, 8), "\u{2212}13");
        assert_eq!(mean(4.125), "4.13");
    }

    #[test]
    fn nets_wear_their_sign_and_a_true_minus() {
        assert_eq!(points(28.4, 50), "+28");
        assert_eq!(points(-5.0, 50), "\u{2212}5");
        assert_eq!(points(-5.25, 2000), "\u{2212}5.3");
        assert_eq!(mean_change(0.314), "+0.31");
    }

    #[test]
    fn what_rounds_to_zero_has_no_sign() {
        assert_eq!(points(-0.3, 50), "0");
        assert_eq!(points(0.3, 50), "0");
        assert_eq!(points(-0.04, 5000), "0.0");
        assert_eq!(mean_change(-0.001), "0.00");
    }

    #[test]
    fn means_have_two_decimals() {
        assert_eq!(mean(5.0), "5.00");
        assert_eq!(mean(-1.5), "\u{2212}1.50");
    }
}
