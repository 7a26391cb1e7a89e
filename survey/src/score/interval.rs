//! Intervals: where a figure may well lie, given how few or many answered.

use serde::{Deserialize, Serialize};

/// z for 95 %: the standard normal's 0.975 quantile.
pub const Z: f64 = 1.959963984540054;

/// A 95 % interval, in the unit of its figure. `low` never exceeds `high`.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

impl Interval {
    pub fn contains(self, figure: f64) -> bool {
        self.low <= figure && figure <= self.high
    }

    pub fn width(self) -> f64 {
        self.high - self.low
    }

    pub(super) fn within(self, lowest: f64, highest: f64) -> Self {
        Self { low: self.low.clamp(lowest, highest), high: self.high.clamp(lowest, highest) }
    }
}

/// What an interval is built around: a figure, smoothed by a few pseudo-answers, and how much chance moves it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    /// In the unit of the figure.
    pub centre: f64,
    /// In that unit squared.
    pub variance: f64,
}

impl Estimate {
    /// `quantile` standard errors to either side.
    pub fn interval(self, quantile: f64) -> Interval {
        let half_width = quantile * self.variance.max(0.0).sqrt();
        Interval { low: self.centre - half_width, high: self.centre + half_width }
    }

    /// From how many standard errors to either side on the interval reaches zero; infinity where chance moves nothing.
    pub fn quantile_to_zero(self) -> f64 {
        if self.centre == 0.0 { 0.0 } else { self.centre.abs() / self.variance.max(0.0).sqrt() }
    }

    /// How far this one lies above an earlier, independent one.
    pub fn minus(self, before: Self) -> Self {
        Self { centre: self.centre - before.centre, variance: self.variance + before.variance }
    }
}
