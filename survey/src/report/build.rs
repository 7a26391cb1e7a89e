//! Building reports: from counts per day to the figures that are shown.
//!
//! Takes the collector's counts as they are stored, adds up those of equal scales, whatever survey or version they came
//! with, and keeps different scales apart. The figures themselves are [`crate::score`]'s.

use std::collections::{BTreeMap, HashMap};

use super::days::{Days, written};
use super::{Funnel, PageReport, PagesReport, PointCount, ScaleReport, TrendStep};
use crate::definition::{QuestionId, Scale, SurveyId};
use crate::score::{Histogram, Standing, Verdict, changes, discoveries, figures, rank_against};

/// How many answers one point of one question got on one page on one day.
#[derive(Clone, PartialEq, Debug)]
pub struct HistogramRow {
    pub page: String,
    pub survey: SurveyId,
    pub version: u32,
    pub question: QuestionId,
    pub day: i32,
    pub point: u8,
    pub count: u64,
}

/// How far surveys got on one page in the whole span.
#[derive(Clone, PartialEq, Debug)]
pub struct PageFunnel {
    pub page: String,
    pub funnel: Funnel,
}

/// Builds the report of a span from the counts of [`Days::with_before`] and the funnels of the span itself. `scale_of` knows
/// every published question's scale. Pages come in the order of their keys.
pub fn pages_report<'s>(
    days: Days,
    rows: &[HistogramRow],
    funnels: &[PageFunnel],
    scale_of: impl Fn(&SurveyId, u32, &QuestionId) -> Option<&'s Scale>,
) -> PagesReport {
    let Sums { site, places } = Sums::reckon(days, rows, funnels, scale_of, Some);
    PagesReport { period: days.period(), site, pages: places.into_values().collect() }
}

/// The figures of a site, and of each place to which its pages are added up: themselves, or groups, or stages.
pub(super) struct Sums<'a> {
    pub site: PageReport,
    /// Those with an exposure or an answer, by name.
    pub places: BTreeMap<&'a str, PageReport>,
}

impl<'a> Sums<'a> {
    /// Adds up what is counted on each page to the place that `place_of` knows of it. Pages without one are in the site's alone.
    pub fn reckon<'s: 'a>(
        days: Days,
        rows: &'a [HistogramRow],
        funnels: &'a [PageFunnel],
        scale_of: impl Fn(&SurveyId, u32, &QuestionId) -> Option<&'s Scale>,
        place_of: impl Fn(&'a str) -> Option<&'a str>,
    ) -> Self {
        let mut places: BTreeMap<&str, PageReport> = BTreeMap::new();
        let mut site = PageReport::empty("");
        for PageFunnel { page, funnel } in funnels {
            site.funnel += *funnel;
            if let Some(place) = place_of(page) {
                places.entry(place).or_insert_with(|| PageReport::empty(place)).funnel += *funnel;
            }
        }
        for table in Tables::count(days, rows, scale_of, place_of).by_scale {
            site.scores.extend(table.site.report(None));
            for (place, report) in table.reports() {
                places.entry(place).or_insert_with(|| PageReport::empty(place)).scores.push(report);
            }
        }
        let places = places.into_iter().map(|(name, place)| (name, place.with_response_rate())).collect();
        Self { site: site.with_response_rate(), places }
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
struct Tables<'a> {
    by_scale: Vec<Table<'a>>,
}

/// The counts on one scale.
struct Table<'a> {
    site: Counts<'a>,
    places: BTreeMap<&'a str, Counts<'a>>,
}

/// How often each point was chosen: in the span, in the one before, and in each step.
struct Counts<'a> {
    scale: &'a Scale,
    steps: Vec<(Days, Vec<u64>)>,
    now: Vec<u64>,
    before: Vec<u64>,
}

impl<'a> Tables<'a> {
    fn count<'s: 'a>(
        days: Days,
        rows: &'a [HistogramRow],
        scale_of: impl Fn(&SurveyId, u32, &QuestionId) -> Option<&'s Scale>,
        place_of: impl Fn(&'a str) -> Option<&'a str>,
    ) -> Self {
        let mut by_scale: Vec<Table> = Vec::new();
        let mut tables: HashMap<(&SurveyId, u32, &QuestionId), Option<usize>> = HashMap::new();
        for row in rows {
            let table = *tables.entry((&row.survey, row.version, &row.question)).or_insert_with(|| {
                let scale = scale_of(&row.survey, row.version, &row.question)?;
                by_scale.iter().position(|table| table.site.scale == scale).or_else(|| {
                    by_scale.push(Table { site: Counts::none(scale, days), places: BTreeMap::new() });
                    Some(by_scale.len() - 1)
                })
            });
            // Nothing is counted that is not published, so there is always a table.
            let Some(table) = table else { continue };
            let Table { site, places } = &mut by_scale[table];
            if let Some(place) = place_of(&row.page) {
                places.entry(place).or_insert_with(|| Counts::none(site.scale, days)).add(days, row);
            }
            site.add(days, row);
        }
        by_scale.sort_by_key(|table| table.site.scale.metric());
        Self { by_scale }
    }
}

impl<'a> Table<'a> {
    /// Of each place with answers in the span.
    fn reports(&self) -> Vec<(&'a str, ScaleReport)> {
        let standings = self.standings();
        let report_of = |place: &str, counts: &Counts| counts.report(standings.get(place).copied());
        let mut reports: Vec<_> =
            self.places.iter().filter_map(|(place, counts)| Some((*place, report_of(place, counts)?))).collect();
        judge_among_each_other(reports.iter_mut().map(|(_, report)| report).collect());
        reports
    }

