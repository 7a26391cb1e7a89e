//! The table's rows: which pages stand in it, in what order.
//!
//! The order that answers "which pages hurt" is the collector's: by the share of positive answers with small samples pulled
//! towards the site's. Pages without a figure come last, whichever way a column is sorted.

use std::cmp::Ordering;

use survey::definition::Direction;
use survey::report::{Funnel, GroupsReport, PagesReport, PointBand, ScaleReport};

use crate::reading::{ScaleName, on_scale};
use crate::text::{page_label, shares_one_host};

/// One page on one scale.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    pub page: String,
    /// The page as it is listed.
    pub label: String,
    /// What the page calls itself.
    pub title: Option<String>,
    /// Of all surveys on the page, not of this scale alone.
    pub funnel: Funnel,
    pub score: Option<ScaleReport>,
    /// Its visitors were asked on other scales.
    pub is_scored_elsewhere: bool,
}

impl Row {
    pub fn answers(&self) -> u64 {
        self.score.as_ref().map_or(0, |score| score.figures.n)
    }

    /// Whether there is nothing to say of it on this scale, but on another.
    pub fn is_of_another_scale(&self) -> bool {
        self.score.is_none() && self.is_scored_elsewhere
    }

    pub fn is_small_sample(&self) -> bool {
        self.score.as_ref().is_some_and(|score| score.figures.low_confidence)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Column {
    Page,
    Score,
    Answers,
    Response,
    Change,
}

/// How the table is sorted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Order {
    pub column: Column,
    pub descending: bool,
}

/// What hurts comes first.
pub const WORST_FIRST: Order = Order { column: Column::Score, descending: false };

impl Order {
    /// The order after a press on a column's header: that column, the way people want it first; pressed again, the other way.
    pub fn pressed(self, column: Column) -> Self {
        if self.column == column {
            return Self { descending: !self.descending, ..self };
        }
        Self { column, descending: matches!(column, Column::Answers) }
    }
}

/// All pages of a report, on one scale.
pub fn rows(report: &PagesReport, scale: ScaleName) -> Vec<Row> {
    let one_host = shares_one_host(report.pages.iter().map(|page| page.page.as_str()));
    let rows = report.pages.iter().map(|page| Row {
        page: page.page.clone(),
        label: page_label(&page.page, one_host).to_owned(),
        title: page.title.clone(),
        funnel: page.funnel,
        score: on_scale(page, scale).cloned(),
        is_scored_elsewhere: page.scores.iter().any(|score| ScaleName::of(score) != scale),
    });
    rows.collect()
}

/// All page groups of a report, on one scale: their patterns stand for titles.
pub fn group_rows(report: &GroupsReport, scale: ScaleName) -> Vec<Row> {
    let rows = report.groups.iter().map(|group| Row {
        page: group.name.clone(),
        label: group.name.clone(),
        title: Some(group.pattern.clone()),
        funnel: group.funnel,
        score: group.scores.iter().find(|score| ScaleName::of(score) == scale).cloned(),
        is_scored_elsewhere: group.scores.iter().any(|score| ScaleName::of(score) != scale),
    });
    rows.collect()
}

/// The rows whose page or title contains the search, in order.
pub fn arranged(rows: &[Row], order: Order, search: &str) -> Vec<Row> {
    let search = search.trim().to_lowercase();
    let is_found = |text: &str| text.to_lowercase().contains(&search);
    let is_sought = |row: &&Row| is_found(&row.page) || row.title.as_deref().is_some_and(is_found);
    let mut found: Vec<Row> = rows.iter().filter(is_sought).cloned().collect();
    found.sort_by(|a, b| compare(a, b, order).then_with(|| a.page.cmp(&b.page)));
    found
}

/// Those that have a place on this scale, and how many pages have theirs on another.
pub fn apart(found: Vec<Row>) -> (Vec<Row>, usize) {
    let all = found.len();
    let here: Vec<Row> = found.into_iter().filter(|row| !row.is_of_another_scale()).collect();
    let elsewhere = all - here.len();
    (here, elsewhere)
}

fn compare(a: &Row, b: &Row, order: Order) -> Ordering {
    let turned = |ordering: Ordering| if order.descending { ordering.reverse() } else { ordering };
    let figure = |of: fn(&Row) -> Option<f64>| match (of(a), of(b)) {
        (Some(a), Some(b)) => turned(a.total_cmp(&b)),
        (a, b) => b.is_some().cmp(&a.is_some()),
    };
    match order.column {
        Column::Page => turned(a.label.cmp(&b.label)),
        Column::Answers => turned(a.answers().cmp(&b.answers())),
        Column::Score => figure(|row| row.score.as_ref()?.shrunken_share),
        Column::Response => figure(|row| row.funnel.response_rate()),
        Column::Change => figure(|row| improvement(row.score.as_ref()?)),
    }
}

/// By how much the headline figure is better than before; below zero where it is worse.
fn improvement(score: &ScaleReport) -> Option<f64> {
    let last = score.distribution.last().map(|last| last.band);
    let direction =
        if last == Some(PointBand::Negative) { Direction::LowerIsBetter } else { Direction::HigherIsBetter };
    let sign = if score.figures.headline.is_better_higher(direction) { 1.0 } else { -1.0 };
    Some(sign * score.change.as_ref()?.difference)
}

#[cfg(test)]
mod tests {
    use survey::report::PointCount;
    use survey::score::{Change, Interval, Verdict};

