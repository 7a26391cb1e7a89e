//! The install check: a page of the site is opened by a link that only the team can make, and the loader there says how it went.
//!
//! Where nothing is heard, what may be the cause is listed, the most likely first.

use leptos::prelude::*;
use survey::api::SiteSummary;

use super::visit::{PATIENCE_S, Visit, VisitForm, Words};
use crate::browser;

/// What a page says of its loader.
#[derive(Clone, PartialEq, Debug)]
enum Outcome {
    Runs,
    /// In the browser's own words.
    Fails(String),
}

#[component]
pub fn InstallCheck(
    site: SiteSummary,
    /// Where the collector lives, as the snippet has it.
    collector: String,
) -> impl IntoView {
    let key = site.key.clone();
    let visit = Visit::new("check", site, outcome_of);
    Effect::new(move || {
        if visit.told() == Some(Outcome::Runs) {
            browser::keep(&kept_as(&key), "runs");
        }
    });
    let is_mixed = {
        let collector = collector.clone();
        move || visit.address.with(|address| is_mixed_content(address, &collector))
    };
    let words = Words {
        name: tr!("Check the installation"),
        page: tr!("A page that has the line"),
        button: tr!("Open the page and check"),
        waiting: tr!("The page is open in another tab. Listening for its loader …"),
    };
    view! {
        <VisitForm visit=visit words=words heard=move |outcome| said(outcome, &collector)>
            <Show when=is_mixed>
                <p class="refused">
                    {tr!("This page is on https, and the collector on http: browsers do not let the one load from the other. Put the collector behind https (docs/reverse-proxy.md).")}
                </p>
            </Show>
        </VisitForm>
    }
}

/// Whether a page of the site has told this browser that the widget runs there.
pub fn has_run(site: &str) -> bool {
    browser::kept(&kept_as(site)).is_some()
}

fn kept_as(site: &str) -> String {
    format!("pagepoll check {site}")
}

/// What a page says of its loader; nothing where it says something else.
fn outcome_of(said: &str) -> Option<Outcome> {
    let told = said.strip_prefix("pagepoll ").filter(|told| !told.starts_with("look "))?;
    Some(if told == "runs" { Outcome::Runs } else { Outcome::Fails(told.to_owned()) })
}

fn said(outcome: Option<Outcome>, collector: &str) -> AnyView {
    match outcome {
        Some(Outcome::Runs) => view! {
            <p class="good">{tr!("It works. The line is there, nothing blocks it, and the widget runs on that page.")}</p>
            <p class="secondary">{tr!("The panel in that tab says, for each survey, what it waits for.")}</p>
        }
        .into_any(),
        Some(Outcome::Fails(reason)) => view! {
            <p class="refused">
                {tr!("The line is there, and the page stops the widget: {what}", what = cause_of(&reason, collector))}
            </p>
            <p class="secondary">{tr!("In the browser’s words: {reason}", reason)}</p>
        }
        .into_any(),
        None => silent(collector).into_any(),
    }
}

/// Which directive is missing, as far as a browser's words tell.
fn cause_of(reason: &str, collector: &str) -> String {
    let has = |words: &[&str]| words.iter().any(|word| reason.to_lowercase().contains(word));
    if has(&["wasm", "webassembly", "unsafe-eval", "compileerror"]) {
        tr!("its Content-Security-Policy needs 'wasm-unsafe-eval' in script-src.").to_owned()
    } else if has(&["import", "module"]) {
        tr!("its Content-Security-Policy needs {collector} in script-src.", collector)
    } else {
        tr!(
            "its Content-Security-Policy needs {collector} in connect-src, or the collector cannot be reached from there.",
            collector
        )
    }
}

fn silent(collector: &str) -> impl IntoView {
    view! {
        <p class="refused">{tr!("Nothing was heard from that page within {seconds} seconds. Most likely, in this order:", seconds = PATIENCE_S)}</p>
        <ol class="causes">
            <li>{tr!("The address does not open at all: https where there is only http, another port, a typing mistake. See what the tab shows.")}</li>
            <li>{tr!("The line is not in that page, or not yet published with it. Look for “/w/” in the page’s source.")}</li>
            <li>
                {tr!("The page’s Content-Security-Policy lacks ")} <code>{collector.to_owned()}</code> {tr!(" in ")} <code>"script-src"</code> "."
            </li>
            <li>
                {tr!("The line says ")} <code>"data-consent=\"required\""</code> {tr!(", and nobody has consented on that page yet.")}
            </li>
            <li>{tr!("A content blocker of this browser, or Global Privacy Control where the site honours it. Try another browser.")}</li>
            <li>{tr!("The page sends a Cross-Origin-Opener-Policy, which keeps it from telling. If its panel “Why, on this page” shows in that tab, all is well.")}</li>
        </ol>
    }
}

/// Whether browsers would refuse to load the collector's files into the page. They let pages load from the computer itself.
fn is_mixed_content(page: &str, collector: &str) -> bool {
    let is_own = ["http://localhost", "http://127.0.0.1", "http://[::1]"].iter().any(|own| collector.starts_with(own));
    page.trim().starts_with("https://") && collector.starts_with("http://") && !is_own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_says_is_understood_and_what_others_say_is_not() {
        assert_eq!(outcome_of("pagepoll runs"), Some(Outcome::Runs));
        assert_eq!(outcome_of("pagepoll TypeError: x"), Some(Outcome::Fails("TypeError: x".into())));
        assert_eq!(outcome_of("pagepoll look {}"), None);
        assert_eq!(outcome_of("hello"), None);
    }

    #[test]
    fn the_missing_directive_is_named() {
        let cause = |reason| cause_of(reason, "https://polls.example");
        let chromium = "CompileError: WebAssembly.instantiateStreaming(): Refused to compile or instantiate WebAssembly module because 'unsafe-eval' is not an allowed source";
        assert!(cause(chromium).contains("wasm-unsafe-eval"));
        assert!(cause("TypeError: error loading dynamically imported module").ends_with("in script-src."));
        assert!(cause("TypeError: Failed to fetch").contains("connect-src"));
    }

    #[test]
    fn an_https_page_cannot_load_from_http_but_from_this_computer() {
        assert!(is_mixed_content("https://shop.example/", "http://polls.example"));
        assert!(!is_mixed_content("https://shop.example/", "http://127.0.0.1:8700"));
        assert!(!is_mixed_content("http://shop.example/", "http://polls.example"));
    }
}
