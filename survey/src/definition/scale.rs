//! Scales: what a score question offers, and which of its points count as good or bad.
//!
//! A scale is declared with its question and never guessed from the answers, because products disagree on what "7 of 10"
//! means. The presets are the ones of the field; each names its source.

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// What a score question measures. Decides which figure is the headline (see [`crate::score`]).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Customer effort: how easy it was. Headline: the mean.
    Ces,
    /// Customer satisfaction. Headline: the share of satisfied answers.
    Csat,
    /// Net promoter score. Headline: promoters minus detractors.
    Nps,
}

/// Which end of a scale is the good one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    HigherIsBetter,
    LowerIsBetter,
}

impl Direction {
    fn as_str(self) -> &'static str {
        match self {
            Self::HigherIsBetter => "higher_is_better",
            Self::LowerIsBetter => "lower_is_better",
        }
    }
}

/// A score on its question's own scale. Made only by [`Scale::score`], so it is always one of the scale's points.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Score(u8);

impl Score {
    /// The point as the visitor saw it: 7 on a scale from 1 to 7.
    pub fn point(self) -> u8 {
        self.0
    }
}

/// How good a score is, by its scale's own positive and negative sets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    Positive,
    Neutral,
    Negative,
}

impl Band {
    /// As it is written down.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Neutral => "neutral",
            Self::Negative => "negative",
        }
    }
}

/// A declared scale: consecutive points from `first`, each with the value it has in a mean.
///
/// As JSON the name of a preset, `"ces7"`, or all of its parts.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(into = "ScaleParts")]
pub struct Scale {
    metric: Metric,
    first: u8,
    values: Vec<f64>,
    direction: Direction,
    positive: Vec<u8>,
    negative: Vec<u8>,
}

impl Scale {
    /// CSAT on five points, top two boxes positive: the usual convention.
    pub fn csat5() -> Self {
        Self::preset(Metric::Csat, 1..=5, 4..=5, 1..=2)
    }

    /// CSAT on three points (bad, average, excellent), valued 2, 3 and 5.
    pub fn csat3() -> Self {
        Self { values: vec![2.0, 3.0, 5.0], ..Self::preset(Metric::Csat, 1..=3, 3..=3, 1..=1) }
    }

    /// CSAT on seven points, top two boxes positive.
    pub fn csat7() -> Self {
        Self::preset(Metric::Csat, 1..=7, 6..=7, 1..=2)
    }

    /// CSAT on ten points: 9 and 10 positive, 1 to 6 negative.
    pub fn csat10() -> Self {
        Self::preset(Metric::Csat, 1..=10, 9..=10, 1..=6)
    }

    /// CSAT as a thumb down (0) or up (1).
    pub fn csat_thumbs() -> Self {
        Self::preset(Metric::Csat, 0..=1, 1..=1, 0..=0)
    }

    /// CES 2.0: agreement from 1 to 7 with "made it easy" (CEB, now Gartner, 2013).
    pub fn ces7() -> Self {
        Self::preset(Metric::Ces, 1..=7, 5..=7, 1..=3)
    }

    /// CES as ease on five points, from "very hard" to "very easy".
    pub fn ces5_ease() -> Self {
        Self::preset(Metric::Ces, 1..=5, 4..=5, 1..=2)
    }

    /// CES 1.0: effort on five points, where 5 is the most effort and so the worst.
    pub fn ces5_effort() -> Self {
        Self { direction: Direction::LowerIsBetter, ..Self::preset(Metric::Ces, 1..=5, 1..=2, 4..=5) }
    }

    /// NPS: 0 to 10, promoters 9 and 10, detractors 0 to 6 (Reichheld, 2003).
    pub fn nps() -> Self {
        Self::preset(Metric::Nps, 0..=10, 9..=10, 0..=6)
    }

    /// The presets by their names.
    fn named(name: &str) -> Option<Self> {
        let index = Self::PRESETS.iter().position(|preset| *preset == name)?;
        let presets = [
            Self::csat5,
            Self::csat3,
            Self::csat7,
            Self::csat10,
            Self::csat_thumbs,
            Self::ces7,
            Self::ces5_ease,
            Self::ces5_effort,
            Self::nps,
        ];
        Some(presets[index]())
    }

    const PRESETS: &[&str; 9] =
        &["csat5", "csat3", "csat7", "csat10", "csat_thumbs", "ces7", "ces5_ease", "ces5_effort", "nps"];

    fn preset(
        metric: Metric,
        points: std::ops::RangeInclusive<u8>,
        positive: std::ops::RangeInclusive<u8>,
        negative: std::ops::RangeInclusive<u8>,
    ) -> Self {
        Self {
            metric,
            first: *points.start(),
            values: points.map(f64::from).collect(),
            direction: Direction::HigherIsBetter,
            positive: positive.collect(),
            negative: negative.collect(),
        }
    }

