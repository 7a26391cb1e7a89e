//! The table of pages: which hurt, and how sure that is.

use std::collections::HashMap;
use std::sync::Arc;

use leptos::prelude::*;
use survey::report::ScaleReport;

use super::SaveTable;
use super::axis::Axis;
use super::figure::{Change, SmallSample, small_sample};
use super::score_bar::ScoreBar;
use super::trend_line::SmallTrend;
use crate::ranking::{Column, Order, Row, apart, arranged};
use crate::reading::{Kind, Reading, ScaleName, change_in_words, headline, response};
use crate::tables;
use crate::text::{count, metric_abbreviation, metric_name};
use crate::translation::text;

const HURTS: &str =
    marked!("Clearly below the site’s score. Of all pages that are so marked, at most 5 % are expected not to be.");

/// How many rows are drawn at first, and how many more each time that more are asked for.
const ROWS: usize = 100;

/// The stretch of the scale that the bars show: every interval that can be relied on, and the site's own.
pub fn bars_axis(scale: ScaleName, site: Option<&ScaleReport>, rows: &[Row]) -> Axis {
    let kind = Kind::headline(scale.metric);
    let reliable = rows.iter().filter_map(|row| row.score.as_ref()).filter(|score| !score.figures.low_confidence);
    let spans = reliable.chain(site).filter_map(|score| headline(scale.metric, &score.figures).interval);
    Axis::around(kind.ends(scale), kind.step(), spans)
}

/// The stretch that the trends show: every step of every page that has answers enough.
pub fn trends_axis(scale: ScaleName, rows: &[Row]) -> Axis {
    let kind = Kind::headline(scale.metric);
    let reliable = rows.iter().filter_map(|row| row.score.as_ref()).filter(|score| !score.figures.low_confidence);
    let steps = reliable.flat_map(|score| &score.trend).filter_map(|step| step.headline);
    Axis::around(kind.ends(scale), kind.step(), steps.map(|headline| (headline, headline)))
}

/// What every row is drawn against.
#[derive(Clone, Copy)]
struct Ground {
    scale: ScaleName,
    site: Memo<Option<Reading>>,
    bars: Memo<Axis>,
    trends: Memo<Axis>,
    link: Callback<String, String>,
}

/// What the rows of the table are, in words.
#[derive(Clone, Copy)]
pub enum RowsOf {
    Pages,
    Groups,
}

impl RowsOf {
    /// What one is called in a file, and several are: the same in every language.
    fn one(self) -> &'static str {
        match self {
            Self::Pages => "page",
            Self::Groups => "group",
        }
    }

    fn many(self) -> &'static str {
        match self {
            Self::Pages => "pages",
            Self::Groups => "groups",
        }
    }

    /// The name of their column.
    fn head(self) -> &'static str {
        match self {
            Self::Pages => tr!("Page"),
            Self::Groups => tr!("Group"),
        }
    }

    fn caption(self, metric: &str) -> String {
        match self {
            Self::Pages => tr!("Pages by {metric}", metric),
            Self::Groups => tr!("Groups by {metric}", metric),
        }
    }

    /// Those that were asked on other scales.
    fn elsewhere(self, number: u64) -> String {
        match self {
            Self::Pages => tr!("{n} page with other scales" | "{n} pages with other scales" % number),
            Self::Groups => tr!("{n} group with other scales" | "{n} groups with other scales" % number),
        }
    }
}

