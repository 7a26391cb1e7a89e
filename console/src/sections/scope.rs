//! What figures are of, to be chosen at the head of a screen: the period, and which visitors.

use leptos::prelude::*;
use survey::report::DimensionValues;

use crate::address::{PERIODS, Place, VISITORS, change_parameter, change_parameters, dimension_of};
use crate::api;
use crate::feed::{Feed, Pace};
use crate::parts::{Choice, Segments};
use crate::text::{dimension_name, value_name};

#[component]
pub fn Periods() -> impl IntoView {
    let place = Place::here();
    let periods = PERIODS
        .map(|days| Choice { value: days.to_string(), label: tr!("{n} day" | "{n} days" % days.into()) })
        .to_vec();
    view! {
        <Segments
            legend=tr!("Period")
            name="days"
            choices=periods
            chosen=Signal::derive(move || place.days.get().to_string())
            on_choose=change_parameter("days")
        />
    }
}

/// All visitors, or those with one value in one dimension, or who are alike in two. Not there where nothing tells visitors apart yet.
#[component]
pub fn Visitors() -> impl IntoView {
    // Guests are not told which there are.
    (!Place::here().is_shared()).then(|| view! { <VisitorsChoice/> })
}

#[component]
fn VisitorsChoice() -> impl IntoView {
    let place = Place::here();
    let feed = Feed::new(Pace::Once, move || {
        let site = place.site.get().key;
        async move { api::segments(&site).await }
    });
    let dimensions = Memo::new(move |_| feed.latest().get().unwrap_or_default());
    let is_narrowed = Memo::new(move |_| place.visitors.with(|visitors| !visitors.is_empty()));
    view! {
        <Show when=move || is_narrowed.get() || dimensions.with(|dimensions| !dimensions.is_empty())>
            <VisitorsPicker which=Which::First dimensions=dimensions/>
        </Show>
        <Show when=move || is_narrowed.get()>
            <VisitorsPicker which=Which::Second dimensions=dimensions/>
        </Show>
    }
}

/// Which of the two dimensions.
#[derive(Clone, Copy, PartialEq)]
enum Which {
    First,
    Second,
}

impl Which {
    fn label(self) -> &'static str {
        match self {
            Self::First => tr!("Visitors"),
            Self::Second => tr!("Of these visitors, those with"),
        }
    }

    /// What is chosen where nothing is.
    fn nobody_in_particular(self) -> &'static str {
        match self {
            Self::First => tr!("All visitors"),
            Self::Second => tr!("+ Filter"),
        }
    }
}

#[component]
fn VisitorsPicker(which: Which, dimensions: Memo<Vec<DimensionValues>>) -> impl IntoView {
    let place = Place::here();
    let change = change_parameters();
    let choose = move |segment: String| {
        let chosen = with_choice(&place.visitors.get_untracked(), which, segment);
        let mut chosen = chosen.into_iter();
        change.run(VISITORS.map(|name| (name, chosen.next().unwrap_or_default())).to_vec());
    };
    let own = Memo::new(move |_| place.visitors.with(|visitors| visitors.get(which as usize).cloned()));
    // Of the dimension that the first is of, everybody has the same value.
    let offered = Memo::new(move |_| {
        let first = place.visitors.with(|visitors| visitors.first().map(|first| dimension_of(first).to_owned()));
        let taken = first.filter(|_| which == Which::Second);
        dimensions.get().into_iter().filter(|told| Some(&told.dimension) != taken.as_ref()).collect::<Vec<_>>()
    });
    let group = move |told: DimensionValues| {
        let DimensionValues { dimension, values } = told;
        let option = |value: String| {
            let segment = format!("{dimension}={value}");
            let chosen = segment.clone();
            view! {
                <option value=segment prop:selected=move || own.with(|own| own.as_ref() == Some(&chosen))>
                    {value_name(&dimension, &value)}
                </option>
            }
        };
        let options = values.into_iter().map(option).collect_view();
        view! { <optgroup label=dimension_name(&dimension)>{options}</optgroup> }
    };
    // One that nobody has counted yet, or no more, is chosen all the same.
    let stray = move || {
        let own = own.get()?;
        let is_known = offered.with(|offered| {
            let mut all =
                offered.iter().flat_map(|told| told.values.iter().map(|value| format!("{}={value}", told.dimension)));
            all.any(|segment| segment == own)
        });
        (!is_known).then(|| view! { <option value=own.clone() selected>{own.clone()}</option> })
    };
    view! {
        <label class="picker visitors">
            <span class="unseen">{which.label()}</span>
            <select on:change:target=move |event| choose(event.target().value())>
                <option value="" prop:selected=move || own.with(Option::is_none)>
                    {which.nobody_in_particular()}
                </option>
                {stray}
                {move || offered.get().into_iter().map(group).collect_view()}
            </select>
        </label>
    }
}

/// Who is looked at after one of the two was chosen; an empty choice takes it back.
fn with_choice(visitors: &[String], which: Which, segment: String) -> Vec<String> {
    let other = match which {
        Which::First => visitors.get(1),
        Which::Second => visitors.first(),
    };
    let other = other.filter(|other| dimension_of(other) != dimension_of(&segment)).cloned();
    let own = Some(segment).filter(|segment| !segment.is_empty());
    let both = match which {
        Which::First => [own, other],
        Which::Second => [other, own],
    };
    both.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(visitors: &[&str], which: Which, segment: &str) -> Vec<String> {
        let visitors: Vec<String> = visitors.iter().map(|one| (*one).to_owned()).collect();
        with_choice(&visitors, which, segment.to_owned())
    }

    #[test]
    fn a_choice_keeps_the_other_one_unless_both_are_of_one_dimension() {
        let both = ["device=phone", "language=de"];
        assert_eq!(chosen(&["device=phone"], Which::Second, "language=de"), both);
        assert_eq!(chosen(&both, Which::First, "device=tablet"), ["device=tablet", "language=de"]);
        assert_eq!(chosen(&both, Which::First, "language=fr"), ["language=fr"]);
    }

    #[test]
    fn who_takes_the_first_choice_back_keeps_the_second() {
        let both = ["device=phone", "language=de"];
        assert_eq!(chosen(&both, Which::First, ""), ["language=de"]);
        assert_eq!(chosen(&both, Which::Second, ""), ["device=phone"]);
        assert!(chosen(&["device=phone"], Which::First, "").is_empty());
    }
}
