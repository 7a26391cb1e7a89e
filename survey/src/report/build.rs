//! Building reports: from counts per day to the figures that are shown.
//!
//! Takes the collector's counts as they are stored, adds up those of equal scales, whatever survey or version they came
//! with, and keeps different scales apart. The figures themselves are [`crate::score`]'s.

use std::collections::HashMap;

use super::days::written;
use super::listing::{Listing, NotListed};
use super::tables::{Counts, Table, Tables};
use super::{Days, Funnel, PageReport, PagesReport, PointCount, ReportPeriod, ScaleReport, Timeline, TrendStep};
use crate::definition::{Metric, QuestionId, Scale, SurveyId};
use crate::score::{
    Change, Figures, Histogram, Standing, Verdict, discoveries, figures, headline_change, rank_against,
};

/// What was counted of one version of a survey on some days, which lie within one of [`Timeline::parts`].
#[derive(Clone, PartialEq, Debug)]
pub struct Block<'a, C> {
    pub survey: &'a SurveyId,
    pub version: u32,
    /// Nothing, if it counts how far the survey got.
    pub question: Option<&'a QuestionId>,
    pub days: Days,
    /// For how many page views one in the survey's sample stands: 5, where it is for a fifth of the visitors.
    pub stands_for: f64,
    pub cells: C,
}

/// One count, or what changes in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cell {
    /// The page's place among the pages of the report.
    pub page: usize,
    /// A point, the place of a choice, or that of a stage in the order of [`Funnel`]'s fields.
    pub bin: u8,
    pub count: i64,
}

/// What was counted along a timeline, ready to be reported.
pub struct Reports<'p, 's> {
    pub(super) pages: &'p [String],
    pub(super) tables: Tables<'s>,
}

/// What is said of a page before anybody asks for all of its report: as much as pages are judged and put in order by.
pub(super) struct Candidate<'p> {
    pub place: usize,
    pub page: &'p str,
    pub funnel: Funnel,
    pub scores: Vec<Judged>,
}

/// A page's score on one scale, judged among all pages.
#[derive(Clone, Copy)]
pub(super) struct Judged {
    /// The place of the scale's table.
    table: usize,
    pub metric: Metric,
    pub figures: Figures,
    pub change: Option<Change>,
    /// By how much the headline figure is better than before; below zero where it is worse.
    pub improvement: Option<f64>,
    verdict_among_all: Option<Verdict>,
    /// Nothing for the site, against which pages stand.
    pub standing: Option<Standing>,
}

