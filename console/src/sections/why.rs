//! "Why does it (not) show?": makes the link under which a page explains what shows there and what does not.

use leptos::prelude::*;
use leptos::task::spawn_local;
use survey::api::{SiteSummary, WhyLink};

use crate::address::{address_meant, is_web_address};
use crate::api;
use crate::browser;
use crate::parts::CopyText;

/// As the document calls the field.
const FIELD: &str = "why-address";

/// What has become of the wish for a link.
#[derive(Clone, PartialEq)]
enum Outcome {
    None,
    Asking,
    Made(WhyLink),
    Refused(String),
}

#[component]
pub fn WhyLinkForm(
    site: SiteSummary,
    /// The page that it is about, if the reader comes from one.
    about: Option<String>,
    /// Pages to choose from.
    #[prop(into)]
    pages: Signal<Vec<String>>,
) -> impl IntoView {
    let SiteSummary { key, origins, .. } = site;
    let typed = RwSignal::new(about.or_else(|| Some(format!("{}/", origins.first()?))).unwrap_or_default());
    let outcome = RwSignal::new(Outcome::None);
    let refuse = move |reason: String| {
        outcome.set(Outcome::Refused(reason));
        browser::focus(FIELD);
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let url = address_meant(&typed.get_untracked(), &origins);
        if url.is_empty() {
            return refuse(tr!("Enter the address of a page of this site.").to_owned());
        }
        typed.set(url.clone());
        outcome.set(Outcome::Asking);
        let key = key.clone();
        spawn_local(async move {
            let made = api::why_link(&key, url).await;
            // Meanwhile the reader may have left, or typed something else.
            if outcome.try_get_untracked() != Some(Outcome::Asking) {
                return;
            }
            match made {
                Ok(link) => outcome.set(Outcome::Made(link)),
                Err(failure) => refuse(failure.to_string()),
            }
        });
    };
    let refused = move || match outcome.get() {
        Outcome::Refused(reason) => Some(reason),
        _ => None,
    };
    let link = move || match outcome.get() {
        Outcome::Made(link) => Some(link.url),
        _ => None,
    };
    view! {
        <form class="why" on:submit=submit novalidate aria-labelledby="why-title">
            <h2 id="why-title">{tr!("Why does it (not) show?")}</h2>
            <p class="secondary" id="why-hint">
                {tr!("Make a link to a page of the site: there, each survey says live which of its rules hold and what it waits for.")}
            </p>
            <div class="why-row">
                <label for=FIELD>{tr!("Page address")}</label>
                <input
                    id=FIELD
                    type="text"
                    inputmode="url"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    list="why-pages"
                    aria-describedby="why-refused why-hint"
                    aria-invalid=move || refused().is_some().to_string()
                    prop:value=typed
                    on:input:target=move |event| {
                        typed.set(event.target().value());
                        outcome.set(Outcome::None);
                    }
                />
                <datalist id="why-pages">
                    {move || pages.get().into_iter().map(|page| view! { <option value=page></option> }).collect_view()}
                </datalist>
                <button type="submit" class="button">
                    {move || if outcome.get() == Outcome::Asking { tr!("Making the link …") } else { tr!("Make the link") }}
                </button>
            </div>
            <p class="refused" id="why-refused">
                {refused}
            </p>
            <p class="why-said" role="status">
                {move || {
                    link()
                        .map(|_| {
                            tr!("The link works for 24 hours, and only for whoever has it: give it to nobody outside your team.")
                        })
                }}
            </p>
            {move || link().map(|url| view! { <MadeLink url=url/> })}
        </form>
    }
}

#[component]
fn MadeLink(url: String) -> impl IntoView {
    let open = is_web_address(&url).then(|| {
        view! {
            <a class="button" href=url.clone() target="_blank" rel="noopener noreferrer">
                {tr!("Open")}
                <span class="unseen">{tr!(" the page with the link (in a new tab)")}</span>
                <span aria-hidden="true">" ↗"</span>
            </a>
        }
    });
    view! {
        <div class="made-link">
            <CopyText text=url what=tr!("the link")>
                {open}
            </CopyText>
        </div>
    }
}
