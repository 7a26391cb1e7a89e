//! Exit intent by touch: what a fast scroll upwards is.

/// How far up, in CSS pixels, a scroll must go in one sweep.
const FAR: f64 = 300.0;
/// How fast, in CSS pixels a millisecond. Reading upwards stays well below.
const FAST: f64 = 1.2;
/// A pause longer than this ends a sweep, in milliseconds.
const PAUSE_MS: f64 = 120.0;

/// Follows the scroll position and tells of fast sweeps upwards.
#[derive(Clone, Copy, Debug, Default)]
pub struct UpwardSweep {
    /// Where and when the sweep began, and where and when it is.
    sweep: Option<(Sample, Sample)>,
}

#[derive(Clone, Copy, Debug)]
struct Sample {
    y: f64,
    at_ms: f64,
}

impl UpwardSweep {
    /// Takes the next scroll position (CSS pixels from the top, at a time in milliseconds); says whether a fast sweep upwards
    /// has just been made. It is told once.
    pub fn note(&mut self, y: f64, at_ms: f64) -> bool {
        let here = Sample { y, at_ms };
        let begun = match self.sweep {
            Some((begun, last)) if y <= last.y && at_ms - last.at_ms <= PAUSE_MS => begun,
            _ => here,
        };
        let far = begun.y - y;
        let is_fast = far >= FAR && far >= FAST * (at_ms - begun.at_ms);
        self.sweep = (!is_fast).then_some((begun, here));
        is_fast
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether any step of a scroll was told, at 16 ms a step.
    fn is_told(positions: impl IntoIterator<Item = f64>) -> bool {
        let mut sweep = UpwardSweep::default();
        positions.into_iter().enumerate().fold(false, |told, (step, y)| sweep.note(y, step as f64 * 16.0) || told)
    }

    #[test]
    fn a_flick_towards_the_top_is_a_sweep() {
        assert!(is_told((0..20).map(|step| 2_000.0 - 40.0 * f64::from(step))));
    }

    #[test]
    fn neither_slow_reading_nor_scrolling_down_nor_a_short_jerk_is() {
        assert!(!is_told((0..200).map(|step| 4_000.0 - 10.0 * f64::from(step))));
        assert!(!is_told((0..50).map(|step| 60.0 * f64::from(step))));
        assert!(!is_told((0..5).map(|step| 2_000.0 - 40.0 * f64::from(step))));
    }

    #[test]
    fn a_pause_ends_a_sweep() {
        let mut sweep = UpwardSweep::default();
        assert!(!sweep.note(1_000.0, 0.0));
        assert!(!sweep.note(800.0, 50.0));
        assert!(!sweep.note(600.0, 500.0));
    }
}
