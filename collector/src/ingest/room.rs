//! Room: how much may wait to be stored, by number and by time.
//!
//! The number bounds the memory. The time bounds how long anybody waits: a queue that is right for a fast disk keeps everybody waiting
//! for ever before a slow one, so what is taken in is what the pace of the last groups would store soon. Whoever is let in is
//! served, whoever is not is told at once, and comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many events may wait. At about a kilobyte each this bounds the memory.
const MOST_EVENTS: usize = 16_384;

/// How many may wait at any pace: enough for the next group.
const LEAST_EVENTS: usize = 512;

/// How long what waits may take to be stored.
const MOST_TIME: Duration = Duration::from_millis(200);

/// What whoever finds no room is told.
pub const TOO_MUCH_WAITS: &str = "too much is waiting to be stored; try again in a second";

/// How much may still wait. Holding it keeps no writer from stopping.
#[derive(Clone)]
pub struct Room {
    events: Arc<Semaphore>,
    /// Nanoseconds that an event took lately; 0 before the first.
    pace: Arc<AtomicU64>,
}

/// A place in the queue. Given back when it is dropped.
pub struct Place(#[expect(dead_code, reason = "it is held")] OwnedSemaphorePermit);

impl Room {
    pub(super) fn new() -> Self {
        Self { events: Arc::new(Semaphore::new(MOST_EVENTS)), pace: Arc::default() }
    }

    /// Takes a place for so many events, if there is one.
    pub(super) fn enter(&self, events: usize) -> Option<Place> {
        if self.waits_too_long() {
            return None;
        }
        let events = u32::try_from(events).ok()?;
        self.events.clone().try_acquire_many_owned(events).ok().map(Place)
    }

    /// How many events wait.
    pub fn waiting(&self) -> usize {
        MOST_EVENTS.saturating_sub(self.events.available_permits())
    }

    /// Whether what waits already would keep others waiting too long.
    pub fn waits_too_long(&self) -> bool {
        let (waiting, pace) = (self.waiting(), Duration::from_nanos(self.pace.load(Ordering::Relaxed)));
        waiting > LEAST_EVENTS && pace.saturating_mul(u32::try_from(waiting).unwrap_or(u32::MAX)) > MOST_TIME
    }

    /// A group was tried, and took so long.
    pub(super) fn took(&self, events: usize, time: Duration) {
        let latest = time.as_nanos() as u64 / events.max(1) as u64;
        let before = self.pace.load(Ordering::Relaxed);
        // One writer tells; a quarter of the news, so that one slow flush closes no door.
        let pace = if before == 0 { latest } else { before - before / 4 + latest / 4 };
        self.pace.store(pace, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_the_first_group_only_the_number_bounds() {
        let room = Room::new();
        let all = room.enter(MOST_EVENTS).unwrap();
        assert!(room.enter(1).is_none());
        drop(all);
        assert_eq!(room.waiting(), 0);
    }

    #[test]
    fn what_waits_is_what_can_be_stored_soon() {
        let room = Room::new();
        (0..20).for_each(|_| room.took(100, Duration::from_millis(25)));
        let most = 800;
        let places: Vec<Place> = std::iter::from_fn(|| room.enter(1)).take(MOST_EVENTS).collect();
        assert!(places.len().abs_diff(most) <= most / 50, "{} wait at 250 µs each", places.len());
    }

    #[test]
    fn however_slow_it_is_the_next_group_may_gather() {
        let room = Room::new();
        room.took(1, Duration::from_secs(2));
        let places: Vec<Place> = std::iter::from_fn(|| room.enter(1)).take(MOST_EVENTS).collect();
        assert_eq!(places.len(), LEAST_EVENTS + 1);
    }

    #[test]
    fn one_slow_group_does_not_close_the_door() {
        let room = Room::new();
        (0..20).for_each(|_| room.took(500, Duration::from_millis(10)));
        room.took(500, Duration::from_millis(60));
        let _some = room.enter(4_000).unwrap();
        assert!(!room.waits_too_long());
    }
}
