//! Time: the one place where the clock is read. Everything else is told what time it is.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type UnixMs = i64;

/// Days since 1970-01-01: of the calendar in some time zone, UTC unless it is said which.
pub type Day = i32;

/// Hours since then.
pub type Hour = i64;

pub const HOUR_MS: i64 = 60 * 60 * 1_000;

pub const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

pub fn now() -> UnixMs {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

/// The hour in which a moment lies.
pub fn hour_of(moment: UnixMs) -> Hour {
    moment.div_euclid(HOUR_MS)
}

/// The day on which a moment lies.
pub fn day_of(moment: UnixMs) -> Day {
    // i64::MAX milliseconds are 106 751 991 167 days, beyond an i32; the clock will not get there.
    Day::try_from(moment.div_euclid(DAY_MS)).unwrap_or(Day::MAX)
}

/// Where the days of a site begin and end.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// UTC, if there is no such zone: settings that name one are refused.
    pub fn named(name: &str) -> Self {
        Self(TimeZone::get(name).unwrap_or(TimeZone::UTC))
    }

    /// The day of its calendar on which a moment lies.
    pub fn day_of(&self, moment: UnixMs) -> Day {
        let local = Timestamp::from_millisecond(moment).map(|moment| moment.to_zoned(self.0.clone()).date());
        local.map_or_else(|_| day_of(moment), day_of_date)
    }
}

/// Calendars of people reach from the year −9999 to 9999, which days since 1970 do as well.
pub fn day_of_date(date: Date) -> Day {
    const EPOCH: Date = jiff::civil::date(1970, 1, 1);
    EPOCH.until(date).map_or(0, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_and_ends_where_the_zone_says() {
        // 2026-03-29, 22:30 UTC: half past midnight in Berlin, whose clocks went forward that morning.
        let late = 1_774_823_400_000;
        let days = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Pacific/Kiritimati"];
        let days = days.map(|zone| Zone::named(zone).day_of(late) - day_of(late));
        assert_eq!(days, [0, 1, 0, 1]);
        assert_eq!(Zone::named("Europe/Atlantis").day_of(late), day_of(late), "UTC where there is no such zone");
    }
}
