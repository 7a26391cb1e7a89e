//! The install check: a page of the site is opened by a link that only the team can make, and the loader there says how it went.
//!
//! It says so to the tab that opened it, which no policy of the page forbids. What never gets to run can say nothing: then what may be
//! the cause is listed, the most likely first.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use survey::api::{SiteSummary, WhyLink};

use crate::address::address_meant;
use crate::api;
use crate::attempt::Attempt;
use crate::browser;
use crate::parts::{Entry, Submit};

/// How long a page may take before it counts as silent.
const PATIENCE_MS: u32 = 20_000;

/// How far a check has come.
#[derive(Clone, PartialEq)]
enum Standing {
    None,
    /// The tab could not be opened without a click of its own.
    NotOpened(String),
    Waiting,
    Runs,
    /// In the browser's own words.
    Fails(String),
    Silent,
}

#[component]
pub fn InstallCheck(
    site: SiteSummary,
    /// Where the collector lives, as the snippet has it.
    collector: String,
) -> impl IntoView {
    let attempt = Attempt::new("check", &["url"]);
    let SiteSummary { key, origins, .. } = site;
    let address = RwSignal::new(origins.first().map(|origin| format!("{origin}/")).unwrap_or_default());
    let (standing, rounds) = (RwSignal::new(Standing::None), StoredValue::new(0_u32));
    let (key, origins) = (StoredValue::new(key), StoredValue::new(origins));
    let heard = browser::on_message(move |origin, said| {
        let is_ours = origins.with_value(|origins| origins.iter().any(|known| known == origin));
        if let Some(outcome) = is_ours.then(|| outcome_of(said)).flatten() {
            standing.set(outcome);
        }
    });
    on_cleanup({
        let heard = StoredValue::new_local(Some(heard));
        move || heard.dispose()
    });
    let wait = move |round: u32| {
        leptos::task::spawn_local(async move {
            TimeoutFuture::new(PATIENCE_MS).await;
            let is_silent = rounds.try_get_value() == Some(round)
                && standing.with_untracked(|standing| matches!(standing, Standing::Waiting | Standing::NotOpened(_)));
            if is_silent {
                standing.set(Standing::Silent);
            }
        });
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let url = origins.with_value(|origins| address_meant(&address.get_untracked(), origins));
        address.set(url.clone());
        standing.set(Standing::None);
        let asked = async move { api::why_link(&key.get_value(), url).await };
        attempt.make(asked, move |WhyLink { url, .. }| {
            let round = rounds.get_value() + 1;
            rounds.set_value(round);
            standing.set(Standing::Waiting);
            wait(round);
            browser::open_tab(url.clone(), move |is_open| {
                // Whoever has left is not told; nor is a page that was faster.
                if !is_open && standing.try_get_untracked() == Some(Standing::Waiting) {
                    standing.set(Standing::NotOpened(url));
                }
            });
        });
    };
    let is_mixed = {
        let collector = collector.clone();
        move || address.with(|address| is_mixed_content(address, &collector))
    };
    view! {
        <form class="new-item" on:submit=submit novalidate aria-label="Check the installation">
            <Entry attempt=attempt field="url" label="A page that has the line" kind="url" fills="url" value=address/>
            <Show when=is_mixed>
                <p class="refused">
                    "This page is on https, and the collector on http: browsers do not let the one load from the other. Put the collector behind https (docs/reverse-proxy.md)."
                </p>
            </Show>
            <Submit attempt=attempt label="Open the page and check" busy="Making the link …"/>
            <div class="check" role="status">
                {move || said(standing.get(), &collector)}
            </div>
        </form>
    }
}

/// What a page says of its loader; nothing where it says something else.
fn outcome_of(said: &str) -> Option<Standing> {
    let told = said.strip_prefix("pagepoll ")?;
    Some(if told == "runs" { Standing::Runs } else { Standing::Fails(told.to_owned()) })
}

fn said(standing: Standing, collector: &str) -> AnyView {
    match standing {
        Standing::None => ().into_any(),
        Standing::NotOpened(url) => view! {
            <p>
                "The browser opens no tab by itself here: "
                <a href=url target="_blank" rel="opener">
                    "open the page"
                </a> " by this link."
            </p>
        }
        .into_any(),
        Standing::Waiting => view! { <p>"The page is open in another tab. Listening for its loader …"</p> }.into_any(),
        Standing::Runs => view! {
            <p class="good">"It works. The line is there, nothing blocks it, and the widget runs on that page."</p>
            <p class="secondary">"The panel in that tab says, for each survey, what it waits for."</p>
        }
        .into_any(),
        Standing::Fails(reason) => view! {
            <p class="refused">
                {format!("The line is there, and the page stops the widget: {}", cause_of(&reason, collector))}
            </p>
            <p class="secondary">{format!("In the browser’s words: {reason}")}</p>
        }
        .into_any(),
        Standing::Silent => silent(collector).into_any(),
    }
}

/// Which directive is missing, as far as a browser's words tell.
fn cause_of(reason: &str, collector: &str) -> String {
    let has = |words: &[&str]| words.iter().any(|word| reason.to_lowercase().contains(word));
    if has(&["wasm", "webassembly", "unsafe-eval", "compileerror"]) {
        "its Content-Security-Policy needs 'wasm-unsafe-eval' in script-src.".to_owned()
    } else if has(&["import", "module"]) {
        format!("its Content-Security-Policy needs {collector} in script-src.")
    } else {
        format!(
            "its Content-Security-Policy needs {collector} in connect-src, or the collector cannot be reached from there."
        )
    }
}

fn silent(collector: &str) -> impl IntoView {
    view! {
        <p class="refused">"Nothing was heard from that page within 20 seconds. Most likely, in this order:"</p>
        <ol class="causes">
            <li>"The line is not in that page, or not yet published with it. Look for “/w/” in the page’s source."</li>
            <li>
                "The page’s Content-Security-Policy lacks " <code>{collector.to_owned()}</code> " in " <code>"script-src"</code> "."
            </li>
            <li>
                "The line says " <code>"data-consent=\"required\""</code> ", and nobody has consented on that page yet."
            </li>
            <li>"A content blocker of this browser, or Global Privacy Control where the site honours it. Try another browser."</li>
            <li>"The page sends a Cross-Origin-Opener-Policy, which keeps it from telling. If its panel “Why, on this page” shows in that tab, all is well."</li>
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
        assert!(outcome_of("pagepoll runs") == Some(Standing::Runs));
        assert!(outcome_of("pagepoll TypeError: x") == Some(Standing::Fails("TypeError: x".into())));
        assert!(outcome_of("hello").is_none());
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
