//! Patterns: three ways to look for what single pages do not tell. Each is a screen with an address of its own; a strip of links leads
//! from one to the next.

mod cross_table;
mod drivers;
mod heat_map;
mod survey_choice;

pub use cross_table::CrossTableScreen;
pub use drivers::DriversScreen;
pub use heat_map::HeatMapScreen;

use leptos::prelude::*;
use survey::api::{SurveyState, SurveySummary};

use crate::address::{Place, parameter};
use crate::api::{self, Failure};
use crate::app::set_title;
use crate::sections::{Periods, Visitors};
use crate::translation::text;

/// Addresses and names.
const VIEWS: [(&str, &str); 3] = [
    ("/patterns", marked!("Heat map")),
    ("/patterns/drivers", marked!("Drivers")),
    ("/patterns/cross-table", marked!("Cross-table")),
];

/// The surveys that somebody can have answered: drafts have no figures.
async fn published(site: &str) -> Result<Vec<SurveySummary>, Failure> {
    let mut surveys = api::surveys(site).await?;
    surveys.retain(|survey| survey.state != SurveyState::Draft);
    Ok(surveys)
}

/// The head of each of the three: what it is, of what days and whom, and the way to the others.
#[component]
fn Header(
    /// The screen's own address.
    path: &'static str,
    title: &'static str,
    #[prop(into)] about: Signal<Option<String>>,
) -> impl IntoView {
    let place = Place::here();
    set_title(move || format!("{title} – {}", place.site.get().name));
    view! {
        <header class="screen-header">
            <div>
                <h1 tabindex="-1">{title}</h1>
                <p class="secondary">{move || about.get()}</p>
            </div>
            <Visitors/>
            <Periods/>
        </header>
        <Views here=path/>
    }
}

#[component]
fn Views(here: &'static str) -> impl IntoView {
    let place = Place::here();
    let survey = parameter("survey");
    let link = move |(path, name): (&'static str, &'static str)| {
        // Whoever looks at a survey goes on looking at it.
        let href = move || {
            survey.with(|survey| match survey {
                Some(survey) => place.href(path, &[("survey", survey)]),
                None => place.href(path, &[]),
            })
        };
        view! {
            <li>
                <a href=href aria-current=(path == here).then_some("page")>
                    {text(name)}
                </a>
            </li>
        }
    };
    view! {
        <nav class="views" aria-label=tr!("Patterns")>
            <ul>{VIEWS.map(link).into_iter().collect_view()}</ul>
        </nav>
    }
}
