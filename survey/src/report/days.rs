//! Spans of days: what a report is about, what it is compared with, and the steps of its trend.

use jiff::Span;
use jiff::civil::{Date, date};

use super::Period;

/// The most steps that a trend line has.
const MAX_STEPS: i32 = 12;

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

    /// What is told apart of it: the span before, and each step of the trend.
    pub fn parts(self) -> Vec<Self> {
        std::iter::once(self.before()).chain(self.steps()).collect()
    }

    pub(super) fn length(self) -> i32 {
        self.last - self.first + 1
    }

    pub(super) fn contains(self, day: i32) -> bool {
        (self.first..=self.last).contains(&day)
    }

    /// At most [`MAX_STEPS`] steps of equal length, oldest first. They end with the span; where they do not come out even, the
    /// oldest is shorter.
    pub(super) fn steps(self) -> Vec<Self> {
        let step = (self.length() + MAX_STEPS - 1) / MAX_STEPS;
        let count = (self.length() + step - 1) / step;
        let ends = (0..count).rev().map(|steps_back| self.last - steps_back * step);
        ends.map(|last| Self { first: (last - step + 1).max(self.first), last }).collect()
    }

    /// As it is written down.
    pub fn period(self) -> Period {
        Period { first_day: written(self.first), last_day: written(self.last) }
    }
}

/// A day as `2026-11-21`.
pub(super) fn written(day: i32) -> String {
    const EPOCH: Date = date(1970, 1, 1);
    // The calendar ends with the year 9999.
    Span::new().try_days(day).and_then(|days| EPOCH.checked_add(days)).unwrap_or(Date::MAX).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2025-11-21.
    const TODAY: i32 = 20_413;

    #[test]
    fn a_trend_has_at_most_twelve_steps_that_cover_the_period_once() {
        for count in 1..=400 {
            let days = Days::up_to(TODAY, count);
            let steps = days.steps();
            assert!(steps.len() <= 12, "{count} days: {steps:?}");
            assert_eq!((steps[0].first, steps[steps.len() - 1].last), (days.first, days.last));
            assert!(steps.windows(2).all(|pair| pair[0].last + 1 == pair[1].first), "{count} days: {steps:?}");
            assert!(steps[1..].iter().all(|step| step.length() == steps[steps.len() - 1].length()));
        }
    }

    #[test]
    fn days_are_written_as_dates() {
        assert_eq!(
            Days::up_to(TODAY, 1).period(),
            Period { first_day: "2025-11-21".into(), last_day: "2025-11-21".into() }
        );
        assert_eq!(written(-1), "1969-12-31");
        assert_eq!(written(i32::MAX), "9999-12-31");
    }
}
