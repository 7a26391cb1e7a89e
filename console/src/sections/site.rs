//! The site itself, for its owners: what it is called, where its pages live, under which keys they reach the collector, and its end.

use leptos::prelude::*;
use survey::api::SiteSummary;
use survey::api::people::{KeyInUse, Rotation};
use survey::api::sites::SiteChange;

use crate::address::{Place, origin_of};
use crate::api::people;
use crate::attempt::{Attempt, whole_days};
use crate::browser;
use crate::feed::{Feed, Pace};
use crate::parts::{CopyText, Entry, FeedNotice, Lines, Submit};
use crate::text::moment_in_words;

#[component]
pub fn SiteSection(site: SiteSummary) -> impl IntoView {
    let key = StoredValue::new(site.key.clone());
    view! {
        <section class="section" aria-labelledby="site-title">
            <h2 id="site-title">{tr!("Name and addresses")}</h2>
            <SiteForm site=site/>
        </section>
        <Keys site=key/>
        <section class="section">
            <a class="button" href="/new-site">
                {tr!("Add another site")}
            </a>
        </section>
    }
}

#[component]
fn SiteForm(site: SiteSummary) -> impl IntoView {
    let (attempt, place) = (Attempt::new("site", &["name", "origins"]), Place::here());
    let SiteSummary { key, name, origins, .. } = site;
    let (key, name, origins) = (StoredValue::new(key), RwSignal::new(name), RwSignal::new(origins.join("\n")));
    let is_saved = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_saved.set(false);
        let typed = origins.get_untracked();
        let meant = typed.lines().map(str::trim).filter(|line| !line.is_empty()).map(origin_of).collect();
        let change = SiteChange { name: Some(name.get_untracked()), origins: Some(meant) };
        attempt.make(async move { people::change_site(&key.get_value(), &change).await }, move |changed| {
            origins.set(changed.origins.clone().unwrap_or_default().join("\n"));
            place.learn(&key.get_value(), changed);
            is_saved.set(true);
        });
    };
    view! {
        <form class="new-item" on:submit=submit novalidate aria-label=tr!("Name and addresses")>
            <Entry attempt=attempt field="name" label=tr!("What the team calls it") value=name/>
            <Lines
                id="site-origins"
                label=tr!("Its origins, one on each line")
                value=origins
                mistake=attempt.mistake_at("origins")
                on_type=Callback::new(move |typed| origins.set(typed))
            >
                {tr!("Like ")}
                <code>"https://shop.example"</code>
                {tr!(". Answers are taken only from pages of these; pages elsewhere that have the line show nothing that counts.")}
            </Lines>
            <Submit attempt=attempt label=tr!("Save name and addresses") busy=tr!("Saving …")/>
            <p class="secondary" role="status">
                {move || is_saved.get().then_some(tr!("Saved. The site’s pages follow within a minute."))}
            </p>
        </form>
    }
}

#[component]
fn Keys(site: StoredValue<String>) -> impl IntoView {
    let feed = Feed::new(Pace::Once, move || async move { people::keys(&site.get_value()).await });
    let attempt = Attempt::new("key", &["overlap_days"]);
    let days = RwSignal::new("30".to_owned());
    let is_warned = RwSignal::new(false);
    // Of no day at all, for as long as that is what stands there.
    let warns = move || is_warned.get() && days.with(|days| is_none(days));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = days.get_untracked();
        if is_none(&typed) && !is_warned.get_untracked() {
            return is_warned.set(true);
        }
        is_warned.set(false);
        let asked = async move {
            let days = whole_days(&typed, "overlap_days")?;
            people::rotate_key(&site.get_value(), &Rotation { overlap_days: Some(days) }).await
        };
        attempt.make(asked, move |_| feed.state().again());
    };
    let key = |KeyInUse { key, retires_at, snippet }: KeyInUse| {
        let until = retires_at.map_or(tr!("The present one").to_owned(), |end| {
            tr!("Works until {end}; put the present line into the pages before", end = moment_in_words(&end))
        });
        view! {
            <li class="item">
                <div>
                    <code>{key}</code>
                    <p class="secondary">{until}</p>
                    <CopyText text=snippet what=tr!("its line")/>
                </div>
            </li>
        }
    };
    view! {
        <section class="section" aria-labelledby="keys-title">
            <h2 id="keys-title">{tr!("Keys")}</h2>
            <p class="secondary">
                {tr!("A key stands in the line that pages have. It is public; if somebody abuses it, make a new one, and put the new line into the pages while the old one still works. No visitor is forgotten or asked twice by that.")}
            </p>
            <FeedNotice state=feed.state()/>
            <ul class="items">{move || feed.latest().get().map(|keys| keys.into_iter().map(key).collect_view())}</ul>
            <form class="new-item" on:submit=submit novalidate aria-label=tr!("A new key")>
                <Entry
                    attempt=attempt
                    field="overlap_days"
                    label=tr!("Days that the present key still works")
                    hint=tr!("0 to 365.")
                    value=days
                />
                <p class="ask-first" role="status">
                    {move || warns().then_some(tr!("Every page that has an earlier line stops asking at once, until it has the new one. Press again to do so."))}
                </p>
                <Submit attempt=attempt label=tr!("Make a new key") busy=tr!("Making it …")/>
            </form>
        </section>
    }
}

/// Whether these days are none, however that is written.
fn is_none(days: &str) -> bool {
    days.trim().parse() == Ok(0_u16)
}

/// The end of a site. Its name has to be typed: what is deleted here cannot be brought back.
#[component]
pub fn SiteRemoval(site: SiteSummary) -> impl IntoView {
    let attempt = Attempt::new("removal", &["confirm"]);
    let (typed, key) = (RwSignal::new(String::new()), StoredValue::new(site.key));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let confirm = typed.get_untracked().trim().to_owned();
        attempt.make(async move { people::remove_site(&key.get_value(), &confirm).await }, |()| browser::go("/"));
    };
    view! {
        <details class="section danger">
            <summary>{tr!("Delete this site")}</summary>
            <form class="new-item" on:submit=submit novalidate aria-label=tr!("Delete this site")>
                <p>
                    {tr!("Its surveys, answers, figures, settings and members are deleted for good. If you want its answers, ")}
                    <a href=format!("/api/sites/{}/export?format=csv", key.get_value()) rel="external">
                        {tr!("export them first")}
                    </a> "."
                </p>
                <p>{tr!("To show that it is meant, write ")} <code>{key.get_value()}</code> {tr!(" here.")}</p>
                <Entry attempt=attempt field="confirm" label=tr!("The site to delete") value=typed/>
                <Submit attempt=attempt label=tr!("Delete it for good") busy=tr!("Deleting; this can take a while …")/>
            </form>
        </details>
    }
}