    use super::*;
    use crate::parts::sample::{page, report, scale};

    fn pages(rows: &[Row]) -> Vec<&str> {
        rows.iter().map(|row| row.label.as_str()).collect()
    }

    #[test]
    fn what_hurts_comes_first_and_pages_without_answers_last_either_way() {
        let report = report(vec![page("a.b/fine", 90.0), page("a.b/silent", None), page("a.b/hurts", 20.0)]);
        let rows = rows(&report, scale());
        assert_eq!(pages(&arranged(&rows, WORST_FIRST, "")), ["/hurts", "/fine", "/silent"]);
        let best_first = WORST_FIRST.pressed(Column::Score);
        assert_eq!(pages(&arranged(&rows, best_first, "")), ["/fine", "/hurts", "/silent"]);
    }

    #[test]
    fn what_became_worse_by_most_comes_first_also_where_low_is_good() {
        let changed = |key: &str, difference: f64, bands: [PointBand; 2]| {
            let mut page = page(key, 50.0);
            let score = &mut page.scores[0];
            let interval = Interval { low: difference - 1.0, high: difference + 1.0 };
            score.change = Some(Change { difference, interval, p_value: 0.5, verdict: Verdict::NoClearChange });
            score.distribution =
                [1, 2].into_iter().zip(bands).map(|(point, band)| PointCount { point, band, count: 1 }).collect();
            page
        };
        let by_change = Order { column: Column::Change, descending: false };
        for (bands, first) in [
            ([PointBand::Negative, PointBand::Positive], ["/fallen", "/risen"]),
            ([PointBand::Positive, PointBand::Negative], ["/risen", "/fallen"]),
        ] {
            let report = report(vec![changed("a.b/risen", 0.5, bands), changed("a.b/fallen", -0.5, bands)]);
            assert_eq!(pages(&arranged(&rows(&report, scale()), by_change, "")), first);
        }
    }

    #[test]
    fn a_page_that_was_asked_on_another_scale_is_told_from_one_that_nobody_answered() {
        let report = report(vec![page("a.b/asked", 90.0), page("a.b/silent", None)]);
        let other = ScaleName { last_point: 5, ..scale() };
        let elsewhere: Vec<bool> = rows(&report, other).iter().map(|row| row.is_scored_elsewhere).collect();
        assert_eq!(elsewhere, [true, false]);
        assert!(!rows(&report, scale())[0].is_scored_elsewhere);
    }

    #[test]
    fn pages_of_another_scale_stand_apart_and_those_without_any_answer_do_not() {
        let report = report(vec![page("a.b/asked", 90.0), page("a.b/silent", None)]);
        let other = ScaleName { last_point: 5, ..scale() };
        let (here, elsewhere) = apart(rows(&report, other));
        assert_eq!((pages(&here), elsewhere), (vec!["/silent"], 1));
        assert_eq!(apart(rows(&report, scale())).1, 0);
    }

    #[test]
    fn the_same_figures_always_stand_in_the_same_order() {
        let report = report(vec![page("a.b/2", 50.0), page("a.b/1", 50.0), page("a.b/3", 50.0)]);
        assert_eq!(pages(&arranged(&rows(&report, scale()), WORST_FIRST, "")), ["/1", "/2", "/3"]);
    }

    #[test]
    fn the_search_looks_at_the_whole_key_in_any_case() {
        let report = report(vec![page("a.b/Help", 50.0), page("a.b/cart", 50.0)]);
        let rows = rows(&report, scale());
        assert_eq!(pages(&arranged(&rows, WORST_FIRST, " help ")), ["/Help"]);
        assert_eq!(arranged(&rows, WORST_FIRST, "A.B/").len(), 2);
        assert_eq!(arranged(&rows, WORST_FIRST, "zebra").len(), 0);
    }

    #[test]
    fn a_header_pressed_twice_turns_the_order() {
        let once = WORST_FIRST.pressed(Column::Answers);
        assert_eq!(once, Order { column: Column::Answers, descending: true });
        assert_eq!(once.pressed(Column::Answers), Order { column: Column::Answers, descending: false });
    }
}