    pub fn metric(&self) -> Metric {
        self.metric
    }

    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// The scale's points in order, as the visitor sees them.
    pub fn points(&self) -> impl Iterator<Item = u8> + use<> {
        self.first..=self.last()
    }

    /// The scale's points in order, as the scores they stand for.
    pub fn scores(&self) -> impl Iterator<Item = Score> + use<> {
        self.points().map(Score)
    }

    /// The value of each point in a mean, in the order of [`Scale::points`].
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    pub fn first(&self) -> u8 {
        self.first
    }

    pub fn last(&self) -> u8 {
        // A scale has 2 to 11 points, so this cannot overflow: see `ScaleParts`.
        self.first + self.values.len() as u8 - 1
    }

    /// The score that a number stands for, if it is one of this scale's points.
    pub fn score(&self, number: i64) -> Option<Score> {
        u8::try_from(number).ok().filter(|point| (self.first..=self.last()).contains(point)).map(Score)
    }

    /// Where the score stands among the points, from 0: its place in a histogram.
    pub fn index(&self, score: Score) -> usize {
        usize::from(score.0 - self.first)
    }

    pub fn band(&self, score: Score) -> Band {
        if self.positive.contains(&score.0) {
            Band::Positive
        } else if self.negative.contains(&score.0) {
            Band::Negative
        } else {
            Band::Neutral
        }
    }
}

/// A scale as it is written down; becomes a [`Scale`] only if it makes sense.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScaleParts {
    metric: Metric,
    first: u8,
    values: Vec<f64>,
    direction: Direction,
    positive: Vec<u8>,
    negative: Vec<u8>,
}

/// Why a declared scale cannot be one.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum ScaleError {
    #[error("values: a scale has 2 to 11 points, this one has {0}")]
    Points(usize),
    #[error("first: a scale starts at 0 or 1, this one at {0}")]
    First(u8),
    #[error("values: {0} is not a finite number")]
    Value(f64),
    #[error("positive, negative: {0} is not a point of the scale")]
    OffScale(u8),
    #[error("positive, negative: {0} cannot be in both sets")]
    Both(u8),
    #[error("positive: at least one point must count as positive")]
    NothingPositive,
    #[error("positive, negative: {worse} counts as better than {better}, against direction {direction}", direction = .direction.as_str())]
    AgainstDirection { worse: u8, better: u8, direction: Direction },
    #[error(
        "an NPS has the points 0 to 10, 9 and 10 positive, 0 to 6 negative, and higher is better; anything else is a CSAT"
    )]
    NotNps,
}

impl<'de> Deserialize<'de> for Scale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NameOrParts)
    }
}

struct NameOrParts;

impl<'de> Visitor<'de> for NameOrParts {
    type Value = Scale;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("the name of a scale, like \"ces7\", or its parts")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Scale, E> {
        Scale::named(name).ok_or_else(|| E::unknown_variant(name, Scale::PRESETS))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Scale, A::Error> {
        let parts = ScaleParts::deserialize(de::value::MapAccessDeserializer::new(map))?;
        parts.try_into().map_err(de::Error::custom)
    }
}

impl TryFrom<ScaleParts> for Scale {
    type Error = ScaleError;

    fn try_from(parts: ScaleParts) -> Result<Self, ScaleError> {
        if !(2..=11).contains(&parts.values.len()) {
            return Err(ScaleError::Points(parts.values.len()));
        }
        if parts.first > 1 {
            return Err(ScaleError::First(parts.first));
        }
        if let Some(value) = parts.values.iter().find(|value| !value.is_finite()) {
            return Err(ScaleError::Value(*value));
        }
        let ScaleParts { metric, first, values, direction, positive, negative } = parts;
        let scale = Self { metric, first, values, direction, positive, negative };
        if let Some(point) =
            scale.positive.iter().chain(&scale.negative).find(|&&point| scale.score(point.into()).is_none())
        {
            return Err(ScaleError::OffScale(*point));
        }
        if let Some(point) = scale.positive.iter().find(|point| scale.negative.contains(point)) {
            return Err(ScaleError::Both(*point));
        }
        if scale.positive.is_empty() {
            return Err(ScaleError::NothingPositive);
        }
        scale.check_direction()?;
        if metric == Metric::Nps && !scale.is_nps() {
            return Err(ScaleError::NotNps);
        }
        Ok(scale)
    }
}

impl Scale {
    /// Whoever is better off in the scale's direction must not be in a worse band.
    fn check_direction(&self) -> Result<(), ScaleError> {
        let rank = |score: Score| match self.band(score) {
            Band::Negative => 0,
            Band::Neutral => 1,
            Band::Positive => 2,
        };
        let mut scores: Vec<Score> = self.scores().collect();
        if self.direction == Direction::LowerIsBetter {
            scores.reverse();
        }
        match scores.windows(2).find(|pair| rank(pair[0]) > rank(pair[1])) {
            Some(pair) => {
                Err(ScaleError::AgainstDirection { worse: pair[0].0, better: pair[1].0, direction: self.direction })
            }
            None => Ok(()),
        }
    }

