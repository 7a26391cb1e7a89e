//! Wording: names, times, rules and states as the console says them. Pure, so that what people read is tested without a browser.

mod language;
mod log;
mod names;
mod reach;
mod segments;
mod standing;
mod time;

pub use language::languages_in_words;
pub use log::{actor_in_words, deed_in_words, details_in_words, subject_in_words};
pub use names::{
    band_name, band_points, device_name, doubts_in_words, metric_abbreviation, metric_label, metric_name, page_label,
    role_name, shares_one_host,
};
pub use reach::{reach_basis, reach_in_words};
pub use segments::{dimension_name, value_name};
pub use standing::{sample_in_words, schedule_in_words, state_name, state_reason};
pub use time::{ago, day_in_words, last_used_in_words, moment_in_words, month_in_words, span_in_words};

/// What stands before and after a dash that means "to".
pub const DASH: &str = "\u{2009}–\u{2009}";

/// A count with its thousands set apart: 3,180.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let between = tr!("between thousands" => ",");
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push_str(between);
        }
        grouped.push(digit);
    }
    grouped
}

/// A number written with a point before its decimals, with what the reader's language has in its place.
pub fn decimal(number: &str) -> String {
    number.replace('.', tr!("before decimals" => "."))
}

/// "a", "a and b", "a, b and c".
pub fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [others @ .., last] => tr!("{others} and {last}", others = others.join(", "), last),
    }
}

/// A rate in percent, with one decimal below ten: 6.2 %, 71 %.
pub fn rate(percent: f64) -> String {
    let decimals = if percent == 0.0 || percent >= 9.95 { 0 } else { 1 };
    format!("{}\u{202f}%", decimal(&format!("{percent:.decimals$}")))
}

/// A part of a whole, as a rate; nothing where there is no whole.
pub fn part(part: u64, whole: u64) -> Option<String> {
    (whole > 0).then(|| rate(100.0 * part as f64 / whole as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(3_180), "3,180");
        assert_eq!(count(1_108_900), "1,108,900");
    }

    #[test]
    fn names_are_listed_as_people_say_them() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(listed(&names(&["a"])), "a");
        assert_eq!(listed(&names(&["a", "b"])), "a and b");
        assert_eq!(listed(&names(&["a", "b", "c"])), "a, b and c");
    }

    #[test]
    fn a_small_rate_keeps_a_decimal() {
        assert_eq!(rate(0.0), "0\u{202f}%");
        assert_eq!(rate(6.185), "6.2\u{202f}%");
        assert_eq!(rate(9.96), "10\u{202f}%");
        assert_eq!(part(1, 0), None);
        assert_eq!(part(1, 3).as_deref(), Some("33\u{202f}%"));
    }
}
