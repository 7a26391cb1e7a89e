//! Match my site: a page of the site is opened, and the panel there reads the look of its text, links, buttons and fields, and says which
//! theme would fit.

use leptos::prelude::*;
use survey::api::SiteSummary;
use survey::theme::Theme;

use super::visit::{PATIENCE_S, Visit, VisitForm, Words};

#[component]
pub fn MatchSite(site: SiteSummary, on_found: Callback<Theme>) -> impl IntoView {
    let visit = Visit::new("match", site, look_of);
    Effect::new(move || {
        if let Some(theme) = visit.told() {
            on_found.run(theme);
        }
    });
    let words = Words {
        name: tr!("Match my site"),
        page: tr!("A page that has the line and looks as your site does"),
        button: tr!("Match my site"),
        waiting: tr!("The page is open in another tab. Reading its look …"),
    };
    let heard = |look: Option<Theme>| {
        match look {
        Some(_) => view! {
            <p class="good">
                {tr!("Read. Its colours, fonts and roundness stand in the fields below, each as near as it can be read.")}
            </p>
        }
        .into_any(),
        None => view! {
            <p class="refused">
                {tr!("Nothing was heard from that page within {seconds} seconds. Check the installation there first: it says what is in the way.", seconds = PATIENCE_S)}
            </p>
        }
        .into_any(),
    }
    };
    view! { <VisitForm visit=visit words=words heard=heard/> }
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