    /// How each place stands against the site.
    fn standings(&self) -> HashMap<&'a str, Standing> {
        let tally = |counts: &Counts| counts.histogram(&counts.now)?.tally();
        let tallies = self.places.iter().filter_map(|(place, counts)| Some((*place, tally(counts)?)));
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

impl<'a> Counts<'a> {
    fn none(scale: &'a Scale, days: Days) -> Self {
        let zeros = vec![0; scale.values().len()];
        let steps = days.steps().into_iter().map(|step| (step, zeros.clone())).collect();
        Self { scale, steps, now: zeros.clone(), before: zeros }
    }

    fn add(&mut self, days: Days, row: &HistogramRow) {
        // A point that is not on the scale was never accepted.
        let Some(index) = self.scale.score(row.point.into()).map(|score| self.scale.index(score)) else { return };
        if days.contains(row.day) {
            self.now[index] += row.count;
        } else if days.before().contains(row.day) {
            self.before[index] += row.count;
        }
        if let Some((_, counts)) = self.steps.iter_mut().find(|(step, _)| step.contains(row.day)) {
            counts[index] += row.count;
        }
    }

    /// None only above [`crate::score::MAX_ANSWERS`], a million answers a second for 285 years.
    fn histogram(&self, counts: &[u64]) -> Option<Histogram<'a>> {
        Histogram::from_counts(self.scale, counts.to_vec()).ok()
    }

    /// None where there are no answers in the span.
    fn report(&self, standing: Option<Standing>) -> Option<ScaleReport> {
        let now = self.histogram(&self.now)?;
        let figures = figures(&now)?;
        let change = self.histogram(&self.before).and_then(|before| changes(&now, &before).ok().flatten());
        Some(ScaleReport {
            metric: self.scale.metric(),
            first_point: self.scale.first(),
            last_point: self.scale.last(),
            figures,
            change: change.and_then(|changes| changes.headline(figures.headline)),
            verdict_among_all: None,
            distribution: self.distribution(),
            trend: self.steps.iter().map(|(step, counts)| self.trend_step(*step, counts)).collect(),
            shrunken_share: standing.map(|standing| standing.expected_percent),
            below_site: standing.map(|standing| standing.below_site),
            hurts: standing.is_some_and(|standing| standing.hurts),
        })
    }

    fn distribution(&self) -> Vec<PointCount> {
        let points = self.scale.points().filter_map(|point| self.scale.score(point.into()));
        points
            .zip(&self.now)
            .map(|(score, &count)| PointCount { point: score.point(), band: self.scale.band(score).into(), count })
            .collect()
    }

