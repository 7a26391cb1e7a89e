//! Building reports: from counts per day to the figures that are shown.
//!
//! Takes the collector's counts as they are stored, adds up those of equal scales, whatever survey or version they came
//! with, and keeps different scales apart. The figures themselves are [`crate::score`]'s.

use std::collections::HashMap;

use super::days::{Days, written};
use super::listing::{ListedPage, Listing, NotListed};
use super::{Funnel, PageReport, PagesReport, PointCount, ScaleReport, TrendStep};
use crate::definition::{QuestionId, Scale, SurveyId};
use crate::score::{Histogram, Standing, Verdict, discoveries, figures, headline_change, rank_against};

/// What was counted of one version of a survey on some days, which lie within one of [`Days::parts`].
#[derive(Clone, PartialEq, Debug)]
pub struct Block<'a, C> {
    pub survey: &'a SurveyId,
    pub version: u32,
    /// Nothing, if it counts how far the survey got.
    pub question: Option<&'a QuestionId>,
    pub days: Days,
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

/// What was counted in a span of days and in the one before, ready to be reported.
pub struct Reports<'p, 's> {
    pages: &'p [String],
    tables: Tables<'s>,
}

impl<'p, 's> Reports<'p, 's> {
    /// Adds up what was counted in [`Days::with_before`]. `scale_of` knows every published question's scale; `pages` are those that
    /// cells speak of.
    pub fn count<'a, C: IntoIterator<Item = Cell>>(
        days: Days,
        pages: &'p [String],
        blocks: impl IntoIterator<Item = Block<'a, C>>,
        scale_of: impl Fn(&SurveyId, u32, &QuestionId) -> Option<&'s Scale>,
    ) -> Self {
        let mut tables = Tables::new(days, pages.len());
        let mut places = HashMap::new();
        for block in blocks {
            tables.add(block, &mut places, &scale_of);
        }
        tables.by_scale.sort_by_key(|table| table.site.scale.metric());
        Self { pages, tables }
    }

    /// The site's figures, and those of some of its pages. Pages of which nothing was counted are left out.
    ///
    /// # Errors
    /// When the list is to go on after a page that is not in it.
    pub fn list(&self, listing: &Listing) -> Result<PagesReport, NotListed> {
        let site = self.site();
        let all = self.all_pages();
        let total = all.len();
        let (mut listed, next) = listing.pick(&site, all)?;
        listed.iter_mut().for_each(|page| self.add_trends(page));
        let pages = listed.into_iter().map(|listed| listed.report).collect();
        Ok(PagesReport { period: self.tables.days.period(), site, pages, total, next })
    }

    /// One page's figures; none at all if nothing was counted on it.
    pub fn page(&self, page: &str) -> PageReport {
        let found = self.all_pages().into_iter().find(|listed| listed.report.page == page);
        found.map_or_else(
            || PageReport::empty(page),
            |mut listed| {
                self.add_trends(&mut listed);
                listed.report
            },
        )
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
        let mut listed = self.every_page();
        listed.iter_mut().for_each(|page| self.add_trends(page));
        listed.into_iter().map(|page| page.report).collect()
    }

    /// Those pages on which something was counted in the span, with how many visitors answered there.
    pub fn counted_pages(&self) -> Vec<(&'p str, u64)> {
        let counted = self.all_pages();
        counted.into_iter().map(|page| (self.pages[page.place].as_str(), page.report.funnel.answered)).collect()
    }

    pub(super) fn days(&self) -> Days {
        self.tables.days
    }

    pub(super) fn site(&self) -> PageReport {
        let mut site = PageReport::empty("");
        site.funnel = Funnel::of_stages(&self.tables.funnel);
        for table in &self.tables.by_scale {
            site.scores.extend(table.site.report(None).map(|report| table.site.with_trend(report)));
        }
        site.with_response_rate()
    }

    /// Those of which something was counted.
    fn all_pages(&self) -> Vec<ListedPage> {
        let mut listed = self.every_page();
        listed.retain(|page| page.report.funnel != Funnel::default() || !page.report.scores.is_empty());
        listed
    }

    /// Without their trends, which cost more than all else.
    fn every_page(&self) -> Vec<ListedPage> {
        let funnels = self.tables.funnels.iter().map(Funnel::of_stages);
        let report = |(page, funnel): (&String, Funnel)| PageReport { funnel, ..PageReport::empty(page) };
        let reports = self.pages.iter().zip(funnels).map(report);
        let mut listed: Vec<ListedPage> = reports
            .enumerate()
            .map(|(place, report)| ListedPage { place, report: report.with_response_rate(), scales: Vec::new() })
            .collect();
        for (scale, table) in self.tables.by_scale.iter().enumerate() {
            for (page, report) in table.reports() {
                listed[page].report.scores.push(report);
                listed[page].scales.push(scale);
            }
        }
        listed
    }

    fn add_trends(&self, page: &mut ListedPage) {
        for (score, scale) in page.report.scores.iter_mut().zip(&page.scales) {
            if let Some(counts) = &self.tables.by_scale[*scale].pages[page.place] {
                score.trend = counts.trend();
            }
        }
    }
}

