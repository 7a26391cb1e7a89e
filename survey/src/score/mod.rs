//! Scores: what the answers to one question add up to, and how far that can be trusted.
//!
//! Products disagree on these figures, so ours are declared (docs: scores.md) and computed here and nowhere else. Every
//! figure comes from a [`Histogram`], never from a stored average, and carries a 95 % interval:
//!
//! - [`figures`]: share, net and mean of one question, with the headline for its metric;
//! - [`changes`]: whether they moved against the previous period;
//! - [`rank_pages`]: the pages that hurt, shrunk towards the site so that two bad answers never top the list;
//! - [`discoveries`] and [`likely_discoveries`]: which of many findings a report may tell without telling mostly of chance;
//! - [`display`]: rounding, for showing only.
//!
//! No answers give no figure at all, not zero.

mod change;
mod discovery;
pub mod display;
mod distribution;
mod histogram;
mod interval;
mod mean;
mod net;
mod prior;
mod ranking;
mod share;

pub use change::{Change, Changes, Verdict, changes, headline_change, share_change};
pub use discovery::{FALSE_DISCOVERY_RATE, discoveries, likely_discoveries};
pub use histogram::{Histogram, HistogramError, MAX_ANSWERS};
pub use interval::{Interval, Z};
pub use mean::Mean;
pub use net::Net;
pub use prior::{Prior, PriorSource};
pub use ranking::{RankedPage, Ranking, Standing, rank_against, rank_pages};
pub use share::{Share, Tally, share};

use interval::Estimate;
use serde::{Deserialize, Serialize};

use crate::definition::{Band, Direction, Metric};

/// With fewer answers than this a figure is shown as *low confidence*.
pub const LOW_CONFIDENCE_BELOW: u64 = 10;

/// All figures of one question, unrounded.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Figures {
    /// Answers to this question; at least one.
    pub n: u64,
    /// Those in the scale's positive set.
    pub positive: u64,
    /// Those in the scale's negative set.
    pub negative: u64,
    pub share: Share,
    pub net: Net,
    pub mean: Mean,
    /// Which of the three to show first.
    pub headline: Headline,
    /// Fewer than [`LOW_CONFIDENCE_BELOW`] answers.
    pub low_confidence: bool,
}

/// Which figure stands for a metric.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Headline {
    /// For CSAT.
    Share,
    /// For CES, with share and net beside it.
    Mean,
    /// For NPS.
    Net,
}

impl From<Metric> for Headline {
    fn from(metric: Metric) -> Self {
        match metric {
            Metric::Csat => Self::Share,
            Metric::Ces => Self::Mean,
            Metric::Nps => Self::Net,
        }
    }
}

impl Headline {
    /// Whether more of it is better: always, but for a mean on a scale of effort, say.
    pub fn is_better_higher(self, direction: Direction) -> bool {
        self != Self::Mean || direction == Direction::HigherIsBetter
    }
}

impl Figures {
    /// The headline's figure, in its own unit: percent, percentage points or the scale's values.
    pub fn headline_figure(&self) -> f64 {
        match self.headline {
            Headline::Share => self.share.percent,
            Headline::Mean => self.mean.value,
            Headline::Net => self.net.points,
        }
    }

    /// The headline's interval, in the unit of its figure. Only a mean of a single answer has none.
    pub fn headline_interval(&self) -> Option<Interval> {
        match self.headline {
            Headline::Share => Some(self.share.interval),
            Headline::Mean => self.mean.interval,
            Headline::Net => Some(self.net.interval),
        }
    }

    /// The band that more than half of the answers are in; neutral where neither the positive nor the negative one has so many.
    pub fn majority(&self) -> Band {
        let is_most = |count: u64| count > self.n / 2;
        match (is_most(self.positive), is_most(self.negative)) {
            (true, _) => Band::Positive,
            (_, true) => Band::Negative,
            _ => Band::Neutral,
        }
    }

    /// The headline's figure as it is shown: see [`display`].
    pub fn headline_shown(&self) -> String {
        match self.headline {
            Headline::Share => display::percent(self.share.percent, self.n),
            Headline::Mean => display::mean(self.mean.value),
            Headline::Net => display::points(self.net.points, self.n),
        }
    }
}

/// The figures of one question; none without an answer.
pub fn figures(histogram: &Histogram<'_>) -> Option<Figures> {
    let n = histogram.n();
    Some(Figures {
        n,
        positive: histogram.positive(),
        negative: histogram.negative(),
        share: share(histogram.tally()?),
        net: net::net(histogram)?,
        mean: mean::mean(histogram)?,
        headline: histogram.scale().metric().into(),
        low_confidence: n < LOW_CONFIDENCE_BELOW,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Scale;

    fn of(scale: &Scale, counts: &[u64]) -> Figures {
        figures(&Histogram::from_counts(scale, counts.to_vec()).unwrap()).unwrap()
    }

    #[test]
    fn no_answers_give_no_figure_at_all() {
        assert_eq!(figures(&Histogram::empty(&Scale::nps())), None);
    }

    #[test]
    fn each_metric_has_its_own_headline() {
        let csat = of(&Scale::csat5(), &[0, 0, 1, 2, 5]);
        assert_eq!((csat.headline_figure(), csat.headline_shown().as_str()), (87.5, "88"));
        let ces = of(&Scale::ces7(), &[0, 0, 0, 0, 2, 1, 1]);
        assert_eq!((ces.headline_figure(), ces.headline_shown().as_str()), (5.75, "5.75"));
        assert_eq!(ces.headline_interval(), ces.mean.interval);
        let nps = of(&Scale::nps(), &[1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
        assert_eq!((nps.headline_figure(), nps.headline_shown().as_str()), (25.0, "+25"));
    }

    #[test]
    fn nine_answers_are_low_confidence_and_ten_are_not() {
        assert!(of(&Scale::csat_thumbs(), &[4, 5]).low_confidence);
        assert!(!of(&Scale::csat_thumbs(), &[5, 5]).low_confidence);
    }

    #[test]
    fn half_of_the_answers_are_no_majority() {
        let majority = |counts: &[u64]| of(&Scale::csat5(), counts).majority();
        assert_eq!(majority(&[5, 0, 0, 0, 5]), Band::Neutral);
        assert_eq!(majority(&[5, 0, 0, 1, 5]), Band::Positive);
        assert_eq!(majority(&[5, 1, 0, 0, 5]), Band::Negative);
        assert_eq!(majority(&[1, 0, 1, 0, 1]), Band::Neutral);
        assert_eq!(of(&Scale::ces5_effort(), &[3, 0, 0, 0, 1]).majority(), Band::Positive, "little effort is good");
    }

    #[test]
    fn figures_travel_unrounded() {
        let figures = of(&Scale::csat3(), &[1, 1, 1]);
        let sent = serde_json::to_string(&figures).unwrap();
        assert_eq!(serde_json::from_str::<Figures>(&sent).unwrap(), figures);
    }
}
