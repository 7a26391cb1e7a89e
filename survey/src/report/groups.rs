//! Reports by page group and by stage of the journey: the same counts as those of pages, added up by what the site's settings say
//! now. Nothing is stored by group, so whoever declares groups anew sees the past by them too.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::build::{HistogramRow, PageFunnel, Sums};
use super::{Days, GroupReport, GroupsReport, OtherPages, PageReport, StageReport, StagesReport};
use crate::definition::{QuestionId, Scale, SurveyId};
use crate::page::{PageGroup, Stage, group_of, stage_of};

/// Builds the report by group of a span from what [`super::build::pages_report`] takes. A page is added to the first group that
/// matches; the figures of a group are those of the sum of its pages' histograms. Groups without answers have no figure.
pub fn groups_report<'s>(
    days: Days,
    rows: &[HistogramRow],
    funnels: &[PageFunnel],
    groups: &[PageGroup],
    scale_of: impl Fn(&SurveyId, u32, &QuestionId) -> Option<&'s Scale>,
) -> GroupsReport {
    let places = Places::of(rows, funnels, |page| Some(group_of(groups, page)?.name.as_str()));
    let Sums { site, places: mut sums } = Sums::reckon(days, rows, funnels, scale_of, |page| places.get(page));
    let pages = places.count_pages(days, rows, funnels);
    let report = |group: &PageGroup| {
        let PageReport { funnel, response_rate, scores, .. } = taken(&mut sums, &group.name);
        let (name, pattern) = (group.name.clone(), group.pattern.to_string());
        GroupReport { name, pattern, pages: pages.of(&group.name), funnel, response_rate, scores }
    };
    let groups = groups.iter().map(report).collect();
    GroupsReport { period: days.period(), site, groups, ungrouped: pages.others }
}

/// The same by stage. A stage is the sum of its groups; pages of no group, or of a group of no stage, come under none.
pub fn stages_report<'s>(
    days: Days,
    rows: &[HistogramRow],
    funnels: &[PageFunnel],
    groups: &[PageGroup],
    stages: &[Stage],
    scale_of: impl Fn(&SurveyId, u32, &QuestionId) -> Option<&'s Scale>,
) -> StagesReport {
    let stage = |page: &str| Some(stage_of(stages, group_of(groups, page)?)?.name.as_str());
    let places = Places::of(rows, funnels, stage);
    let Sums { site, places: mut sums } = Sums::reckon(days, rows, funnels, scale_of, |page| places.get(page));
    let pages = places.count_pages(days, rows, funnels);
    let report = |stage: &Stage| {
        let PageReport { funnel, response_rate, scores, .. } = taken(&mut sums, &stage.name);
        let (name, groups) = (stage.name.clone(), stage.groups.clone());
        StageReport { name, groups, pages: pages.of(&stage.name), funnel, response_rate, scores }
    };
    let stages = stages.iter().map(report).collect();
    StagesReport { period: days.period(), site, stages, unstaged: pages.others }
}

fn taken(sums: &mut BTreeMap<&str, PageReport>, name: &str) -> PageReport {
    sums.remove(name).unwrap_or_else(|| PageReport::empty(name))
}

/// The name of the group or stage of each page. Looked up once, because a page has many rows and a site many groups.
struct Places<'a>(HashMap<&'a str, Option<&'a str>>);

/// How many pages there are in a span.
struct PageCounts<'a> {
    by_place: HashMap<&'a str, usize>,
    others: OtherPages,
}

impl<'a> Places<'a> {
    fn of(rows: &'a [HistogramRow], funnels: &'a [PageFunnel], place_of: impl Fn(&'a str) -> Option<&'a str>) -> Self {
        let mut places = HashMap::new();
        for page in rows.iter().map(|row| row.page.as_str()).chain(funnels.iter().map(|counted| counted.page.as_str()))
        {
            places.entry(page).or_insert_with(|| place_of(page));
        }
        Self(places)
    }

    fn get(&self, page: &str) -> Option<&'a str> {
        self.0.get(page).copied().flatten()
    }

