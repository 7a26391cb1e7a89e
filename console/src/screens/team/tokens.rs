//! Tokens: what programs sign in with.

use leptos::prelude::*;
use survey::api::people::{Role, Token, TokenMade, TokenRequest};

use crate::api::people;
use crate::attempt::{Attempt, whole_days};
use crate::deeds::Deeds;
use crate::feed::{Feed, Pace};
use crate::parts::{AskFirst, CopyText, DeedNotice, Entry, FeedNotice, Hinted, Submit};
use crate::text::{day_in_words, moment_in_words};

const USUAL_DAYS: &str = "90";

/// A token is never an owner.
const TOKEN_ROLES: [(Role, &str, &str); 2] = [
    (Role::Viewer, "Reads", "Reports, comments, exports."),
    (Role::Editor, "Reads and writes", "Surveys and settings, too."),
];

#[component]
pub fn TokensSection(site: StoredValue<String>) -> impl IntoView {
    let feed = Feed::new(Pace::Once, move || async move { people::tokens(&site.get_value()).await });
    let deeds = Deeds::on(feed.state());
    let revoke = Callback::new(move |id: String| {
        deeds.run(async move { people::revoke_token(&site.get_value(), &id).await });
    });
    view! {
        <section class="section" aria-labelledby="tokens-title">
            <h2 id="tokens-title">"Tokens for programs"</h2>
            <p class="secondary">
                "A program sends its token as " <code>"Authorization: Bearer …"</code> " and asks the same API as this console. "
                <a href="/api/openapi.json" rel="external">
                    "Its description"
                </a> "."
            </p>
            <FeedNotice state=feed.state()/>
            <DeedNotice deeds=deeds/>
            <ul class="items">
                <For
                    each=move || feed.latest().get().unwrap_or_default()
                    key=|token| token.id.clone()
                    children=move |token| view! { <OneToken token=token on_revoke=revoke/> }
                />
            </ul>
            <NewToken site=site on_made=Callback::new(move |()| feed.state().again())/>
        </section>
    }
}

#[component]
fn OneToken(token: Token, on_revoke: Callback<String>) -> impl IntoView {
    let Token { id, name, role, made_by, expires_at, last_used, .. } = token;
    let used = last_used.map_or("never used".to_owned(), |day| format!("last used {}", day_in_words(&day)));
    let about = format!("{role} until {}, made by {made_by}, {used}", moment_in_words(&expires_at));
    view! {
        <li class="item">
            <div>
                <strong>
                    <bdi>{name.clone()}</bdi>
                </strong>
                <p class="secondary">{about}</p>
            </div>
            <div class="item-end">
                <AskFirst
                    label="Revoke"
                    of=name
                    warning="The program that has it is let in no more."
                    yes="Revoke it"
                    no="Keep it"
                    on_yes=Callback::new(move |()| on_revoke.run(id.clone()))
                />
            </div>
        </li>
    }
}

#[component]
fn NewToken(site: StoredValue<String>, on_made: Callback<()>) -> impl IntoView {
    let attempt = Attempt::new("token", &["name", "days"]);
    let (name, days) = (RwSignal::new(String::new()), RwSignal::new(USUAL_DAYS.to_owned()));
    let (role, made) = (RwSignal::new(Role::Viewer), RwSignal::new(None::<TokenMade>));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        made.set(None);
        let (name_typed, days_typed) = (name.get_untracked().trim().to_owned(), days.get_untracked());
        let asked = async move {
            let days = whole_days(&days_typed, "days")?;
            let request = TokenRequest { name: name_typed, role: role.get_untracked(), days: Some(days) };
            people::make_token(&site.get_value(), &request).await
        };
        attempt.make(asked, move |token| {
            name.set(String::new());
            made.set(Some(token));
            on_made.run(());
        });
    };
    let choice = move |(known, label, hint): (Role, &'static str, &'static str)| {
        let is_chosen = Signal::derive(move || role.get() == known);
        let choose = Callback::new(move |_| role.set(known));
        view! { <Hinted kind="radio" name="token-role" label=label hint=hint is_checked=is_chosen on_change=choose/> }
    };
    let secret = move |TokenMade { secret, .. }: TokenMade| {
        view! {
            <p class="secondary">"Copy it now: it is not shown again."</p>
            <CopyText text=secret what="the token"/>
        }
    };
    view! {
        <form class="new-item" on:submit=submit novalidate aria-label="A new token">
            <Entry attempt=attempt field="name" label="A new token, for" hint="Like “nightly export”." value=name/>
            <fieldset>
                <legend class="unseen">"What it may do"</legend>
                {TOKEN_ROLES.map(choice)}
            </fieldset>
            <Entry attempt=attempt field="days" label="Days it is good" hint="At most 365." value=days/>
            <Submit attempt=attempt label="Make the token" busy="Making it …"/>
            <div role="status">{move || made.get().map(secret)}</div>
        </form>
    }
}
