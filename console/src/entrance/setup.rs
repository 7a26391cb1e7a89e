//! The first account: for whoever started the collector and opened the link that it printed.

use leptos::prelude::*;
use survey::api::sites::FirstAccount;

use super::{Card, secret};
use crate::api::people;
use crate::app::{Session, set_title};
use crate::attempt::Attempt;
use crate::browser;
use crate::feed::{Feed, Pace};
use crate::parts::{Entry, FeedNotice, Submit};

#[component]
pub fn SetupScreen() -> impl IntoView {
    Session::provide_unasked();
    set_title(|| tr!("Set up").to_owned());
    let feed = Feed::new(Pace::Once, people::setup);
    move || match feed.latest().get() {
        Some(standing) if standing.is_needed => view! { <FirstAccountForm/> }.into_any(),
        Some(_) => view! { <IsSetUp/> }.into_any(),
        None => view! { <main><FeedNotice state=feed.state()/></main> }.into_any(),
    }
}

#[component]
fn FirstAccountForm() -> impl IntoView {
    let attempt = Attempt::new("setup", &["email", "password"]);
    let (email, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let first = FirstAccount {
            token: secret(),
            email: email.get_untracked().trim().to_owned(),
            password: password.get_untracked(),
        };
        let asked = async move { people::make_first_account(&first).await };
        attempt.make(asked, |_| browser::go("/"));
    };
    view! {
        <Card>
            <form on:submit=submit novalidate>
                <h1 tabindex="-1">{tr!("Make the first account")}</h1>
                <p class="secondary">{tr!("It is yours. Whoever else works here is invited by you later. Nothing is mailed to this address.")}</p>
                <Entry attempt=attempt field="email" label=tr!("E-mail address") kind="email" fills="username" value=email/>
                <Entry
                    attempt=attempt
                    field="password"
                    label=tr!("Password")
                    kind="password"
                    fills="new-password"
                    hint=tr!("Ten characters or more.")
                    value=password
                />
                <Submit attempt=attempt label=tr!("Make the account") busy=tr!("Making it …")/>
            </form>
        </Card>
    }
}

#[component]
fn IsSetUp() -> impl IntoView {
    view! {
        <Card>
            <h1 tabindex="-1">{tr!("The first account is there")}</h1>
            <p>{tr!("This link has done its work. Sign in, or have an owner of a site invite you.")}</p>
            <p>
                <a class="button primary" href="/" rel="external">
                    {tr!("Sign in")}
                </a>
            </p>
        </Card>
    }
}
