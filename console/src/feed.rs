//! A screen's one resource: what the collector last said, kept fresh while somebody looks.
//!
//! A fetch begins when something else is asked for, when the tab is shown again, and a while after the last one ended, unless the tab is
//! hidden; never two go on at a time. What is on the screen stays until something else arrives, and readers are told
//! only of what differs, so nothing flickers.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Failure;
use crate::app::Session;
use crate::browser;

/// With the fetch itself, below the two seconds within which a stored answer must be on the screen.
const FRESH_MS: u32 = 1_000;

const UNHURRIED_MS: u32 = 30_000;

/// After a failure, the pause doubles up to this.
const MAX_PAUSE_MS: u32 = 30_000;

/// What the collector last said.
pub struct Feed<T: Send + Sync + 'static> {
    latest: ReadSignal<Option<T>>,
    set_latest: WriteSignal<Option<T>>,
    failure: RwSignal<Option<Failure>>,
    outdated: RwSignal<bool>,
    tries: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Feed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Feed<T> {}

/// Whether a feed goes on after its first answer.
#[derive(Clone, Copy, PartialEq)]
pub enum Pace {
    Once,
    Live,
    /// For what takes the collector longer: it reads single answers.
    Unhurried,
}

impl Pace {
    /// Until the next fetch; nothing for what is fetched once.
    fn pause_ms(self) -> Option<u32> {
        match self {
            Self::Once => None,
            Self::Live => Some(FRESH_MS),
            Self::Unhurried => Some(UNHURRIED_MS),
        }
    }
}

/// What is known of a feed besides what it shows; the same for all.
#[derive(Clone, Copy)]
pub struct FeedState {
    pub failure: RwSignal<Option<Failure>>,
    pub is_shown: Memo<bool>,
    /// Set while what is shown belongs to another choice than the one that is asked for.
    pub is_outdated: RwSignal<bool>,
    tries: RwSignal<u32>,
}

impl FeedState {
    /// Fetches at once.
    pub fn again(&self) {
        self.tries.update(|tries| *tries += 1);
    }
}

/// Begins a fetch, which hands back what takes its answer in; that says whether there was one.
type Ask = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = TakeIn>>>>;
type TakeIn = Box<dyn FnOnce() -> bool>;

impl<T: Clone + PartialEq + Send + Sync + 'static> Feed<T> {
    /// Asks at once, and again whenever a signal changes that the question was made of.
    pub fn new<F>(pace: Pace, ask: impl Fn() -> F + 'static) -> Self
    where
        F: Future<Output = Result<T, Failure>> + 'static,
    {
        let (latest, set_latest) = signal(None);
        let feed = Self {
            latest,
            set_latest,
            failure: RwSignal::new(None),
            outdated: RwSignal::new(false),
            tries: RwSignal::new(0),
        };
        let session = Session::here();
        let ask: Ask = Rc::new(move || {
            let answer = ask();
            Box::pin(async move {
                let answer = answer.await;
                Box::new(move || feed.take(answer, session)) as TakeIn
            })
        });
        keep_fetching(Rounds { pace, newest: StoredValue::new(0), ask }, feed.state());
        feed
    }

    /// Whether there was an answer.
    fn take(&self, answer: Result<T, Failure>, session: Session) -> bool {
        let is_answered = answer.is_ok();
        match answer {
            Ok(answer) => browser::keeping_focus(|| {
                if self.latest.with_untracked(|latest| latest.as_ref() != Some(&answer)) {
                    self.set_latest.set(Some(answer));
                }
                self.failure.maybe_update(|failure| failure.take().is_some());
                self.outdated.maybe_update(std::mem::take);
            }),
            Err(Failure::SignedOut) => session.ended(),
            Err(failure) => {
                if self.outdated.get_untracked() {
                    self.set_latest.set(None);
                }
                self.failure.set(Some(failure));
            }
        }
        is_answered
    }

    /// The last answer; nothing before the first. Whoever reads it is told only of what differs.
    pub fn latest(&self) -> ReadSignal<Option<T>> {
        self.latest
    }

    pub fn state(&self) -> FeedState {
        let latest = self.latest;
        let is_shown = Memo::new(move |_| latest.with(Option::is_some));
        FeedState { failure: self.failure, is_shown, is_outdated: self.outdated, tries: self.tries }
    }
}

// What follows is the same for whatever is fetched, and so is compiled once and not for each screen: every kilobyte counts (see
// ARCHITECTURE.md).

/// Fetches one after the other. Of several that go on, only those of the newest round are taken in.
#[derive(Clone)]
struct Rounds {
    pace: Pace,
    newest: StoredValue<u32>,
    ask: Ask,
}

impl Rounds {
    fn begin(&self) {
        self.newest.update_value(|newest| *newest += 1);
        let (rounds, mine) = (self.clone(), self.newest.get_value());
        let first = (self.ask)();
        spawn_local(async move { rounds.go_on(mine, first).await });
    }

    /// Whoever began a round that is no longer the newest stops silently; so does whoever's screen is gone.
    async fn go_on(&self, mine: u32, first: Pin<Box<dyn Future<Output = TakeIn>>>) {
        let is_newest = || self.newest.try_get_value() == Some(mine);
        let (mut pause, mut asked) = (FRESH_MS, first);
        loop {
            let take_in = asked.await;
            if !is_newest() {
                return;
            }
            let next = if take_in() { self.pace.pause_ms() } else { Some((2 * pause).min(MAX_PAUSE_MS)) };
            let Some(next) = next else { return };
            pause = next;
            TimeoutFuture::new(pause).await;
            if !is_newest() || browser::is_hidden() {
                return;
            }
            asked = untrack(|| (self.ask)());
        }
    }
}

/// Begins a round at once, whenever what is asked for changes, and when the tab is shown again, unless nothing is left to fetch.
fn keep_fetching(rounds: Rounds, state: FeedState) {
    let shown_again = browser::on_visibility_change({
        let rounds = rounds.clone();
        move || {
            let is_unfinished = || state.is_shown.try_get_untracked() == Some(false);
            if !browser::is_hidden() && (rounds.pace != Pace::Once || is_unfinished()) {
                untrack(|| rounds.begin());
            }
        }
    });
    Effect::new(move |before: Option<()>| {
        state.tries.track();
        state.is_outdated.set(before.is_some());
        rounds.begin();
    });
    // Dropped, and so removed, with the screen that owns the feed.
    StoredValue::new_local(shown_again);
}
