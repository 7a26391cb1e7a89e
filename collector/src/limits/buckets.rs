//! Buckets: what a rate limit remembers of each key, in bounded memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;

/// So many may be waited for at once.
const SHELVES: usize = 16;

/// The most keys that are told apart: at some 32 bytes each, a few megabytes. Beyond that, new ones share one bucket, and those
/// that are known keep their own: a flood of addresses does not take honest ones along.
pub const MOST_KEYS: usize = 100_000;

/// Remembers keys until their bucket is full again.
#[derive(Debug)]
pub struct Buckets {
    shelves: [Mutex<HashMap<u64, u64>>; SHELVES],
    /// Of all that do not fit.
    shared: Mutex<Option<u64>>,
    most_on_a_shelf: usize,
}

impl Default for Buckets {
    fn default() -> Self {
        Self::of_at_most(MOST_KEYS)
    }
}

impl Buckets {
    pub fn of_at_most(keys: usize) -> Self {
        Self {
            shelves: std::array::from_fn(|_| Mutex::default()),
            shared: Mutex::default(),
            most_on_a_shelf: keys.div_ceil(SHELVES),
        }
    }
}

impl StateStore for Buckets {
    /// A hash already.
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, key: &u64, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut shelf = lock(&self.shelves[(*key % SHELVES as u64) as usize]);
        let known = shelf.get(key).copied();
        if known.is_none() && shelf.len() >= self.most_on_a_shelf {
            drop(shelf);
            let mut shared = lock(&self.shared);
            let (decision, state) = measure(shared.map(Nanos::from))?;
            *shared = Some(state.into());
            return Ok(decision);
        }
        let (decision, state) = measure(known.map(Nanos::from))?;
        shelf.insert(*key, state.into());
        Ok(decision)
    }
}

impl ShrinkableKeyedStateStore<u64> for Buckets {
    fn retain_recent(&self, drop_below: Nanos) {
        for shelf in &self.shelves {
            let mut shelf = lock(shelf);
            shelf.retain(|_, state| *state > drop_below.as_u64());
            // What a flood took is given back.
            if shelf.capacity() > 64 && shelf.len() < shelf.capacity() / 8 {
                shelf.shrink_to_fit();
            }
        }
    }

    fn len(&self) -> usize {
        self.shelves.iter().map(|shelf| lock(shelf).len()).sum()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A panic elsewhere leaves numbers behind that are still numbers.
fn lock<T>(shelf: &Mutex<T>) -> MutexGuard<'_, T> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}
