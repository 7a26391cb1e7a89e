//! Heat maps: the figures of the most answered pages, or groups, step by step; from the same counts as their trends.

use serde::{Deserialize, Serialize};

use super::build::Reports;
use super::tables::{Counts, Table};
use super::{Days, FigureRange, HeatMapCell, HeatMapReport, HeatMapRow, HeatMapScale};
use crate::definition::{Metric, Scale};
use crate::page::{PageGroup, group_of};
use crate::score::{Headline, Histogram, LOW_CONFIDENCE_BELOW, figures};

/// What the rows of a heat map are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HeatMapBy {
    #[default]
    Page,
    /// Page groups, as the settings say now.
    Group,
}

impl Reports<'_, '_> {
    /// The most answered pages, at most so many, by the figures of a metric; if none is named, of that which has most answers.
    pub fn heat_map(&self, metric: Option<Metric>, limit: usize) -> HeatMapReport {
        self.heat_map_by(HeatMapBy::Page, metric, limit)
    }

    /// The same of page groups: each the sum of its pages.
    pub fn heat_map_of_groups(&self, groups: &[PageGroup], metric: Option<Metric>, limit: usize) -> HeatMapReport {
        let names: Vec<String> = groups.iter().map(|group| group.name.clone()).collect();
        let place =
            |page: &str| group_of(groups, page).and_then(|found| groups.iter().position(|group| group == found));
        self.added_up(&names, place).heat_map_by(HeatMapBy::Group, metric, limit)
    }

    fn heat_map_by(&self, by: HeatMapBy, metric: Option<Metric>, limit: usize) -> HeatMapReport {
        let table = self.most_answered(metric);
        let mut rows = table.map(|table| self.answered(table)).unwrap_or_default();
        rows.sort_by(|(name, n, _), (other_name, other_n, _)| other_n.cmp(n).then_with(|| name.cmp(other_name)));
        let total = rows.len();
        let rows: Vec<HeatMapRow> = rows.into_iter().take(limit).map(|(name, _, counts)| row(name, counts)).collect();
        HeatMapReport {
            period: self.period(),
            by,
            metrics: self.answered_metrics(),
            scale: table.map(|table| HeatMapScale::of(table.scale)),
            steps: self.tables.timeline.steps().iter().map(|step| step.period()).collect(),
            seen: FigureRange::of(rows.iter().flat_map(|row| &row.cells)),
            site: table.map_or_else(|| self.empty_row(), |table| row("", table.site())),
            rows,
            total,
        }
    }

    fn most_answered(&self, metric: Option<Metric>) -> Option<&Table<'_>> {
        let tables =
            self.tables.by_scale.iter().filter(|table| metric.is_none_or(|metric| table.scale.metric() == metric));
        tables
            .map(|table| (answers(table.site()), table))
            .filter(|(n, _)| *n > 0)
            .max_by_key(|(n, _)| *n)
            .map(|(_, table)| table)
    }

    fn answered_metrics(&self) -> Vec<Metric> {
        let answered = self.tables.by_scale.iter().filter(|table| answers(table.site()) > 0);
        let metrics: Vec<Metric> = answered.map(|table| table.scale.metric()).collect();
        [Metric::Ces, Metric::Csat, Metric::Nps].into_iter().filter(|metric| metrics.contains(metric)).collect()
    }

    /// Each row that has answers, with how many.
    fn answered<'t>(&'t self, table: &'t Table<'_>) -> Vec<(&'t str, u64, Counts<'t, 't>)> {
        let pages = self.pages.iter().enumerate().map(|(place, page)| (page.as_str(), table.of_page(place)));
        pages.map(|(page, counts)| (page, answers(counts), counts)).filter(|(_, n, _)| *n > 0).collect()
    }

    fn empty_row(&self) -> HeatMapRow {
        let cells = self.tables.timeline.steps().iter().map(|_: &Days| HeatMapCell::of(None)).collect();
        HeatMapRow { name: String::new(), all: HeatMapCell::of(None), cells }
    }
}

fn answers(counts: Counts<'_, '_>) -> u64 {
    counts.histogram().map_or(0, |histogram| histogram.n())
}

fn row(name: &str, counts: Counts<'_, '_>) -> HeatMapRow {
    let cells = counts.steps().map(HeatMapCell::of).collect();
    HeatMapRow { name: name.to_owned(), all: HeatMapCell::of(counts.histogram()), cells }
}

