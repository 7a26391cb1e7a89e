//! How a score went over the period: as a small line in a table, and as a chart with its axes and a table behind it.

use leptos::prelude::*;
use survey::report::TrendStep;

use super::axis::{Axis, svg_number, svg_percent};
use crate::reading::Kind;
use crate::text::{count, day_in_words};

/// Steps with fewer answers are drawn hollow.
const FEW: u64 = 10;

/// The small line's size, in its own units.
const WIDTH: f64 = 76.0;
const HEIGHT: f64 = 24.0;

/// The unbroken stretches of a trend as points from (0, 0), bottom left, to (100, 100): steps without answers break the line.
pub fn stretches(trend: &[TrendStep], axis: Axis) -> Vec<Vec<(f64, f64)>> {
    let last = trend.len().saturating_sub(1).max(1) as f64;
    let mut stretches = vec![Vec::new()];
    for (index, step) in trend.iter().enumerate() {
        match (step.headline, stretches.last_mut()) {
            (Some(headline), Some(stretch)) => stretch.push((100.0 * index as f64 / last, axis.percent(headline))),
            _ => stretches.push(Vec::new()),
        }
    }
    stretches.retain(|stretch| !stretch.is_empty());
    stretches
}

/// A stretch as the `points` of a small line.
fn small_points(stretch: &[(f64, f64)]) -> String {
    let inset = 3.0;
    let place = |(x, y): &(f64, f64)| {
        let x = inset + x / 100.0 * (WIDTH - 2.0 * inset);
        let y = inset + (1.0 - y / 100.0) * (HEIGHT - 2.0 * inset);
        format!("{},{}", svg_number(x), svg_number(y))
    };
    stretch.iter().map(place).collect::<Vec<_>>().join(" ")
}

/// A trend in words: "from 4.9 to 4.1 in 12 steps".
pub fn trend_in_words(trend: &[TrendStep], kind: Kind) -> String {
    let mut answered = trend.iter().filter_map(|step| step.headline.map(|headline| kind.shown(headline, step.n)));
    match (answered.next(), answered.next_back()) {
        (Some(first), Some(last)) => tr!(
            "from {first} to {last} in {n} step" | "from {first} to {last} in {n} steps" % trend.len() as u64,
            first,
            last
        ),
        (Some(only), None) => {
            tr!("{only} in one of {n} step" | "{only} in one of {n} steps" % trend.len() as u64, only)
        }
        (None, _) => tr!("no answers").to_owned(),
    }
}

/// The small line of a table's row. All rows share one axis, so that slopes can be compared.
#[component]
pub fn SmallTrend(
    #[prop(into)] trend: Signal<Vec<TrendStep>>,
    kind: Kind,
    #[prop(into)] axis: Signal<Axis>,
) -> impl IntoView {
    let label = move || trend.with(|trend| trend_in_words(trend, kind));
    let view_box = format!("0 0 {WIDTH} {HEIGHT}");
    view! {
        <svg class="small-trend" viewBox=view_box width=WIDTH height=HEIGHT role="img" aria-label=label>
            {move || {
                let stretches = trend.with(|trend| stretches(trend, axis.get()));
                stretches
                    .iter()
                    .map(|stretch| {
                        // A line of no length is drawn as a dot by its round caps.
                        let points = small_points(stretch);
                        let points = if stretch.len() == 1 { format!("{points} {points}") } else { points };
                        view! { <polyline points=points/> }
                    })
                    .collect_view()
            }}
        </svg>
    }
}

/// Where the chart has lines across, in percent of its height.
const LEVELS: [f64; 3] = [0.0, 50.0, 100.0];

/// The chart's height and where its axis begins and ends, in pixels.
const CHART: f64 = 168.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 142.0;

/// Leaves room for half a dot at either end.
fn chart_x(percent: f64) -> String {
    svg_percent(1.5 + 0.97 * percent)
}

fn chart_y(percent: f64) -> String {
    svg_number(BOTTOM - percent / 100.0 * (BOTTOM - TOP))
}

/// The chart of one scale. Across, it is as wide as it may be; its texts keep their size.
#[component]
pub fn TrendChart(#[prop(into)] trend: Signal<Vec<TrendStep>>, kind: Kind, ends: (f64, f64)) -> impl IntoView {
    let axis = move || {
        let headlines = trend.get().into_iter().filter_map(|step| step.headline);
        Axis::around(ends, kind.step(), headlines.map(|headline| (headline, headline)))
    };
    let label = move || trend.with(|trend| tr!("Trend: {trend}", trend = trend_in_words(trend, kind)));
    view! {
        <div class="trend-chart">
            <svg height=CHART aria-hidden="true">
                {move || LEVELS.map(|percent| level_name(axis(), kind, percent))}
            </svg>
            <svg height=CHART role="img" aria-label=label>
                {LEVELS.map(level_line)}
                {move || {
                    let axis = axis();
                    trend.with(|trend| (lines(&stretches(trend, axis)).collect_view(), dots(trend, axis, kind).collect_view()))
                }}
                {move || trend.with(|trend| days(trend))}
            </svg>
        </div>
        <Show when=move || trend.with(|trend| trend.iter().any(is_hollow))>
            <p class="secondary">{tr!("Hollow: fewer than 10 answers.")}</p>
        </Show>
        <TrendTable trend=trend kind=kind/>
    }
}

