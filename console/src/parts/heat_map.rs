//! The heat map: figures page by page and step by step, in a table whose cells are tinted by how far they are from the site's own figure.

use leptos::prelude::*;
use survey::report::{HeatMapCell, HeatMapReport, HeatMapRow, HeatMapScale, Period, TrendUnit};

use super::SaveTable;
use crate::reading::Kind;
use crate::tables;
use crate::text::{count, day_in_words, metric_label, month_in_words, page_label, shares_one_host, span_in_words};

/// How many steps of tint there are on either side.
const STEPS: f64 = 3.0;

/// What figures are compared with, and how far the farthest of them is from it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Ground {
    kind: Kind,
    site: f64,
    reach: f64,
    higher_is_better: bool,
}

impl Ground {
    /// Nothing where there is no figure to compare with.
    pub fn of(report: &HeatMapReport) -> Option<Self> {
        let scale = report.scale?;
        let (kind, site) = (Kind::headline(scale.metric), report.site.all.headline?);
        let farthest = report.seen.map_or(0.0, |seen| (site - seen.lowest).max(seen.highest - site));
        // With less, noise would look like news.
        let reach = farthest.max(kind.step());
        Some(Self { kind, site, reach, higher_is_better: scale.higher_is_better })
    }

    /// The class of a cell: how far it is from the site's figure, in whole steps, and whether that is good.
    fn tint(&self, cell: &HeatMapCell) -> &'static str {
        let Some(figure) = cell.headline else { return "heat-none" };
        if cell.low_confidence {
            return "heat-few";
        }
        let better = if self.higher_is_better { figure - self.site } else { self.site - figure };
        match (STEPS * better / self.reach).round() as i8 {
            ..=-3 => "heat-worse-3",
            -2 => "heat-worse-2",
            -1 => "heat-worse-1",
            0 => "heat-same",
            1 => "heat-better-1",
            2 => "heat-better-2",
            3.. => "heat-better-3",
        }
    }
}

/// A column's name: its day, the first day of its week, or its month.
fn step_name(step: &Period, unit: TrendUnit) -> String {
    match unit {
        TrendUnit::Day | TrendUnit::Week => day_in_words(&step.first_day),
        TrendUnit::Month => month_in_words(&step.first_day),
    }
}

/// What rows are called by.
#[derive(Clone, Copy)]
pub struct RowNames {
    /// The name of their column.
    pub head: &'static str,
    /// The address of a row's own screen, if it has one.
    pub link: Option<Callback<String, String>>,
}

#[component]
pub fn HeatMap(#[prop(into)] report: Signal<HeatMapReport>, names: RowNames) -> impl IntoView {
    let caption = move || report.with(|report| caption(report, names));
    let head = move || report.with(head);
    let body = move || {
        report.with(|report| {
            let one_host = shares_one_host(report.rows.iter().map(|row| row.name.as_str()));
            let site = row(report, &report.site, view! { <span>{tr!("The site")}</span> }.into_any());
            let rows = report.rows.iter().map(|told| row(report, told, row_name(&told.name, one_host, names)));
            std::iter::once(site).chain(rows).collect_view()
        })
    };
    view! {
        <div class="heat-scroll" role="region" aria-label=tr!("Heat map") tabindex="0">
            <table class="heat">
                <caption class="unseen">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{names.head}</th>
                        <th scope="col" class="heat-all">
                            {tr!("Whole period")}
                        </th>
                        {head}
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
        <SaveTable name="heat-map" make=Callback::new(move |()| report.with_untracked(tables::heat_map))/>
        {move || report.with(Ground::of).map(|ground| view! { <Legend ground=ground/> })}
        <p class="secondary">{move || report.with(rows_in_words)}</p>
    }
}

fn caption(report: &HeatMapReport, names: RowNames) -> String {
    let metric = report.scale.map(|HeatMapScale { metric, .. }| metric_label(metric)).unwrap_or_default();
    let unit = unit_name(report.period.trend);
    tr!("{metric} by {what} and {unit}; n is the number of answers", metric, what = names.head.to_lowercase(), unit)
}

