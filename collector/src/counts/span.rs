//! Spans of days, and the tiles that cover them: the longest that fit, weeks beside them, and days at the ends.

use std::collections::BTreeSet;

use survey::report::Days;

use crate::clock::Day;

/// How long a block counts. Stored as a number, so what a number means never changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Grain {
    Day = 0,
    /// From Monday to Sunday.
    Week = 1,
    /// Four weeks, which follow each other from the first Monday on.
    FourWeeks = 2,
}

/// 1970-01-01 was a Thursday: the Monday before is day −3.
const FIRST_MONDAY: Day = -3;

impl Grain {
    /// From the shortest to the longest; each is made of whole ones of those before it.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::FourWeeks];

    pub fn code(self) -> i64 {
        self as i64
    }

    /// Reads what [`Grain::code`] wrote.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|grain| grain.code() == code)
    }

    pub fn days(self) -> Day {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::FourWeeks => 28,
        }
    }

    /// The first day of the tile that a day lies in.
    pub fn start(self, day: Day) -> Day {
        day - (day - FIRST_MONDAY).rem_euclid(self.days())
    }

    /// The longest tile that begins on the first of some days and lies within them.
    fn longest_in(days: Days) -> Self {
        let fits = |grain: &Self| grain.start(days.first) == days.first && days.first + grain.days() - 1 <= days.last;
        Self::ALL.into_iter().rev().find(fits).unwrap_or(Self::Day)
    }
}

/// Tiles of one grain that follow each other, from the first day of the first to the first day of the last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Tile {
    pub grain: Grain,
    pub first: Day,
    pub last: Day,
}

/// The fewest tiles that cover some spans, which follow each other without gaps, so that every tile lies within one of them.
pub fn cover(spans: &[Days]) -> Vec<Tile> {
    let mut tiles = BTreeSet::new();
    for span in spans {
        let mut day = span.first;
        while day <= span.last {
            let grain = Grain::longest_in(Days { first: day, last: span.last });
            tiles.insert((grain, day));
            day += grain.days();
        }
    }
    let mut runs: Vec<Tile> = Vec::new();
    for (grain, day) in tiles {
        match runs.last_mut() {
            Some(run) if run.grain == grain && run.last + grain.days() == day => run.last = day,
            _ => runs.push(Tile { grain, first: day, last: day }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2025-11-24, a Monday.
    const MONDAY: Day = 20_416;

    #[test]
    fn weeks_begin_on_monday() {
        let starts: Vec<Day> = (MONDAY - 1..MONDAY + 8).map(|day| Grain::Week.start(day)).collect();
        assert_eq!(starts[0], MONDAY - 7);
        assert!(starts[1..8].iter().all(|start| *start == MONDAY));
        assert_eq!(starts[8], MONDAY + 7);
        assert_eq!(Grain::Week.start(-4), -10, "also before 1970");
    }

    #[test]
    fn four_weeks_are_read_as_one_where_they_begin() {
        let four_weeks = Grain::FourWeeks.start(MONDAY);
        let tile = |grain, first, last| Tile { grain, first, last };
        let whole = Days { first: four_weeks - 7, last: four_weeks + 56 };
        let expected = [
            tile(Grain::Day, four_weeks + 56, four_weeks + 56),
            tile(Grain::Week, four_weeks - 7, four_weeks - 7),
            tile(Grain::FourWeeks, four_weeks, four_weeks + 28),
        ];
        assert_eq!(cover(&[whole]), expected);
    }

    #[test]
    fn whole_weeks_are_read_as_such_and_the_ends_as_days() {
        let days = Days { first: MONDAY - 2, last: MONDAY + 15 };
        let tile = |grain, first, last| Tile { grain, first, last };
        let expected = [
            tile(Grain::Day, MONDAY - 2, MONDAY - 1),
            tile(Grain::Day, MONDAY + 14, MONDAY + 15),
            tile(Grain::Week, MONDAY, MONDAY + 7),
        ];
        assert_eq!(cover(&[days]), expected);
    }

    proptest! {
        #[test]
        fn every_day_is_covered_once_and_no_tile_lies_in_two_spans(lengths in proptest::collection::vec(1i32..100, 1..6), first in 0i32..50) {
            let mut spans = Vec::new();
            let mut day = first;
            for length in lengths {
                spans.push(Days { first: day, last: day + length - 1 });
                day += length;
            }
            let mut covered = Vec::new();
            for run in cover(&spans) {
                for start in (run.first..=run.last).step_by(run.grain.days() as usize) {
                    let tile = Days { first: start, last: start + run.grain.days() - 1 };
                    prop_assert!(spans.iter().any(|span| span.first <= tile.first && tile.last <= span.last));
                    covered.extend(tile.first..=tile.last);
                }
            }
            covered.sort_unstable();
            prop_assert_eq!(covered, (first..day).collect::<Vec<_>>());
        }
    }
}
