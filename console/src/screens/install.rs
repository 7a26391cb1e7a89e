//! The line to paste, and what else a site must allow for it to work.

use leptos::prelude::*;

use crate::address::Place;
use crate::app::set_title;
use crate::browser;
use crate::parts::CopyText;
use crate::sections::{InstallCheck, SeenPages};

/// Where the collector lives, as it stands in the snippet: `https://polls.example`.
fn collector_origin(snippet: &str) -> Option<&str> {
    let (_, address) = snippet.split_once("src=\"")?;
    let (origin, _) = address.split_once("/w/")?;
    origin.contains("://").then_some(origin)
}

/// What a page's Content-Security-Policy must have in it, if it has one.
fn directives(origin: &str) -> String {
    format!(untranslated!("script-src {origin} 'wasm-unsafe-eval';\nconnect-src {origin};"), origin = origin)
}

#[component]
pub fn InstallScreen() -> impl IntoView {
    let place = Place::here();
    set_title(move || format!("{} – {}", tr!("Install"), place.site.get().name));
    let snippet = Signal::derive(move || place.site.get().snippet);
    let policy = Signal::derive(move || {
        let here = browser::origin();
        snippet.with(|snippet| directives(collector_origin(snippet).unwrap_or(&here)))
    });
    let origins = move || {
        let origins = place.site.get().origins;
        origins.into_iter().map(|origin| view! { <li><code>{origin}</code></li> }).collect_view()
    };
    let check = move || {
        let site = place.site.get();
        let collector = collector_origin(&site.snippet).map_or_else(browser::origin, str::to_owned);
        view! { <InstallCheck site=site collector=collector/> }
    };
    view! {
        <header class="screen-header">
            <div>
                <h1 tabindex="-1">{tr!("Install")}</h1>
                <p class="secondary">{move || tr!("One line on {site}, pasted once and never edited again.", site = place.site.get().name)}</p>
            </div>
        </header>
        <div class="prose">
            <section aria-labelledby="paste-title">
                <h2 id="paste-title">{tr!("1. Paste this line")}</h2>
                <CopyText text=snippet what=tr!("the line")/>
                <p>
                    {tr!("Put it into the ")} <code>"<head>"</code>
                    {tr!(" of every page, in the site’s common template or as a custom HTML tag for all pages of a tag manager. It waits until the page has loaded, and shows nothing where no survey belongs.")}
                </p>
            </section>
            <section aria-labelledby="origins-title">
                <h2 id="origins-title">{tr!("2. Check the site’s origins")}</h2>
                <p>{tr!("Answers are taken only from pages of these origins:")}</p>
                <ul class="origins">{origins}</ul>
            </section>
            <section aria-labelledby="policy-title">
                <h2 id="policy-title">{tr!("3. If the pages have a Content-Security-Policy")}</h2>
                <p>{tr!("Add these sources to it. Nothing else is needed: the survey brings no inline style, image or font.")}</p>
                <CopyText text=policy what=tr!("the directives")/>
            </section>
            <section aria-labelledby="check-title">
                <h2 id="check-title">{tr!("4. Check it")}</h2>
                <p>{tr!("A page of yours is opened by a link that only your team can make, and says here whether all is well. A survey that belongs there may show, as to any visitor.")}</p>
                {check}
            </section>
            <section aria-labelledby="seen-title">
                <h2 id="seen-title">{tr!("Where it was seen")}</h2>
                <SeenPages/>
                <p>
                    {tr!("Which survey belongs where, and when it appears, is under ")}
                    <a href=move || place.href("/surveys", &[])>{tr!("Surveys")}</a> "."
                </p>
            </section>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directives_name_the_collector_of_the_snippet() {
        let snippet = r#"<script async src="https://polls.example:8700/w/demo-shop.js"></script>"#;
        let origin = collector_origin(snippet).unwrap();
        assert_eq!(
            directives(origin),
            "script-src https://polls.example:8700 'wasm-unsafe-eval';\nconnect-src https://polls.example:8700;"
        );
    }

    #[test]
    fn a_snippet_without_an_address_names_no_collector() {
        assert_eq!(collector_origin(""), None);
        assert_eq!(collector_origin(r#"<script src="/w/demo.js">"#), None);
    }
}
