//! Times as people say them: how long ago, which day.

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A month as it stands behind a day.
fn month_of_day(month: usize) -> Option<&'static str> {
    Some(match month {
        1 => tr!("Jan"),
        2 => tr!("Feb"),
        3 => tr!("Mar"),
        4 => tr!("Apr"),
        5 => tr!("May"),
        6 => tr!("Jun"),
        7 => tr!("Jul"),
        8 => tr!("Aug"),
        9 => tr!("Sep"),
        10 => tr!("Oct"),
        11 => tr!("Nov"),
        12 => tr!("Dec"),
        _ => return None,
    })
}

/// A month by itself.
fn month_alone(month: usize) -> Option<&'static str> {
    Some(match month {
        3 => tr!("alone" => "Mar"),
        5 => tr!("alone" => "May"),
        6 => tr!("alone" => "Jun"),
        7 => tr!("alone" => "Jul"),
        other => return month_of_day(other),
    })
}

/// How long before `now` something was; both in Unix milliseconds. Clocks differ a little, so the future is just now.
pub fn ago(then: i64, now: i64) -> String {
    match now.saturating_sub(then) {
        ..MINUTE_MS => tr!("just now").to_owned(),
        age @ ..HOUR_MS => tr!("{age} min ago", age = age / MINUTE_MS),
        age @ ..DAY_MS => tr!("{age} h ago", age = age / HOUR_MS),
        age if age < 2 * DAY_MS => tr!("yesterday").to_owned(),
        age => tr!("{n} day ago" | "{n} days ago" % (age / DAY_MS).unsigned_abs()),
    }
}

/// A day written `2026-11-21`, as "21 Nov"; as it is, if it is not written so.
pub fn day_in_words(day: &str) -> String {
    let words = || {
        let (month, number) = month_and_day(day)?;
        Some(format!("{number} {}", month_of_day(month)?))
    };
    words().unwrap_or_else(|| day.to_owned())
}

fn month_and_day(day: &str) -> Option<(usize, usize)> {
    let mut parts = day.split('-').skip(1).map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

/// The month of a day written `2026-11-21`: "Nov"; the day as it is, if it is not written so.
pub fn month_in_words(day: &str) -> String {
    month_and_day(day).and_then(|(month, _)| month_alone(month)).unwrap_or(day).to_owned()
}

/// A moment written `2026-12-01T09:00:00Z`, as "1 Dec 2026, 09:00 UTC"; as it is, if it is not written so.
pub fn moment_in_words(moment: &str) -> String {
    let words = || {
        let (day, time) = moment.strip_suffix('Z')?.split_once('T')?;
        let (year, minute) = (day.get(..4)?, time.get(..5)?);
        Some(tr!("{day} {year}, {minute} UTC", day = day_in_words(day), year, minute))
    };
    words().unwrap_or_else(|| moment.to_owned())
}

/// On which day a token or a link was last used, if ever.
pub fn last_used_in_words(day: Option<&str>) -> String {
    day.map_or_else(|| tr!("never used").to_owned(), |day| tr!("last used {day}", day = day_in_words(day)))
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
