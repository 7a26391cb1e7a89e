//! Tokens: what programs sign in with.

use leptos::prelude::*;
use survey::api::people::{Role, Token, TokenMade, TokenRequest};

use crate::api::people;
use crate::attempt::{Attempt, whole_days};
use crate::deeds::Deeds;
use crate::feed::{Feed, Pace};
use crate::parts::{AskFirst, CopyText, DeedNotice, Entry, FeedNotice, Hinted, Submit};
use crate::text::{last_used_in_words, moment_in_words, role_name};

const USUAL_DAYS: &str = "90";

/// A token is never an owner.
fn token_roles() -> [(Role, &'static str, &'static str); 2] {
    [
        (Role::Viewer, tr!("Reads"), tr!("Reports, comments, exports.")),
        (Role::Editor, tr!("Reads and writes"), tr!("Surveys and settings, too.")),
    ]
}

#[component]
pub fn TokensSection(site: StoredValue<String>) -> impl IntoView {
    let feed = Feed::new(Pace::Once, move || async move { people::tokens(&site.get_value()).await });
    let deeds = Deeds::on(feed.state());
    let revoke = Callback::new(move |id: String| {
        deeds.run(async move { people::revoke_token(&site.get_value(), &id).await });
    });
    view! {
        <section class="section" aria-labelledby="tokens-title">
            <h2 id="tokens-title">{tr!("Tokens for programs")}</h2>
            <p class="secondary">
                {tr!("A program sends its token as ")} <code>"Authorization: Bearer …"</code> {tr!(" and asks the same API as this console. ")}
                <a href="/api/openapi.json" rel="external">
                    {tr!("Its description")}
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
    let used = last_used_in_words(last_used.as_deref());
    let about = tr!(
        "{role} until {until}, made by {by}, {used}",
        role = role_name(role),
        until = moment_in_words(&expires_at),
        by = made_by,
        used
    );
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
                    label=tr!("Revoke")
                    of=name
                    warning=tr!("The program that has it is let in no more.")
                    yes=tr!("Revoke it")
                    no=tr!("Keep it")
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
            <p class="secondary">{tr!("Copy it now: it is not shown again.")}</p>
            <CopyText text=secret what=tr!("the token")/>
        }
    };
    view! {
        <form class="new-item" on:submit=submit novalidate aria-label=tr!("A new token")>
            <Entry attempt=attempt field="name" label=tr!("A new token, for") hint=tr!("Like “nightly export”.") value=name/>
            <fieldset>
                <legend class="unseen">{tr!("What it may do")}</legend>
                {token_roles().map(choice)}
            </fieldset>
            <Entry attempt=attempt field="days" label=tr!("Days it is good") hint=tr!("At most 365.") value=days/>
            <Submit attempt=attempt label=tr!("Make the token") busy=tr!("Making it …")/>
            <div role="status">{move || made.get().map(secret)}</div>
        </form>
    }
}
