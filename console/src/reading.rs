//! Readings: a report's figures, rounded and put into words. The console computes no figure of its own.

use survey::definition::Metric;
use survey::report::{Funnel, PageReport, PagesReport, ScaleReport};
use survey::score::{Figures, Headline, Interval, LOW_CONFIDENCE_BELOW, Verdict, display};

use crate::text::{DASH, decimal, metric_abbreviation, metric_label, metric_name};

/// What kind of number a figure is: decides its ends, its rounding and its sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Percent of answers that are positive.
    Share,
    /// Percent positive less percent negative.
    Net,
    /// The average, on the scale's own points.
    Mean,
}

impl Kind {
    pub fn headline(metric: Metric) -> Self {
        match metric.into() {
            Headline::Mean => Self::Mean,
            Headline::Share => Self::Share,
            Headline::Net => Self::Net,
        }
    }

    /// The smallest and the largest possible value on a scale.
    pub fn ends(self, scale: ScaleName) -> (f64, f64) {
        match self {
            Self::Share => (0.0, 100.0),
            Self::Net => (-100.0, 100.0),
            Self::Mean => (scale.first_point.into(), scale.last_point.into()),
        }
    }

    /// What its axis is divided into.
    pub fn step(self) -> f64 {
        match self {
            Self::Share => 10.0,
            Self::Net => 20.0,
            Self::Mean => 0.5,
        }
    }

    /// A number of this kind: "71 %", "+28", "5.41".
    pub fn shown(self, value: f64, n: u64) -> String {
        let number = self.number(value, n);
        match self {
            Self::Share => format!("{number}\u{202f}%"),
            Self::Net | Self::Mean => number,
        }
    }

    /// The same without its unit.
    fn number(self, value: f64, n: u64) -> String {
        match self {
            Self::Share => decimal(&display::percent(value, n)),
            Self::Net => decimal(&display::points(value, n)),
            Self::Mean => decimal(&display::mean(value)),
        }
    }

    /// The size of a difference: "4 points", "0.38".
    fn difference(self, difference: f64, n: u64) -> String {
        match self {
            Self::Share => tr!("{number} points", number = decimal(&display::percent(difference.abs(), n))),
            Self::Net => decimal(&display::percent(difference.abs(), n)),
            Self::Mean => decimal(&display::mean(difference.abs())),
        }
    }
}

/// One figure with its 95 % interval.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Reading {
    pub kind: Kind,
    pub value: f64,
    pub interval: Option<(f64, f64)>,
    pub n: u64,
}

impl Reading {
    /// On whatever it stands, so few are too few to rely on.
    pub fn is_small_sample(&self) -> bool {
        self.n < LOW_CONFIDENCE_BELOW
    }

    pub fn shown(&self) -> String {
        self.kind.shown(self.value, self.n)
    }

    /// "5.36 – 5.46", "−4 to +60".
    pub fn interval_shown(&self) -> Option<String> {
        let (low, high) = self.interval?;
        // A dash between two signs would be one stroke too many.
        let between = if self.kind == Kind::Net { tr!("between figures with signs" => " to ") } else { DASH };
        Some(format!("{}{between}{}", self.kind.number(low, self.n), self.kind.number(high, self.n)))
    }

    /// For those who cannot see the bar: "4.12, between 3.96 and 4.28".
    pub fn in_words(&self) -> String {
        match self.interval {
            Some((low, high)) => {
                let (low, high) = (self.kind.number(low, self.n), self.kind.number(high, self.n));
                tr!("{figure}, between {low} and {high}", figure = self.shown(), low, high)
            }
            None => tr!("{figure}, no interval", figure = self.shown()),
        }
    }
}

/// The figure by which a metric is known.
pub fn headline(metric: Metric, figures: &Figures) -> Reading {
    reading(Kind::headline(metric), figures)
}

