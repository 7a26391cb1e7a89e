//! What goes with low scores: each value with how much more often, its interval as a bar around zero, and whether that is clear.

use leptos::prelude::*;
use survey::report::Period;
use survey::shape::{DriverReport, DriverValue, DriversReport, LowScores};

use super::SaveTable;
use super::axis::{Axis, svg_percent};
use super::score_bar::{bar, interval};
use crate::reading::{Kind, Reading};
use crate::tables;
use crate::text::{count, decimal, dimension_name, span_in_words, value_name};

/// How many of those that are not clear are drawn at first.
const UNCLEAR_AT_FIRST: usize = 10;

/// How far shares can differ, in percentage points.
const ENDS: (f64, f64) = (-100.0, 100.0);

/// Into which of the lists a value goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verdict {
    MoreLow,
    FewerLow,
    NotClear,
}

impl Verdict {
    const ALL: [Self; 3] = [Self::MoreLow, Self::FewerLow, Self::NotClear];

    fn of(driver: &DriverReport) -> Self {
        match (driver.discovery, driver.difference > 0.0) {
            (false, _) => Self::NotClear,
            (true, true) => Self::MoreLow,
            (true, false) => Self::FewerLow,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::MoreLow => tr!("With more low scores: clear"),
            Self::FewerLow => tr!("With fewer low scores: clear"),
            Self::NotClear => tr!("Not clear: the difference may be chance"),
        }
    }

    /// Beside each value, for whoever reads a row alone.
    fn word(self) -> &'static str {
        match self {
            Self::MoreLow | Self::FewerLow => tr!("clear"),
            Self::NotClear => tr!("not clear"),
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::MoreLow => "change bad",
            Self::FewerLow => "change good",
            Self::NotClear => "change",
        }
    }
}

/// What a value is, and of what.
fn names(value: &DriverValue) -> (String, String) {
    match value {
        DriverValue::Choice { prompt, label, .. } => (label.clone(), prompt.clone()),
        DriverValue::Visitor { dimension, value } => (value_name(dimension, value), dimension_name(dimension)),
        DriverValue::PageGroup { group } => (group.clone(), tr!("Page group").to_owned()),
    }
}

/// The difference in percentage points, with its interval.
fn difference(driver: &DriverReport) -> Reading {
    let interval = Some((driver.interval.low, driver.interval.high));
    Reading { kind: Kind::Net, value: driver.difference, interval, n: driver.with.n.min(driver.without.n) }
}

/// "60 % of 100".
fn share(scores: &LowScores) -> String {
    tr!("{part} of {whole}", part = Kind::Share.shown(scores.share.percent, scores.n), whole = count(scores.n))
}

/// The stretch on which all differences are drawn, with zero on it.
fn axis(report: &DriversReport) -> Axis {
    let spans = report.values.iter().map(|driver| (driver.interval.low, driver.interval.high));
    Axis::around(ENDS, 10.0, spans.chain([(0.0, 0.0)]))
}

#[component]
pub fn DriverList(#[prop(into)] report: Signal<DriversReport>) -> impl IntoView {
    let shows_all = RwSignal::new(false);
    let axis = Memo::new(move |_| report.with(axis));
    let lists = move || {
        let shown =
            |verdict| if verdict == Verdict::NotClear && !shows_all.get() { UNCLEAR_AT_FIRST } else { usize::MAX };
        report.with(|report| {
            let list = |verdict| list(report, verdict, shown(verdict), axis.get());
            Verdict::ALL.into_iter().filter_map(list).collect_view()
        })
    };
    let hidden = move || {
        let unclear = |report: &DriversReport| {
            report.values.iter().filter(|driver| Verdict::of(driver) == Verdict::NotClear).count()
        };
        report.with(unclear).saturating_sub(if shows_all.get() { usize::MAX } else { UNCLEAR_AT_FIRST })
    };
    view! {
        <table class="drivers" role="table">
            <caption class="unseen">{tr!("What goes with low scores")}</caption>
            <thead role="rowgroup">
                <tr role="row">
                    <th scope="col" role="columnheader">
                        {tr!("What")}
                    </th>
                    <th scope="col" role="columnheader">
                        {tr!("Low scores, points")}
                    </th>
                    <th scope="col" role="columnheader" class="bar">
                        <span class="unseen">{tr!("Difference and interval")}</span>
                        <Ends axis=axis/>
                    </th>
                    <th scope="col" role="columnheader" class="number">
                        {tr!("With it")}
                    </th>
                    <th scope="col" role="columnheader" class="number">
                        {tr!("Without")}
                    </th>
                    <th scope="col" role="columnheader">
                        {tr!("Difference")}
                    </th>
                </tr>
            </thead>
            {lists}
        </table>
        <SaveTable name="low-scores" make=Callback::new(move |()| report.with_untracked(tables::drivers))/>
        <Show when=move || hidden() != 0>
            <button type="button" class="button" on:click=move |_| shows_all.set(true)>
                {move || tr!("Show {n} more that is not clear" | "Show {n} more that are not clear" % hidden() as u64)}
            </button>
        </Show>
    }
}

#[component]
fn Ends(#[prop(into)] axis: Signal<Axis>) -> impl IntoView {
    let end = move |value: fn(Axis) -> f64| move || Kind::Net.shown(value(axis.get()), 0);
    view! {
        <span class="bar-ends" aria-hidden="true">
            <span>{end(|axis| axis.from)}</span>
            <span>{end(|axis| axis.to)}</span>
        </span>
    }
}