    fn trend_step(&self, step: Days, counts: &[u64]) -> TrendStep {
        let figures = self.histogram(counts).and_then(|histogram| figures(&histogram));
        TrendStep {
            day: written(step.first),
            n: counts.iter().sum(),
            headline: figures.map(|figures| figures.headline_figure()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Metric;

    /// 2025-11-21.
    const TODAY: i32 = 20_413;

    fn row(page: &str, (survey, version): (&str, u32), day: i32, point: u8, count: u64) -> HistogramRow {
        HistogramRow {
            page: page.into(),
            survey: survey.parse().unwrap(),
            version,
            question: "score".parse().unwrap(),
            day,
            point,
            count,
        }
    }

    /// Three surveys: two ask CES on seven points, the third NPS.
    fn report(days: Days, rows: &[HistogramRow], funnels: &[PageFunnel]) -> PagesReport {
        let (ces, nps) = (Scale::ces7(), Scale::nps());
        pages_report(days, rows, funnels, |survey, _, _| match survey.as_str() {
            "help" | "docs" => Some(&ces),
            "journal" => Some(&nps),
            _ => None,
        })
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
        let page = report(Days::up_to(TODAY, 30), &rows, &[]).pages.remove(0);
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
        let funnel = |page: &str, shown| PageFunnel {
            page: page.into(),
            funnel: Funnel { eligible: 40, shown, answered: 4, ..Funnel::default() },
        };
        let rows = [row("a.b/x", HELP, TODAY, 7, 2), row("a.b/y", HELP, TODAY, 1, 6)];
        let report = report(Days::up_to(TODAY, 7), &rows, &[funnel("a.b/x", 10), funnel("a.b/y", 30)]);
        assert_eq!(report.site.scores[0].figures.n, 8);
        assert_eq!(report.site.response_rate, Some(20.0));
        assert_eq!(
            report.pages.iter().map(|page| page.response_rate).collect::<Vec<_>>(),
            [Some(40.0), Some(400.0 / 30.0)]
        );
    }

    #[test]
    fn a_page_that_nobody_answered_on_has_no_figure_but_a_response_rate() {
        let shown = PageFunnel { page: "a.b/x".into(), funnel: Funnel { shown: 9, ..Funnel::default() } };
        let page = report(Days::up_to(TODAY, 7), &[], &[shown]).pages.remove(0);
        assert!(page.scores.is_empty());
        assert_eq!(page.response_rate, Some(0.0));
    }

    #[test]
    fn the_period_before_counts_only_for_the_change() {
        let days = Days::up_to(TODAY, 10);
        let rows = [row("a.b/x", HELP, TODAY - 9, 7, 40), row("a.b/x", HELP, TODAY - 10, 1, 40)];
        let score = report(days, &rows, &[]).pages.remove(0).scores.remove(0);
        assert_eq!(score.figures.n, 40);
        assert_eq!(score.change.map(|change| change.difference.round()), Some(6.0));
        assert_eq!(days.with_before(), Days { first: TODAY - 19, last: TODAY });
        let only_before = report(days, &rows[1..], &[]);
        assert!(only_before.pages.is_empty());
    }

    #[test]
    fn a_small_sample_is_pulled_towards_the_site() {
        let mut rows: Vec<_> = (0..6).map(|page| row(&format!("a.b/{page}"), HELP, TODAY, 6, 90)).collect();
        rows.extend((0..6).map(|page| row(&format!("a.b/{page}"), HELP, TODAY, 2, 10 + page)));
        rows.push(row("a.b/few", HELP, TODAY, 1, 2));
        let report = report(Days::up_to(TODAY, 7), &rows, &[]);
        let few = report.pages.iter().find(|page| page.page == "a.b/few").unwrap();
        assert_eq!(few.scores[0].figures.share.percent, 0.0);
        assert!(few.scores[0].shrunken_share.unwrap() > 50.0, "{:?}", few.scores[0].shrunken_share);
        assert_eq!(report.site.scores[0].shrunken_share, None);
    }

    /// Pages whose mean rises a little, by chance or not, from `before` sevens of 40 answers to `now` of them.
    fn changed(page: &str, before: u64, now: u64) -> Vec<HistogramRow> {
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
        let alone = report(Days::up_to(TODAY, 10), &changed("a.b/risen", 16, 26), &[]);
        assert_eq!(verdicts(&alone), [(Better, Better)]);
        assert_eq!(alone.site.scores[0].change.unwrap().verdict, Better);
        assert_eq!(alone.site.scores[0].verdict_among_all, None);

        let mut rows: Vec<_> = (0..30).flat_map(|page| changed(&format!("a.b/{page}"), 20, 20)).collect();
        rows.extend(changed("a.b/risen", 16, 26));
        rows.extend(changed("a.b/soared", 5, 35));
        let among = report(Days::up_to(TODAY, 10), &rows, &[]);
        let expected: Vec<_> = [(NoClearChange, NoClearChange); 30]
            .into_iter()
            .chain([(Better, NoClearChange), (Better, Better)])
            .collect();
        assert_eq!(verdicts(&among), expected);
    }

    #[test]
    fn a_page_that_hurts_is_marked_and_the_site_is_not() {
        let mut rows: Vec<_> = (0..9).map(|page| row(&format!("a.b/{page}"), HELP, TODAY, 6, 90)).collect();
        rows.extend((0..9).map(|page| row(&format!("a.b/{page}"), HELP, TODAY, 2, 10 + page)));
        rows.extend([row("a.b/few", HELP, TODAY, 1, 2), row("a.b/hurts", HELP, TODAY, 2, 60)]);
        let report = report(Days::up_to(TODAY, 7), &rows, &[]);
        let hurting = report.pages.iter().filter(|page| page.scores[0].hurts).map(|page| page.page.as_str());
        assert_eq!(hurting.collect::<Vec<_>>(), ["a.b/hurts"]);
        assert_eq!((report.site.scores[0].hurts, report.site.scores[0].below_site), (false, None));
    }
}