impl<'p, 's> Reports<'p, 's> {
    /// Adds up what was counted. `scale_of` knows every published question's scale; `pages` are those that cells speak of.
    ///
    /// # Errors
    /// The first of the cells' own: what is stored may not be readable.
    pub fn count<'a, E, C: IntoIterator<Item = Result<Cell, E>>>(
        timeline: Timeline,
        pages: &'p [String],
        blocks: impl IntoIterator<Item = Block<'a, C>>,
        scale_of: impl Fn(&SurveyId, u32, &QuestionId) -> Option<&'s Scale>,
    ) -> Result<Self, E> {
        let mut tables = Tables::new(timeline, pages.len());
        let mut places = HashMap::new();
        for block in blocks {
            let Some(part) = tables.timeline.part(block.days) else { continue };
            let Some(question) = block.question else {
                if part > 0 {
                    tables.add_stages(block.stands_for, block.cells)?;
                }
                continue;
            };
            let place = *places
                .entry((block.survey, block.version, question))
                .or_insert_with(|| scale_of(block.survey, block.version, question).map(|scale| tables.place_of(scale)));
            // A question that has no scale has choices.
            if let Some(place) = place {
                tables.by_scale[place].add(part, block.cells)?;
            }
        }
        tables.by_scale.iter_mut().for_each(Table::add_up_site);
        tables.by_scale.sort_by_key(|table| table.scale.metric());
        Ok(Self { pages, tables })
    }

    /// The site's figures, and those of some of its pages. Pages of which nothing was counted are left out.
    ///
    /// # Errors
    /// When the list is to go on after a page that is not in it.
    pub fn list(&self, listing: &Listing) -> Result<PagesReport, NotListed> {
        let (site, pages) = (self.site(), self.counted());
        let total = pages.len();
        let (listed, next) = listing.pick(&site, pages)?;
        let pages = listed.iter().map(|page| self.report(page)).collect();
        Ok(PagesReport { period: self.period(), site, pages, total, next })
    }

    /// One page's figures; none at all if nothing was counted on it.
    pub fn page(&self, page: &str) -> PageReport {
        let found = self.counted().into_iter().find(|candidate| candidate.page == page);
        found.map_or_else(|| PageReport::empty(page), |page| self.report(&page))
    }

    /// The same of places to which pages are added up, by their names: groups, or stages. Pages without a place are in the site's
    /// figures alone.
    pub(super) fn added_up<'q>(
        &self,
        names: &'q [String],
        place_of: impl Fn(&str) -> Option<usize>,
    ) -> Reports<'q, 's> {
        let places: Vec<Option<usize>> = self.pages.iter().map(|page| place_of(page)).collect();
        Reports { pages: names, tables: self.tables.added_up(names.len(), &places) }
    }

    /// Each place's figures, in their order, also of those where nothing was counted.
    pub(super) fn in_order(&self) -> Vec<PageReport> {
        self.candidates((0..self.pages.len()).collect()).iter().map(|page| self.report(page)).collect()
    }

    /// Those pages on which something was counted in the span, with how many visitors answered there.
    pub fn counted_pages(&self) -> Vec<(&'p str, u64)> {
        let counted = self.counted_places().into_iter();
        counted.map(|page| (self.pages[page].as_str(), self.funnel(page).answered)).collect()
    }

    pub fn period(&self) -> ReportPeriod {
        ReportPeriod { days: self.tables.timeline.days().period(), trend: self.tables.timeline.unit() }
    }

    pub(super) fn site(&self) -> PageReport {
        let funnel = self.tables.funnel.told();
        let tables = self.tables.by_scale.iter().enumerate();
        let judged = tables.filter_map(|(place, table)| Some((table, judge(place, table, table.site(), None)?)));
        let scores = judged.map(|(table, judged)| self.score(table.site(), judged)).collect();
        PageReport { funnel, response_rate: funnel.response_rate(), scores, ..PageReport::empty("") }
    }

    fn counted_places(&self) -> Vec<usize> {
        (0..self.pages.len()).filter(|page| self.tables.is_counted(*page)).collect()
    }

    fn counted(&self) -> Vec<Candidate<'p>> {
        self.candidates(self.counted_places())
    }

    fn funnel(&self, page: usize) -> Funnel {
        self.tables.funnels[page].told()
    }

    fn candidates(&self, places: Vec<usize>) -> Vec<Candidate<'p>> {
        let mut scores: Vec<Vec<Judged>> = self.pages.iter().map(|_| Vec::new()).collect();
        for (place, table) in self.tables.by_scale.iter().enumerate() {
            for (page, judged) in judge_pages(place, table) {
                scores[page].push(judged);
            }
        }
        let candidate = |place: usize| Candidate {
            place,
            page: &self.pages[place],
            funnel: self.funnel(place),
            scores: std::mem::take(&mut scores[place]),
        };
        places.into_iter().map(candidate).collect()
    }

    fn report(&self, page: &Candidate<'_>) -> PageReport {
        let counts = |judged: &Judged| self.tables.by_scale[judged.table].of_page(page.place);
        let scores = page.scores.iter().map(|judged| self.score(counts(judged), *judged)).collect();
        let response_rate = page.funnel.response_rate();
        PageReport { funnel: page.funnel, response_rate, scores, ..PageReport::empty(page.page) }
    }

    fn score(&self, counts: Counts<'_, '_>, judged: Judged) -> ScaleReport {
        let scale = self.tables.by_scale[judged.table].scale;
        let Judged { metric, figures, change, verdict_among_all, standing, .. } = judged;
        ScaleReport {
            metric,
            first_point: scale.first(),
            last_point: scale.last(),
            figures,
            change,
            verdict_among_all,
            distribution: counts.histogram().map(|now| distribution(&now)).unwrap_or_default(),
            trend: self.trend(counts),
            shrunken_share: standing.map(|standing| standing.expected_percent),
            below_site: standing.map(|standing| standing.below_site),
            hurts: standing.is_some_and(|standing| standing.hurts),
        }
    }

    fn trend(&self, counts: Counts<'_, '_>) -> Vec<TrendStep> {
        let steps = self.tables.timeline.steps().iter().zip(counts.steps());
        let step = |(step, histogram): (&Days, Option<Histogram>)| {
            let figures = histogram.and_then(|histogram| figures(&histogram));
            TrendStep {
                day: written(step.first),
                n: figures.as_ref().map_or(0, |figures| figures.n),
                headline: figures.map(|figures| figures.headline_figure()),
            }
        };
        steps.map(step).collect()
    }
}

