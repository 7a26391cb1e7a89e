//! One metric, page by page and step by step: where and when it went down.

use leptos::prelude::*;
use survey::definition::Metric;
use survey::report::{HeatMapBy, HeatMapReport};

use super::Header;
use crate::address::{Place, change_parameter, parameter};
use crate::api;
use crate::feed::{Feed, Pace};
use crate::parts::{Choice, Empty, FeedBody, HeatMap, RowNames, Segments};
use crate::text::{metric_label, span_in_words};
use crate::translation::text;

const METRICS: [Metric; 3] = [Metric::Ces, Metric::Csat, Metric::Nps];

#[component]
pub fn HeatMapScreen() -> impl IntoView {
    let place = Place::here();
    let (named_metric, named_rows) = (parameter("metric"), parameter("by"));
    let metric = Memo::new(move |_| named_metric.get().as_deref().and_then(metric_named));
    let by = Memo::new(move |_| rows_named(named_rows.get().as_deref()));
    let feed = Feed::new(Pace::Live, move || {
        let (scope, by, metric) = (place.scope(), by.get(), metric.get());
        async move { api::heat_map(&scope, by, metric).await }
    });
    let latest = feed.latest();
    let about = move || {
        let days = latest.with(|latest| latest.as_ref().map(|told| told.period.days.clone()))?;
        Some(span_in_words(&days.first_day, &days.last_day))
    };
    view! {
        <Header path="/patterns" title=tr!("Heat map") about=Signal::derive(about)/>
        <Choices latest=latest by=by/>
        <FeedBody state=feed.state()>
            <Told latest=latest/>
        </FeedBody>
    }
}

/// Which metric, and whether of pages or of groups.
#[component]
fn Choices(latest: ReadSignal<Option<HeatMapReport>>, by: Memo<HeatMapBy>) -> impl IntoView {
    let metrics =
        Memo::new(move |_| latest.with(|latest| latest.as_ref().map(|told| told.metrics.clone()).unwrap_or_default()));
    let choices = Memo::new(move |_| {
        let choice = |metric| Choice { value: api::metric_as_asked(metric).to_owned(), label: metric_label(metric) };
        metrics.get().into_iter().map(choice).collect::<Vec<_>>()
    });
    let chosen = move || latest.with(|latest| latest.as_ref()?.scale.map(|scale| api::metric_as_asked(scale.metric)));
    let rows =
        ROWS.map(|(rows, label)| Choice { value: value_of(rows).to_owned(), label: text(label).to_owned() }).to_vec();
    view! {
        <div class="section-header filters">
            <Show when=move || choices.with(|choices| choices.len() > 1)>
                <Segments
                    legend=tr!("Score")
                    name="metric"
                    choices=choices
                    chosen=Signal::derive(move || chosen().unwrap_or_default().to_owned())
                    on_choose=change_parameter("metric")
                />
            </Show>
            <Segments
                legend=tr!("Rows")
                name="by"
                choices=rows
                chosen=Signal::derive(move || value_of(by.get()).to_owned())
                on_choose=change_parameter("by")
            />
        </div>
    }
}

#[component]
fn Told(latest: ReadSignal<Option<HeatMapReport>>) -> impl IntoView {
    let place = Place::here();
    let has_rows = Memo::new(move |_| latest.with(|latest| latest.as_ref().is_some_and(|told| !told.rows.is_empty())));
    let by = Memo::new(move |_| latest.with(|latest| latest.as_ref().map(|told| told.by).unwrap_or_default()));
    let link = Callback::new(move |page: String| place.page_href(&page));
    move || match (has_rows.get(), by.get()) {
        (true, by) => {
            let names = match by {
                HeatMapBy::Page => RowNames { head: tr!("Page"), link: Some(link) },
                HeatMapBy::Group => RowNames { head: tr!("Group"), link: None },
            };
            latest
                .get_untracked()
                .map(|first| {
                    let report = Signal::derive(move || latest.get().unwrap_or_else(|| first.clone()));
                    view! { <HeatMap report=report names=names/> }
                })
                .into_any()
        }
        (false, HeatMapBy::Page) => view! { <NoAnswers/> }.into_any(),
        (false, HeatMapBy::Group) => view! { <NoGroups/> }.into_any(),
    }
}

#[component]
fn NoAnswers() -> impl IntoView {
    let place = Place::here();
    view! {
        <Empty title=tr!("No answers in this period")>
            <p>
                {tr!("Choose a longer period, or more visitors. ")}
                <a href=move || place.href("/surveys", &[])>{tr!("The surveys")}</a> {tr!(" say where they ask.")}
            </p>
        </Empty>
    }
}

#[component]
fn NoGroups() -> impl IntoView {
    let place = Place::here();
    view! {
        <Empty title=tr!("No group has answers in this period")>
            <p>
                {tr!("Pages of one kind can be read together. ")} <a href=move || place.href("/groups", &[])>{tr!("Declare groups")}</a>
                {tr!(", or choose a longer period.")}
            </p>
        </Empty>
    }
}

const ROWS: [(HeatMapBy, &str); 2] = [(HeatMapBy::Page, marked!("Pages")), (HeatMapBy::Group, marked!("Groups"))];

/// As it stands in the address.
fn value_of(by: HeatMapBy) -> &'static str {
    match by {
        HeatMapBy::Page => "",
        HeatMapBy::Group => "group",
    }
}

fn rows_named(name: Option<&str>) -> HeatMapBy {
    if name == Some("group") { HeatMapBy::Group } else { HeatMapBy::Page }
}

fn metric_named(name: &str) -> Option<Metric> {
    METRICS.into_iter().find(|metric| api::metric_as_asked(*metric) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_metrics_are_found_by_their_place_in_the_address_and_nothing_else_is() {
        for (by, _) in ROWS {
            assert_eq!(rows_named(Some(value_of(by))), by);
        }
        assert_eq!(rows_named(Some("planet")), HeatMapBy::Page);
        for metric in METRICS {
            assert_eq!(metric_named(api::metric_as_asked(metric)), Some(metric));
        }
        assert_eq!(metric_named("best"), None);
    }
}