#[component]
pub fn PagesTable(
    scale: ScaleName,
    of: RowsOf,
    #[prop(into)] rows: Signal<Vec<Row>>,
    /// The site's own score on the scale.
    #[prop(into)]
    site: Signal<Option<ScaleReport>>,
    order: RwSignal<Order>,
    #[prop(into)] search: Signal<String>,
    /// The address of a page's screen.
    link: Callback<String, String>,
) -> impl IntoView {
    let ground = Ground {
        scale,
        site: Memo::new(move |_| site.with(|site| Some(headline(scale.metric, &site.as_ref()?.figures)))),
        bars: Memo::new(move |_| site.with(|site| rows.with(|rows| bars_axis(scale, site.as_ref(), rows)))),
        trends: Memo::new(move |_| rows.with(|rows| trends_axis(scale, rows))),
        link,
    };
    // A row that stays keeps its place in the document; what is new flows into it.
    let by_page = Memo::new(move |_| {
        rows.with(|rows| rows.iter().map(|row| (row.page.clone(), row.clone())).collect::<HashMap<_, _>>())
    });
    let by_page = Signal::derive(move || Arc::new(by_page.get()));
    let all = Memo::new(move |_| rows.with(|rows| search.with(|search| arranged(rows, order.get(), search))));
    let shows_all = RwSignal::new(false);
    let elsewhere = Memo::new(move |_| apart(all.get()).1);
    let found = Memo::new(move |_| {
        let rows = if shows_all.get() { all.get() } else { apart(all.get()).0 };
        rows.into_iter().map(|row| row.page).collect::<Vec<String>>()
    });
    let limit = RwSignal::new(ROWS);
    let hidden = move || found.with(Vec::len).saturating_sub(limit.get());
    view! {
        <table class="pages" role="table">
            <caption class="unseen">{of.caption(metric_name(scale.metric))}</caption>
            <Head ground=ground order=order of=of/>
            <tbody role="rowgroup">
                <For
                    each=move || found.get().into_iter().take(limit.get())
                    key=|page| page.clone()
                    children=move |page| view! { <PageRow page=page rows=by_page ground=ground/> }
                />
            </tbody>
        </table>
        <SaveTable name=of.many() make=Callback::new(move |()| all.with_untracked(|rows| tables::ranking(of.one(), rows)))/>
        <p class="found" role="status">
            {move || (all.with(Vec::is_empty) && !search.get().is_empty()).then_some(tr!("No page matches the search."))}
        </p>
        <Show when=move || elsewhere.get() != 0>
            <button
                type="button"
                class="elsewhere"
                aria-expanded=move || shows_all.get().to_string()
                on:click=move |_| shows_all.update(|shows| *shows = !*shows)
            >
                {move || of.elsewhere(elsewhere.get() as u64)}
            </button>
        </Show>
        <Show when=move || hidden() != 0>
            <button type="button" class="button" on:click=move |_| limit.update(|limit| *limit += ROWS)>
                {move || tr!("Show more ({number} left)", number = count(hidden() as u64))}
            </button>
        </Show>
    }
}

#[component]
fn Head(ground: Ground, order: RwSignal<Order>, of: RowsOf) -> impl IntoView {
    let kind = Kind::headline(ground.scale.metric);
    let end = move |value: fn(Axis) -> f64| move || kind.shown(value(ground.bars.get()), 0);
    view! {
        <thead role="rowgroup">
            <tr role="row">
                <SortHeader order=order column=Column::Page label=of.head() class="page"/>
                <SortHeader order=order column=Column::Score label=metric_abbreviation(ground.scale.metric) class="score"/>
                <th scope="col" role="columnheader" class="bar">
                    <span class="unseen">{tr!("Interval")}</span>
                    <span class="bar-ends" aria-hidden="true">
                        <span>{end(|axis| axis.from)}</span>
                        <span>{end(|axis| axis.to)}</span>
                    </span>
                </th>
                <SortHeader order=order column=Column::Answers label=tr!("Answers") class="number answers"/>
                <SortHeader order=order column=Column::Response label=tr!("Response") class="number response"/>
                <SortHeader order=order column=Column::Change label=tr!("Change") class="change-cell"/>
                <th scope="col" role="columnheader" class="trend">
                    {tr!("Trend")}
                </th>
            </tr>
        </thead>
    }
}

/// A column's name, to be pressed for sorting by it.
#[component]
fn SortHeader(order: RwSignal<Order>, column: Column, label: &'static str, class: &'static str) -> impl IntoView {
    let sorted = move || {
        let Order { column: by, descending } = order.get();
        (by == column).then_some(if descending { "descending" } else { "ascending" })
    };
    let arrow = move || match sorted() {
        Some("descending") => "↓",
        Some(_) => "↑",
        None => "",
    };
    view! {
        <th scope="col" role="columnheader" class=class aria-sort=sorted>
            <button type="button" class="sort" on:click=move |_| order.update(|order| *order = order.pressed(column))>
                {label}
                <span class="sort-arrow" aria-hidden="true">
                    {arrow}
                </span>
            </button>
        </th>
    }
}

