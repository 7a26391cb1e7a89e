//! What is done to the entries of a list: each deed is asked for, and then the list is fetched again, whatever has come of it.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Failure;
use crate::feed::FeedState;

#[derive(Clone, Copy)]
pub struct Deeds {
    list: FeedState,
    refused: RwSignal<Option<String>>,
    /// Rises with each deed, so that what was refused is drawn anew as it still is.
    rounds: RwSignal<u32>,
}

impl Deeds {
    pub fn on(list: FeedState) -> Self {
        Self { list, refused: RwSignal::new(None), rounds: RwSignal::new(0) }
    }

    /// Why the last one was not done.
    pub fn refusal(self) -> Signal<Option<String>> {
        self.refused.into()
    }

    /// How many there have been; tracked.
    pub fn rounds(self) -> u32 {
        self.rounds.get()
    }

    pub fn run(self, deed: impl Future<Output = Result<(), Failure>> + 'static) {
        spawn_local(async move {
            let outcome = deed.await;
            self.refused.try_set(outcome.err().map(|failure| failure.to_string()));
            self.rounds.try_update(|rounds| *rounds += 1);
            self.list.again();
        });
    }
}