impl PageReport {
    /// What is said of a page of which nothing is known.
    pub fn empty(page: &str) -> Self {
        let (page, funnel) = (page.to_owned(), Funnel::default());
        Self { page, title: None, funnel, response_rate: None, scores: Vec::new() }
    }
}

/// Each page with answers in the span, by its place.
fn judge_pages(place: usize, table: &Table<'_>) -> Vec<(usize, Judged)> {
    let standings = standings(table);
    let judge_page = |page| Some((page, judge(place, table, table.of_page(page), standings.get(&page).copied())?));
    let mut judged: Vec<_> = (0..table.pages()).filter_map(judge_page).collect();
    judge_among_each_other(judged.iter_mut().map(|(_, judged)| judged).collect());
    judged
}

/// How each page stands against the site.
fn standings(table: &Table<'_>) -> HashMap<usize, Standing> {
    let tally = |counts: Counts| counts.histogram()?.tally();
    let tallies = (0..table.pages()).filter_map(|page| Some((page, tally(table.of_page(page))?)));
    let ranked = tally(table.site()).map(|site| rank_against(site, tallies).pages).unwrap_or_default();
    ranked.into_iter().map(|ranked| (ranked.page, ranked.standing)).collect()
}

/// None where there are no answers in the span.
fn judge(place: usize, table: &Table<'_>, counts: Counts<'_, '_>, standing: Option<Standing>) -> Option<Judged> {
    let now = counts.histogram()?;
    let figures = figures(&now)?;
    let change = counts.before().and_then(|before| headline_change(&now, &before).ok().flatten());
    let sign = if figures.headline.is_better_higher(table.scale.direction()) { 1.0 } else { -1.0 };
    let improvement = change.map(|change| sign * change.difference);
    let metric = table.scale.metric();
    Some(Judged { table: place, metric, figures, change, improvement, verdict_among_all: None, standing })
}

/// Of many changes some look clear by chance: what is told of one depends on the others.
fn judge_among_each_other(judged: Vec<&mut Judged>) {
    let changed: Vec<_> = judged.into_iter().filter_map(|judged| Some((judged.change?, judged))).collect();
    let p_values: Vec<f64> = changed.iter().map(|(change, _)| change.p_value).collect();
    for ((change, judged), is_discovery) in changed.into_iter().zip(discoveries(&p_values)) {
        judged.verdict_among_all = Some(if is_discovery { change.verdict } else { Verdict::NoClearChange });
    }
}

