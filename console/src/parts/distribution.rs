//! How many answers each point of a scale got: a table whose bars are drawn.

use leptos::prelude::*;
use survey::definition::Metric;
use survey::report::{PointBand, PointCount};

use super::axis::svg_percent;
use crate::text::{band_name, band_points, count, part};

/// The length of each point's bar, in percent of the longest.
pub fn bar_lengths(distribution: &[PointCount]) -> Vec<f64> {
    let longest = distribution.iter().map(|point| point.count).max().unwrap_or_default().max(1);
    distribution.iter().map(|point| 100.0 * point.count as f64 / longest as f64).collect()
}

pub fn band_class(band: PointBand) -> &'static str {
    match band {
        PointBand::Positive => "good",
        PointBand::Neutral => "neutral",
        PointBand::Negative => "bad",
    }
}

#[component]
pub fn Distribution(metric: Metric, #[prop(into)] distribution: Signal<Vec<PointCount>>) -> impl IntoView {
    let rows = move || {
        distribution.with(|distribution| {
            let n = distribution.iter().map(|point| point.count).sum();
            // The best on top, as on a thermometer.
            let points = distribution.iter().zip(bar_lengths(distribution)).rev();
            points.map(|(point, length)| row(metric, point, length, n)).collect_view()
        })
    };
    view! {
        <table class="distribution">
            <caption class="unseen">{tr!("Answers by point")}</caption>
            <thead class="unseen">
                <tr>
                    <th scope="col">{tr!("Point")}</th>
                    <th scope="col">{tr!("Bar")}</th>
                    <th scope="col">{tr!("Answers")}</th>
                    <th scope="col">{tr!("Share")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <Bands metric=metric distribution=distribution/>
    }
}

fn row(metric: Metric, point: &PointCount, length: f64, n: u64) -> impl IntoView + use<> {
    let class = format!("distribution-bar {}", band_class(point.band));
    view! {
        <tr>
            <th scope="row">
                {point.point} <span class="unseen">{format!(", {}", band_name(metric, point.band))}</span>
            </th>
            <td>
                <svg class=class height="14" aria-hidden="true">
                    <rect width=svg_percent(length) height="14" rx="2"/>
                </svg>
            </td>
            <td class="number">{count(point.count)}</td>
            <td class="number secondary">{part(point.count, n)}</td>
        </tr>
    }
}

/// The bands in words: which points count as what, and how many chose them.
#[component]
fn Bands(metric: Metric, distribution: Signal<Vec<PointCount>>) -> impl IntoView {
    let band = move |band: PointBand| {
        distribution.with(|distribution| {
            let n = distribution.iter().map(|point| point.count).sum();
            let (points, answers) = band_points(distribution, band)?;
            Some(view! {
                <li>
                    <span class=format!("key {}", band_class(band)) aria-hidden="true"></span>
                    {part(answers, n)}
                    " "
                    {band_name(metric, band)}
                    <span class="secondary">{format!(" ({points})")}</span>
                </li>
            })
        })
    };
    view! {
        <ul class="bands">
            {move || [PointBand::Positive, PointBand::Neutral, PointBand::Negative].map(band)}
        </ul>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_point_has_the_longest_bar() {
        let point = |count| PointCount { point: 1, band: PointBand::Neutral, count };
        assert_eq!(bar_lengths(&[point(5), point(20), point(0)]), [25.0, 100.0, 0.0]);
        assert_eq!(bar_lengths(&[point(0), point(0)]), [0.0, 0.0]);
        assert!(bar_lengths(&[]).is_empty());
    }
}
