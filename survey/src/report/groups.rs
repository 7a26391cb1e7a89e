//! Reports by page group and by stage of the journey: the same counts as those of pages, added up by what the site's settings say
//! now. Nothing is stored by group, so whoever declares groups anew sees the past by them too.

use std::collections::HashMap;

use super::build::Reports;
use super::{GroupReport, GroupsReport, OtherPages, PageReport, StageReport, StagesReport};
use crate::page::{PageGroup, Stage, group_of, stage_of};

impl Reports<'_, '_> {
    /// The figures of each group. A page is added to the first group that matches; a group's figures are those of the sum of its
    /// pages' histograms. Groups without answers have no figure.
    pub fn groups(&self, groups: &[PageGroup]) -> GroupsReport {
        let names: Vec<String> = groups.iter().map(|group| group.name.clone()).collect();
        let (sums, pages) = self.by_place(&names, |page| Some(group_of(groups, page)?.name.as_str()));
        let report = |(group, (sum, pages)): (&PageGroup, (PageReport, usize))| {
            let PageReport { page: name, funnel, response_rate, scores, .. } = sum;
            GroupReport { name, pattern: group.pattern.to_string(), pages, funnel, response_rate, scores }
        };
        let groups = groups.iter().zip(sums.into_iter().zip(pages.of_places)).map(report).collect();
        GroupsReport { period: self.period(), site: self.site(), groups, ungrouped: pages.others }
    }

    /// The same by stage. A stage is the sum of its groups; pages of no group, or of a group of no stage, come under none.
    pub fn stages(&self, groups: &[PageGroup], stages: &[Stage]) -> StagesReport {
        let names: Vec<String> = stages.iter().map(|stage| stage.name.clone()).collect();
        let stage = |page: &str| Some(stage_of(stages, group_of(groups, page)?)?.name.as_str());
        let (sums, pages) = self.by_place(&names, stage);
        let report = |(stage, (sum, pages)): (&Stage, (PageReport, usize))| {
            let PageReport { page: name, funnel, response_rate, scores, .. } = sum;
            StageReport { name, groups: stage.groups.clone(), pages, funnel, response_rate, scores }
        };
        let stages = stages.iter().zip(sums.into_iter().zip(pages.of_places)).map(report).collect();
        StagesReport { period: self.period(), site: self.site(), stages, unstaged: pages.others }
    }

    /// The figures of each place, by its name, and how many pages it has.
    fn by_place<'n>(
        &self,
        names: &[String],
        name_of: impl Fn(&str) -> Option<&'n str>,
    ) -> (Vec<PageReport>, PageCounts) {
        let places: HashMap<&str, usize> =
            names.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
        let place_of = |page: &str| places.get(name_of(page)?).copied();
        let mut pages = PageCounts { of_places: vec![0; names.len()], others: OtherPages::default() };
        for (page, answered) in self.counted_pages() {
            match place_of(page) {
                Some(place) => pages.of_places[place] += 1,
                None => {
                    pages.others.pages += 1;
                    pages.others.answered += answered;
                }
            }
        }
        (self.added_up(names, place_of).in_order(), pages)
    }
}

/// How many pages there are in a span.
struct PageCounts {
    of_places: Vec<usize>,
    others: OtherPages,
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;
    use crate::definition::{QuestionId, Scale, SurveyId};
    use crate::report::build::{Block, Cell};
    use crate::report::{Days, Listing, Timeline};
    use crate::score::{Histogram, figures};

    /// 2025-11-21.
    const TODAY: i32 = 20_413;

    /// A made-up site: what was answered on which page, on a scale from 1 to 7.
    #[derive(Clone, Debug)]
    struct Site {
        pages: Vec<String>,
        points: Vec<Vec<u8>>,
        day: i32,
    }

    impl Site {
        /// Each page with the points that its visitors chose today.
        fn answered(pages: &[(&str, &[u8])]) -> Self {
            let points = pages.iter().map(|(_, points)| points.to_vec()).collect();
            Self { pages: pages.iter().map(|(page, _)| (*page).to_owned()).collect(), points, day: TODAY }
        }

        fn reported<T>(&self, report: impl FnOnce(Reports) -> T) -> T {
            let (survey, ease): (SurveyId, QuestionId) = ("help".parse().unwrap(), "ease".parse().unwrap());
            let (ces, days) = (Scale::ces7(), Days { first: self.day, last: self.day });
            let block = |question, cells| Block { survey: &survey, version: 1, question, days, stands_for: 1.0, cells };
            let blocks = self.points.iter().enumerate().flat_map(|(page, points)| {
                let answered = points.len() as i64;
                let reached = (0..).zip([90, 40, answered, answered, 0, 0]);
                let stages =
                    reached.map(|(bin, count)| Ok::<_, Infallible>(Cell { page, bin, count })).collect::<Vec<_>>();
                let scores = points.iter().map(|point| Ok(Cell { page, bin: *point, count: 1 })).collect();
                [block(None, stages), block(Some(&ease), scores)]
            });
            let timeline = Timeline::of(Days::up_to(TODAY, 30));
            report(Reports::count(timeline, &self.pages, blocks, |_, _, _| Some(&ces)).unwrap())
        }

        fn site(&self) -> PageReport {
            self.reported(|reports| reports.list(&Listing::all()).unwrap().site)
        }

        fn by_group(&self, declared: &[(&str, &str)]) -> GroupsReport {
            self.reported(|reports| reports.groups(&groups(declared)))
        }

        fn by_stage(&self, declared: &[(&str, &str)], stages: &[Stage]) -> StagesReport {
            self.reported(|reports| reports.stages(&groups(declared), stages))
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
        assert_eq!(report.site, Site::answered(SHOP).site(), "pages of no group are the site's all the same");
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
        site.day = TODAY - 30;
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