/// What the chart shows, for those who cannot see it.
#[component]
fn TrendTable(trend: Signal<Vec<TrendStep>>, kind: Kind) -> impl IntoView {
    let row = move |step: &TrendStep| {
        let shown = step.headline.map_or(tr!("no answers").to_owned(), |headline| kind.shown(headline, step.n));
        view! {
            <tr>
                <th scope="row">{day_in_words(&step.day)}</th>
                <td>{shown}</td>
                <td>{count(step.n)}</td>
            </tr>
        }
    };
    view! {
        <table class="unseen">
            <caption>{tr!("Trend")}</caption>
            <thead>
                <tr>
                    <th scope="col">{tr!("From")}</th>
                    <th scope="col">{tr!("Score")}</th>
                    <th scope="col">{tr!("Answers")}</th>
                </tr>
            </thead>
            <tbody>{move || trend.with(|trend| trend.iter().map(row).collect_view())}</tbody>
        </table>
    }
}

fn level_name(axis: Axis, kind: Kind, percent: f64) -> impl IntoView {
    let value = axis.from + percent / 100.0 * (axis.to - axis.from);
    view! {
        <text class="chart-text" x="100%" dx="-8" y=chart_y(percent) dy="4" text-anchor="end">
            {kind.shown(value, 0)}
        </text>
    }
}

fn level_line(percent: f64) -> impl IntoView {
    view! { <line class="trend-level" x1="0" x2="100%" y1=chart_y(percent) y2=chart_y(percent)/> }
}

fn lines(stretches: &[Vec<(f64, f64)>]) -> impl Iterator<Item = impl IntoView + use<>> {
    stretches.iter().flat_map(|stretch| stretch.windows(2)).map(|pair| {
        let ((x1, y1), (x2, y2)) = (pair[0], pair[1]);
        view! { <line class="trend-line" x1=chart_x(x1) y1=chart_y(y1) x2=chart_x(x2) y2=chart_y(y2)/> }
    })
}

fn dots(trend: &[TrendStep], axis: Axis, kind: Kind) -> impl Iterator<Item = impl IntoView + use<>> {
    let last = trend.len().saturating_sub(1).max(1) as f64;
    trend.iter().enumerate().filter_map(move |(index, step)| {
        let headline = step.headline?;
        let title = tr!(
            "from {day}: {score}, {n} answer" | "from {day}: {score}, {n} answers" % step.n,
            day = day_in_words(&step.day),
            score = kind.shown(headline, step.n)
        );
        let (x, y) = (chart_x(100.0 * index as f64 / last), chart_y(axis.percent(headline)));
        Some(view! {
            <circle class="trend-dot" class:few=is_hollow(step) cx=x cy=y r="3.5">
                <title>{title}</title>
            </circle>
        })
    })
}

fn is_hollow(step: &TrendStep) -> bool {
    step.headline.is_some() && step.n < FEW
}

fn days(trend: &[TrendStep]) -> impl IntoView + use<> {
    let day = |step: Option<&TrendStep>| step.map(|step| day_in_words(&step.day));
    view! {
        <text class="chart-text" x="0" y=CHART - 6.0>
            {day(trend.first())}
        </text>
        <text class="chart-text" x="100%" y=CHART - 6.0 text-anchor="end">
            {day(trend.last())}
        </text>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CES: Axis = Axis { from: 1.0, to: 7.0 };

    fn trend(headlines: &[Option<f64>]) -> Vec<TrendStep> {
        let step = |headline: &Option<f64>| TrendStep { day: "2026-11-21".into(), n: 5, headline: *headline };
        headlines.iter().map(step).collect()
    }

    #[test]
    fn a_step_without_answers_breaks_the_line() {
        let broken = stretches(&trend(&[Some(1.0), Some(4.0), None, Some(7.0)]), CES);
        assert_eq!(broken.len(), 2);
        assert_eq!(broken[0], [(0.0, 0.0), (100.0 / 3.0, 50.0)]);
        assert_eq!(broken[1], [(100.0, 100.0)]);
        assert!(stretches(&trend(&[None, None]), CES).is_empty());
        assert!(stretches(&[], CES).is_empty());
    }

    #[test]
    fn the_line_stays_inside_its_picture() {
        let points = small_points(&[(0.0, 0.0), (100.0, 100.0)]);
        assert_eq!(points, "3,21 73,3");
    }

    #[test]
    fn a_trend_in_words_says_both_ends() {
        assert_eq!(trend_in_words(&trend(&[None, Some(4.9), Some(4.1)]), Kind::Mean), "from 4.90 to 4.10 in 3 steps");
        assert_eq!(trend_in_words(&trend(&[Some(4.9), None]), Kind::Mean), "4.90 in one of 2 steps");
        assert_eq!(trend_in_words(&trend(&[None]), Kind::Mean), "no answers");
    }
}
