//! Histograms: how often each point of a scale was chosen.
//!
//! A histogram is the only thing that is ever stored or added up; every figure is computed from one. It knows the scale
//! it was counted on, so that answers to "how easy was it, 1 to 7" can never end up in the same sum as "0 to 10".

use serde::{Serialize, Serializer};

use super::Tally;
use crate::definition::{Band, Scale, Score};

/// The most answers one histogram holds: the largest whole number that a double and a JSON reader still hold exactly.
pub const MAX_ANSWERS: u64 = 1 << 53;

/// Answers per point of one scale, in the order of [`Scale::points`].
///
/// Written down as the bare list of counts; read back with [`Histogram::from_counts`], on the scale of its question.
#[derive(Clone, PartialEq, Debug)]
pub struct Histogram<'s> {
    scale: &'s Scale,
    counts: Vec<u64>,
}

/// Why answers cannot be counted together.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum HistogramError {
    #[error("counts: the scale has {points} points, these are {counts} counts; give one count per point")]
    Length { points: usize, counts: usize },
    #[error("the histograms are of different scales, so they cannot be added or compared; show one row per scale")]
    DifferentScales,
    #[error("the score {point} is not on this scale ({first} to {last}); take it from the scale's own `score`")]
    OffScale { point: u8, first: u8, last: u8 },
    #[error("counts: together more than {MAX_ANSWERS} answers, which no longer add up exactly")]
    TooMany,
}

impl<'s> Histogram<'s> {
    /// No answers yet.
    pub fn empty(scale: &'s Scale) -> Self {
        Self { scale, counts: vec![0; scale.values().len()] }
    }

    /// Counts that were stored or sent, one per point of the scale.
    ///
    /// # Errors
    /// [`HistogramError::Length`] if there is not exactly one count per point, [`HistogramError::TooMany`] if they add
    /// up to more than [`MAX_ANSWERS`].
    pub fn from_counts(scale: &'s Scale, counts: Vec<u64>) -> Result<Self, HistogramError> {
        let points = scale.values().len();
        if counts.len() != points {
            return Err(HistogramError::Length { points, counts: counts.len() });
        }
        check_total(&counts)?;
        Ok(Self { scale, counts })
    }

    /// Counts one answer.
    ///
    /// # Errors
    /// [`HistogramError::OffScale`] if the score was made by another scale and is not a point of this one,
    /// [`HistogramError::TooMany`] if the histogram is full.
    pub fn add(&mut self, score: Score) -> Result<(), HistogramError> {
        if self.scale.score(score.point().into()).is_none() {
            let (first, last) = (self.scale.first(), self.scale.last());
            return Err(HistogramError::OffScale { point: score.point(), first, last });
        }
        if self.n() == MAX_ANSWERS {
            return Err(HistogramError::TooMany);
        }
        self.counts[self.scale.index(score)] += 1;
        Ok(())
    }

    /// Adds the answers of another day, page or collector. Exact, and the same in any order.
    ///
    /// # Errors
    /// [`HistogramError::DifferentScales`] if the other was counted on another scale, [`HistogramError::TooMany`] if
    /// the sum exceeds [`MAX_ANSWERS`]. Either way this histogram stays as it was.
    pub fn merge(&mut self, other: &Histogram<'_>) -> Result<(), HistogramError> {
        self.check_same_scale(other)?;
        // No count exceeds 2^53, so no sum of two overflows.
        let counts: Vec<u64> = self.counts.iter().zip(&other.counts).map(|(mine, theirs)| mine + theirs).collect();
        check_total(&counts)?;
        self.counts = counts;
        Ok(())
    }

    pub(super) fn check_same_scale(&self, other: &Histogram<'_>) -> Result<(), HistogramError> {
        if self.scale == other.scale { Ok(()) } else { Err(HistogramError::DifferentScales) }
    }

    pub fn scale(&self) -> &'s Scale {
        self.scale
    }

    /// Answers per point, in the order of [`Scale::points`].
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// All answers to the question.
    pub fn n(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Answers in the scale's positive set.
    pub fn positive(&self) -> u64 {
        self.in_band(Band::Positive)
    }

    /// Answers in the scale's negative set.
    pub fn negative(&self) -> u64 {
        self.in_band(Band::Negative)
    }

    /// Positive answers out of all; none without an answer.
    pub fn tally(&self) -> Option<Tally> {
        Tally::new(self.positive(), self.n())
    }

    fn in_band(&self, band: Band) -> u64 {
        let counted = self.scale.scores().zip(&self.counts);
        counted.filter(|(score, _)| self.scale.band(*score) == band).map(|(_, count)| count).sum()
    }
}

