//! What is asked on this site: every survey in words, a way to begin another one, and a way to learn why one does not show.

use std::cmp::Reverse;

use leptos::prelude::*;
use survey::api::{SiteSummary, SurveyState, SurveySummary};

use crate::address::{Place, Scope, address_of_page, parameter};
use crate::api::{self, Failure};
use crate::app::set_title;
use crate::editor::NewSurvey;
use crate::feed::{Feed, Pace};
use crate::parts::{Empty, FeedNotice, SurveyItem};
use crate::sections::WhyLinkForm;
use crate::text::reach_basis;

/// From how many days the pages are taken that can be chosen for an explanation.
const DAYS: u32 = 7;
/// More would make a list of suggestions a chore.
const MAX_PAGES: usize = 200;

/// What this screen shows.
#[derive(Clone, PartialEq)]
struct Listing {
    surveys: Vec<SurveySummary>,
    /// Those that were put away.
    archived: Vec<SurveySummary>,
    /// Addresses of the site's pages.
    pages: Vec<String>,
    may_edit: bool,
}

async fn listing(site: SiteSummary) -> Result<Listing, Failure> {
    let all = in_order(api::all_surveys(&site.key).await?);
    let (archived, surveys) = all.into_iter().partition(|survey| survey.state == SurveyState::Archived);
    let may_edit = api::may_edit(&site.key).await?;
    // They only spare typing: without them the screen is as good.
    let scope = Scope { site: site.key.clone(), share: None, days: DAYS, visitors: Vec::new() };
    let report = api::pages(&scope).await.ok();
    let pages = report.iter().flat_map(|report| &report.pages);
    let pages = pages.filter_map(|page| address_of_page(&page.page, &site.origins)).take(MAX_PAGES).collect();
    Ok(Listing { surveys, archived, pages, may_edit })
}

/// Those that run first, in the order in which one is preferred to another.
fn in_order(mut surveys: Vec<SurveySummary>) -> Vec<SurveySummary> {
    surveys.sort_by_key(|survey| (survey.state != SurveyState::Running, Reverse(survey.priority)));
    surveys
}

#[component]
pub fn SurveysScreen() -> impl IntoView {
    let place = Place::here();
    set_title(move || format!("{} – {}", tr!("Surveys"), place.site.get().name));
    let feed = Feed::new(Pace::Once, move || listing(place.site.get()));
    let latest = feed.latest();
    let pages =
        Signal::derive(move || latest.with(|latest| latest.as_ref().map(|it| it.pages.clone())).unwrap_or_default());
    // Whoever only reads cannot make a link, and where there is nothing there is nothing to explain.
    let has_links = Memo::new(move |_| {
        latest.with(|latest| latest.as_ref().is_some_and(|it| it.may_edit && !it.surveys.is_empty()))
    });
    let list = move || match latest.get().map(|latest| latest.surveys) {
        None => ().into_any(),
        Some(surveys) if surveys.is_empty() => view! { <NoSurvey/> }.into_any(),
        Some(surveys) => {
            let is_only_one = surveys.len() == 1;
            let item = |survey| view! { <SurveyItem survey=survey is_open=is_only_one/> };
            let items = surveys.into_iter().map(item).collect_view();
            view! { <ol class="surveys">{items}</ol> }.into_any()
        }
    };
    let title = move || match latest.with(|latest| latest.as_ref().map(|it| it.surveys.len())) {
        None | Some(0) => tr!("Surveys").to_owned(),
        Some(surveys) => tr!("{n} survey" | "{n} surveys" % surveys as u64),
    };
    // All estimates are made from the same sample, so it is named once.
    let basis = move || {
        latest.with(|latest| {
            latest.iter().flat_map(|it| &it.surveys).find_map(|survey| reach_basis(survey.reach.as_ref()))
        })
    };
    let about = parameter("about");
    // Another site, or another page to explain, is another form.
    let why = move || view! { <WhyLinkForm site=place.site.get() about=about.get() pages=pages/> };
    let new = move || {
        let latest = latest.get().filter(|latest| latest.may_edit)?;
        Some(view! { <NewSurvey surveys=latest.surveys/> })
    };
    view! {
        <header class="screen-header">
            <div>
                <h1 tabindex="-1">{title}</h1>
                <p class="secondary">
                    {move || tr!("on {site}; where several running ones fit, the upper one is shown.", site = place.site.get().name)}
                    " " {basis}
                </p>
            </div>
        </header>
        <FeedNotice state=feed.state()/>
        {new}
        <Show when=move || has_links.get()>{why}</Show>
        {list}
        {move || latest.get().map(|latest| view! { <Archived surveys=latest.archived/> })}
    }
}

/// What was put away, and can be brought back.
#[component]
fn Archived(surveys: Vec<SurveySummary>) -> impl IntoView {
    (!surveys.is_empty()).then(|| {
        let number = surveys.len() as u64;
        let items =
            surveys.into_iter().map(|survey| view! { <SurveyItem survey=survey is_open=false/> }).collect_view();
        view! {
            <details class="archived">
                <summary>{tr!("One archived survey" | "{n} archived surveys" % number)}</summary>
                <ol class="surveys">{items}</ol>
            </details>
        }
    })
}

#[component]
fn NoSurvey() -> impl IntoView {
    let place = Place::here();
    view! {
        <Empty title=tr!("No survey is published on this site")>
            <p>
                {tr!("Begin one above, and publish it. The pages that have ")}
                <a href=move || place.href("/install", &[])>{tr!("the snippet")}</a> {tr!(" show it from then on.")}
            </p>
        </Empty>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::sample::survey;

    #[test]
    fn what_runs_and_is_preferred_comes_first() {
        let ended = SurveySummary { state: SurveyState::Ended, priority: 9, ..survey("ended") };
        let urgent = SurveySummary { priority: 1, ..survey("urgent") };
        let ids: Vec<String> =
            in_order(vec![ended, survey("b"), survey("a"), urgent]).into_iter().map(|survey| survey.id).collect();
        assert_eq!(ids, ["urgent", "b", "a", "ended"]);
    }
}
