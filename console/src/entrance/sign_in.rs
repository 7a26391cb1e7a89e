//! Signing in: shown wherever the collector says that nobody is.

use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use survey::api::{Account, Credentials};

use super::Card;
use crate::api::people;
use crate::api::{self, Failure};
use crate::app::{Session, set_title};

/// What is said of a refusal: here, unlike elsewhere, "signed out" means that the two do not belong together.
fn refusal(failure: &Failure) -> String {
    match failure {
        Failure::SignedOut => {
            tr!("This e-mail address and password do not belong together. Check both, and whether Caps Lock is on.")
                .to_owned()
        }
        other => other.to_string(),
    }
}

#[component]
pub fn SignInScreen(
    /// Whether somebody was signed in until a moment ago.
    was_here: bool,
) -> impl IntoView {
    let session = Session::here();
    set_title(|| tr!("Sign in").to_owned());
    let lead = was_here.then(|| tr!("You are signed out. Sign in again, and you are back where you were."));
    view! {
        <Card>
            <NotSetUp/>
            <SignInForm email=String::new() lead=lead on_done=Callback::new(move |account| session.begun(account))/>
        </Card>
    }
}

#[component]
pub fn SignInForm(
    /// Whose session has ended; empty where nobody knows.
    email: String,
    lead: Option<&'static str>,
    on_done: Callback<Account>,
) -> impl IntoView {
    let is_known = !email.is_empty();
    let (address, password) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let refused = RwSignal::new(None::<String>);
    let is_asking = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (Some(email), Some(password)) = (address.get_untracked(), password.get_untracked()) else { return };
        let credentials = Credentials { email: email.value().trim().to_owned(), password: password.value() };
        is_asking.set(true);
        spawn_local(async move {
            match api::sign_in(&credentials).await {
                Ok(account) => on_done.run(account),
                Err(failure) => {
                    is_asking.try_set(false);
                    refused.try_set(Some(refusal(&failure)));
                    // The field is there as long as the form is; and where it is not, there is nothing to do.
                    let _ = password.focus();
                    password.select();
                }
            }
        });
    };
    view! {
        <form on:submit=submit>
            <h1 id="sign-in-title" tabindex="-1">{tr!("Sign in")}</h1>
            {lead.map(|lead| view! { <p role="status">{lead}</p> })}
            <label>
                {tr!("E-mail address")}
                <input type="email" name="email" autocomplete="username" required autofocus=!is_known value=email node_ref=address/>
            </label>
            <label>
                {tr!("Password")}
                <input
                    type="password"
                    name="password"
                    autocomplete="current-password"
                    required
                    autofocus=is_known
                    node_ref=password
                    aria-describedby="sign-in-refused"
                    aria-invalid=move || refused.with(Option::is_some).to_string()
                />
            </label>
            <p id="sign-in-refused" class="refused" role="alert">
                {move || refused.get()}
            </p>
            <button type="submit" class="button primary" disabled=is_asking>
                {move || if is_asking.get() { tr!("Signing in …") } else { tr!("Sign in") }}
            </button>
        </form>
    }
}

/// Said where nobody can sign in, because nobody has an account.
#[component]
fn NotSetUp() -> impl IntoView {
    let is_needed = RwSignal::new(false);
    spawn_local(async move {
        if people::setup().await.is_ok_and(|standing| standing.is_needed) {
            is_needed.try_set(true);
        }
    });
    view! {
        <Show when=move || is_needed.get()>
            <p class="read-only" role="status">
                {tr!("Nobody has an account here yet. Open the link that the collector printed when it started: it makes the first one.")}
            </p>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_password_is_not_called_a_lost_session() {
        assert!(refusal(&Failure::SignedOut).contains("do not belong together"));
        let reason = "Too many tries; wait a minute.";
        assert_eq!(refusal(&Failure::Refused { field: String::new(), reason: reason.into() }), reason);
    }
}
