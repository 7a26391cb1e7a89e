//! Listing: in which order a report's pages come, and which of them, so that a site of thousands is read a screenful at a time.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::PageReport;
use super::build::{Candidate, Judged};
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
    /// The headline figure that has become worse by most.
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

impl Listing {
    /// All pages, by their keys.
    pub fn all() -> Self {
        Self { order: PageOrder::Page, metric: None, after: None, limit: usize::MAX }
    }

    /// The wanted pages in their order; and the one after which to go on, if there are more.
    pub(super) fn pick<'p>(
        &self,
        site: &PageReport,
        mut pages: Vec<Candidate<'p>>,
    ) -> Result<(Vec<Candidate<'p>>, Option<String>), NotListed> {
        let metric = self.metric.or_else(|| most_answered(site));
        pages.sort_by(|one, other| compare(self.order, metric, one, other).then_with(|| one.page.cmp(other.page)));
        let begin = match &self.after {
            None => 0,
            Some(after) => {
                let seen = pages.iter().position(|page| page.page == after);
                seen.ok_or_else(|| NotListed(after.clone()))? + 1
            }
        };
        let end = begin.saturating_add(self.limit).min(pages.len());
        let is_more = end < pages.len();
        let picked: Vec<Candidate> = pages.drain(begin..end).collect();
        let next = picked.last().filter(|_| is_more).map(|last| last.page.to_owned());
        Ok((picked, next))
    }
}

fn most_answered(site: &PageReport) -> Option<Metric> {
    site.scores.iter().max_by_key(|score| score.figures.n).map(|score| score.metric)
}

/// Pages without the figure in question come last.
fn compare(order: PageOrder, metric: Option<Metric>, one: &Candidate<'_>, other: &Candidate<'_>) -> Ordering {
    let by = |figure: fn(&Judged) -> Option<f64>| {
        let of = |page: &Candidate| page.scores.iter().find(|score| Some(score.metric) == metric).and_then(figure);
        ascending(of(one), of(other))
    };
    match order {
        PageOrder::Page => Ordering::Equal,
        PageOrder::WorstFirst => by(|score| score.standing.map(|standing| standing.expected_percent)),
        PageOrder::MostAnswers => by(|score| Some(-(score.figures.n as f64))),
        PageOrder::LowestResponse => ascending(one.funnel.response_rate(), other.funnel.response_rate()),
        PageOrder::WorstChange => by(|score| score.improvement),
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

    fn page(page: &str, answered: u64, shown: u64) -> Candidate<'_> {
        Candidate { place: 0, page, funnel: Funnel { answered, shown, ..Funnel::default() }, scores: Vec::new() }
    }

    fn keys(listing: &Listing) -> Result<(Vec<String>, Option<String>), NotListed> {
        let pages = vec![page("a.b/2", 4, 10), page("a.b/1", 0, 0), page("a.b/3", 1, 10)];
        let (picked, next) = listing.pick(&PageReport::empty(""), pages)?;
        Ok((picked.into_iter().map(|page| page.page.to_owned()).collect(), next))
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
