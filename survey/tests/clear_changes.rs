//! How many of the changes that a report tells are chance? By simulation: sites of 500 pages of which one in ten has changed, or
//! none, and which changes are told, page by page and with what is said of one page depending on the others.

#![allow(clippy::unwrap_used)]

mod draws;

use draws::{Draws, in_all_1};
use survey::definition::Scale;
use survey::score::{Change, Changes, FALSE_DISCOVERY_RATE, Histogram, Verdict, changes, discoveries};

const SITES: usize = 400;
const PAGES: usize = 500;

/// What a page's answers say, and whether it has changed in truth.
struct Page {
    has_changed: bool,
    changes: Changes,
}

type Figure = (&'static str, fn(&Changes) -> Option<Change>);

const FIGURES: [Figure; 3] =
    [("share", |changes| Some(changes.share)), ("net", |changes| Some(changes.net)), ("mean", |changes| changes.mean)];

/// Of the changes that were told on all sites.
#[derive(Clone, Copy, Default)]
struct Told {
    all: usize,
    by_chance: usize,
    /// The mean over sites of the part told by chance; a site where nothing is told has none.
    rate: f64,
}

/// Every page is liked in a way of its own. Where it has changed, it is disliked as much.
fn draw_page(scale: &Scale, one_changed_in: Option<f64>, draws: &mut Draws) -> Option<Page> {
    let has_changed = one_changed_in.is_some_and(|pages| draws.unit() * pages < 1.0);
    let weights =
        (0..scale.values().len()).map(|point| (0.3 + point as f64) * 4.0_f64.powf(draws.unit() - 0.5)).collect();
    let mut parts = in_all_1(weights);
    let answers = draws.log_normal(2.2, 1.6);
    let before = draw_answers(scale, &parts, answers, draws);
    if has_changed {
        parts.reverse();
    }
    let answers = answers * draws.log_normal(0.0, 0.3);
    let now = draw_answers(scale, &parts, answers, draws);
    let changes = changes(&now, &before).unwrap()?;
    Some(Page { has_changed, changes })
}

fn draw_answers<'s>(scale: &'s Scale, parts: &[f64], answers: f64, draws: &mut Draws) -> Histogram<'s> {
    let mut counts = vec![0; parts.len()];
    (0..answers.round().max(1.0) as u64).for_each(|_| counts[draws.one_of(parts)] += 1);
    Histogram::from_counts(scale, counts).unwrap()
}

impl Told {
    fn count(&mut self, changes: &[(bool, Change)], is_told: &[bool]) {
        let told: Vec<bool> =
            changes.iter().zip(is_told).filter(|(_, told)| **told).map(|((real, _), _)| *real).collect();
        let by_chance = told.iter().filter(|has_changed| !**has_changed).count();
        self.all += told.len();
        self.by_chance += by_chance;
        self.rate += by_chance as f64 / told.len().max(1) as f64 / SITES as f64;
    }
}

/// For each figure: told page by page, and told as one of many.
fn simulate(one_changed_in: Option<f64>) -> [(Told, Told); 3] {
    let scale = Scale::ces7();
    let mut draws = Draws::seeded(20_251_121);
    let mut told = [(Told::default(), Told::default()); 3];
    for _ in 0..SITES {
        let pages: Vec<Page> = (0..PAGES).filter_map(|_| draw_page(&scale, one_changed_in, &mut draws)).collect();
        for ((_, change_of), (alone, among_all)) in FIGURES.iter().zip(&mut told) {
            let changed: Vec<_> =
                pages.iter().filter_map(|page| Some((page.has_changed, change_of(&page.changes)?))).collect();
            let p_values: Vec<f64> = changed.iter().map(|(_, change)| change.p_value).collect();
            let clear: Vec<bool> = changed.iter().map(|(_, change)| change.verdict != Verdict::NoClearChange).collect();
            alone.count(&changed, &clear);
            among_all.count(&changed, &discoveries(&p_values));
        }
    }
    told
}

#[track_caller]
fn at_most_one_in_twenty_is_chance(what: &str, one_changed_in: Option<f64>) {
    for ((figure, _), (alone, among_all)) in FIGURES.iter().zip(simulate(one_changed_in)) {
        for (how, told) in [("page by page", alone), ("as one of many", among_all)] {
            let Told { all, by_chance, rate } = told;
            println!("{what}, {figure}, {how}: {all} told, {by_chance} by chance, {:.2} % of a site's", 100.0 * rate);
        }
        assert!(among_all.rate <= FALSE_DISCOVERY_RATE, "{figure}: {}", among_all.rate);
    }
}

#[test]
fn of_the_changes_that_a_report_tells_at_most_one_in_twenty_is_chance() {
    at_most_one_in_twenty_is_chance("one page in ten changed", Some(10.0));
}

#[test]
fn where_nothing_has_changed_at_most_one_report_in_twenty_tells_of_a_change() {
    at_most_one_in_twenty_is_chance("nothing changed", None);
}