/// One list with its title; nothing where nothing is in it.
fn list(report: &DriversReport, verdict: Verdict, most: usize, axis: Axis) -> Option<AnyView> {
    let drivers: Vec<&DriverReport> = report.values.iter().filter(|driver| Verdict::of(driver) == verdict).collect();
    let rows = drivers.iter().take(most).map(|driver| row(driver, axis)).collect_view();
    let list = view! {
        <tbody role="rowgroup" class:unclear=verdict == Verdict::NotClear>
            <tr role="row" class="drivers-title">
                <th role="rowheader" scope="rowgroup" colspan="6">
                    {verdict.title()}
                </th>
            </tr>
            {rows}
        </tbody>
    };
    (!drivers.is_empty()).then(|| list.into_any())
}

fn row(driver: &DriverReport, axis: Axis) -> AnyView {
    let (name, of) = names(&driver.value);
    let verdict = Verdict::of(driver);
    let reading = difference(driver);
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">
                <span dir="auto">{name}</span>
                <small dir="auto">{of}</small>
            </th>
            <td role="cell" class="score">
                {reading.shown()}
                <small>{reading.interval_shown()}</small>
            </td>
            <td role="cell" class="bar">
                {drawn(&reading, axis)}
            </td>
            <td role="cell" class="number with" data-label=tr!("with it")>
                {share(&driver.with)}
            </td>
            <td role="cell" class="number without" data-label=tr!("without")>
                {share(&driver.without)}
            </td>
            <td role="cell" class="verdict">
                <span class=verdict.class() title=p_value(driver.p_value)>
                    {verdict.word()}
                </span>
            </td>
        </tr>
    }
    .into_any()
}

/// A dot on the bar of its interval, and zero as a dashed line.
fn drawn(reading: &Reading, axis: Axis) -> AnyView {
    let (zero, dot) = (svg_percent(axis.percent(0.0)), svg_percent(axis.percent(reading.value)));
    let interval = reading.interval.map(|ends| interval(bar(axis, ends)));
    view! {
        <svg class="score-bar" height="20" role="img" aria-label=tr!("{figure} points", figure = reading.in_words())>
            <line class="score-bar-axis" x1="0" x2="100%" y1="10" y2="10"/>
            <line class="score-bar-site" x1=zero.clone() x2=zero y1="1" y2="19"/>
            {interval}
            <circle class="score-bar-dot" cx=dot cy="10" r="4"/>
        </svg>
    }
    .into_any()
}

/// "p 0.03", "p < 0.001".
pub fn p_value(p: f64) -> String {
    if p < 0.001 { format!("p < {}", decimal("0.001")) } else { format!("p {}", decimal(&format!("{p:.3}"))) }
}

/// "23 Oct – 21 Nov; from 1,204 answers", or from how many of them.
pub fn read_in_words(period: &Period, answers: u64, read: u64) -> String {
    let days = span_in_words(&period.first_day, &period.last_day);
    if read < answers {
        tr!(
            "{days}; from the newest {read} of {n} answer" | "{days}; from the newest {read} of {n} answers" % answers,
            days,
            read = count(read)
        )
    } else {
        tr!("{days}; from {n} answer" | "{days}; from {n} answers" % answers, days)
    }
}

#[cfg(test)]
mod tests {
    use survey::score::{Interval, Share};

    use super::*;

    fn driver(difference: f64, discovery: bool) -> DriverReport {
        let scores = |percent: f64| {
            let share = Share { percent, interval: Interval { low: percent, high: percent } };
            LowScores { n: 100, low: percent as u64, share }
        };
        DriverReport {
            value: DriverValue::Visitor { dimension: "device".into(), value: "phone".into() },
            with: scores(60.0),
            without: scores(13.0),
            difference,
            interval: Interval { low: difference - 5.0, high: difference + 5.0 },
            p_value: 0.0004,
            discovery,
        }
    }

    #[test]
    fn only_a_discovery_is_called_clear_and_its_sign_says_which_way() {
        assert_eq!(Verdict::of(&driver(47.0, true)), Verdict::MoreLow);
        assert_eq!(Verdict::of(&driver(-47.0, true)), Verdict::FewerLow);
        assert_eq!(Verdict::of(&driver(47.0, false)).word(), "not clear");
    }

    #[test]
    fn a_value_is_told_with_both_sides_and_its_interval() {
        let driver = driver(47.0, true);
        assert_eq!(difference(&driver).shown(), "+47");
        assert_eq!(difference(&driver).interval_shown().as_deref(), Some("+42 to +52"));
        assert_eq!(share(&driver.with), "60\u{202f}% of 100");
        assert_eq!(names(&driver.value), ("Phones".to_owned(), "Device".to_owned()));
        assert_eq!([p_value(0.0004), p_value(0.0312)], ["p < 0.001", "p 0.031"]);
    }

    #[test]
    fn the_axis_has_zero_on_it() {
        let mut report = DriversReport {
            period: Period { first_day: "2026-10-23".into(), last_day: "2026-11-21".into() },
            survey: "help".into(),
            question: "ease".into(),
            prompt: "Easy?".into(),
            metric: survey::definition::Metric::Ces,
            read: survey::shape::AnswersRead { answers: 1_204, read: 1_000, of_all: false },
            n: 900,
            low: None,
            values: vec![driver(47.0, true)],
            left_out: 0,
        };
        assert_eq!(axis(&report), Axis { from: 0.0, to: 60.0 });
        report.values.push(driver(-22.0, false));
        assert_eq!(axis(&report), Axis { from: -30.0, to: 60.0 });
        let told = read_in_words(&report.period, report.read.answers, report.read.read);
        assert_eq!(told, "23 Oct – 21 Nov; from the newest 1,000 of 1,204 answers");
    }
}