    /// Whether it is the scale that everybody else's promoter score is made with, whatever its points count in a mean.
    fn is_nps(&self) -> bool {
        let Self { values, .. } = Self::nps();
        let bands_are_those =
            || self.scores().zip(Self::nps().scores()).all(|(own, nps)| self.band(own) == Self::nps().band(nps));
        self.first == 0 && self.values.len() == values.len() && bands_are_those()
    }
}

impl From<Scale> for ScaleParts {
    fn from(scale: Scale) -> Self {
        let Scale { metric, first, values, direction, positive, negative } = scale;
        Self { metric, first, values, direction, positive, negative }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_always_a_point_of_its_scale() {
        let nps = Scale::nps();
        assert_eq!(nps.score(0).map(Score::point), Some(0));
        assert_eq!(nps.score(10).map(|score| nps.index(score)), Some(10));
        assert_eq!(Scale::ces7().score(0), None);
        assert_eq!(Scale::ces7().score(8), None);
        assert_eq!(Scale::ces7().score(-1), None);
        assert_eq!(Scale::ces7().score(i64::MAX), None);
    }

    #[test]
    fn effort_counts_its_low_points_as_good() {
        let effort = Scale::ces5_effort();
        let band = |point| effort.score(point).map(|score| effort.band(score));
        assert_eq!(band(1), Some(Band::Positive));
        assert_eq!(band(3), Some(Band::Neutral));
        assert_eq!(band(5), Some(Band::Negative));
    }

    #[test]
    fn every_preset_survives_being_written_down() {
        for scale in [
            Scale::csat5(),
            Scale::csat3(),
            Scale::csat7(),
            Scale::csat10(),
            Scale::csat_thumbs(),
            Scale::ces7(),
            Scale::ces5_ease(),
            Scale::ces5_effort(),
            Scale::nps(),
        ] {
            let written = serde_json::to_string(&scale).unwrap();
            assert_eq!(serde_json::from_str::<Scale>(&written).unwrap(), scale);
        }
    }

    #[test]
    fn a_preset_may_be_called_by_its_name() {
        for (name, preset) in [("csat_thumbs", Scale::csat_thumbs()), ("ces7", Scale::ces7()), ("nps", Scale::nps())] {
            assert_eq!(serde_json::from_str::<Scale>(&format!("{name:?}")).unwrap(), preset);
        }
        let told = serde_json::from_str::<Scale>("\"ces8\"").unwrap_err().to_string();
        assert!(told.starts_with("unknown variant `ces8`, expected one of `csat5`"), "{told}");
    }

    #[test]
    fn a_scale_that_makes_no_sense_is_refused_by_name() {
        let refused = |json: &str| serde_json::from_str::<Scale>(json).unwrap_err().to_string();
        let scale = |positive: &str, values: &str| {
            format!(
                r#"{{"metric":"csat","first":1,"values":{values},"direction":"higher_is_better","positive":{positive},"negative":[1]}}"#
            )
        };
        assert!(refused(&scale("[9]", "[1,2,3]")).contains("9 is not a point"));
        assert!(refused(&scale("[1]", "[1,2,3]")).contains("both sets"));
        assert!(refused(&scale("[]", "[1,2,3]")).contains("at least one point"));
        assert!(refused(&scale("[1]", "[1]")).contains("2 to 11 points"));
        assert!(refused(&scale("[2]", "[1,2,3]")).contains("2 counts as better than 3"));
        let written = serde_json::to_string(&Scale::ces5_effort()).unwrap();
        assert!(refused(&written.replace("lower_is", "higher_is")).contains("2 counts as better than 3"));
        let nps = serde_json::to_string(&Scale::nps()).unwrap();
        assert!(refused(&nps.replace("[9,10]", "[8,9,10]")).contains("an NPS has the points 0 to 10"));
        assert!(refused(&nps.replace("[0,1,2,3,4,5,6]", "[0]")).contains("an NPS has the points 0 to 10"));
        assert!(refused(&scale("[3]", "[1,2,3]").replace("csat", "nps")).contains("an NPS has the points 0 to 10"));
    }
}