    fn count_pages(&self, days: Days, rows: &[HistogramRow], funnels: &[PageFunnel]) -> PageCounts<'a> {
        let answered = rows.iter().filter(|row| days.contains(row.day)).map(|row| row.page.as_str());
        let pages: BTreeSet<&str> = answered.chain(funnels.iter().map(|counted| counted.page.as_str())).collect();
        let mut by_place = HashMap::new();
        for place in pages.iter().filter_map(|page| self.get(page)) {
            *by_place.entry(place).or_insert(0) += 1;
        }
        let others = OtherPages {
            pages: pages.len() - by_place.values().sum::<usize>(),
            answered: funnels
                .iter()
                .filter(|counted| self.get(&counted.page).is_none())
                .map(|counted| counted.funnel.answered)
                .sum(),
        };
        PageCounts { by_place, others }
    }
}

impl PageCounts<'_> {
    fn of(&self, place: &str) -> usize {
        self.by_place.get(place).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::build::pages_report;
    use crate::report::{Funnel, PagesReport};
    use crate::score::{Histogram, figures};

    /// 2025-11-21.
    const TODAY: i32 = 20_413;

    /// A made-up site: what was answered on which page, on a scale from 1 to 7.
    #[derive(Clone, Debug)]
    struct Site {
        rows: Vec<HistogramRow>,
        funnels: Vec<PageFunnel>,
    }

    impl Site {
        /// Each page with the points that its visitors chose today.
        fn answered(pages: &[(&str, &[u8])]) -> Self {
            let row = |page: &str, point: u8| HistogramRow {
                page: page.into(),
                survey: "help".parse().unwrap(),
                version: 1,
                question: "ease".parse().unwrap(),
                day: TODAY,
                point,
                count: 1,
            };
            let funnel = |answered: u64| Funnel { eligible: 90, shown: 40, answered, ..Funnel::default() };
            Self {
                rows: pages
                    .iter()
                    .flat_map(|(page, points)| points.iter().map(move |point| row(page, *point)))
                    .collect(),
                funnels: pages
                    .iter()
                    .map(|(page, points)| PageFunnel { page: (*page).into(), funnel: funnel(points.len() as u64) })
                    .collect(),
            }
        }

        fn by_page(&self) -> PagesReport {
            let ces = Scale::ces7();
            pages_report(Days::up_to(TODAY, 30), &self.rows, &self.funnels, |_, _, _| Some(&ces))
        }

        fn by_group(&self, declared: &[(&str, &str)]) -> GroupsReport {
            let ces = Scale::ces7();
            groups_report(Days::up_to(TODAY, 30), &self.rows, &self.funnels, &groups(declared), |_, _, _| Some(&ces))
        }

        fn by_stage(&self, declared: &[(&str, &str)], stages: &[Stage]) -> StagesReport {
            let (ces, groups) = (Scale::ces7(), groups(declared));
            stages_report(Days::up_to(TODAY, 30), &self.rows, &self.funnels, &groups, stages, |_, _, _| Some(&ces))
        }
    }

    fn groups(declared: &[(&str, &str)]) -> Vec<PageGroup> {
        let group =
            |(name, pattern): &(&str, &str)| PageGroup { name: (*name).into(), pattern: pattern.parse().unwrap() };
        declared.iter().map(group).collect()
    }

    fn stage(name: &str, groups: &[&str]) -> Stage {
        Stage { name: name.into(), groups: groups.iter().map(|group| (*group).into()).collect() }
    }

    const SHOP: &[(&str, &[u8])] = &[
        ("a.b/product/fern", &[7, 7, 6]),
        ("a.b/product/ficus", &[2]),
        ("a.b/cart", &[5, 4]),
        ("a.b/help/returns", &[1]),
        ("a.b/about", &[6]),
    ];
    const GROUPS: &[(&str, &str)] =
        &[("Product", "/product/*"), ("Cart", "/cart"), ("Help", "/help/**"), ("Blog", "/blog/**")];

    /// Name, pages and answers of each group; none where it has no figure.
    fn in_short(report: &GroupsReport) -> Vec<(&str, usize, Option<u64>)> {
        let answers = |group: &GroupReport| group.scores.first().map(|score| score.figures.n);
        report.groups.iter().map(|group| (group.name.as_str(), group.pages, answers(group))).collect()
    }

    #[test]
    fn a_group_is_the_sum_of_its_pages_and_one_without_answers_has_no_figure() {
        let report = Site::answered(SHOP).by_group(GROUPS);
        assert_eq!(
            in_short(&report),
            [("Product", 2, Some(4)), ("Cart", 1, Some(2)), ("Help", 1, Some(1)), ("Blog", 0, None)]
        );
        let product = &report.groups[0];
        assert_eq!((product.scores[0].figures.mean.value, product.response_rate), (22.0 / 4.0, Some(5.0)));
        assert_eq!((report.groups[3].scores.len(), report.groups[3].response_rate), (0, None));
        assert_eq!(report.ungrouped, OtherPages { pages: 1, answered: 1 });
        assert_eq!(report.site, Site::answered(SHOP).by_page().site, "pages of no group are the site's all the same");
    }

    #[test]
    fn declaring_groups_anew_changes_their_figures_and_not_the_sites() {
        let site = Site::answered(SHOP);
        let before = site.by_group(GROUPS);
        let after = site.by_group(&[("Fern", "/product/fern"), ("Everything else", "/**")]);
        assert_eq!(in_short(&after), [("Fern", 1, Some(3)), ("Everything else", 4, Some(5))]);
        assert_eq!((after.ungrouped, &after.site), (OtherPages::default(), &before.site));
    }

    #[test]
    fn the_first_group_that_matches_takes_the_page() {
        let site = Site::answered(SHOP);
        let all_first = site.by_group(&[("All", "/**"), ("Product", "/product/*")]);
        assert_eq!(in_short(&all_first), [("All", 5, Some(8)), ("Product", 0, None)]);
        let all_last = site.by_group(&[("Product", "/product/*"), ("All", "/**")]);
        assert_eq!(in_short(&all_last), [("Product", 2, Some(4)), ("All", 3, Some(4))]);
    }

    #[test]
    fn a_stage_is_the_sum_of_its_groups() {
        let stages = [stage("Buy", &["Product", "Cart"]), stage("Read", &["Blog"])];
        let report = Site::answered(SHOP).by_stage(GROUPS, &stages);
        let [buy, read] = &report.stages[..] else { panic!("{report:?}") };
        assert_eq!((buy.name.as_str(), buy.pages, buy.funnel.answered, buy.scores[0].figures.n), ("Buy", 3, 6, 6));
        assert_eq!(buy.scores[0].figures.mean.value, 31.0 / 6.0);
        assert_eq!((read.pages, read.scores.len(), read.response_rate), (0, 0, None));
        // About is in no group, and help in no stage.
        assert_eq!(report.unstaged, OtherPages { pages: 2, answered: 2 });
    }

    #[test]
    fn a_page_that_was_only_answered_in_the_period_before_is_not_counted() {
        let mut site = Site::answered(&[("a.b/product/fern", &[7])]);
        site.rows[0].day = TODAY - 30;
        site.funnels.clear();
        assert_eq!(in_short(&site.by_group(GROUPS))[0], ("Product", 0, None));
    }

    proptest! {
        #[test]
        fn grouping_is_summing(pages in prop::collection::btree_map("[a-c]/[a-e]", prop::collection::vec(1_u8..=7, 1..20), 1..12)) {
            let pages: Vec<(String, Vec<u8>)> = pages.into_iter().map(|(path, points)| (format!("x.y/{path}"), points)).collect();
            let borrowed: Vec<(&str, &[u8])> = pages.iter().map(|(page, points)| (page.as_str(), &points[..])).collect();
            let report = Site::answered(&borrowed).by_group(&[("A", "/a/*"), ("B", "/b/**"), ("C", "/c")]);
            let ces = Scale::ces7();
            for (group, prefix) in report.groups.iter().zip(["x.y/a/", "x.y/b/", "nothing"]) {
                let mut sum = Histogram::empty(&ces);
                let own = pages.iter().filter(|(page, _)| page.starts_with(prefix));
                own.flat_map(|(_, points)| points).for_each(|point| sum.add(ces.score((*point).into()).unwrap()).unwrap());
                prop_assert_eq!(group.scores.first().map(|score| score.figures), figures(&sum));
            }
        }
    }
}
