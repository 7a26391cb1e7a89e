//! A new site: what it is called, and where its pages live.

use leptos::prelude::*;
use survey::api::SiteSummary;
use survey::api::sites::NewSite;

use super::Card;
use crate::address::{origin_of, with_query};
use crate::api::people;
use crate::app::{Session, set_title};
use crate::attempt::Attempt;
use crate::browser;
use crate::parts::{Entry, Submit};

/// For whoever is signed in and is on no site.
#[component]
pub fn NoSite() -> impl IntoView {
    set_title(|| tr!("Your first site").to_owned());
    let session = Session::here();
    view! {
        <Card>
            <h1 tabindex="-1">{tr!("Where do your visitors go?")}</h1>
            <p class="secondary">{tr!("One site to begin with; more can be added at any time. If your team has one here already, have an owner of it invite you.")}</p>
            <NewSiteForm/>
            <p>
                <button type="button" class="button quiet" on:click=move |_| session.end()>
                    {tr!("Sign out")}
                </button>
            </p>
        </Card>
    }
}

/// Another one.
#[component]
pub fn NewSiteScreen() -> impl IntoView {
    set_title(|| tr!("New site").to_owned());
    view! {
        <header class="screen-header">
            <div>
                <h1 tabindex="-1">{tr!("New site")}</h1>
                <p class="secondary">{tr!("With surveys, settings, members and figures of its own.")}</p>
            </div>
        </header>
        <NewSiteForm/>
    }
}

#[component]
fn NewSiteForm() -> impl IntoView {
    let attempt = Attempt::new("site", &["name", "origins"]);
    let (name, address) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let site =
            NewSite { name: name.get_untracked(), origins: vec![origin_of(&address.get_untracked())], key: None };
        let asked = async move { people::add_site(&site).await };
        // All that is known of sites is asked for anew.
        attempt.make(asked, |site: SiteSummary| browser::go(&with_query("/", &[("site", &site.key)])));
    };
    view! {
        <form class="narrow-form" on:submit=submit novalidate>
            <Entry attempt=attempt field="name" label=tr!("What the team calls it") hint=tr!("Like “Shop”.") value=name/>
            <Entry
                attempt=attempt
                field="origins"
                label=tr!("Its address")
                kind="url"
                fills="url"
                hint=tr!("Any page of it will do, like https://shop.example. Answers are taken from this site’s pages alone; other addresses of it can be added under Settings.")
                value=address
            />
            <Submit attempt=attempt label=tr!("Add the site") busy=tr!("Adding it …")/>
        </form>
    }
}
