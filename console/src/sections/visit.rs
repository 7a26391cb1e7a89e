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
use crate::parts::{Entry, Submit};

/// How long a page may take before it counts as silent.
pub const PATIENCE_S: u32 = 20;

/// How far a visit has come.
#[derive(Clone, PartialEq, Debug)]
enum Progress<T> {
    NotBegun,
    /// The tab could not be opened without a click of its own, on a link to this address.
    NotOpened(String),
    Waiting,
    Told(T),
    Silent,
}

/// What is asked of a page, and what it has told.
pub struct Visit<T: Send + Sync + 'static> {
    attempt: Attempt,
    /// Of the page, as it is typed.
    pub address: RwSignal<String>,
    progress: RwSignal<Progress<T>>,
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
            progress: RwSignal::new(Progress::NotBegun),
            site: StoredValue::new(site),
            rounds: StoredValue::new(0),
        };
        let heard = browser::on_message(move |origin, said| {
            let is_ours = visit.site.with_value(|site| site.origins.iter().any(|known| known == origin));
            if let Some(told) = is_ours.then(|| understood(said)).flatten() {
                visit.progress.set(Progress::Told(told));
            }
        });
        let heard = StoredValue::new_local(Some(heard));
        on_cleanup(move || heard.dispose());
        visit
    }

    /// What the page has told; nothing before it has. Tracked.
    pub fn told(self) -> Option<T> {
        self.progress.with(|progress| match progress {
            Progress::Told(told) => Some(told.clone()),
            _ => None,
        })
    }

    /// Opens the page.
    fn begin(self) {
        let url = self.site.with_value(|site| address_meant(&self.address.get_untracked(), &site.origins));
        self.address.set(url.clone());
        self.progress.set(Progress::NotBegun);
        let key = self.site.with_value(|site| site.key.clone());
        let asked = async move { api::why_link(&key, url).await };
        self.attempt.make(asked, move |WhyLink { url, .. }| {
            self.rounds.update_value(|rounds| *rounds += 1);
            self.progress.set(Progress::Waiting);
            self.wait(self.rounds.get_value());
            browser::open_tab(url.clone(), move |is_open| {
                // Whoever has left is not told; nor is a page that was faster.
                if !is_open && self.progress.try_get_untracked() == Some(Progress::Waiting) {
                    self.progress.set(Progress::NotOpened(url));
                }
            });
        });
    }

    fn wait(self, round: u32) {
        leptos::task::spawn_local(async move {
            TimeoutFuture::new(PATIENCE_S * 1_000).await;
            let is_waiting = || {
                self.progress.with_untracked(|progress| matches!(progress, Progress::Waiting | Progress::NotOpened(_)))
            };
            if self.rounds.try_get_value() == Some(round) && is_waiting() {
                self.progress.set(Progress::Silent);
            }
        });
    }
}

/// What a form of a visit says.
#[derive(Clone, Copy)]
pub struct Words {
    pub name: &'static str,
    /// Of the field for the page's address.
    pub page: &'static str,
    pub button: &'static str,
    /// While the page is open and has told nothing.
    pub waiting: &'static str,
}

/// Asks which page to open, and shows what comes of it.
#[component]
pub fn VisitForm<T: Clone + PartialEq + Send + Sync + 'static>(
    visit: Visit<T>,
    words: Words,
    /// Draws what the page has told, or that it was silent.
    heard: impl Fn(Option<T>) -> AnyView + Send + 'static,
    /// What is to be known before it is opened.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        visit.begin();
    };
    let come_to = move || match visit.progress.get() {
        Progress::NotBegun => ().into_any(),
        Progress::NotOpened(url) => view! { <OpenByHand url=url/> }.into_any(),
        Progress::Waiting => view! { <p>{words.waiting}</p> }.into_any(),
        Progress::Told(told) => heard(Some(told)),
        Progress::Silent => heard(None),
    };
    view! {
        <form class="new-item" on:submit=submit novalidate aria-label=words.name>
            <Entry attempt=visit.attempt field="url" label=words.page kind="url" fills="url" value=visit.address/>
            {children.map(|children| children())}
            <Submit attempt=visit.attempt label=words.button busy=tr!("Making the link …")/>
            <div class="check" role="status">
                {come_to}
            </div>
        </form>
    }
}

/// A link to the page, where the browser opens no tab by itself.
#[component]
fn OpenByHand(url: String) -> impl IntoView {
    view! {
        <p>
            {tr!("The browser opens no tab by itself here: ")}
            <a href=url target="_blank" rel="opener">
                {tr!("open the page")}
            </a> {tr!(" by this link.")}
        </p>
    }
}
