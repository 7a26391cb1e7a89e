//! Axes: where on a line a value stands. Pure geometry, shared by everything that is drawn.

/// A stretch of a scale that is shown, from left to right or from bottom to top.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Axis {
    pub from: f64,
    pub to: f64,
}

impl Axis {
    /// The shortest stretch between `ends`, in whole steps, in which all spans fit; all of it, if there are none.
    ///
    /// Whole steps, so that it stays the same while answers come in.
    pub fn around(ends: (f64, f64), step: f64, spans: impl Iterator<Item = (f64, f64)>) -> Self {
        let (first, last) = ends;
        let all = spans.reduce(|all, span| (all.0.min(span.0), all.1.max(span.1)));
        let Some((low, high)) = all else { return Self { from: first, to: last } };
        let from = first + ((low - first) / step).floor() * step;
        let to = first + ((high - first) / step).ceil() * step;
        // A stretch of a single step would make noise look like news.
        let (from, to) = if to - from < 3.0 * step { (from - step, to + step) } else { (from, to) };
        Self { from: from.max(first), to: to.min(last) }
    }

    /// Where a value stands, in percent of the stretch; at its end, if it lies beyond.
    pub fn percent(&self, value: f64) -> f64 {
        if self.to <= self.from {
            return 50.0;
        }
        (100.0 * (value - self.from) / (self.to - self.from)).clamp(0.0, 100.0)
    }

    /// Whether a value lies beyond the stretch.
    pub fn cuts(&self, value: f64) -> bool {
        value < self.from || value > self.to
    }
}

/// A number as an SVG attribute, short.
pub fn svg_number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A share of a length as an SVG attribute: `12.5%`.
pub fn svg_percent(value: f64) -> String {
    format!("{}%", svg_number(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CES: (f64, f64) = (1.0, 7.0);

    #[test]
    fn an_axis_holds_every_span_in_whole_steps() {
        let axis = Axis::around(CES, 0.5, [(3.96, 4.28), (5.3, 5.46)].into_iter());
        assert_eq!(axis, Axis { from: 3.5, to: 5.5 });
    }

    #[test]
    fn without_spans_it_is_the_whole_scale() {
        assert_eq!(Axis::around(CES, 0.5, std::iter::empty()), Axis { from: 1.0, to: 7.0 });
    }

    #[test]
    fn it_never_leaves_the_scale_nor_shrinks_to_nothing() {
        let axis = Axis::around(CES, 0.5, [(7.0, 7.0)].into_iter());
        assert_eq!(axis, Axis { from: 6.5, to: 7.0 });
        let axis = Axis::around((-100.0, 100.0), 20.0, [(-3.0, 3.0)].into_iter());
        assert_eq!(axis, Axis { from: -40.0, to: 40.0 });
    }

    #[test]
    fn a_value_beyond_stands_at_the_end() {
        let axis = Axis { from: 3.0, to: 6.0 };
        assert_eq!(axis.percent(4.5), 50.0);
        assert_eq!(axis.percent(1.0), 0.0);
        assert_eq!(axis.percent(7.0), 100.0);
        assert!(axis.cuts(1.0) && !axis.cuts(4.5));
        assert_eq!(svg_percent(33.333_3), "33.33%");
        assert_eq!(svg_percent(100.0), "100%");
    }
}
