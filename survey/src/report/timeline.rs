//! Timelines: what a report is about, what it is compared with, and the steps of its trend, which follow the calendar.

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

use super::Days;
use super::days::date_of;

/// How long the steps of a trend are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TrendUnit {
    Day,
    /// From Monday to Sunday.
    Week,
    Month,
}

/// A trend by day is of at most so many days: each page has each step.
pub const MOST_DAILY_STEPS: i32 = 92;

/// Up to so many days a trend is by day, unless somebody asks for another; on more of them, a single page has too few answers a day.
const DAILY_UP_TO: i32 = 21;
/// Up to so many it is by week: half a year.
const WEEKLY_UP_TO: i32 = 183;

/// The trend was to have more steps than anybody could see.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "{0} days are more than the {MOST_DAILY_STEPS} of which a trend can be told by day; ask for it by week or by month"
)]
pub struct TooManySteps(i32);

/// The days of a report, as many before them, and the steps of its trend.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timeline {
    days: Days,
    unit: TrendUnit,
    /// The days before, and each step.
    parts: Vec<Days>,
}

impl Timeline {
    /// With the steps that suit so many days.
    pub fn of(days: Days) -> Self {
        let usual = [(DAILY_UP_TO, TrendUnit::Day), (WEEKLY_UP_TO, TrendUnit::Week)];
        let fitting = usual.into_iter().find(|(most, _)| days.length() <= *most);
        Self::stepwise(days, fitting.map_or(TrendUnit::Month, |(_, unit)| unit))
    }

    /// With such steps.
    ///
    /// # Errors
    /// When there would be more than [`MOST_DAILY_STEPS`].
    pub fn by(days: Days, unit: TrendUnit) -> Result<Self, TooManySteps> {
        let length = days.length();
        if unit == TrendUnit::Day && length > MOST_DAILY_STEPS {
            return Err(TooManySteps(length));
        }
        Ok(Self::stepwise(days, unit))
    }

    fn stepwise(days: Days, unit: TrendUnit) -> Self {
        let mut parts = vec![days.before()];
        let mut first = days.first;
        while first <= days.last {
            let last = unit.end(first).min(days.last);
            parts.push(Days { first, last });
            first = last + 1;
        }
        Self { days, unit, parts }
    }

    pub fn days(&self) -> Days {
        self.days
    }

    pub fn unit(&self) -> TrendUnit {
        self.unit
    }

    /// What is counted apart: the days before, and then each step of the trend, oldest first. The first step and the last are
    /// shorter where the report begins or ends within one.
    pub fn parts(&self) -> &[Days] {
        &self.parts
    }

    pub(super) fn steps(&self) -> &[Days] {
        &self.parts[1..]
    }

    /// The part in which all of some days lie, if any, by its place.
    pub(super) fn part(&self, days: Days) -> Option<usize> {
        self.parts.iter().position(|part| part.contains(days))
    }
}

impl TrendUnit {
    /// The last day of the step in which a day lies.
    fn end(self, day: i32) -> i32 {
        let date = date_of(day);
        let more = match self {
            Self::Day => 0,
            Self::Week => date.weekday().until(Weekday::Sunday),
            Self::Month => date.days_in_month() - date.day(),
        };
        day + i32::from(more)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2025-11-21, a Friday.
    const TODAY: i32 = 20_413;

    fn lengths(timeline: &Timeline) -> Vec<i32> {
        timeline.steps().iter().map(|step| step.length()).collect()
    }

    fn by(count: u16, unit: TrendUnit) -> Timeline {
        Timeline::by(Days::up_to(TODAY, count), unit).unwrap()
    }

    #[test]
    fn weeks_end_on_sunday_and_months_with_the_calendar() {
        assert_eq!(lengths(&by(3, TrendUnit::Day)), [1, 1, 1]);
        // From Thursday the 6th to Friday the 21st.
        assert_eq!(lengths(&by(16, TrendUnit::Week)), [4, 7, 5]);
        // From August the 24th.
        assert_eq!(lengths(&by(90, TrendUnit::Month)), [8, 30, 31, 21]);
    }

    #[test]
    fn a_longer_report_has_longer_steps() {
        let usual = |count| {
            let timeline = Timeline::of(Days::up_to(TODAY, count));
            (timeline.unit(), timeline.steps().len())
        };
        assert_eq!([usual(1), usual(21)], [(TrendUnit::Day, 1), (TrendUnit::Day, 21)]);
        assert_eq!([usual(30), usual(90)], [(TrendUnit::Week, 5), (TrendUnit::Week, 14)]);
        assert_eq!(usual(400), (TrendUnit::Month, 14));
    }

    #[test]
    fn nobody_sees_four_hundred_daily_steps() {
        assert_eq!(Timeline::by(Days::up_to(TODAY, 93), TrendUnit::Day), Err(TooManySteps(93)));
        assert_eq!(by(92, TrendUnit::Day).steps().len(), 92);
    }

    proptest! {
        #[test]
        fn every_day_lies_in_one_part(last in 0..50_000, count in 1_u16..=400, unit in prop_oneof![Just(TrendUnit::Week), Just(TrendUnit::Month)]) {
            let days = Days::up_to(last, count);
            let timeline = Timeline::by(days, unit).unwrap();
            let covered: Vec<i32> = timeline.parts().iter().flat_map(|part| part.first..=part.last).collect();
            let read = days.with_before();
            prop_assert_eq!(covered, (read.first..=read.last).collect::<Vec<_>>());
            for day in [read.first, days.first - 1, days.first, days.last] {
                let part = timeline.part(Days { first: day, last: day }).unwrap();
                prop_assert_eq!(part == 0, day < days.first);
            }
        }
    }
}
