//! Pages that hurt: the worst first, each page's share shrunk towards the site's according to how few answers it has.
//!
//! A page with two bad answers is most likely an ordinary page with bad luck, and is ranked so; a page with two hundred speaks
//! for itself. What is expected of an ordinary page is the [`Prior`].
//!
//! Every list has a first page, also where no page hurts. So the pages that can be told to be worse than the site are marked:
//! [`Standing::hurts`].

use serde::{Deserialize, Serialize};

use super::distribution::beta_below;
use super::{LOW_CONFIDENCE_BELOW, Prior, Tally, likely_discoveries};

/// The pages of one scale, worst first, and what they were measured against.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ranking<P> {
    /// Positive answers among all answers of all pages, in percent.
    pub site_percent: f64,
    pub prior: Prior,
    pub pages: Vec<RankedPage<P>>,
}

/// A page in its place.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RankedPage<P> {
    pub page: P,
    pub standing: Standing,
}

/// What its answers, together with the prior, say about a page.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Standing {
    /// The posterior mean of the page's share, (k+a)/(n+a+b), in percent: what pages are ranked by.
    pub expected_percent: f64,
    /// The probability, 0 to 1, that the page's share lies below the site's.
    pub below_site: f64,
    /// Whether the page can be told to lie below the site: of all pages of the ranking so marked, at most 5 % are expected not to
    /// (see [`likely_discoveries`]). Never with fewer than [`LOW_CONFIDENCE_BELOW`] answers, which tell nothing of one page.
    pub hurts: bool,
}

/// Ranks pages of the *same scale* by the share of positive answers to expect of them, ascending: the page that hurts most
/// comes first. Of equals, the one with more answers; else in the order given. None without a page.
///
/// Pages without answers cannot be ranked and so cannot be given: see [`Tally::new`].
pub fn rank_pages<P>(pages: impl IntoIterator<Item = (P, Tally)>) -> Option<Ranking<P>> {
    let pages: Vec<(P, Tally)> = pages.into_iter().collect();
    Some(rank_against(sum(&pages)?, pages))
}

/// The same for groups of pages, or other parts of a site that may not be all of it: `site` is the sum of all its pages.
pub fn rank_against<P>(site: Tally, pages: impl IntoIterator<Item = (P, Tally)>) -> Ranking<P> {
    let (names, tallies): (Vec<P>, Vec<Tally>) = pages.into_iter().unzip();
    let prior = Prior::learn(&tallies, site);
    let mut ranked: Vec<_> =
        names.into_iter().zip(tallies).map(|(page, tally)| (tally.n(), page, standing(tally, prior, site))).collect();
    mark(ranked.iter_mut().filter(|(n, ..)| *n >= LOW_CONFIDENCE_BELOW).map(|(.., standing)| standing).collect());
    ranked.sort_by(|(n, _, standing), (other_n, _, other)| {
        standing.expected_percent.total_cmp(&other.expected_percent).then(other_n.cmp(n))
    });
    let pages = ranked.into_iter().map(|(_, page, standing)| RankedPage { page, standing }).collect();
    Ranking { site_percent: 100.0 * site.fraction(), prior, pages }
}

/// Marks those that can be told to hurt among all.
fn mark(standings: Vec<&mut Standing>) {
    let below: Vec<f64> = standings.iter().map(|standing| standing.below_site).collect();
    for (standing, hurts) in standings.into_iter().zip(likely_discoveries(&below)) {
        standing.hurts = hurts;
    }
}

/// All pages together; none without a page.
fn sum<P>(pages: &[(P, Tally)]) -> Option<Tally> {
    let positive = pages.iter().map(|(_, tally)| tally.positive()).sum();
    Tally::new(positive, pages.iter().map(|(_, tally)| tally.n()).sum())
}

