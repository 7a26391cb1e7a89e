//! Does the ranking find the pages that hurt? By simulation: 400 sites of 500 pages whose true shares are known, and how many of
//! the ten worst stand among the first ten: of the ranking, and of the orders that a table without it would offer. And of the
//! pages that the ranking marks, how many do hurt?

#![allow(clippy::unwrap_used)]

mod draws;

use draws::Draws;
use survey::score::{FALSE_DISCOVERY_RATE, RankedPage, Tally, rank_pages};

const SITES: usize = 400;
const PAGES: usize = 500;
const WORST: usize = 10;

/// A page of which more is known than of any real one.
struct Page {
    true_share: f64,
    tally: Tally,
}

/// A page's share is drawn from Beta(8, 3), so on average 73 % of its answers are good. How many answers it has is drawn from the
/// log-normal distribution (2.2, 1.6): half of the pages have 9 or fewer, a few have thousands.
fn draw_page(draws: &mut Draws) -> Page {
    let true_share = draws.beta(8, 3);
    let n = draws.log_normal(2.2, 1.6).round().max(1.0) as u64;
    let positive = (0..n).filter(|_| draws.unit() < true_share).count() as u64;
    Page { true_share, tally: Tally::new(positive, n).expect("there are answers") }
}

/// The numbers of the pages, lowest figure first; of equals, in the order of the site, which says nothing about them.
fn lowest_first(pages: &[Page], figure: impl Fn(&Page) -> f64) -> Vec<usize> {
    let mut numbers: Vec<usize> = (0..pages.len()).collect();
    numbers.sort_by(|one, other| figure(&pages[*one]).total_cmp(&figure(&pages[*other])));
    numbers
}

fn ranked(pages: &[Page]) -> Vec<RankedPage<usize>> {
    rank_pages(pages.iter().map(|page| page.tally).enumerate()).expect("there are pages").pages
}

fn draw_site(draws: &mut Draws) -> Vec<Page> {
    (0..PAGES).map(|_| draw_page(draws)).collect()
}

/// The share of all answers of a site that are expected to be good.
fn true_share(site: &[Page]) -> f64 {
    let expected: f64 = site.iter().map(|page| page.true_share * page.tally.n() as f64).sum();
    expected / site.iter().map(|page| page.tally.n() as f64).sum::<f64>()
}

/// How many of the worst pages are among the first of an order.
fn found(worst: &[usize], order: &[usize]) -> usize {
    order.iter().take(WORST).filter(|page| worst.contains(page)).count()
}

#[test]
fn the_ranking_finds_three_times_as_many_of_the_worst_pages_as_the_raw_share() {
    let mut draws = Draws::seeded(20_251_121);
    let (mut by_ranking, mut by_share, mut by_share_from_10) = (0, 0, 0);
    for _ in 0..SITES {
        let pages = draw_site(&mut draws);
        let worst = &lowest_first(&pages, |page| page.true_share)[..WORST];
        let raw = lowest_first(&pages, |page| page.tally.fraction());
        let from_10: Vec<usize> = raw.iter().copied().filter(|page| pages[*page].tally.n() >= 10).collect();
        let ranking: Vec<usize> = ranked(&pages).into_iter().map(|ranked| ranked.page).collect();
        by_ranking += found(worst, &ranking);
        by_share += found(worst, &raw);
        by_share_from_10 += found(worst, &from_10);
    }
    println!(
        "of the {} worst pages of {SITES} sites, among the first {WORST}: {by_ranking} by the ranking, {by_share} by raw share, \
         {by_share_from_10} by raw share of pages with at least 10 answers",
        SITES * WORST
    );
    assert!(by_ranking >= 3 * by_share, "{by_ranking} are fewer than three times {by_share}");
    assert!(by_ranking > by_share_from_10, "{by_ranking} are no more than {by_share_from_10}");
}

#[test]
fn of_the_pages_that_are_marked_some_one_in_twenty_does_not_hurt() {
    let mut draws = Draws::seeded(20_251_121);
    let (mut marked, mut wrongly) = (0, 0);
    for _ in 0..SITES {
        let pages = draw_site(&mut draws);
        let site = true_share(&pages);
        let hurting: Vec<RankedPage<usize>> =
            ranked(&pages).into_iter().filter(|ranked| ranked.standing.hurts).collect();
        marked += hurting.len();
        wrongly += hurting.iter().filter(|ranked| pages[ranked.page].true_share >= site).count();
    }
    let rate = wrongly as f64 / marked as f64;
    println!("of {marked} pages that are marked, {wrongly} ({:.2} %) are not below their site", 100.0 * rate);
    // As many are marked as the rate allows, so it is met and not undercut; a tenth of it is left to the draws.
    assert!((rate - FALSE_DISCOVERY_RATE).abs() < FALSE_DISCOVERY_RATE / 10.0, "{rate}");
}
