//! Group commit: handlers wait while one writer stores everything that is queued in one transaction.
//!
//! A commit costs one flush to disk however much is in it, so under load the groups grow and the cost per answer shrinks.
//! Nobody is told "stored" before the transaction has committed. What becomes of each item is counted here, where it does, and
//! not where its sender waits: the sender may be gone by then.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use metrics::histogram;
use tokio::runtime;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::item::Item;
use super::outcome::Outcome;
use super::rollup::{Conflict, Kept, Verdicts};
use super::room::{Place, Room, TOO_MUCH_WAITS};
use crate::store::{Store, StoreError};
use crate::telemetry;

/// How long a sender waits. What is queued by then may still be stored; sent again, it is a duplicate.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// How many requests one transaction takes, if nothing else is said. Bounds how long the first of them waits.
pub const GROUP: NonZeroUsize = NonZeroUsize::new(512).expect("it is not zero");

type Reply = Result<Verdicts, NotCommitted>;

/// Why a request's items were not stored, or not yet. Either way the sender keeps them and tries again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotCommitted {
    #[error("{TOO_MUCH_WAITS}")]
    QueueFull,
    #[error("the database could not store it")]
    Storage,
    #[error("the database takes too long to store it")]
    Slow,
}

/// The way into the queue. Once the last one is dropped, the writer stores what is left and stops.
#[derive(Clone)]
pub struct CommitQueue {
    // Unbounded, because requests differ in size: what is bounded is the number of events, by `room`.
    sender: mpsc::UnboundedSender<Waiting>,
    room: Room,
}

struct Waiting {
    items: Vec<Item>,
    reply: oneshot::Sender<Reply>,
    /// Given back when the group is done.
    _place: Place,
}

impl CommitQueue {
    /// Starts the writer, on a thread of its own. It ends with an error only if the disk can no longer be trusted; the process must
    /// then end.
    pub fn start(store: Arc<Store>, group: NonZeroUsize) -> (Self, JoinHandle<Result<(), StoreError>>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let room = Room::new();
        let writer = Writer { store, room: room.clone(), most: group.get() };
        (Self { sender, room }, tokio::task::spawn_blocking(move || writer.write_on_this_thread(receiver)))
    }

    pub fn room(&self) -> Room {
        self.room.clone()
    }

    /// Stores the items; returns once they are on disk, or when that takes too long.
    pub async fn commit(&self, items: Vec<Item>) -> Result<Verdicts, NotCommitted> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let count = items.len();
        let verdicts = self.enqueue(items).inspect_err(|reason| Outcome::from(*reason).count(count))?;
        let Ok(replied) = tokio::time::timeout(PATIENCE, verdicts).await else {
            // How its items end is counted where they do.
            return Err(NotCommitted::Slow);
        };
        // The reply is dropped unsent only when the writer has stopped for good.
        replied.unwrap_or_else(|_| {
            Outcome::StorageFailed.count(count);
            Err(NotCommitted::Storage)
        })
    }

    fn enqueue(&self, items: Vec<Item>) -> Result<oneshot::Receiver<Reply>, NotCommitted> {
        let place = self.room.enter(items.len()).ok_or(NotCommitted::QueueFull)?;
        let (reply, verdicts) = oneshot::channel();
        self.sender.send(Waiting { items, reply, _place: place }).map_err(|_| NotCommitted::Storage)?;
        Ok(verdicts)
    }
}

/// The one that stores.
struct Writer {
    store: Arc<Store>,
    room: Room,
    /// How many requests one transaction takes.
    most: usize,
}

impl Writer {
    /// With a runtime of its own, so that whatever it waits for wakes this thread and no other.
    fn write_on_this_thread(self, receiver: mpsc::UnboundedReceiver<Waiting>) -> Result<(), StoreError> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|reason| StoreError::Database(format!("no thread can commit: {reason}")))?;
        runtime.block_on(self.write(receiver))
    }

    async fn write(self, mut receiver: mpsc::UnboundedReceiver<Waiting>) -> Result<(), StoreError> {
        let mut group = Vec::with_capacity(self.most);
        while receiver.recv_many(&mut group, self.most).await > 0 {
            self.commit_group(std::mem::take(&mut group)).await?;
        }
        Ok(())
    }

    /// Stores a group and answers its senders. A failure is theirs alone and the next group is tried afresh, unless the disk can no
    /// longer be trusted.
    async fn commit_group(&self, mut group: Vec<Waiting>) -> Result<(), StoreError> {
        let lengths: Vec<usize> = group.iter().map(|waiting| waiting.items.len()).collect();
        let items: Vec<Item> = group.iter_mut().flat_map(|waiting| std::mem::take(&mut waiting.items)).collect();
        let (count, began) = (items.len(), Instant::now());
        let committed = self.store.commit(items).await;
        let took = began.elapsed();
        self.room.took(count, took);
        histogram!("pagepoll_commit_items").record(count as f64);
        histogram!("pagepoll_commit_duration_seconds").record(took);
        match committed {
            Ok(verdicts) => {
                verdicts.iter().for_each(|verdict| outcome_of(verdict).count(1));
                let mut verdicts = verdicts.into_iter();
                for (waiting, length) in group.into_iter().zip(lengths) {
                    // A sender that did not wait has been served all the same: what it sent is stored.
                    let _ = waiting.reply.send(Ok(verdicts.by_ref().take(length).collect()));
                }
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, count, "a group of events was not stored");
                telemetry::count_failure(&error);
                Outcome::StorageFailed.count(count);
                for waiting in group {
                    let _ = waiting.reply.send(Err(NotCommitted::Storage));
                }
                if error.is_fatal() { Err(error) } else { Ok(()) }
            }
        }
    }
}

fn outcome_of(verdict: &Result<Kept, Conflict>) -> Outcome {
    match verdict {
        Ok(kept) => Outcome::from(*kept),
        Err(conflict) => Outcome::from(*conflict),
    }
}