fn unit_name(unit: TrendUnit) -> &'static str {
    match unit {
        TrendUnit::Day => tr!("day"),
        TrendUnit::Week => tr!("week"),
        TrendUnit::Month => tr!("month"),
    }
}

fn head(report: &HeatMapReport) -> AnyView {
    let unit = report.period.trend;
    let column = |step: &Period| {
        let days = span_in_words(&step.first_day, &step.last_day);
        view! {
            <th scope="col" title=days>
                {step_name(step, unit)}
            </th>
        }
    };
    report.steps.iter().map(column).collect_view().into_any()
}

fn row_name(name: &str, one_host: bool, names: RowNames) -> AnyView {
    let label = page_label(name, one_host && names.link.is_some()).to_owned();
    match names.link {
        Some(link) => {
            let (name, title) = (name.to_owned(), name.to_owned());
            view! {
                <a href=move || link.run(name.clone()) title=title>
                    <bdi dir="ltr">{label}</bdi>
                </a>
            }
            .into_any()
        }
        None => view! { <bdi>{label}</bdi> }.into_any(),
    }
}

fn row(report: &HeatMapReport, row: &HeatMapRow, name: AnyView) -> AnyView {
    let ground = Ground::of(report);
    let all = cell(ground, &row.all, tr!("Whole period"), "heat-all");
    let steps = report.steps.iter().zip(&row.cells).map(|(step, told)| {
        let days = span_in_words(&step.first_day, &step.last_day);
        cell(ground, told, &days, "")
    });
    view! {
        <tr class:heat-site=row.name.is_empty()>
            <th scope="row">{name}</th>
            {all}
            {steps.collect_view()}
        </tr>
    }
    .into_any()
}

fn cell(ground: Option<Ground>, told: &HeatMapCell, when: &str, class: &'static str) -> AnyView {
    let n = format!("n\u{a0}{}", count(told.n));
    let Some((ground, figure)) = ground.zip(told.headline) else {
        return view! {
            <td class=format!("heat-none {class}")>
                <span class="unseen">{tr!("no answers")}</span>
            </td>
        }
        .into_any();
    };
    let shown = ground.kind.shown(figure, told.n);
    let few = told.low_confidence.then_some(tr!(", small sample"));
    let title = format!("{when}: {shown}, {n}{}", few.unwrap_or_default());
    view! {
        <td class=format!("{} {class}", ground.tint(told)) title=title>
            {shown}
            <small>{n}</small>
            {few.map(|few| view! { <span class="unseen">{few}</span> })}
        </td>
    }
    .into_any()
}

/// What the tints mean, in words.
#[component]
fn Legend(ground: Ground) -> impl IntoView {
    let site = ground.kind.shown(ground.site, 0);
    let keys = |classes: &[&'static str]| {
        classes
            .iter()
            .map(|class| view! { <span class=format!("heat-key {class}") aria-hidden="true"></span> })
            .collect_view()
    };
    view! {
        <ul class="heat-legend">
            <li>
                {keys(&["heat-worse-3", "heat-worse-2", "heat-worse-1"])}
                {tr!("worse than the site’s {site}", site)}
            </li>
            <li>{keys(&["heat-same"])} {tr!("about the same")}</li>
            <li>{keys(&["heat-better-1", "heat-better-2", "heat-better-3"])} {tr!("better")}</li>
            <li>{keys(&["heat-few"])} {tr!("fewer than 10 answers: no tint")}</li>
            <li>{keys(&["heat-none"])} {tr!("no answers")}</li>
        </ul>
    }
}

/// "The 30 most answered of 57."
fn rows_in_words(report: &HeatMapReport) -> Option<String> {
    let (shown, total) = (report.rows.len(), report.total);
    (shown < total)
        .then(|| tr!("The {shown} most answered of {total}.", shown = count(shown as u64), total = count(total as u64)))
}

