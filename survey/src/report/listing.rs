//! Listing: in which order a report's pages come, and which of them, so that a site of thousands is read a screenful at a time.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{PageReport, ScaleReport};
use crate::definition::Metric;

/// Which pages come first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PageOrder {
    /// By their keys.
    #[default]
    Page,
    /// Those that hurt: the smallest share of positive answers to be expected.
    WorstFirst,
    MostAnswers,
    LowestResponse,
    /// The largest fall of the headline figure.
    WorstChange,
}

/// Which pages of a report are wanted.
#[derive(Clone, PartialEq, Debug)]
pub struct Listing {
    pub order: PageOrder,
    /// Whose figures decide; if none is named, those of which the site has most answers.
    pub metric: Option<Metric>,
    /// The last page that was seen.
    pub after: Option<String>,
    pub limit: usize,
}

/// The page after which a list was to go on.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0:?} is not in this list, or not any more; begin again without it")]
pub struct NotListed(pub String);

/// A page's report, with its place among the pages that were counted, and the places of its scales.
pub(super) struct ListedPage {
    pub place: usize,
    pub report: PageReport,
    pub scales: Vec<usize>,
}

impl Listing {
    /// All pages, by their keys.
    pub fn all() -> Self {
        Self { order: PageOrder::Page, metric: None, after: None, limit: usize::MAX }
    }

    /// The wanted pages in their order; and the one after which to go on, if there are more.
    pub(super) fn pick(
        &self,
        site: &PageReport,
        mut pages: Vec<ListedPage>,
    ) -> Result<(Vec<ListedPage>, Option<String>), NotListed> {
        let metric = self.metric.or_else(|| most_answered(site));
        pages.sort_by(|one, other| {
            compare(self.order, metric, &one.report, &other.report)
                .then_with(|| one.report.page.cmp(&other.report.page))
        });
        let begin = match &self.after {
            None => 0,
            Some(after) => {
                let seen = pages.iter().position(|page| page.report.page == *after);
                seen.ok_or_else(|| NotListed(after.clone()))? + 1
            }
        };
        let end = begin.saturating_add(self.limit).min(pages.len());
        let is_more = end < pages.len();
        let picked: Vec<ListedPage> = pages.drain(begin..end).collect();
        let next = picked.last().filter(|_| is_more).map(|last| last.report.page.clone());
        Ok((picked, next))
    }
}

fn most_answered(site: &PageReport) -> Option<Metric> {
    site.scores.iter().max_by_key(|score| score.figures.n).map(|score| score.metric)
}

/// Pages without the figure in question come last.
fn compare(order: PageOrder, metric: Option<Metric>, one: &PageReport, other: &PageReport) -> Ordering {
    let by = |figure: fn(&ScaleReport) -> Option<f64>| {
        let of = |page: &PageReport| page.scores.iter().find(|score| Some(score.metric) == metric).and_then(figure);
        ascending(of(one), of(other))
    };
    match order {
        PageOrder::Page => Ordering::Equal,
        PageOrder::WorstFirst => by(|score| score.shrunken_share),
        PageOrder::MostAnswers => by(|score| Some(-(score.figures.n as f64))),
        PageOrder::LowestResponse => ascending(one.response_rate, other.response_rate),
        PageOrder::WorstChange => by(|score| score.change.map(|change| change.difference)),
    }
}

fn ascending(one: Option<f64>, other: Option<f64>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => one.total_cmp(&other),
        (one, other) => other.is_some().cmp(&one.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Funnel;

    fn page(key: &str, response_rate: impl Into<Option<f64>>) -> ListedPage {
        let report = PageReport { response_rate: response_rate.into(), ..PageReport::empty(key) };
        ListedPage { place: 0, report, scales: Vec::new() }
    }

    fn keys(listing: &Listing) -> Result<(Vec<String>, Option<String>), NotListed> {
        let pages = vec![page("a.b/2", 40.0), page("a.b/1", None), page("a.b/3", 10.0)];
        let site = PageReport { funnel: Funnel::default(), ..PageReport::empty("") };
        let (picked, next) = listing.pick(&site, pages)?;
        Ok((picked.into_iter().map(|page| page.report.page).collect(), next))
    }

    fn owned<const N: usize>(keys: [&str; N]) -> Vec<String> {
        keys.map(str::to_owned).into()
    }

    #[test]
    fn a_list_is_read_a_screenful_at_a_time_until_its_end() {
        let first = Listing { limit: 2, ..Listing::all() };
        assert_eq!(keys(&first), Ok((owned(["a.b/1", "a.b/2"]), Some("a.b/2".to_owned()))));
        let rest = Listing { after: Some("a.b/2".into()), ..first.clone() };
        assert_eq!(keys(&rest), Ok((owned(["a.b/3"]), None)));
        let end = Listing { after: Some("a.b/3".into()), ..first.clone() };
        assert_eq!(keys(&end), Ok((Vec::new(), None)));
        let lost = Listing { after: Some("a.b/9".into()), ..first };
        assert_eq!(keys(&lost), Err(NotListed("a.b/9".into())));
    }

    #[test]
    fn pages_without_the_figure_come_last() {
        let listing = Listing { order: PageOrder::LowestResponse, ..Listing::all() };
        assert_eq!(keys(&listing), Ok((owned(["a.b/3", "a.b/2", "a.b/1"]), None)));
    }
}
