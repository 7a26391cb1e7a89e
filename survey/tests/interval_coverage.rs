//! Do the 95 % intervals cover the truth as often as they say? By simulation: populations whose figures are known, 20,000 pages
//! with so many answers of each, and how often a page's interval contains its population's figure.
//!
//! Answers are whole, so the coverage of *any* interval of a share goes up and down by some points with the number of answers and
//! with the share itself (Brown, Cai and DasGupta, 2001). Share and net are therefore held to their promise on average over the
//! populations, for each number of answers, and the share for each population where pages differ a little from one another, as
//! they do. What holds for a single population is printed: `cargo test --test interval_coverage -- --nocapture`.

#![allow(clippy::unwrap_used)]

mod draws;

use std::collections::HashMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use draws::{Draws, in_all_1};
use statrs::distribution::{ContinuousCDF, StudentsT};
use survey::definition::{Band, Scale};
use survey::score::{Figures, Histogram, Interval, figures};

const PAGES: usize = 20_000;
const ANSWERS: [usize; 4] = [10, 20, 50, 200];

/// What is promised of share and net, in percent of pages.
const COVERED: RangeInclusive<f64> = 94.0..=96.5;
/// What is promised of the mean, in percent of pages: at least this.
const MEAN_COVERED: f64 = 93.5;

/// How likely each point of a scale is.
#[derive(Clone)]
struct Population {
    scale: Scale,
    shape: &'static str,
    parts: Vec<f64>,
}

/// What the intervals of a population's pages are to contain.
#[derive(Clone, Copy)]
struct Truth {
    share: f64,
    net: f64,
    mean: f64,
}

/// The pages of one population with one number of answers: percentages of them, and average widths in the scale's values.
struct Coverage {
    points: usize,
    shape: &'static str,
    n: usize,
    share: f64,
    net: f64,
    mean: f64,
    width: f64,
    /// Of the interval that ours stands in for: mean ± t·s/√n.
    plain_t: f64,
    plain_t_width: f64,
}

/// Every page has exactly its population's truth.
static ALIKE: LazyLock<Vec<Coverage>> = LazyLock::new(|| measure("pages alike", |population, _| population.clone()));

/// Every page has a truth of its own, near its population's.
static DIFFERING: LazyLock<Vec<Coverage>> = LazyLock::new(|| measure("pages differing", Population::varied));

/// The shapes that answers to surveys have, each on 5, 7 and 10 points.
fn populations() -> Vec<Population> {
    let scales = [Scale::csat5(), Scale::csat7(), Scale::csat10()];
    let shapes = [("good", good as fn(f64) -> f64), ("flat", |_| 1.0), ("polarised", polarised)];
    let of_scale = |scale: &Scale| {
        let shaped = shapes.map(|(shape, weight)| Population::shaped(scale, shape, weight));
        shaped.into_iter().chain([Population::ceiling(scale)]).collect::<Vec<_>>()
    };
    scales.iter().flat_map(of_scale).collect()
}

/// The better, the more often. `height` is 0 for the lowest point and 1 for the highest.
fn good(height: f64) -> f64 {
    0.1 + height * height
}

/// Most at either end.
fn polarised(height: f64) -> f64 {
    0.1 + (2.0 * height - 1.0).powi(2)
}

impl Population {
    fn shaped(scale: &Scale, shape: &'static str, weight: fn(f64) -> f64) -> Self {
        let points = scale.values().len();
        let weights = (0..points).map(|point| weight(point as f64 / (points - 1) as f64)).collect();
        Self { scale: scale.clone(), shape, parts: in_all_1(weights) }
    }

    /// Four in five are at the top, the others below it, half as many with each step. Here the plain t interval covers about
    /// three quarters of pages with ten answers, which is what ours was made for.
    fn ceiling(scale: &Scale) -> Self {
        let below = scale.values().len() as i32 - 1;
        let halved = in_all_1((0..below).map(|point| 0.5_f64.powi(below - point)).collect());
        let parts = halved.into_iter().map(|part| 0.2 * part).chain([0.8]).collect();
        Self { scale: scale.clone(), shape: "ceiling", parts }
    }

    /// Each point half to twice as likely, at random.
    fn varied(&self, draws: &mut Draws) -> Self {
        let weights = self.parts.iter().map(|part| part * 2.0_f64.powf(2.0 * draws.unit() - 1.0)).collect();
        Self { parts: in_all_1(weights), ..self.clone() }
    }

    fn truth(&self) -> Truth {
        let in_band = |band| -> f64 {
            let parts = self.scale.scores().zip(&self.parts);
            parts.filter(|(score, _)| self.scale.band(*score) == band).map(|(_, part)| 100.0 * part).sum()
        };
        let (positive, negative) = (in_band(Band::Positive), in_band(Band::Negative));
        let mean = self.scale.values().iter().zip(&self.parts).map(|(value, part)| value * part).sum();
        Truth { share: positive, net: positive - negative, mean }
    }
}

impl Coverage {
    fn none(population: &Population, n: usize) -> Self {
        let (points, shape) = (population.parts.len(), population.shape);
        Self { points, shape, n, share: 0.0, net: 0.0, mean: 0.0, width: 0.0, plain_t: 0.0, plain_t_width: 0.0 }
    }