impl Serialize for Histogram<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.counts.serialize(serializer)
    }
}

fn check_total(counts: &[u64]) -> Result<(), HistogramError> {
    let total = counts.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count));
    match total {
        Some(0..=MAX_ANSWERS) => Ok(()),
        _ => Err(HistogramError::TooMany),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ces(counts: &[u64]) -> Histogram<'static> {
        static CES: std::sync::LazyLock<Scale> = std::sync::LazyLock::new(Scale::ces7);
        Histogram::from_counts(&CES, counts.to_vec()).unwrap()
    }

    #[test]
    fn a_histogram_has_one_count_per_point() {
        let scale = Scale::nps();
        let refused = Histogram::from_counts(&scale, vec![0; 10]).unwrap_err();
        assert_eq!(refused, HistogramError::Length { points: 11, counts: 10 });
        assert_eq!(Histogram::empty(&scale), Histogram::from_counts(&scale, vec![0; 11]).unwrap());
    }

    #[test]
    fn histograms_of_different_scales_are_never_added() {
        // The same points and values; only what counts as good differs.
        let (ease, effort) = (Scale::ces5_ease(), Scale::ces5_effort());
        let mut eased = Histogram::from_counts(&ease, vec![1; 5]).unwrap();
        let laboured = Histogram::from_counts(&effort, vec![1; 5]).unwrap();
        assert_eq!(eased.merge(&laboured), Err(HistogramError::DifferentScales));
        assert_eq!(eased.n(), 5);
    }

    #[test]
    fn a_score_of_another_scale_is_refused_by_name() {
        let (ces, nps) = (Scale::ces7(), Scale::nps());
        let mut histogram = Histogram::empty(&ces);
        let zero = nps.score(0).unwrap();
        assert_eq!(histogram.add(zero), Err(HistogramError::OffScale { point: 0, first: 1, last: 7 }));
        histogram.add(ces.score(7).unwrap()).unwrap();
        assert_eq!(histogram.counts(), [0, 0, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn counts_that_no_longer_add_up_exactly_are_refused() {
        let thumbs = Scale::csat_thumbs();
        let refused = |counts| Histogram::from_counts(&thumbs, counts).unwrap_err();
        assert_eq!(refused(vec![u64::MAX, 1]), HistogramError::TooMany);
        assert_eq!(refused(vec![MAX_ANSWERS, 1]), HistogramError::TooMany);
        let mut full = Histogram::from_counts(&thumbs, vec![MAX_ANSWERS, 0]).unwrap();
        assert_eq!(full.merge(&full.clone()), Err(HistogramError::TooMany));
        assert_eq!(full.add(thumbs.score(1).unwrap()), Err(HistogramError::TooMany));
    }

    #[test]
    fn a_histogram_is_written_down_as_its_counts() {
        assert_eq!(serde_json::to_string(&ces(&[0, 1, 2, 3, 4, 5, 6])).unwrap(), "[0,1,2,3,4,5,6]");
    }

    fn counts() -> impl Strategy<Value = Vec<u64>> {
        prop::collection::vec(0_u64..1_000_000, 7)
    }

    proptest! {
        #[test]
        fn merging_in_any_order_gives_the_same_histogram(parts in prop::collection::vec(counts(), 1..8)) {
            let mut forwards = ces(&[0; 7]);
            let mut backwards = ces(&[0; 7]);
            for part in &parts {
                forwards.merge(&ces(part)).unwrap();
            }
            for part in parts.iter().rev() {
                backwards.merge(&ces(part)).unwrap();
            }
            prop_assert_eq!(forwards.n(), parts.iter().flatten().sum::<u64>());
            prop_assert_eq!(forwards, backwards);
        }

        #[test]
        fn counting_one_by_one_is_the_same_as_counting_at_once(points in prop::collection::vec(1_i64..=7, 0..60)) {
            let scale = Scale::ces7();
            let mut one_by_one = Histogram::empty(&scale);
            let mut at_once = vec![0; 7];
            for point in points {
                one_by_one.add(scale.score(point).unwrap()).unwrap();
                at_once[point as usize - 1] += 1;
            }
            prop_assert_eq!(one_by_one.counts(), at_once);
        }
    }
}
