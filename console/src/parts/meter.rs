//! A part of a whole as a thin bar. The figure stands beside it in words, so readers of the screen are spared the bar.

use leptos::prelude::*;

use super::axis::svg_percent;

/// What is surely part of the whole, and what may be beyond that; both in percent.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Extent {
    pub surely: f64,
    pub perhaps: f64,
}

impl Extent {
    /// Nothing where there is no whole. What is more than the whole fills it.
    pub fn of(surely: u64, at_most: u64, whole: u64) -> Option<Self> {
        let percent = |part: u64| 100.0 * part.min(whole) as f64 / whole as f64;
        (whole > 0).then(|| {
            let surely = percent(surely);
            Self { surely, perhaps: percent(at_most) - surely }
        })
    }
}

#[component]
pub fn Meter(extent: Extent) -> impl IntoView {
    let Extent { surely, perhaps } = extent;
    view! {
        <svg class="meter" height="6" aria-hidden="true">
            <rect class="meter-whole" width="100%" height="6" rx="3"/>
            <rect class="meter-perhaps" x=svg_percent(surely) width=svg_percent(perhaps) height="6"/>
            <rect class="meter-surely" width=svg_percent(surely) height="6"/>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_never_leave_the_whole() {
        assert_eq!(Extent::of(250, 750, 1_000), Some(Extent { surely: 25.0, perhaps: 50.0 }));
        assert_eq!(Extent::of(501, 501, 500), Some(Extent { surely: 100.0, perhaps: 0.0 }));
        assert_eq!(Extent::of(0, 0, 0), None);
    }
}