/// The figures that stand beside the headline.
pub fn beside(metric: Metric, figures: &Figures) -> Vec<Reading> {
    let others = [Kind::Share, Kind::Net, Kind::Mean].into_iter().filter(|kind| *kind != Kind::headline(metric));
    others.map(|kind| reading(kind, figures)).collect()
}

fn reading(kind: Kind, figures: &Figures) -> Reading {
    let (value, interval) = match kind {
        Kind::Share => (figures.share.percent, Some(figures.share.interval)),
        Kind::Net => (figures.net.points, Some(figures.net.interval)),
        Kind::Mean => (figures.mean.value, figures.mean.interval),
    };
    Reading { kind, value, interval: interval.map(|Interval { low, high }| (low, high)), n: figures.n }
}

/// How many of those who were shown a survey answered it; nothing where none was shown.
pub fn response(funnel: &Funnel) -> Option<Reading> {
    let share = funnel.response()?;
    Some(Reading {
        kind: Kind::Share,
        value: share.percent,
        interval: Some((share.interval.low, share.interval.high)),
        n: funnel.shown,
    })
}

/// What a figure of this kind is called beside a metric's headline.
pub fn kind_name(metric: Metric, kind: Kind) -> &'static str {
    match (kind, metric) {
        (Kind::Mean, _) => tr!("Mean"),
        (Kind::Share, Metric::Ces) => tr!("Found it easy"),
        (Kind::Share, Metric::Csat) => tr!("Satisfied"),
        (Kind::Share, Metric::Nps) => tr!("Promoters"),
        (Kind::Net, Metric::Ces) => tr!("Net ease"),
        (Kind::Net, Metric::Csat) => tr!("Net satisfaction"),
        (Kind::Net, Metric::Nps) => tr!("Net promoters"),
    }
}

/// Whether good or bad news.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    Good,
    Bad,
    Flat,
}

/// A change in words, what these mean, and whether they are good news.
#[derive(Clone, PartialEq, Debug)]
pub struct ChangeShown {
    pub words: String,
    /// For whoever wonders.
    pub meaning: &'static str,
    pub tone: Tone,
}

/// "▼ 0.38, real change", tr!("no clear change"), or why there is nothing to compare.
pub fn change_in_words(score: &ScaleReport) -> ChangeShown {
    let flat = |words: &str, meaning| ChangeShown { words: words.to_owned(), meaning, tone: Tone::Flat };
    let Some(change) = &score.change else {
        return flat(tr!("nothing to compare"), tr!("There are no answers in the period before."));
    };
    let tone = match score.verdict_among_all.unwrap_or(change.verdict) {
        Verdict::NoClearChange if score.figures.low_confidence => {
            return flat(tr!("too few to say"), tr!("Fewer than 10 answers: a difference may well be chance."));
        }
        Verdict::NoClearChange if change.verdict != Verdict::NoClearChange => {
            return flat(
                tr!("no clear change"),
                tr!("By itself the difference would be clear; but among so many pages, some differ as much by chance."),
            );
        }
        Verdict::NoClearChange => {
            return flat(
                tr!("no clear change"),
                tr!("The difference from the period before is so small, for this many answers, that it may be chance."),
            );
        }
        Verdict::Better => Tone::Good,
        Verdict::Worse => Tone::Bad,
    };
    let arrow = if change.difference < 0.0 { "▼" } else { "▲" };
    let size = Kind::headline(score.metric).difference(change.difference, score.figures.n);
    let meaning = match score.verdict_among_all {
        None => tr!("Too large a difference from the period before to be put down to chance (95 % confidence)."),
        Some(_) => {
            tr!(
                "Too large a difference from the period before to be put down to chance: of all pages that are so marked, at most 5 % are expected to be."
            )
        }
    };
    ChangeShown { words: tr!("{arrow} {size}, real change", arrow, size), meaning, tone }
}

/// A scale by its metric and ends. Scores on different scales are never shown in one list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScaleName {
    pub metric: Metric,
    pub first_point: u8,
    pub last_point: u8,
}