impl HeatMapCell {
    fn of(histogram: Option<Histogram<'_>>) -> Self {
        let figures = histogram.and_then(|histogram| figures(&histogram));
        let n = figures.map_or(0, |figures| figures.n);
        let headline = figures.map(|figures| figures.headline_figure());
        Self { n, headline, low_confidence: n < LOW_CONFIDENCE_BELOW }
    }
}

impl HeatMapScale {
    fn of(scale: &Scale) -> Self {
        let headline = Headline::from(scale.metric());
        let possible = match headline {
            Headline::Share => FigureRange { lowest: 0.0, highest: 100.0 },
            Headline::Net => FigureRange { lowest: -100.0, highest: 100.0 },
            Headline::Mean => FigureRange {
                lowest: scale.values().iter().copied().fold(f64::INFINITY, f64::min),
                highest: scale.values().iter().copied().fold(f64::NEG_INFINITY, f64::max),
            },
        };
        let (first_point, last_point) = (scale.first(), scale.last());
        let higher_is_better = headline.is_better_higher(scale.direction());
        Self { metric: scale.metric(), first_point, last_point, headline, higher_is_better, possible }
    }
}

impl FigureRange {
    /// Of those that have enough answers: one visitor is 0 % or 100 %, and would leave no colours for the others.
    fn of<'c>(cells: impl Iterator<Item = &'c HeatMapCell>) -> Option<Self> {
        let figures = cells.filter(|cell| !cell.low_confidence).filter_map(|cell| cell.headline);
        figures.fold(None, |range, figure| {
            let Self { lowest, highest } = range.unwrap_or(Self { lowest: figure, highest: figure });
            Some(Self { lowest: lowest.min(figure), highest: highest.max(figure) })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::definition::{Direction, QuestionId, SurveyId};
    use crate::report::build::{Block, Cell};
    use crate::report::{Period, Timeline, TrendUnit};

    /// 2025-11-21, a Friday.
    const TODAY: i32 = 20_413;

    /// What was answered: page, survey, day, point, how often. The survey `help` asks CES on seven points, `journal` NPS.
    type Row = (&'static str, &'static str, i32, u8, i64);

    /// Of three weeks: from the 10th to the 16th, from the 17th to the 21st, and a Sunday before.
    fn told<T>(rows: &[Row], report: impl FnOnce(Reports<'_, '_>) -> T) -> T {
        let (ces, nps) = (Scale::ces7(), Scale::nps());
        let mut pages: Vec<String> = rows.iter().map(|(page, ..)| (*page).to_owned()).collect();
        pages.sort();
        pages.dedup();
        let question: QuestionId = "score".parse().unwrap();
        let surveys: Vec<SurveyId> = rows.iter().map(|(_, survey, ..)| survey.parse().unwrap()).collect();
        let blocks = rows.iter().zip(&surveys).map(|((page, _, day, point, count), survey)| {
            let page = pages.iter().position(|known| known == page).unwrap();
            let cells = [Ok::<_, Infallible>(Cell { page, bin: *point, count: *count })];
            let days = Days { first: *day, last: *day };
            Block { survey, version: 1, question: Some(&question), days, stands_for: 1.0, cells }
        });
        let timeline = Timeline::by(Days { first: TODAY - 12, last: TODAY }, TrendUnit::Week).unwrap();
        let scale = |survey: &SurveyId, _, _: &_| Some(if survey.as_str() == "help" { &ces } else { &nps });
        report(Reports::count(timeline, &pages, blocks, scale).unwrap())
    }

    const WEEK_AGO: i32 = TODAY - 7;

    fn in_short(row: &HeatMapRow) -> (&str, u64, Vec<Option<f64>>) {
        (&row.name, row.all.n, row.cells.iter().map(|cell| cell.headline).collect())
    }

    #[test]
    fn the_most_answered_pages_come_first_week_by_week() {
        let rows = [
            ("a.b/few", "help", TODAY, 1, 3),
            ("a.b/many", "help", WEEK_AGO, 2, 10),
            ("a.b/many", "help", TODAY, 6, 20),
            ("a.b/some", "help", TODAY - 12, 5, 12),
            ("a.b/before", "help", TODAY - 13, 7, 90),
            ("a.b/other", "journal", TODAY, 10, 4),
        ];
        let map = told(&rows, |reports| reports.heat_map(None, 2));
        let first = |day: &str, last: &str| Period { first_day: day.into(), last_day: last.into() };
        assert_eq!(
            map.steps,
            [first("2025-11-09", "2025-11-09"), first("2025-11-10", "2025-11-16"), first("2025-11-17", "2025-11-21")]
        );
        assert_eq!(
            map.rows.iter().map(in_short).collect::<Vec<_>>(),
            [("a.b/many", 30, vec![None, Some(2.0), Some(6.0)]), ("a.b/some", 12, vec![Some(5.0), None, None]),]
        );
        assert_eq!(
            (map.total, map.site.all.n, map.site.cells[2].n),
            (3, 45, 23),
            "those without a row are the site's all the same"
        );
        assert_eq!(map.site.cells[2].headline, Some(123.0 / 23.0));
        assert_eq!(map.seen, Some(FigureRange { lowest: 2.0, highest: 6.0 }));
        let scale = map.scale.unwrap();
        assert_eq!(
            (scale.metric, scale.first_point, scale.last_point, scale.headline),
            (Metric::Ces, 1, 7, Headline::Mean)
        );
        assert_eq!(scale.possible, FigureRange { lowest: 1.0, highest: 7.0 });
    }

    #[test]
    fn a_cell_with_few_answers_is_marked_and_gives_no_colour_to_the_others() {
        let rows = [("a.b/x", "help", WEEK_AGO, 1, 9), ("a.b/x", "help", TODAY, 5, 10)];
        let map = told(&rows, |reports| reports.heat_map(None, 30));
        let cells = &map.rows[0].cells;
        assert_eq!(
            cells.iter().map(|cell| (cell.n, cell.low_confidence)).collect::<Vec<_>>(),
            [(0, true), (9, true), (10, false)]
        );
        assert_eq!(map.seen, Some(FigureRange { lowest: 5.0, highest: 5.0 }));
    }

    #[test]
    fn one_metric_is_told_at_a_time_and_one_that_nobody_asks_for_is_empty() {
        let rows = [("a.b/x", "help", TODAY, 1, 9), ("a.b/x", "journal", TODAY, 10, 3)];
        let nps = told(&rows, |reports| reports.heat_map(Some(Metric::Nps), 30));
        assert_eq!(in_short(&nps.rows[0]), ("a.b/x", 3, vec![None, None, Some(100.0)]));
        assert_eq!(nps.scale.unwrap().possible, FigureRange { lowest: -100.0, highest: 100.0 });
        let csat = told(&rows, |reports| reports.heat_map(Some(Metric::Csat), 30));
        assert_eq!((csat.scale, csat.seen, csat.rows.len(), csat.total), (None, None, 0, 0));
        assert_eq!(csat.metrics, [Metric::Ces, Metric::Nps], "those that can be asked for");
        assert_eq!(in_short(&csat.site), ("", 0, vec![None; 3]));
    }

    #[test]
    fn a_scale_on_which_low_is_good_says_so_of_its_mean() {
        assert!(HeatMapScale::of(&Scale::ces7()).higher_is_better);
        let effort = Scale::ces5_effort();
        assert_eq!((effort.direction(), HeatMapScale::of(&effort).higher_is_better), (Direction::LowerIsBetter, false));
    }

    #[test]
    fn a_group_is_the_sum_of_its_pages() {
        let rows = [
            ("a.b/plants/fern", "help", TODAY, 7, 4),
            ("a.b/plants/ficus", "help", TODAY, 4, 2),
            ("a.b/cart", "help", WEEK_AGO, 1, 5),
            ("a.b/about", "help", TODAY, 1, 50),
        ];
        let group = |name: &str, pattern: &str| PageGroup { name: name.into(), pattern: pattern.parse().unwrap() };
        let groups = [group("Cart", "/cart"), group("Plants", "/plants/*"), group("Blog", "/blog/**")];
        let map = told(&rows, |reports| reports.heat_map_of_groups(&groups, None, 30));
        assert_eq!(
            map.rows.iter().map(in_short).collect::<Vec<_>>(),
            [("Plants", 6, vec![None, None, Some(6.0)]), ("Cart", 5, vec![None, Some(1.0), None]),]
        );
        assert_eq!((map.by, map.total, map.site.all.n), (HeatMapBy::Group, 2, 61));
    }
}
