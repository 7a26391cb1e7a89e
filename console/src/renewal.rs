//! A session that ends under somebody's hands: they sign in again above the screen, which stays as it is, and what was asked of the
//! collector is asked again.

use std::cell::RefCell;

use futures_channel::oneshot::{Sender, channel};
use leptos::html::Dialog;
use leptos::prelude::*;
use survey::api::Account;

use crate::app::Session;
use crate::entrance::SignInForm;

thread_local! {
    /// The one of the screens that are shown.
    static HERE: RefCell<Option<Renewal>> = const { RefCell::new(None) };
}

/// Those who wait until somebody has signed in again.
#[derive(Clone, Copy)]
struct Renewal {
    waiting: StoredValue<Vec<Sender<bool>>>,
    is_asked: RwSignal<bool>,
}

/// Asks somebody to sign in again; tells whether the same person did. Where nobody is signed in, nobody is asked.
pub async fn renewed() -> bool {
    let Some(renewal) = HERE.with_borrow(|here| *here) else { return false };
    let (done, told) = channel();
    renewal.waiting.update_value(|waiting| waiting.push(done));
    renewal.is_asked.set(true);
    told.await.unwrap_or(false)
}

impl Renewal {
    fn settle(self, is_same: bool) {
        self.is_asked.set(false);
        let waiting = self.waiting.try_update_value(std::mem::take).unwrap_or_default();
        for one in waiting {
            // Whoever has stopped waiting need not be told.
            let _ = one.send(is_same);
        }
    }
}

/// Stands beside the screens of whoever is signed in.
#[component]
pub fn RenewalDialog() -> impl IntoView {
    let session = Session::here();
    let renewal = Renewal { waiting: StoredValue::new(Vec::new()), is_asked: RwSignal::new(false) };
    HERE.set(Some(renewal));
    on_cleanup(|| HERE.set(None));
    let dialog = NodeRef::<Dialog>::new();
    let open = move || {
        if let Some(dialog) = dialog.get() {
            // It fails only for what is open already.
            let _ = dialog.show_modal();
        }
    };
    Effect::new(open);
    let done = Callback::new(move |account: Account| {
        let is_same = account.email == session.email();
        // First, so that somebody else's screen is there before those who waited hear that it is not theirs any more.
        session.begun(account);
        renewal.settle(is_same);
    });
    let lead = || tr!("Your session has ended. Sign in again, and go on: nothing of what you typed is lost.");
    view! {
        <Show when=move || renewal.is_asked.get()>
            // Nothing behind it works without a session: whoever dismisses it is asked again.
            <dialog class="renewal" aria-labelledby="sign-in-title" node_ref=dialog on:close=move |_| untrack(open)>
                <SignInForm email=session.email() lead=Some(lead()) on_done=done/>
            </dialog>
        </Show>
    }
}