impl ScaleName {
    pub fn of(report: &ScaleReport) -> Self {
        Self { metric: report.metric, first_point: report.first_point, last_point: report.last_point }
    }

    /// As it stands in the address: `ces-1-7`.
    pub fn token(&self) -> String {
        let metric = metric_abbreviation(self.metric).to_ascii_lowercase();
        format!("{metric}-{}-{}", self.first_point, self.last_point)
    }

    /// "Ease (CES)", or "Ease (CES, 1–5)" where several scales measure the same.
    pub fn label(&self, among: &[Self]) -> String {
        if among.iter().filter(|other| other.metric == self.metric).count() > 1 {
            let (name, short) = (metric_name(self.metric), metric_abbreviation(self.metric));
            format!("{name} ({short}, {}–{})", self.first_point, self.last_point)
        } else {
            metric_label(self.metric)
        }
    }
}

/// What a page got on a scale, if anything.
pub fn on_scale(page: &PageReport, scale: ScaleName) -> Option<&ScaleReport> {
    page.scores.iter().find(|score| ScaleName::of(score) == scale)
}

/// The scale on which most pages have a score, and of those the one with the most answers: the one to begin with.
pub fn most_scored(report: &PagesReport) -> Option<ScaleName> {
    let reach = |score: &&ScaleReport| {
        let scale = ScaleName::of(score);
        (report.pages.iter().filter(|page| on_scale(page, scale).is_some()).count(), score.figures.n)
    };
    report.site.scores.iter().rev().max_by_key(reach).map(ScaleName::of)
}

#[cfg(test)]
mod tests {
    use survey::definition::Scale;
    use survey::score::{Change, Histogram, changes, figures};

    use super::*;
    use crate::parts::sample::{page, report};

    fn of(scale: &Scale, counts: &[u64]) -> Figures {
        figures(&Histogram::from_counts(scale, counts.to_vec()).unwrap()).unwrap()
    }

    fn scored(figures: Figures, change: Option<Change>) -> ScaleReport {
        ScaleReport { metric: Metric::Csat, figures, change, ..page("a.b/x", 50.0).scores.remove(0) }
    }