    fn count(&mut self, page: &Figures, plain_t: Interval, truth: Truth) {
        let hit = |interval: Interval, truth| if contains(interval, truth) { 100.0 / PAGES as f64 } else { 0.0 };
        let mean = page.mean.interval.unwrap();
        self.share += hit(page.share.interval, truth.share);
        self.net += hit(page.net.interval, truth.net);
        self.mean += hit(mean, truth.mean);
        self.width += mean.width() / PAGES as f64;
        self.plain_t += hit(plain_t, truth.mean);
        self.plain_t_width += plain_t.width() / PAGES as f64;
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { points, shape, n, share, net, mean, width, plain_t, plain_t_width } = self;
        write!(out, "{points:2} points, {shape:9} n {n:3}: share {share:.2}, net {net:.2}, mean {mean:.2} ")?;
        write!(out, "(width {width:.3}; plain t {plain_t:.2}, width {plain_t_width:.3})")
    }
}

/// But for the last digits: a share of 3 in 10 is not quite 30 %.
fn contains(interval: Interval, truth: f64) -> bool {
    interval.low - 1e-9 <= truth && truth <= interval.high + 1e-9
}

fn measure(what: &str, truth_of_page: fn(&Population, &mut Draws) -> Population) -> Vec<Coverage> {
    let mut draws = Draws::seeded(20_251_121);
    let measured: Vec<_> =
        populations().iter().flat_map(|population| measure_one(population, truth_of_page, &mut draws)).collect();
    measured.iter().for_each(|coverage| println!("{what}: {coverage}"));
    measured
}

/// A page's first 10 answers are its first 10 of 20, and so on: one draw serves every number of answers.
fn measure_one(
    population: &Population,
    truth_of_page: fn(&Population, &mut Draws) -> Population,
    draws: &mut Draws,
) -> [Coverage; 4] {
    let mut coverages = ANSWERS.map(|n| (Coverage::none(population, n), t_quantile(n)));
    // Pages with few answers are often alike, and reckoning is slow in a debug build.
    let mut known = HashMap::new();
    for _ in 0..PAGES {
        let page = truth_of_page(population, draws);
        let truth = page.truth();
        let mut counts = vec![0; page.parts.len()];
        let mut answered = 0;
        for (coverage, t) in &mut coverages {
            (answered..coverage.n).for_each(|_| counts[draws.one_of(&page.parts)] += 1);
            answered = coverage.n;
            let (figures, plain_t) =
                *known.entry(counts.clone()).or_insert_with_key(|counts| reckon(&page.scale, counts, *t));
            coverage.count(&figures, plain_t, truth);
        }
    }
    coverages.map(|(coverage, _)| coverage)
}

fn t_quantile(n: usize) -> f64 {
    StudentsT::new(0.0, 1.0, (n - 1) as f64).unwrap().inverse_cdf(0.975)
}

/// A page's figures, and the plain t interval of its mean.
fn reckon(scale: &Scale, counts: &[u64], t: f64) -> (Figures, Interval) {
    let page = figures(&Histogram::from_counts(scale, counts.to_vec()).unwrap()).unwrap();
    let (n, mean) = (page.n as f64, page.mean.value);
    let counted = scale.values().iter().zip(counts);
    let squares: f64 = counted.map(|(value, &count)| count as f64 * (value - mean).powi(2)).sum();
    let half_width = t * (squares / (n - 1.0) / n).sqrt();
    (page, Interval { low: mean - half_width, high: mean + half_width })
}

fn average(coverages: &[&Coverage], of: fn(&Coverage) -> f64) -> f64 {
    coverages.iter().map(|coverage| of(coverage)).sum::<f64>() / coverages.len() as f64
}

fn with_answers(measured: &[Coverage], n: usize) -> Vec<&Coverage> {
    measured.iter().filter(|coverage| coverage.n == n).collect()
}

fn share_and_net_keep_their_promise_on_average(what: &str, measured: &[Coverage]) {
    for n in ANSWERS {
        let of_n = with_answers(measured, n);
        let (share, net) = (average(&of_n, |one| one.share), average(&of_n, |one| one.net));
        println!("{what}, average of {} populations, n {n}: share {share:.2}, net {net:.2}", of_n.len());
        assert!(COVERED.contains(&share) && COVERED.contains(&net), "n {n}: share {share:.2}, net {net:.2}");
    }
}

#[test]
fn on_average_over_populations_share_and_net_cover_the_truth_as_often_as_they_say() {
    share_and_net_keep_their_promise_on_average("pages alike", &ALIKE);
    let kept = |of: fn(&Coverage) -> f64| ALIKE.iter().filter(|one| COVERED.contains(&of(one))).count();
    let (share, net) = (kept(|one| one.share), kept(|one| one.net));
    println!("within {COVERED:?} by themselves, of {} lines: share {share}, net {net}", ALIKE.len());
}

#[test]
fn where_pages_differ_the_share_covers_the_truth_of_every_population() {
    share_and_net_keep_their_promise_on_average("pages differing", &DIFFERING);
    for coverage in DIFFERING.iter() {
        assert!(COVERED.contains(&coverage.share), "{coverage}");
    }
}

#[test]
fn the_mean_covers_the_truth_of_every_population() {
    for coverage in ALIKE.iter().chain(DIFFERING.iter()) {
        assert!(coverage.mean >= MEAN_COVERED, "{coverage}");
    }
}

/// Of each population by itself that cannot be: where nearly everybody agrees, the plain interval is narrow because it is wrong.
#[test]
fn on_average_over_shapes_the_interval_of_a_mean_is_no_wider_than_the_plain_one() {
    for n in ANSWERS {
        for points in [5, 7, 10] {
            let shapes: Vec<_> = with_answers(&ALIKE, n).into_iter().filter(|one| one.points == points).collect();
            let (ours, plain) = (average(&shapes, |one| one.width), average(&shapes, |one| one.plain_t_width));
            println!("{points} points, n {n}: average width {ours:.4}, plain t {plain:.4}");
            assert!(ours <= plain, "{points} points, n {n}: {ours} is wider than {plain}");
        }
    }
}
