//! A screen's one resource: what the collector last said, kept fresh while somebody looks.
//!
//! A fetch begins when its key changes, when the tab is shown again, and a while after the last one ended, unless the tab is
//! hidden; never two go on at a time. What is on the screen stays until something else arrives, and readers are told
//! only of what differs, so nothing flickers.

use std::future::Future;
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Failure;
use crate::app::Session;
use crate::browser;

/// With the fetch itself, below the two seconds within which a stored answer must be on the screen.
const FRESH_MS: u32 = 1_000;

/// After a failure, the pause doubles up to this.
const MAX_PAUSE_MS: u32 = 30_000;

/// What the collector last said.
pub struct Feed<T: Send + Sync + 'static> {
    latest: RwSignal<Option<T>>,
    failure: RwSignal<Option<Failure>>,
    /// Set while what is shown belongs to another key than the one that is asked for.
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
}

impl<T: Clone + PartialEq + Send + Sync + 'static> Feed<T> {
    /// Fetches what `key` names, again whenever it changes.
    pub fn new<K, F>(pace: Pace, key: impl Fn() -> K + Send + Sync + 'static, fetch: impl Fn(K) -> F + 'static) -> Self
    where
        K: Clone + PartialEq + Send + Sync + 'static,
        F: Future<Output = Result<T, Failure>> + 'static,
    {
        let feed = Self {
            latest: RwSignal::new(None),
            failure: RwSignal::new(None),
            outdated: RwSignal::new(false),
            tries: RwSignal::new(0),
        };
        let session = Session::here();
        let key = Memo::new(move |_| key());
        let fetch = Rc::new(fetch);
        // Whoever started a round that is no longer the newest one stops silently.
        let round = StoredValue::new(0_u32);
        let start = Rc::new(move || {
            round.update_value(|round| *round += 1);
            let mine = round.get_value();
            let fetch = Rc::clone(&fetch);
            spawn_local(async move {
                let mut pause = FRESH_MS;
                loop {
                    let Some(asked) = key.try_get_untracked() else { return };
                    let answer = fetch(asked).await;
                    if round.try_get_value() != Some(mine) {
                        return;
                    }
                    pause = if answer.is_ok() { FRESH_MS } else { (2 * pause).min(MAX_PAUSE_MS) };
                    let over = answer.is_ok() && pace == Pace::Once;
                    feed.take(answer, session);
                    if over {
                        return;
                    }
                    TimeoutFuture::new(pause).await;
                    if round.try_get_value() != Some(mine) || browser::is_hidden() {
                        return;
                    }
                }
            });
        });
        Effect::new({
            let start = Rc::clone(&start);
            move |before: Option<()>| {
                key.track();
                feed.tries.track();
                feed.outdated.set(before.is_some());
                start();
            }
        });
        let shown_again = browser::on_visibility_change(move || {
            let unfinished =
                pace == Pace::Live || feed.latest.try_get_untracked().is_some_and(|latest| latest.is_none());
            if !browser::is_hidden() && unfinished {
                start();
            }
        });
        // Dropped, and so removed, with the screen that owns the feed.
        StoredValue::new_local(shown_again);
        feed
    }

    fn take(&self, answer: Result<T, Failure>, session: Session) {
        match answer {
            Ok(answer) => browser::keeping_focus(|| {
                if self.latest.with_untracked(|latest| latest.as_ref() != Some(&answer)) {
                    self.latest.set(Some(answer));
                }
                self.failure.maybe_update(|failure| failure.take().is_some());
                self.outdated.maybe_update(std::mem::take);
            }),
            Err(Failure::SignedOut) => session.ended(),
            Err(failure) => {
                if self.outdated.get_untracked() {
                    self.latest.set(None);
                }
                self.failure.set(Some(failure));
            }
        }
    }

    /// The last answer; nothing before the first.
    pub fn latest(&self) -> Option<T> {
        self.latest.get()
    }

    pub fn failure(&self) -> Option<Failure> {
        self.failure.get()
    }

    /// What is shown belongs to an earlier choice; the answer to the new one is under way.
    pub fn is_outdated(&self) -> bool {
        self.outdated.get()
    }

    /// Fetches at once.
    pub fn again(&self) {
        self.tries.update(|tries| *tries += 1);
    }
}