    #[test]
    fn each_metric_is_read_by_its_own_headline() {
        let ces = headline(Metric::Ces, &of(&Scale::ces7(), &[0, 0, 0, 0, 2, 1, 1]));
        assert_eq!((ces.shown().as_str(), ces.n), ("5.75", 4));
        let csat = of(&Scale::csat5(), &[1, 2, 3, 4, 5]);
        assert_eq!(headline(Metric::Csat, &csat).shown(), "60\u{202f}%");
        let nps = of(&Scale::nps(), &[3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(headline(Metric::Nps, &nps).shown(), "−50");
        assert_eq!(beside(Metric::Nps, &nps).len(), 2);
    }

    #[test]
    fn an_interval_has_its_sign_and_no_unit() {
        let reading = Reading { kind: Kind::Net, value: 28.0, interval: Some((-3.6, 59.6)), n: 40 };
        assert_eq!(reading.interval_shown(), Some("−4 to +60".to_owned()));
        assert_eq!(reading.in_words(), "+28, between −4 and +60");
        let alone = headline(Metric::Ces, &of(&Scale::ces7(), &[0, 0, 0, 1, 0, 0, 0]));
        assert_eq!(alone.interval_shown(), None);
        assert_eq!(alone.in_words(), "4.00, no interval");
    }

    #[test]
    fn a_change_is_called_real_only_where_it_is_clear() {
        let scale = Scale::csat5();
        let change = |now: &[u64], before: &[u64]| {
            let histogram = |counts: &[u64]| Histogram::from_counts(&scale, counts.to_vec()).unwrap();
            let change = changes(&histogram(now), &histogram(before)).unwrap().unwrap().share;
            change_in_words(&scored(of(&scale, now), Some(change)))
        };
        let worse = change(&[60, 0, 0, 0, 40], &[20, 0, 0, 0, 80]);
        assert_eq!((worse.words.as_str(), worse.tone), ("▼ 40 points, real change", Tone::Bad));
        assert!(worse.meaning.contains("chance"));
        let better = change(&[20, 0, 0, 0, 80], &[60, 0, 0, 0, 40]);
        assert_eq!((better.words.as_str(), better.tone), ("▲ 40 points, real change", Tone::Good));
        assert_eq!(change(&[50, 0, 0, 0, 50], &[51, 0, 0, 0, 49]).words, "no clear change");
        assert_eq!(change(&[1, 0, 0, 0, 1], &[0, 0, 0, 0, 1]).words, "too few to say");
        assert_eq!(change_in_words(&scored(of(&scale, &[1, 1, 1, 1, 1]), None)).words, "nothing to compare");
    }

    #[test]
    fn a_change_that_is_clear_by_itself_alone_is_not_called_real_among_many_pages() {
        let scale = Scale::csat5();
        let histogram = |counts: &[u64]| Histogram::from_counts(&scale, counts.to_vec()).unwrap();
        let (now, before) = (histogram(&[60, 0, 0, 0, 40]), histogram(&[40, 0, 0, 0, 60]));
        let change = changes(&now, &before).unwrap().unwrap().share;
        let alone = scored(figures(&now).unwrap(), Some(change));
        let among = |verdict| change_in_words(&ScaleReport { verdict_among_all: Some(verdict), ..alone.clone() });
        assert_eq!(change_in_words(&alone).tone, Tone::Bad);
        assert_eq!(among(Verdict::Worse).tone, Tone::Bad);
        let chance = among(Verdict::NoClearChange);
        assert_eq!((chance.words.as_str(), chance.tone), ("no clear change", Tone::Flat));
        assert!(chance.meaning.contains("By itself"));
    }

    #[test]
    fn a_scale_is_named_by_its_ends_only_where_another_measures_the_same() {
        let scale = |last_point| ScaleName { metric: Metric::Ces, first_point: 1, last_point };
        assert_eq!(scale(7).label(&[scale(7)]), "Ease (CES)");
        assert_eq!(scale(7).label(&[scale(7), scale(5)]), "Ease (CES, 1–7)");
        assert_eq!(scale(5).token(), "ces-1-5");
    }

    #[test]
    fn the_screen_begins_with_the_scale_that_most_pages_are_scored_on() {
        let many = report(vec![page("a.b/1", 50.0), page("a.b/2", 50.0), page("a.b/3", None)]);
        assert_eq!(most_scored(&many), Some(crate::parts::sample::scale()));
        let mut popular = many.clone();
        let mut other = ScaleReport { last_point: 5, ..many.site.scores[0].clone() };
        other.figures.n = 1_000;
        popular.site.scores.push(other.clone());
        popular.pages[2].scores.push(other);
        assert_eq!(most_scored(&popular), Some(crate::parts::sample::scale()), "one page, however many answers");
        assert_eq!(most_scored(&report(Vec::new())), Some(crate::parts::sample::scale()));
    }

    #[test]
    fn a_share_of_few_is_a_small_sample_whatever_it_is_a_share_of() {
        let response = |shown| super::response(&Funnel { shown, answered: 2, ..Funnel::default() }).unwrap();
        assert!(response(2).is_small_sample() && response(9).is_small_sample());
        assert!(!response(10).is_small_sample());
    }

    #[test]
    fn the_response_rate_is_of_those_shown() {
        let funnel =
            Funnel { eligible: 900, sampled: 450, shown: 200, started: 30, answered: 12, completed: 9, dismissed: 80 };
        let response = response(&funnel).unwrap();
        assert_eq!((response.shown().as_str(), response.n), ("6\u{202f}%", 200));
        assert!(super::response(&Funnel::default()).is_none());
        let lost = Funnel { shown: 3, answered: 5, ..Funnel::default() };
        assert!(super::response(&lost).is_none(), "of an exposure that was lost nothing is made up");
    }
}
