//! What is done to the entries of a list: each deed is asked for, and then the list is fetched again, whatever has come of it.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Failure;
use crate::feed::FeedState;

/// What has become of the newest.
#[derive(Clone, PartialEq, Debug)]
pub enum Doing {
    Nothing,
    UnderWay,
    Done,
    Refused(String),
}

#[derive(Clone, Copy)]
pub struct Deeds {
    list: FeedState,
    doing: RwSignal<Doing>,
    /// Rises with each refusal, so that what was refused is drawn anew as it still is.
    rounds: RwSignal<u32>,
}

impl Deeds {
    pub fn on(list: FeedState) -> Self {
        Self { list, doing: RwSignal::new(Doing::Nothing), rounds: RwSignal::new(0) }
    }

    /// What the newest has come to; tracked.
    pub fn doing(self) -> Doing {
        self.doing.get()
    }

    /// How many were refused; tracked.
    pub fn rounds(self) -> u32 {
        self.rounds.get()
    }

    pub fn run(self, deed: impl Future<Output = Result<(), Failure>> + 'static) {
        self.doing.set(Doing::UnderWay);
        spawn_local(async move {
            let outcome = deed.await;
            if outcome.is_err() {
                self.rounds.try_update(|rounds| *rounds += 1);
            }
            let come_to = outcome.map_or_else(|failure| Doing::Refused(failure.to_string()), |()| Doing::Done);
            self.doing.try_set(come_to);
            self.list.again();
        });
    }
}
