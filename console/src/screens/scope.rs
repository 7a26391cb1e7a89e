//! What figures are of, to be chosen at the head of a screen: the period, and which visitors.

use leptos::prelude::*;
use survey::report::DimensionValues;

use crate::address::{PERIODS, Place, change_parameter};
use crate::api;
use crate::feed::{Feed, Pace};
use crate::parts::{Choice, Segments};
use crate::text::{dimension_name, value_name};

#[component]
pub fn Periods() -> impl IntoView {
    let place = Place::here();
    let periods = PERIODS.map(|days| Choice { value: days.to_string(), label: format!("{days} days") }).to_vec();
    view! {
        <Segments
            legend="Period"
            name="days"
            choices=periods
            chosen=Signal::derive(move || place.days.get().to_string())
            on_choose=change_parameter("days")
        />
    }
}

/// All visitors, or those with one value in one dimension. Not there where nothing tells visitors apart yet.
#[component]
pub fn Visitors() -> impl IntoView {
    // Guests are not told which there are.
    (!Place::here().is_shared()).then(|| view! { <VisitorsChoice/> })
}

#[component]
fn VisitorsChoice() -> impl IntoView {
    let place = Place::here();
    let feed = Feed::new(Pace::Once, move || place.site.get().key, async |site| api::segments(&site).await);
    let dimensions = Memo::new(move |_| feed.latest().unwrap_or_default());
    let choose = change_parameter("visitors");
    let group = move |told: DimensionValues| {
        let DimensionValues { dimension, values } = told;
        let option = |value: String| {
            let segment = format!("{dimension}={value}");
            let chosen = segment.clone();
            view! {
                <option value=segment prop:selected=move || place.visitors.with(|visitors| visitors.as_ref() == Some(&chosen))>
                    {value_name(&dimension, &value)}
                </option>
            }
        };
        let options = values.into_iter().map(option).collect_view();
        view! { <optgroup label=dimension_name(&dimension)>{options}</optgroup> }
    };
    // One that nobody has counted yet, or no more, is chosen all the same.
    let stray = move || {
        let visitors = place.visitors.get()?;
        let is_known = dimensions.with(|dimensions| {
            let mut all = dimensions
                .iter()
                .flat_map(|told| told.values.iter().map(|value| format!("{}={value}", told.dimension)));
            all.any(|segment| segment == visitors)
        });
        (!is_known).then(|| view! { <option value=visitors.clone() selected>{visitors.clone()}</option> })
    };
    view! {
        <Show when=move || dimensions.with(|dimensions| !dimensions.is_empty()) || place.visitors.with(Option::is_some)>
            <label class="picker visitors">
                <span class="unseen">"Visitors"</span>
                <select on:change:target=move |event| choose.run(event.target().value())>
                    <option value="" prop:selected=move || place.visitors.with(Option::is_none)>
                        "All visitors"
                    </option>
                    {stray}
                    {move || dimensions.get().into_iter().map(group).collect_view()}
                </select>
            </label>
        </Show>
    }
}