#[component]
fn PageRow(page: String, rows: Signal<Arc<HashMap<String, Row>>>, ground: Ground) -> impl IntoView {
    let Ground { scale, site, bars, trends, link } = ground;
    let metric = scale.metric;
    let row = Memo::new({
        let page = page.clone();
        move |_| rows.with(|rows| rows.get(&page).cloned())
    });
    let score = Memo::new(move |_| row.with(|row| row.as_ref()?.score.clone()));
    let reading = Memo::new(move |_| score.with(|score| Some(headline(metric, &score.as_ref()?.figures))));
    let is_small = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(Row::is_small_sample)));
    let hurts = Memo::new(move |_| score.with(|score| score.as_ref().is_some_and(|score| score.hurts)));
    let label = move || row.with(|row| row.as_ref().map(|row| row.label.clone()));
    // Of a page that was asked on another scale, "0" would say that nobody answered.
    let answers = move || {
        row.with(|row| {
            row.as_ref().filter(|row| row.score.is_some() || !row.is_scored_elsewhere).map(|row| count(row.answers()))
        })
    };
    let response = Memo::new(move |_| row.with(|row| response(&row.as_ref()?.funnel)));
    let is_rarely_shown = move || response.with(|response| response.is_some_and(|response| response.is_small_sample()));
    let change = move || score.with(|score| score.as_ref().map(change_in_words));
    let detail = move || match reading.get() {
        Some(reading) => reading.interval_shown(),
        None if row.with(|row| row.as_ref().is_some_and(|row| row.is_scored_elsewhere)) => {
            Some(tr!("other scale").to_owned())
        }
        None => Some(tr!("no answers").to_owned()),
    };
    let title = {
        let page = page.clone();
        move || match row.with(|row| row.as_ref()?.title.clone()) {
            Some(title) => format!("{title}\n{page}"),
            None => page.clone(),
        }
    };
    view! {
        <tr role="row" class:faint=is_small class:unanswered=move || reading.with(Option::is_none)>
            <th scope="row" role="rowheader" class="page">
                <a href=move || link.run(page.clone()) title=title>
                    <bdi dir="ltr">{label}</bdi>
                </a>
                <Show when=move || hurts.get()>
                    <span class="tag bad" title=text(HURTS)>
                        {tr!("Hurts")}
                        <span class="unseen">{tr!(": clearly below the site")}</span>
                    </span>
                </Show>
                <Show when=move || is_small.get()>
                    <SmallSample/>
                </Show>
            </th>
            <td role="cell" class="score">
                {move || reading.get().map(|reading| reading.shown())}
                <small>{detail}</small>
            </td>
            <td role="cell" class="bar">
                <Show when=move || reading.with(Option::is_some)>
                    <ScoreBar reading=reading site=site axis=bars/>
                </Show>
            </td>
            <td role="cell" class="number answers">
                {answers}
            </td>
            <td
                role="cell"
                class="number response"
                data-label=tr!("response")
                class:few=is_rarely_shown
                title=move || is_rarely_shown().then_some(small_sample())
            >
                {move || response.get().map(|response| response.shown())}
            </td>
            <td role="cell" class="change-cell">
                {move || change().map(|change| view! { <Change change=change/> })}
            </td>
            <td role="cell" class="trend">
                <Show when=move || reading.with(Option::is_some)>
                    <SmallTrend
                        trend=Signal::derive(move || score.get().map(|score| score.trend).unwrap_or_default())
                        kind=Kind::headline(metric)
                        axis=trends
                    />
                </Show>
            </td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::sample::{page, report, scale};
    use crate::ranking::rows;

    #[test]
    fn a_small_sample_does_not_stretch_the_axis() {
        let report = report(vec![page("a.b/fine", 90.0), page("a.b/tiny", 20.0)]);
        let mut rows = rows(&report, scale());
        let before = bars_axis(scale(), None, &rows);
        let tiny = rows[1].score.as_mut().unwrap();
        tiny.figures.low_confidence = true;
        tiny.figures.mean.interval = Some(survey::score::Interval { low: 1.0, high: 7.0 });
        assert_eq!(bars_axis(scale(), None, &rows), before);
        assert!(before.from > 1.0);
    }

    #[test]
    fn without_any_figure_the_whole_scale_is_shown() {
        assert_eq!(bars_axis(scale(), None, &[]), Axis { from: 1.0, to: 7.0 });
        assert_eq!(trends_axis(scale(), &[]), Axis { from: 1.0, to: 7.0 });
    }
}
