//! Match my site: a page of the site is opened, and the panel there reads the look of its text, links, buttons and fields, and says which
//! theme would fit.

use leptos::prelude::*;
use survey::api::SiteSummary;
use survey::theme::Theme;

use super::visit::{OpenByHand, Standing, Visit};
use crate::parts::{Entry, Submit};

#[component]
pub fn MatchSite(site: SiteSummary, on_found: Callback<Theme>) -> impl IntoView {
    let visit = Visit::new("match", site, look_of);
    Effect::new(move || {
        if let Standing::Told(theme) = visit.standing.get() {
            on_found.run(theme);
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        visit.begin();
    };
    let said = move || {
        match visit.standing.get() {
        Standing::None => ().into_any(),
        Standing::NotOpened(url) => view! { <OpenByHand url=url/> }.into_any(),
        Standing::Waiting => view! { <p>{tr!("The page is open in another tab. Reading its look …")}</p> }.into_any(),
        Standing::Told(_) => view! {
            <p class="good">
                {tr!("Read. Its colours, fonts and roundness stand in the fields below, each as near as it can be read.")}
            </p>
        }
        .into_any(),
        Standing::Silent => view! {
            <p class="refused">
                {tr!("Nothing was heard from that page within 20 seconds. Check the installation there first: it says what is in the way.")}
            </p>
        }
        .into_any(),
    }
    };
    view! {
        <form class="new-item" on:submit=submit novalidate aria-label=tr!("Match my site")>
            <Entry
                attempt=visit.attempt
                field="url"
                label=tr!("A page that has the line and looks as your site does")
                kind="url"
                fills="url"
                value=visit.address
            />
            <Submit attempt=visit.attempt label=tr!("Match my site") busy=tr!("Making the link …")/>
            <div class="check" role="status">
                {said}
            </div>
        </form>
    }
}

/// Which theme would fit a page, if that is what it says.
fn look_of(said: &str) -> Option<Theme> {
    serde_json::from_str(said.strip_prefix("pagepoll look ")?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_is_heard_and_nothing_else() {
        let heard = look_of(r##"pagepoll look {"light":{"accent":"#0d6efd"},"radius":6}"##).unwrap();
        assert_eq!((heard.light.accent, heard.radius), ("#0d6efd".parse().ok(), Some(6)));
        for other in ["pagepoll runs", "pagepoll look {", r#"pagepoll look {"x":1}"#, "look {}"] {
            assert_eq!(look_of(other), None, "{other}");
        }
    }
}