impl PageReport {
    /// What is said of a page of which nothing is known.
    pub fn empty(page: &str) -> Self {
        Self { page: page.to_owned(), funnel: Funnel::default(), response_rate: None, scores: Vec::new() }
    }

    fn with_response_rate(self) -> Self {
        Self { response_rate: self.funnel.response_rate(), ..self }
    }
}

/// All counts, apart by scale.
struct Tables<'s> {
    days: Days,
    by_scale: Vec<Table<'s>>,
    /// Of each page, within the span itself; and of all of them.
    funnels: Vec<[i64; Funnel::STAGES]>,
    funnel: [i64; Funnel::STAGES],
}

/// The counts on one scale.
struct Table<'s> {
    site: Counts<'s>,
    /// Of each page; nothing, where nothing was counted.
    pages: Vec<Option<Counts<'s>>>,
}

/// Where each question's counts go; nowhere, if it has no scale.
type Places<'a> = HashMap<(&'a SurveyId, u32, &'a QuestionId), Option<usize>>;

/// How often each point was chosen: in the span, in the one before, and in each step.
#[derive(Clone)]
struct Counts<'s> {
    scale: &'s Scale,
    steps: Vec<(Days, Vec<i64>)>,
    before: Vec<i64>,
}

impl<'s> Tables<'s> {
    fn new(days: Days, pages: usize) -> Self {
        let funnel = [0; Funnel::STAGES];
        Self { days, by_scale: Vec::new(), funnels: vec![funnel; pages], funnel }
    }

    fn add<'a, C: IntoIterator<Item = Cell>>(
        &mut self,
        block: Block<'a, C>,
        places: &mut Places<'a>,
        scale_of: impl Fn(&SurveyId, u32, &QuestionId) -> Option<&'s Scale>,
    ) {
        let Some(question) = block.question else { return self.add_stages(block) };
        let place = *places.entry((block.survey, block.version, question)).or_insert_with(|| {
            let scale = scale_of(block.survey, block.version, question)?;
            Some(self.table_of(scale))
        });
        // A question that has no scale has choices.
        let Some(place) = place else { return };
        self.by_scale[place].add(block.days, block.cells, self.days);
    }

    fn add_stages<C: IntoIterator<Item = Cell>>(&mut self, block: Block<'_, C>) {
        if !self.days.contains(block.days.first) {
            return;
        }
        for Cell { page, bin, count } in block.cells {
            let bin = usize::from(bin);
            if let (Some(funnel), Some(all)) = (self.funnels.get_mut(page), self.funnel.get_mut(bin)) {
                funnel[bin] += count;
                *all += count;
            }
        }
    }

    fn table_of(&mut self, scale: &'s Scale) -> usize {
        self.by_scale.iter().position(|table| table.site.scale == scale).unwrap_or_else(|| {
            let site = Counts::none(scale, self.days);
            self.by_scale.push(Table { site, pages: vec![None; self.funnels.len()] });
            self.by_scale.len() - 1
        })
    }
}

impl<'s> Tables<'s> {
    /// With each page's counts added to those of its place, of so many.
    fn added_up(&self, count: usize, places: &[Option<usize>]) -> Self {
        let mut sums = Self { funnel: self.funnel, ..Self::new(self.days, count) };
        for (stages, place) in self.funnels.iter().zip(places) {
            if let Some(place) = *place {
                sums.funnels[place].iter_mut().zip(stages).for_each(|(sum, count)| *sum += count);
            }
        }
        sums.by_scale = self.by_scale.iter().map(|table| table.added_up(count, places)).collect();
        sums
    }
}

impl<'s> Table<'s> {
    fn added_up(&self, count: usize, places: &[Option<usize>]) -> Self {
        let mut sums = Self { site: self.site.clone(), pages: vec![None; count] };
        for (page, counts) in self.counted() {
            match places[page].map(|place| &mut sums.pages[place]) {
                Some(Some(sum)) => sum.add(counts),
                Some(empty) => *empty = Some(counts.clone()),
                None => {}
            }
        }
        sums
    }

    fn add(&mut self, days: Days, cells: impl IntoIterator<Item = Cell>, all: Days) {
        let Some(part) = self.site.part(days) else { return };
        let Self { site, pages } = self;
        for Cell { page, bin, count } in cells {
            // A point that is not on the scale was never accepted.
            let Some(index) = site.scale.score(bin.into()).map(|score| site.scale.index(score)) else { continue };
            let Some(of_page) = pages.get_mut(page) else { continue };
            of_page.get_or_insert_with(|| Counts::none(site.scale, all)).of_part(part)[index] += count;
            site.of_part(part)[index] += count;
        }
    }

    /// Those pages of which something was counted, by their places.
    fn counted(&self) -> impl Iterator<Item = (usize, &Counts<'s>)> {
        self.pages.iter().enumerate().filter_map(|(page, counts)| Some((page, counts.as_ref()?)))
    }

