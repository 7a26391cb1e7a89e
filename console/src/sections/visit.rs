//! A visit to a page of the site, by a link that only the team can make: what runs there tells the tab that opened it.
//!
//! No policy of the page forbids that. What never gets to run can say nothing, and after a while that is an answer, too.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use survey::api::{SiteSummary, WhyLink};

use crate::address::address_meant;
use crate::api;
use crate::attempt::Attempt;
use crate::browser;

/// How long a page may take before it counts as silent.
const PATIENCE_MS: u32 = 20_000;

/// How far a visit has come.
#[derive(Clone, PartialEq, Debug)]
pub enum Standing<T> {
    None,
    /// The tab could not be opened without a click of its own, on a link to this address.
    NotOpened(String),
    Waiting,
    Told(T),
    Silent,
}

/// What is asked of a page, and what it has told.
pub struct Visit<T: Send + Sync + 'static> {
    pub attempt: Attempt,
    /// Of the page, as it is typed.
    pub address: RwSignal<String>,
    pub standing: RwSignal<Standing<T>>,
    site: StoredValue<SiteSummary>,
    rounds: StoredValue<u32>,
}

impl<T: Send + Sync + 'static> Clone for Visit<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Visit<T> {}

impl<T: Clone + PartialEq + Send + Sync + 'static> Visit<T> {
    /// `understood` makes something of what pages of the site say, and nothing of what is said to others.
    pub fn new(form: &'static str, site: SiteSummary, understood: fn(&str) -> Option<T>) -> Self {
        let address = RwSignal::new(site.origins.first().map(|origin| format!("{origin}/")).unwrap_or_default());
        let visit = Self {
            attempt: Attempt::new(form, &["url"]),
            address,
            standing: RwSignal::new(Standing::None),
            site: StoredValue::new(site),
            rounds: StoredValue::new(0),
        };
        let heard = browser::on_message(move |origin, said| {
            let is_ours = visit.site.with_value(|site| site.origins.iter().any(|known| known == origin));
            if let Some(told) = is_ours.then(|| understood(said)).flatten() {
                visit.standing.set(Standing::Told(told));
            }
        });
        let heard = StoredValue::new_local(Some(heard));
        on_cleanup(move || heard.dispose());
        visit
    }

    /// Opens the page.
    pub fn begin(self) {
        let url = self.site.with_value(|site| address_meant(&self.address.get_untracked(), &site.origins));
        self.address.set(url.clone());
        self.standing.set(Standing::None);
        let key = self.site.with_value(|site| site.key.clone());
        let asked = async move { api::why_link(&key, url).await };
        self.attempt.make(asked, move |WhyLink { url, .. }| {
            self.rounds.update_value(|rounds| *rounds += 1);
            self.standing.set(Standing::Waiting);
            self.wait(self.rounds.get_value());
            browser::open_tab(url.clone(), move |is_open| {
                // Whoever has left is not told; nor is a page that was faster.
                if !is_open && self.standing.try_get_untracked() == Some(Standing::Waiting) {
                    self.standing.set(Standing::NotOpened(url));
                }
            });
        });
    }

    fn wait(self, round: u32) {
        leptos::task::spawn_local(async move {
            TimeoutFuture::new(PATIENCE_MS).await;
            let is_waiting = || {
                self.standing.with_untracked(|standing| matches!(standing, Standing::Waiting | Standing::NotOpened(_)))
            };
            if self.rounds.try_get_value() == Some(round) && is_waiting() {
                self.standing.set(Standing::Silent);
            }
        });
    }
}

/// A link to the page, where the browser opens no tab by itself.
#[component]
pub fn OpenByHand(url: String) -> impl IntoView {
    view! {
        <p>
            {tr!("The browser opens no tab by itself here: ")}
            <a href=url target="_blank" rel="opener">
                {tr!("open the page")}
            </a> {tr!(" by this link.")}
        </p>
    }
}
