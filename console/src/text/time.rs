//! Times as people say them: how long ago, which day.

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// How long before `now` something was; both in Unix milliseconds. Clocks differ a little, so the future is just now.
pub fn ago(then: i64, now: i64) -> String {
    match now.saturating_sub(then) {
        ..MINUTE_MS => "just now".to_owned(),
        age @ ..HOUR_MS => format!("{} min ago", age / MINUTE_MS),
        age @ ..DAY_MS => format!("{} h ago", age / HOUR_MS),
        age if age < 2 * DAY_MS => "yesterday".to_owned(),
        age => format!("{} days ago", age / DAY_MS),
    }
}

/// A day written `2026-11-21`, as "21 Nov"; as it is, if it is not written so.
pub fn day_in_words(day: &str) -> String {
    let mut parts = day.split('-').skip(1).map(str::parse::<usize>);
    match (parts.next(), parts.next()) {
        (Some(Ok(month @ 1..=12)), Some(Ok(day))) => format!("{day} {}", MONTHS[month - 1]),
        _ => day.to_owned(),
    }
}

/// The month of a day written `2026-11-21`: "Nov"; the day as it is, if it is not written so.
pub fn month_in_words(day: &str) -> String {
    day_in_words(day).split_once(' ').map_or_else(|| day.to_owned(), |(_, month)| month.to_owned())
}

/// A moment written `2026-12-01T09:00:00Z`, as "1 Dec 2026, 09:00 UTC"; as it is, if it is not written so.
pub fn moment_in_words(moment: &str) -> String {
    let words = || {
        let (day, time) = moment.strip_suffix('Z')?.split_once('T')?;
        let (year, minute) = (day.get(..4)?, time.get(..5)?);
        Some(format!("{} {year}, {minute} UTC", day_in_words(day)))
    };
    words().unwrap_or_else(|| moment.to_owned())
}

/// A span of days: "23 Oct – 21 Nov".
pub fn span_in_words(first_day: &str, last_day: &str) -> String {
    format!("{} – {}", day_in_words(first_day), day_in_words(last_day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_said_in_its_largest_unit() {
        let now = 1_795_000_000_000;
        assert_eq!(ago(now - 59_999, now), "just now");
        assert_eq!(ago(now + 5_000, now), "just now");
        assert_eq!(ago(now - 4 * MINUTE_MS, now), "4 min ago");
        assert_eq!(ago(now - 3 * HOUR_MS, now), "3 h ago");
        assert_eq!(ago(now - 30 * HOUR_MS, now), "yesterday");
        assert_eq!(ago(now - 12 * DAY_MS, now), "12 days ago");
    }

    #[test]
    fn a_day_is_said_without_its_year() {
        assert_eq!(span_in_words("2026-10-23", "2026-11-21"), "23 Oct – 21 Nov");
        assert_eq!(day_in_words("2026-13-01"), "2026-13-01");
        assert_eq!(day_in_words("soon"), "soon");
        assert_eq!((month_in_words("2026-11-21").as_str(), month_in_words("soon").as_str()), ("Nov", "soon"));
    }

    #[test]
    fn a_moment_says_its_year_and_its_clock() {
        assert_eq!(moment_in_words("2026-12-01T09:00:00Z"), "1 Dec 2026, 09:00 UTC");
        assert_eq!(moment_in_words("2026-12-01T09:00:00+01:00"), "2026-12-01T09:00:00+01:00");
        assert_eq!(moment_in_words("soonZ"), "soonZ");
    }
}
