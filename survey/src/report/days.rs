//! Spans of whole days.

use jiff::Span;
use jiff::civil::{Date, date};

use super::Period;

/// A span of whole days, both included, counted from 1970-01-01 in UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Days {
    pub first: i32,
    pub last: i32,
}

impl Days {
    /// The last `count` days up to and including `last`. A span has at least one day.
    pub fn up_to(last: i32, count: u16) -> Self {
        Self { first: last - i32::from(count.max(1)) + 1, last }
    }

    /// The span of the same length before.
    pub fn before(self) -> Self {
        Self { first: self.first - self.length(), last: self.first - 1 }
    }

    /// This span and the one before it, which a change is measured against.
    pub fn with_before(self) -> Self {
        Self { first: self.before().first, ..self }
    }

    pub(super) fn length(self) -> i32 {
        self.last - self.first + 1
    }

    /// Whether all of `other` lies in it.
    pub(super) fn contains(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// As it is written down.
    pub fn period(self) -> Period {
        Period { first_day: written(self.first), last_day: written(self.last) }
    }
}

/// A day of the calendar; its last one, the end of the year 9999, for whatever comes later.
pub(super) fn date_of(day: i32) -> Date {
    const EPOCH: Date = date(1970, 1, 1);
    Span::new().try_days(day).and_then(|days| EPOCH.checked_add(days)).unwrap_or(Date::MAX)
}

/// A day as `2026-11-21`.
pub(super) fn written(day: i32) -> String {
    date_of(day).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_dates() {
        // 2025-11-21.
        let today = Days::up_to(20_413, 1);
        assert_eq!(today.period(), Period { first_day: "2025-11-21".into(), last_day: "2025-11-21".into() });
        assert_eq!(written(-1), "1969-12-31");
        assert_eq!(written(i32::MAX), "9999-12-31");
    }
}
