//! A score as a dot on the bar of its interval, with the site's own figure as a dashed line to compare it with.

use leptos::prelude::*;

use super::axis::{Axis, svg_percent};
use crate::reading::Reading;

/// The bar's two ends on an axis, and which of them are cut off by it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bar {
    /// In percent of the axis.
    pub from: f64,
    pub to: f64,
    pub cut_left: bool,
    pub cut_right: bool,
}

/// Where an interval is drawn.
pub fn bar(axis: Axis, (low, high): (f64, f64)) -> Bar {
    Bar { from: axis.percent(low), to: axis.percent(high), cut_left: axis.cuts(low), cut_right: axis.cuts(high) }
}

#[component]
pub fn ScoreBar(
    #[prop(into)] reading: Signal<Option<Reading>>,
    #[prop(into)] site: Signal<Option<Reading>>,
    #[prop(into)] axis: Signal<Axis>,
) -> impl IntoView {
    let label = move || {
        let own = reading.get().map(|reading| reading.in_words())?;
        Some(match site.get() {
            Some(site) => tr!("{own}; the site {site}", own, site = site.shown()),
            None => own,
        })
    };
    let drawn = move || {
        let (reading, axis) = (reading.get()?, axis.get());
        let bar = reading.interval.map(|interval| bar(axis, interval));
        Some((svg_percent(axis.percent(reading.value)), bar, axis.cuts(reading.value)))
    };
    view! {
        <svg class="score-bar" height="20" role="img" aria-label=label>
            <line class="score-bar-axis" x1="0" x2="100%" y1="10" y2="10"/>
            {move || {
                site.get()
                    .map(|site| {
                        let at = svg_percent(axis.get().percent(site.value));
                        view! { <line class="score-bar-site" x1=at.clone() x2=at y1="1" y2="19"/> }
                    })
            }}
            {move || {
                drawn()
                    .map(|(dot, bar, beyond)| {
                        view! {
                            {bar.map(interval)}
                            <circle class="score-bar-dot" class:beyond=beyond cx=dot cy="10" r="4"/>
                        }
                    })
            }}
        </svg>
    }
}

/// The interval: round where it ends, cut off straight with a mark where it goes on beyond the axis.
pub fn interval(bar: Bar) -> impl IntoView {
    let (from, to) = (svg_percent(bar.from), svg_percent(bar.to));
    view! {
        <line class="score-bar-interval" x1=from x2=to y1="10" y2="10"/>
        {bar.cut_left.then(|| view! { <path class="score-bar-cut" d="M3 5 L-2 10 L3 15"/> })}
        {bar
            .cut_right
            .then(|| {
                view! {
                    <svg x="100%" overflow="visible">
                        <path class="score-bar-cut" d="M-3 5 L2 10 L-3 15"/>
                    </svg>
                }
            })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_that_leaves_the_axis_is_cut_there_and_says_so() {
        let axis = Axis { from: 3.0, to: 7.0 };
        let cut = bar(axis, (2.1, 6.0));
        assert_eq!(cut, Bar { from: 0.0, to: 75.0, cut_left: true, cut_right: false });
        assert_eq!(bar(axis, (4.0, 5.0)), Bar { from: 25.0, to: 50.0, cut_left: false, cut_right: false });
    }
}