fn standing(page: Tally, prior: Prior, site: Tally) -> Standing {
    let (a, b) = (page.positive() as f64 + prior.a, page.rest() as f64 + prior.b);
    // Where all answers of the site are on one side, no page is below it: there is nothing below 0, and all are at 100.
    let one_sided = site.positive() == 0 || site.rest() == 0;
    let below_site = if one_sided { 0.0 } else { beta_below(site.fraction(), a, b) };
    Standing { expected_percent: 100.0 * a / (a + b), below_site, hurts: false }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::score::PriorSource;

    fn tally(positive: u64, n: u64) -> Tally {
        Tally::new(positive, n).unwrap()
    }

    fn rank(pages: &[(u64, u64)]) -> Ranking<usize> {
        rank_pages(pages.iter().map(|&(positive, n)| tally(positive, n)).enumerate()).unwrap()
    }

    fn order(ranking: &Ranking<usize>) -> Vec<usize> {
        ranking.pages.iter().map(|ranked| ranked.page).collect()
    }

    /// A small shop: most pages are liked by three visitors in four, checkout by two in five.
    const SHOP: [(u64, u64); 10] = [
        (152, 200),
        (71, 90),
        (40, 55),
        (310, 400),
        (24, 30),
        (16, 20),
        (60, 150), // checkout
        (101, 140),
        (9, 12),
        (33, 45),
    ];

    #[test]
    fn a_page_with_two_answers_never_tops_the_list() {
        let mut shop = SHOP.to_vec();
        shop.push((0, 2));
        let ranking = rank(&shop);
        assert_eq!(ranking.prior.source, PriorSource::Fitted);
        assert_eq!(order(&ranking)[0], 6);
        assert!(ranking.pages[0].standing.below_site > 0.999);
    }

    #[test]
    fn checkout_hurts_and_a_page_with_two_answers_cannot_be_told_to() {
        let mut shop = SHOP.to_vec();
        shop.push((0, 2));
        let hurting: Vec<usize> =
            rank(&shop).pages.iter().filter(|ranked| ranked.standing.hurts).map(|ranked| ranked.page).collect();
        assert_eq!(hurting, [6]);
    }

    #[test]
    fn where_pages_are_alike_the_first_of_the_list_does_not_hurt() {
        let ranking = rank(&[(29, 40), (30, 40), (31, 40), (30, 40), (28, 40), (32, 40), (30, 40)]);
        assert!(ranking.pages.iter().all(|ranked| !ranked.standing.hurts), "{ranking:?}");
    }

    #[test]
    fn two_hundred_bad_answers_do_top_the_list() {
        let mut shop = SHOP.to_vec();
        shop.push((10, 200));
        assert_eq!(order(&rank(&shop))[0], 10);
    }

    #[test]
    fn groups_are_measured_against_the_site_and_not_against_each_other() {
        let ranking = rank_against(tally(900, 1_000), [("help", tally(60, 100)), ("cart", tally(60, 100))]);
        assert_eq!(ranking.site_percent, 90.0);
        assert!(ranking.pages.iter().all(|ranked| ranked.standing.hurts), "{ranking:?}");
        let happy = rank_against(tally(100, 1_000), (0..6).map(|group| (group, tally(10, 10))));
        assert_eq!(happy.prior.source, PriorSource::TooLittle);
        assert!(happy.pages.iter().all(|ranked| ranked.standing.below_site < 1e-6), "{happy:?}");
    }

    #[test]
    fn no_pages_have_no_ranking() {
        assert_eq!(rank_pages(std::iter::empty::<(&str, Tally)>()), None);
    }

    #[test]
    fn one_page_is_its_own_site() {
        let ranking = rank(&[(3, 4)]);
        assert_eq!(ranking.prior, Prior { a: 1.5, b: 0.5, source: PriorSource::TooLittle });
        assert_eq!(ranking.pages[0].standing.expected_percent, 75.0);
    }

    #[test]
    fn where_everybody_is_unhappy_the_page_with_most_answers_comes_first() {
        let ranking = rank(&[(0, 3), (0, 50), (0, 1), (0, 9), (0, 9), (0, 2)]);
        assert_eq!(order(&ranking), [1, 3, 4, 0, 5, 2]);
        assert!(
            ranking
                .pages
                .iter()
                .all(|ranked| ranked.standing == Standing { expected_percent: 0.0, below_site: 0.0, hurts: false })
        );
    }

    #[test]
    fn where_everybody_is_happy_no_page_is_below_the_site() {
        let ranking = rank(&[(3, 3), (50, 50), (1, 1), (9, 9), (9, 9), (2, 2)]);
        assert!(
            ranking
                .pages
                .iter()
                .all(|ranked| ranked.standing == Standing { expected_percent: 100.0, below_site: 0.0, hurts: false })
        );
    }

    fn any_page() -> impl Strategy<Value = (u64, u64)> {
        let n = prop_oneof![Just(1_u64), 1_u64..5, 1_u64..300, 1_u64..500_000];
        (n, prop_oneof![Just(0.0), Just(1.0), 0.0..=1.0]).prop_map(|(n, part)| ((n as f64 * part) as u64, n))
    }

    proptest! {
        #[test]
        fn two_bad_answers_never_overtake_a_page_known_to_be_bad(
            ordinary in prop::collection::vec((30_u64..900, 0.6..0.9), 12..60), bad_n in 100_u64..900, two in 0_u64..=2
        ) {
            let mut pages: Vec<_> = ordinary.iter().map(|&(n, part)| ((n as f64 * part) as u64, n)).collect();
            pages.push((bad_n * 35 / 100, bad_n));
            pages.push((two, 2));
            prop_assert_eq!(order(&rank(&pages))[0], pages.len() - 2);
        }

        #[test]
        fn whatever_the_pages_every_standing_is_a_number_in_range(pages in prop::collection::vec(any_page(), 1..40)) {
            let ranking = rank(&pages);
            prop_assert_eq!(ranking.pages.len(), pages.len());
            for ranked in &ranking.pages {
                let Standing { expected_percent, below_site, .. } = ranked.standing;
                prop_assert!((0.0..=100.0).contains(&expected_percent) && (0.0..=1.0).contains(&below_site), "{ranked:?}");
            }
            prop_assert!(ranking.pages.is_sorted_by_key(|ranked| ranked.standing.expected_percent));
        }

        #[test]
        fn a_page_is_expected_between_its_own_share_and_the_priors(pages in prop::collection::vec(any_page(), 5..40)) {
            let ranking = rank(&pages);
            let prior = 100.0 * ranking.prior.a / (ranking.prior.a + ranking.prior.b);
            for RankedPage { page, standing } in &ranking.pages {
                let own = 100.0 * pages[*page].0 as f64 / pages[*page].1 as f64;
                let (low, high) = (own.min(prior) - 1e-9, own.max(prior) + 1e-9);
                prop_assert!((low..=high).contains(&standing.expected_percent), "{standing:?}, own {own}, prior {prior}");
            }
        }
    }
}