    /// Of each page with answers in the span, by its place.
    fn reports(&self) -> Vec<(usize, ScaleReport)> {
        let standings = self.standings();
        let report_of = |page, counts: &Counts| counts.report(standings.get(&page).copied());
        let mut reports: Vec<_> =
            self.counted().filter_map(|(page, counts)| Some((page, report_of(page, counts)?))).collect();
        judge_among_each_other(reports.iter_mut().map(|(_, report)| report).collect());
        reports
    }

    /// How each page stands against the site.
    fn standings(&self) -> HashMap<usize, Standing> {
        let tally = |counts: &Counts| counts.histogram(&counts.now())?.tally();
        let tallies = self.counted().filter_map(|(page, counts)| Some((page, tally(counts)?)));
        let ranked = tally(&self.site).map(|site| rank_against(site, tallies).pages).unwrap_or_default();
        ranked.into_iter().map(|ranked| (ranked.page, ranked.standing)).collect()
    }
}

/// Of many changes some look clear by chance: what is told of one depends on the others.
fn judge_among_each_other(reports: Vec<&mut ScaleReport>) {
    let changed: Vec<_> = reports.into_iter().filter_map(|report| Some((report.change?, report))).collect();
    let p_values: Vec<f64> = changed.iter().map(|(change, _)| change.p_value).collect();
    for ((change, report), is_discovery) in changed.into_iter().zip(discoveries(&p_values)) {
        report.verdict_among_all = Some(if is_discovery { change.verdict } else { Verdict::NoClearChange });
    }
}

/// A part of the days that are read.
#[derive(Clone, Copy)]
enum Part {
    Before,
    /// By its place.
    Step(usize),
}

impl<'s> Counts<'s> {
    fn none(scale: &'s Scale, days: Days) -> Self {
        let zeros = vec![0; scale.values().len()];
        let steps = days.steps().into_iter().map(|step| (step, zeros.clone())).collect();
        Self { scale, steps, before: zeros }
    }

    fn add(&mut self, more: &Self) {
        let add = |sums: &mut [i64], counts: &[i64]| sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        add(&mut self.before, &more.before);
        self.steps.iter_mut().zip(&more.steps).for_each(|((_, sums), (_, counts))| add(sums, counts));
    }

    /// The part in which some days lie, if any.
    fn part(&self, days: Days) -> Option<Part> {
        let first = self.steps.first()?.0.first;
        if days.last < first {
            return Some(Part::Before);
        }
        let place = self.steps.iter().position(|(step, _)| step.contains(days.first) && step.contains(days.last))?;
        Some(Part::Step(place))
    }

    fn of_part(&mut self, part: Part) -> &mut [i64] {
        match part {
            Part::Before => &mut self.before,
            Part::Step(place) => &mut self.steps[place].1,
        }
    }

    fn now(&self) -> Vec<i64> {
        let mut sums = vec![0; self.scale.values().len()];
        for (_, counts) in &self.steps {
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        sums
    }

    /// None only above [`crate::score::MAX_ANSWERS`], a million answers a second for 285 years.
    fn histogram(&self, counts: &[i64]) -> Option<Histogram<'s>> {
        let counts = counts.iter().map(|count| u64::try_from(*count).unwrap_or_default()).collect();
        Histogram::from_counts(self.scale, counts).ok()
    }

    /// Without its trend. None where there are no answers in the span.
    fn report(&self, standing: Option<Standing>) -> Option<ScaleReport> {
        let now = self.histogram(&self.now())?;
        let figures = figures(&now)?;
        let change = self.histogram(&self.before).and_then(|before| headline_change(&now, &before).ok().flatten());
        Some(ScaleReport {
            metric: self.scale.metric(),
            first_point: self.scale.first(),
            last_point: self.scale.last(),
            figures,
            change,
            verdict_among_all: None,
            distribution: distribution(&now),
            trend: Vec::new(),
            shrunken_share: standing.map(|standing| standing.expected_percent),
            below_site: standing.map(|standing| standing.below_site),
            hurts: standing.is_some_and(|standing| standing.hurts),
        })
    }

    fn with_trend(&self, report: ScaleReport) -> ScaleReport {
        ScaleReport { trend: self.trend(), ..report }
    }

    fn trend(&self) -> Vec<TrendStep> {
        self.steps.iter().map(|(step, counts)| self.trend_step(*step, counts)).collect()
    }

    fn trend_step(&self, step: Days, counts: &[i64]) -> TrendStep {
        let figures = self.histogram(counts).and_then(|histogram| figures(&histogram));
        TrendStep {
            day: written(step.first),
            n: figures.as_ref().map_or(0, |figures| figures.n),
            headline: figures.map(|figures| figures.headline_figure()),
        }
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
            let cells = [Cell { page, bin: row.bin, count: row.count }];
            let days = Days { first: row.day, last: row.day };
            Block { survey: &row.survey, version: row.version, question: row.question.as_ref(), days, cells }
        });
        let reports = Reports::count(days, &pages, blocks, |survey, _, _| match survey.as_str() {
            "help" | "docs" => Some(&ces),
            "journal" => Some(&nps),
            _ => None,
        });
        reports.list(&Listing::all()).unwrap()
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
