//! Who may do what on a site, what programs sign in with, and who did what.

mod log;
mod members;
mod tokens;

use leptos::prelude::*;
use survey::api::people::Role;

use crate::address::Place;
use crate::api::{self, Failure};
use crate::app::set_title;
use crate::feed::{Feed, Pace};
use crate::parts::FeedNotice;
use log::LogSection;
use members::MembersSection;
use tokens::TokensSection;

/// What roles are called here, and what each may do.
pub(crate) fn roles() -> [(Role, &'static str, &'static str); 3] {
    [
        (Role::Viewer, tr!("Viewer"), tr!("Reads reports, comments and surveys, and changes nothing.")),
        (Role::Editor, tr!("Editor"), tr!("Writes and publishes surveys, and changes settings, too.")),
        (Role::Owner, tr!("Owner"), tr!("Says who may do what, and can delete answers and the site, too.")),
    ]
}

/// As the collector writes it, back as a role.
fn role_named(name: &str) -> Role {
    name.parse().unwrap_or(Role::Viewer)
}

async fn own_role(site: String) -> Result<(String, Role), Failure> {
    let role = api::role(&site).await?;
    Ok((site, role))
}

#[component]
pub fn TeamScreen() -> impl IntoView {
    let place = Place::here();
    set_title(move || format!("{} – {}", tr!("Team"), place.site.get().name));
    let feed = Feed::new(Pace::Once, move || own_role(place.site.get().key));
    let body = move || {
        let (site, role) = feed.latest().get()?;
        let site = StoredValue::new(site);
        Some(match role {
            Role::Owner => view! {
                <MembersSection site=site/>
                <TokensSection site=site/>
                <LogSection site=site/>
            }
            .into_any(),
            _ => view! { <NotAnOwner role=role/> }.into_any(),
        })
    };
    view! {
        <header class="screen-header">
            <div>
                <h1 tabindex="-1">{tr!("Team")}</h1>
                <p class="secondary">{move || tr!("Who may do what on {site}.", site = place.site.get().name)}</p>
            </div>
        </header>
        <FeedNotice state=feed.state()/>
        <div class="sections">{body}</div>
    }
}

#[component]
fn NotAnOwner(role: Role) -> impl IntoView {
    let (_, name, may) = roles().into_iter().find(|(known, ..)| *known == role).unwrap_or(roles()[0]);
    view! {
        <p class="read-only">
            {tr!("Your role on this site: {role}. {may} ", role = name, may)}
            {tr!("Members, tokens and the log are for its owners.")}
        </p>
    }
}