#[cfg(test)]
mod tests {
    use survey::definition::Metric;
    use survey::report::{FigureRange, HeatMapBy, ReportPeriod};
    use survey::score::Headline;

    use super::*;

    fn cell(headline: f64, n: u64) -> HeatMapCell {
        HeatMapCell { n, headline: Some(headline), low_confidence: n < 10 }
    }

    fn report(site: f64, seen: Option<(f64, f64)>) -> HeatMapReport {
        let day = |day: &str| day.to_owned();
        let period = Period { first_day: day("2026-10-23"), last_day: day("2026-11-21") };
        let row = HeatMapRow { name: String::new(), all: cell(site, 100), cells: Vec::new() };
        let possible = FigureRange { lowest: 1.0, highest: 7.0 };
        HeatMapReport {
            period: ReportPeriod { days: period, trend: TrendUnit::Week },
            by: HeatMapBy::Page,
            metrics: vec![Metric::Ces],
            scale: Some(HeatMapScale {
                metric: Metric::Ces,
                first_point: 1,
                last_point: 7,
                headline: Headline::Mean,
                higher_is_better: true,
                possible,
            }),
            steps: Vec::new(),
            seen: seen.map(|(lowest, highest)| FigureRange { lowest, highest }),
            site: row,
            rows: Vec::new(),
            total: 0,
        }
    }

    #[test]
    fn a_cell_is_tinted_by_how_far_it_is_from_the_site() {
        let ground = Ground::of(&report(5.0, Some((3.5, 6.0)))).unwrap();
        let tints = [3.5, 4.0, 4.5, 4.9, 5.2, 6.0, 6.4].map(|figure| ground.tint(&cell(figure, 40)));
        let expected = [
            "heat-worse-3",
            "heat-worse-2",
            "heat-worse-1",
            "heat-same",
            "heat-same",
            "heat-better-2",
            "heat-better-3",
        ];
        assert_eq!(tints, expected);
    }

    #[test]
    fn where_low_is_good_a_low_figure_is_tinted_as_good() {
        let mut effort = report(3.0, Some((1.5, 4.5)));
        effort.scale.as_mut().unwrap().higher_is_better = false;
        let ground = Ground::of(&effort).unwrap();
        assert_eq!([1.5, 4.5].map(|figure| ground.tint(&cell(figure, 40))), ["heat-better-3", "heat-worse-3"]);
    }

    #[test]
    fn hardly_any_difference_and_few_answers_have_no_tint() {
        let ground = Ground::of(&report(5.0, Some((4.95, 5.05)))).unwrap();
        assert_eq!(ground.tint(&cell(4.95, 40)), "heat-same");
        assert_eq!(ground.tint(&cell(1.0, 9)), "heat-few");
        assert_eq!(ground.tint(&HeatMapCell { n: 0, headline: None, low_confidence: true }), "heat-none");
    }

    #[test]
    fn without_answers_there_is_nothing_to_compare_with() {
        let mut nothing = report(5.0, None);
        nothing.site.all = HeatMapCell { n: 0, headline: None, low_confidence: true };
        assert_eq!(Ground::of(&nothing), None);
    }

    #[test]
    fn a_step_is_called_by_its_first_day_or_its_month() {
        let step = Period { first_day: "2026-11-16".into(), last_day: "2026-11-22".into() };
        assert_eq!(step_name(&step, TrendUnit::Week), "16 Nov");
        assert_eq!(step_name(&step, TrendUnit::Month), "Nov");
    }

    #[test]
    fn rows_that_are_left_out_are_counted() {
        let mut told = report(5.0, None);
        assert_eq!(rows_in_words(&told), None);
        told.total = 1_200;
        assert_eq!(rows_in_words(&told).as_deref(), Some("The 0 most answered of 1,200."));
    }
}
