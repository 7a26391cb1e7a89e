//! An invitation: whoever has its link chooses a password, or gives their own, and is a member.

use leptos::prelude::*;
use survey::api::people::{Acceptance, InvitationOffer, Role};

use super::{Card, secret};
use crate::address::with_query;
use crate::api::Failure;
use crate::api::people;
use crate::app::{Session, set_title};
use crate::attempt::Attempt;
use crate::browser;
use crate::parts::{Entry, Notice, Submit, Waiting};
use crate::text::role_name;

/// What the role lets somebody do, in a sentence.
fn rights_of(role: Role) -> &'static str {
    match role {
        Role::Viewer => tr!("You will be able to read all reports and comments, and change nothing."),
        Role::Editor => {
            tr!("You will be able to read all reports, to write and publish surveys, and to change settings.")
        }
        Role::Owner => tr!("You will be able to do everything on this site, and to say who else may."),
    }
}

#[component]
pub fn JoinScreen() -> impl IntoView {
    Session::provide_unasked();
    set_title(|| tr!("Invitation").to_owned());
    let offer = RwSignal::new(None::<Result<InvitationOffer, Failure>>);
    let ask = move || {
        leptos::task::spawn_local(async move {
            offer.try_set(Some(people::offer(secret()).await));
        });
    };
    ask();
    move || match offer.get() {
        None => view! { <main><Waiting/></main> }.into_any(),
        Some(Ok(offer)) => view! { <AcceptForm offer=offer/> }.into_any(),
        Some(Err(Failure::Refused { .. })) => view! { <Gone/> }.into_any(),
        Some(Err(failure)) => {
            view! { <main><Notice failure=failure on_retry=Callback::new(move |()| ask())/></main> }.into_any()
        }
    }
}

#[component]
fn Gone() -> impl IntoView {
    view! {
        <Card>
            <h1 tabindex="-1">{tr!("This invitation is not good any more")}</h1>
            <p>{tr!("It has been used, was withdrawn, or is older than a week; or a part of its link was lost on the way. Ask for another.")}</p>
            <p>
                <a href="/" rel="external">
                    {tr!("Sign in")}
                </a>
                {tr!(" if you are a member already.")}
            </p>
        </Card>
    }
}

#[component]
fn AcceptForm(offer: InvitationOffer) -> impl IntoView {
    let attempt = Attempt::new("join", &["password"]);
    let password = RwSignal::new(String::new());
    let InvitationOffer { site, site_name, email, role, has_account } = offer;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let acceptance = Acceptance { token: secret(), password: password.get_untracked() };
        let home = with_query("/", &[("site", &site)]);
        let asked = async move {
            match people::accept(&acceptance).await {
                Err(Failure::SignedOut) => Err(Failure::Refused {
                    field: "password".to_owned(),
                    reason: tr!(
                        "This is not the password of your account. Whoever runs the collector can give it another."
                    )
                    .to_owned(),
                }),
                other => other,
            }
        };
        attempt.make(asked, move |_| browser::go(&home));
    };
    let (fills, hint) = if has_account {
        ("current-password", tr!("That of the account which this address has here."))
    } else {
        ("new-password", tr!("Choose one of ten characters or more."))
    };
    view! {
        <Card>
            <form on:submit=submit novalidate>
                <h1 tabindex="-1">
                    {tr!("Join ")} <bdi>{site_name}</bdi>
                </h1>
                <p class="secondary">
                    {tr!("{email}, as {role}. ", email, role = role_name(role))} {rights_of(role)}
                </p>
                <input type="email" class="unseen" tabindex="-1" aria-hidden="true" autocomplete="username" readonly value=email.clone()/>
                <Entry attempt=attempt field="password" label=tr!("Password") kind="password" fills=fills hint=hint value=password/>
                <Submit attempt=attempt label=tr!("Join") busy=tr!("Joining …")/>
            </form>
        </Card>
    }
}
