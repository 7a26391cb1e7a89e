//! How many page views of the last days the rules would have admitted, told below them and anew as they change.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Value, json};

use super::form::Form;
use crate::api::editing;
use crate::text::{reach_basis, reach_in_words};

/// How long after the last letter it is asked for.
const AFTER_MS: u32 = 500;

#[component]
pub fn ReachLine() -> impl IntoView {
    let form = Form::here();
    let rules: Memo<Value> = Memo::new(move |_| {
        // Without rules, it shows everywhere.
        form.document.with(|document| document.get("when").cloned()).unwrap_or_else(|| json!({ "all": [] }))
    });
    let told = RwSignal::new(None::<String>);
    let asked = StoredValue::new(0_u32);
    Effect::new(move || {
        let when = rules.get();
        let round = asked.get_value() + 1;
        asked.set_value(round);
        spawn_local(async move {
            TimeoutFuture::new(AFTER_MS).await;
            if asked.try_get_value() != Some(round) {
                return;
            }
            // What makes no sense yet has no reach; what is wrong with it stands at its field.
            let reach = editing::reach(&form.site(), &when).await.ok();
            if asked.try_get_value() != Some(round) {
                return;
            }
            told.try_set(reach.map(|reach| {
                let basis = reach_basis(Some(&reach)).map(|basis| format!(" {basis}")).unwrap_or_default();
                format!("{}.{basis}", reach_in_words(Some(&reach)))
            }));
        });
    });
    view! {
        <p class="secondary" role="status" id="reach">
            {told}
        </p>
    }
}