fn distribution(histogram: &Histogram<'_>) -> Vec<PointCount> {
    let scale = histogram.scale();
    let points = scale.points().filter_map(|point| scale.score(point.into()));
    points
        .zip(histogram.counts())
        .map(|(score, &count)| PointCount { point: score.point(), band: scale.band(score).into(), count })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::definition::Metric;

    /// 2025-11-21.
    const TODAY: i32 = 20_413;

    /// So many answers at one point, or as many visitors at one stage.
    struct Row {
        page: &'static str,
        survey: SurveyId,
        version: u32,
        question: Option<QuestionId>,
        day: i32,
        bin: u8,
        count: i64,
    }

    fn row(page: &'static str, (survey, version): (&str, u32), day: i32, bin: u8, count: i64) -> Row {
        let question = Some("score".parse().unwrap());
        Row { page, survey: survey.parse().unwrap(), version, question, day, bin, count }
    }

    fn stages(page: &'static str, reached: [i64; Funnel::STAGES]) -> Vec<Row> {
        let stages = (0..).zip(reached).filter(|(_, count)| *count > 0);
        stages.map(|(stage, count)| Row { question: None, ..row(page, HELP, TODAY, stage, count) }).collect()
    }

    /// Three surveys: two ask CES on seven points, the third NPS.
    fn report(days: Days, rows: &[Row]) -> PagesReport {
        let (ces, nps) = (Scale::ces7(), Scale::nps());
        let mut pages: Vec<String> = rows.iter().map(|row| row.page.to_owned()).collect();
        pages.sort();
        pages.dedup();
        let blocks = rows.iter().map(|row| {
            let page = pages.iter().position(|page| page == row.page).unwrap();
            let cells = [Ok::<_, Infallible>(Cell { page, bin: row.bin, count: row.count })];
            let days = Days { first: row.day, last: row.day };
            Block {
                survey: &row.survey,
                version: row.version,
                question: row.question.as_ref(),
                days,
                stands_for: 4.0,
                cells,
            }
        });
        let reports = Reports::count(Timeline::of(days), &pages, blocks, |survey, _, _| match survey.as_str() {
            "help" | "docs" => Some(&ces),
            "journal" => Some(&nps),
            _ => None,
        });
        reports.unwrap().list(&Listing::all()).unwrap()
    }

    const HELP: (&str, u32) = ("help", 1);

    #[test]
    fn equal_scales_are_added_and_different_ones_are_not() {
        let rows = [
            row("a.b/x", HELP, TODAY, 7, 2),
            row("a.b/x", ("help", 2), TODAY, 7, 1),
            row("a.b/x", ("docs", 1), TODAY - 1, 1, 1),
            row("a.b/x", ("journal", 1), TODAY, 10, 5),
        ];
        let page = report(Days::up_to(TODAY, 30), &rows).pages.remove(0);
        assert_eq!(page.scores.len(), 2);
        assert_eq!((page.scores[0].metric, page.scores[0].figures.n), (Metric::Ces, 4));
        assert_eq!(
            page.scores[0].distribution.iter().map(|point| point.count).collect::<Vec<_>>(),
            [1, 0, 0, 0, 0, 0, 3]
        );
        assert_eq!((page.scores[1].metric, page.scores[1].figures.n), (Metric::Nps, 5));
    }

    #[test]
    fn the_site_is_the_sum_of_its_pages() {
        let mut rows = vec![row("a.b/x", HELP, TODAY, 7, 2), row("a.b/y", HELP, TODAY, 1, 6)];
        rows.extend(stages("a.b/x", [40, 10, 0, 4, 0, 0]));
        rows.extend(stages("a.b/y", [40, 30, 0, 4, 0, 0]));
        let report = report(Days::up_to(TODAY, 7), &rows);
        assert_eq!(report.site.scores[0].figures.n, 8);
        assert_eq!(report.site.response_rate, Some(20.0));
        assert_eq!(
            report.pages.iter().map(|page| page.response_rate).collect::<Vec<_>>(),
            [Some(40.0), Some(400.0 / 30.0)]
        );
    }

    #[test]
    fn a_page_that_nobody_answered_on_has_no_figure_but_a_response_rate() {
        let page = report(Days::up_to(TODAY, 7), &stages("a.b/x", [9, 9, 0, 0, 0, 0])).pages.remove(0);
        assert!(page.scores.is_empty());
        assert_eq!(page.response_rate, Some(0.0));
        assert_eq!((page.funnel.eligible, page.funnel.sampled, page.funnel.shown), (36, 9, 9));
    }

    #[test]
    fn the_period_before_counts_only_for_the_change() {
        let days = Days::up_to(TODAY, 10);
        let rows = [row("a.b/x", HELP, TODAY - 9, 7, 40), row("a.b/x", HELP, TODAY - 10, 1, 40)];
        let score = report(days, &rows).pages.remove(0).scores.remove(0);
        assert_eq!(score.figures.n, 40);
        assert_eq!(score.change.map(|change| change.difference.round()), Some(6.0));
        assert_eq!(days.with_before(), Days { first: TODAY - 19, last: TODAY });
        let only_before = report(days, &rows[1..]);
        assert!(only_before.pages.is_empty());
    }

    #[test]
    fn a_small_sample_is_pulled_towards_the_site() {
        const PAGES: [&str; 6] = ["a.b/0", "a.b/1", "a.b/2", "a.b/3", "a.b/4", "a.b/5"];
        let mut rows: Vec<_> = PAGES.map(|page| row(page, HELP, TODAY, 6, 90)).into();
        rows.extend((10..).zip(PAGES).map(|(count, page)| row(page, HELP, TODAY, 2, count)));
        rows.push(row("a.b/few", HELP, TODAY, 1, 2));
        let report = report(Days::up_to(TODAY, 7), &rows);
        let few = report.pages.iter().find(|page| page.page == "a.b/few").unwrap();
        assert_eq!(few.scores[0].figures.share.percent, 0.0);
        assert!(few.scores[0].shrunken_share.unwrap() > 50.0, "{:?}", few.scores[0].shrunken_share);
        assert_eq!(report.site.scores[0].shrunken_share, None);
    }

    fn numbered(page: i64) -> &'static str {
        format!("a.b/{page:02}").leak()
    }

    /// Pages whose mean rises a little, by chance or not, from `before` sevens of 40 answers to `now` of them.
    fn changed(page: &'static str, before: i64, now: i64) -> Vec<Row> {
        let period = |day, sevens| [row(page, HELP, day, 7, sevens), row(page, HELP, day, 3, 40 - sevens)];
        period(TODAY - 10, before).into_iter().chain(period(TODAY, now)).collect()
    }

    fn verdicts(report: &PagesReport) -> Vec<(Verdict, Verdict)> {
        let scores = report.pages.iter().map(|page| &page.scores[0]);
        scores.map(|score| (score.change.unwrap().verdict, score.verdict_among_all.unwrap())).collect()
    }

    #[test]
    fn what_is_a_clear_change_of_one_page_may_be_chance_among_many() {
        use Verdict::{Better, NoClearChange};
        let alone = report(Days::up_to(TODAY, 10), &changed("a.b/risen", 16, 26));
        assert_eq!(verdicts(&alone), [(Better, Better)]);
        assert_eq!(alone.site.scores[0].change.unwrap().verdict, Better);
        assert_eq!(alone.site.scores[0].verdict_among_all, None);

        let mut rows: Vec<_> = (0..30).flat_map(|page| changed(numbered(page), 20, 20)).collect();
        rows.extend(changed("a.b/risen", 16, 26));
        rows.extend(changed("a.b/soared", 5, 35));
        let among = report(Days::up_to(TODAY, 10), &rows);
        let expected: Vec<_> = [(NoClearChange, NoClearChange); 30]
            .into_iter()
            .chain([(Better, NoClearChange), (Better, Better)])
            .collect();
        assert_eq!(verdicts(&among), expected);
    }

    #[test]
    fn a_page_that_hurts_is_marked_and_the_site_is_not() {
        let mut rows: Vec<_> = (0..9).map(|page| row(numbered(page), HELP, TODAY, 6, 90)).collect();
        rows.extend((0..9).map(|page| row(numbered(page), HELP, TODAY, 2, 10 + page)));
        rows.extend([row("a.b/few", HELP, TODAY, 1, 2), row("a.b/hurts", HELP, TODAY, 2, 60)]);
        let report = report(Days::up_to(TODAY, 7), &rows);
        let hurting = report.pages.iter().filter(|page| page.scores[0].hurts).map(|page| page.page.as_str());
        assert_eq!(hurting.collect::<Vec<_>>(), ["a.b/hurts"]);
        assert_eq!((report.site.scores[0].hurts, report.site.scores[0].below_site), (false, None));
    }
}
