//! On which pages the loader was seen lately: where a survey could have been shown.

use std::cmp::Reverse;

use leptos::prelude::*;
use survey::report::{PageReport, PagesReport};

use crate::address::{Place, Scope};
use crate::api;
use crate::feed::{Feed, Pace};
use crate::parts::FeedNotice;

const DAYS: u32 = 7;

/// How many are named.
const NAMED: usize = 10;

#[component]
pub fn SeenPages() -> impl IntoView {
    let place = Place::here();
    let feed = Feed::new(Pace::Live, move || async move {
        let scope = Scope { site: place.site.get_untracked().key, share: None, days: DAYS, visitors: Vec::new() };
        api::pages(&scope).await
    });
    let latest = feed.latest();
    let list = move || latest.with(|latest| latest.as_ref().map(|report| named(report, place)));
    view! {
        <FeedNotice state=feed.state()/>
        <div class="seen" role="status">
            {list}
        </div>
    }
}

fn named(report: &PagesReport, place: Place) -> AnyView {
    let mut seen: Vec<&PageReport> = report.pages.iter().filter(|page| page.funnel.eligible > 0).collect();
    if seen.is_empty() {
        return view! {
            <p class="secondary">
                {tr!("No page yet. One stands here as soon as a visitor opens it and a published survey belongs on it.")}
            </p>
        }
        .into_any();
    }
    seen.sort_by_key(|page| Reverse(page.funnel.eligible));
    let more = seen.len().saturating_sub(NAMED);
    let page = |page: &PageReport| {
        view! {
            <li>
                <a href=place.page_href(&page.page)>{page.page.clone()}</a>
                <span class="secondary">{format!(" {}", tr!("{n} page view" | "{n} page views" % page.funnel.eligible))}</span>
            </li>
        }
    };
    view! {
        <p class="secondary">{tr!("In the last seven days, where a survey could have been shown:")}</p>
        <ul class="origins">{seen.iter().take(NAMED).map(|seen| page(seen)).collect_view()}</ul>
        {(more > 0).then(|| view! { <p class="secondary">{tr!("and on {n} more." | "and on {n} more." % more as u64)}</p> })}
    }
    .into_any()
}
