//! Our figures against SciPy's and statsmodels': every vector, to the last digit that floating point allows.
//!
//! The vectors are read from the file named by `SCORE_VECTORS`; else from `shared/` beside the project, if it is there; else
//! from the project's own copy.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use survey::definition::Scale;
use survey::score::{Histogram, Interval, Tally, figures, rank_pages, share_change};

/// Relative; absolute for what is zero but for rounding.
const EXACT: f64 = 1e-9;
/// The maximum of the beta-binomial likelihood is flat, so another maximiser ends a little way off.
const FLAT_MAXIMUM: f64 = 1e-3;

#[derive(Deserialize)]
struct Vectors {
    figures: Vec<FiguresVector>,
    share_difference: Vec<DifferenceVector>,
    empirical_bayes: Vec<RankingVector>,
}

#[derive(Deserialize)]
struct FiguresVector {
    scale: String,
    counts: Vec<u64>,
    expect: ExpectedFigures,
}

/// Of a histogram without answers only `n` is given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedFigures {
    n: u64,
    positive: Option<u64>,
    negative: Option<u64>,
    share: Option<f64>,
    share_interval: Option<(f64, f64)>,
    net: Option<f64>,
    net_interval: Option<(f64, f64)>,
    mean: Option<f64>,
    mean_interval: Option<(f64, f64)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DifferenceVector {
    now: (u64, u64),
    before: (u64, u64),
    difference: f64,
    interval: (f64, f64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RankingVector {
    pages: Vec<(u64, u64)>,
    a: f64,
    b: f64,
    log_likelihood: f64,
    posterior_mean: Vec<f64>,
    p_below_site: Vec<f64>,
}

/// Counts what was compared, and remembers the worst.
#[derive(Default)]
struct Comparison {
    compared: usize,
    worst: f64,
}

impl Comparison {
    #[track_caller]
    fn number(&mut self, what: &str, got: f64, expected: f64, tolerance: f64) {
        let unit = if expected.abs() < 1e-9 { 1.0 } else { expected.abs() };
        let error = (got - expected).abs() / unit;
        assert!(error <= tolerance, "{what}: {got}, expected {expected}, off by {error:.1e}");
        self.compared += 1;
        self.worst = self.worst.max(error);
    }

    #[track_caller]
    fn optional(&mut self, what: &str, got: Option<f64>, expected: Option<f64>) {
        match (got, expected) {
            (Some(got), Some(expected)) => self.number(what, got, expected, EXACT),
            (None, None) => self.compared += 1,
            _ => panic!("{what}: {got:?}, expected {expected:?}"),
        }
    }

    #[track_caller]
    fn interval(&mut self, what: &str, got: Option<Interval>, expected: Option<(f64, f64)>) {
        self.optional(&format!("{what}, low end"), got.map(|got| got.low), expected.map(|(low, _)| low));
        self.optional(&format!("{what}, high end"), got.map(|got| got.high), expected.map(|(_, high)| high));
    }

    #[track_caller]
    fn finish(self, vectors: usize, category: &str) {
        println!("{category}: {vectors} vectors, {} figures compared, worst error {:.1e}", self.compared, self.worst);
        assert!(vectors > 0 && self.compared > 0, "no vectors for {category}");
    }
}

#[test]
fn figures_agree_with_the_vectors() {
    let vectors = vectors().figures;
    let mut comparison = Comparison::default();
    for FiguresVector { scale, counts, expect } in &vectors {
        let what = |figure: &str| format!("{figure} of {counts:?} on {scale}");
        let scale = preset(scale);
        let histogram = Histogram::from_counts(&scale, counts.clone()).unwrap();
        assert_eq!(histogram.n(), expect.n, "{}", what("n"));
        let got = figures(&histogram);
        assert_eq!(got.is_some(), expect.n > 0, "{}", what("figures"));
        assert_eq!(got.map(|got| got.positive), expect.positive, "{}", what("positive answers"));
        assert_eq!(got.map(|got| got.negative), expect.negative, "{}", what("negative answers"));
        comparison.optional(&what("share"), got.map(|got| got.share.percent), expect.share);
        comparison.interval(&what("share"), got.map(|got| got.share.interval), expect.share_interval);
        comparison.optional(&what("net"), got.map(|got| got.net.points), expect.net);
        comparison.interval(&what("net"), got.map(|got| got.net.interval), expect.net_interval);
        comparison.optional(&what("mean"), got.map(|got| got.mean.value), expect.mean);
        comparison.interval(&what("mean"), got.and_then(|got| got.mean.interval), expect.mean_interval);
    }
    comparison.finish(vectors.len(), "figures");
}

#[test]
fn share_differences_agree_with_the_vectors() {
    let vectors = vectors().share_difference;
    let mut comparison = Comparison::default();
    for DifferenceVector { now, before, difference, interval } in &vectors {
        let what = format!("{now:?} against {before:?}");
        let change = share_change(tally(*now), tally(*before));
        comparison.number(&what, change.difference, *difference, EXACT);
        comparison.interval(&what, Some(change.interval), Some(*interval));
    }
    comparison.finish(vectors.len(), "share differences");
}

#[test]
fn rankings_agree_with_the_vectors() {
    let vectors = vectors().empirical_bayes;
    let mut comparison = Comparison::default();
    for vector in &vectors {
        let pages: Vec<Tally> = vector.pages.iter().copied().filter(|&(_, n)| n > 0).map(tally).collect();
        let ranking = rank_pages(pages.iter().copied().enumerate()).unwrap();
        comparison.number("a", ranking.prior.a, vector.a, FLAT_MAXIMUM);
        comparison.number("b", ranking.prior.b, vector.b, FLAT_MAXIMUM);
        comparison.number("likelihood", ranking.prior.log_likelihood(&pages), vector.log_likelihood, EXACT);
        assert!(ranking.pages.is_sorted_by_key(|ranked| ranked.standing.expected_percent));
        for ranked in &ranking.pages {
            let what = |figure: &str| format!("{figure} of {:?}", vector.pages[ranked.page]);
            let (mean, below) = (vector.posterior_mean[ranked.page], vector.p_below_site[ranked.page]);
            let standing = ranked.standing;
            comparison.number(&what("posterior mean"), standing.expected_percent / 100.0, mean, FLAT_MAXIMUM);
            comparison.number(&what("probability"), standing.below_site, below, FLAT_MAXIMUM);
        }
    }
    comparison.finish(vectors.len(), "rankings");
}

#[test]
fn the_projects_copy_of_the_vectors_is_the_shared_one() {
    if let Ok(shared) = std::fs::read(shared_vectors()) {
        assert!(
            shared == std::fs::read(own_vectors()).unwrap(),
            "copy shared/score-vectors.json to survey/tests again"
        );
    }
}

fn tally((positive, n): (u64, u64)) -> Tally {
    Tally::new(positive, n).expect("a vector has answers")
}

fn preset(name: &str) -> Scale {
    match name {
        "csat5" => Scale::csat5(),
        "csat3" => Scale::csat3(),
        "csat7" => Scale::csat7(),
        "csat10" => Scale::csat10(),
        "thumbs" => Scale::csat_thumbs(),
        "ces7" => Scale::ces7(),
        "ces5_ease" => Scale::ces5_ease(),
        "ces5_effort" => Scale::ces5_effort(),
        "nps" => Scale::nps(),
        other => panic!("the vectors name a scale that has no preset: {other}"),
    }
}

fn vectors() -> Vectors {
    let path = match std::env::var_os("SCORE_VECTORS") {
        Some(named) => PathBuf::from(named),
        None => Some(shared_vectors()).filter(|shared| shared.exists()).unwrap_or_else(own_vectors),
    };
    println!("vectors: {}", path.display());
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn shared_vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/score-vectors.json")
}

fn own_vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/score-vectors.json")
}
