//! The tally: page views that have come in since they were last stored.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::{self, day_of};
use crate::store::{Store, StoreError, ViewCount, ViewKey};

const STORE_EVERY: Duration = Duration::from_secs(1);

/// How many kinds of page views may wait; any more are counted as other pages.
const MAX_WAITING: usize = 8_192;

/// For how many days they are kept: a week, and the day that is being counted.
const KEPT_DAYS: i32 = 8;

/// How often what is too old is looked for, in stores.
const FORGET_EVERY: u32 = 600;

#[derive(Debug, Default)]
pub struct Tally {
    waiting: Mutex<HashMap<ViewKey, ViewCount>>,
}

impl Tally {
    /// Stores what has come in, once a second, until nobody but this task holds the tally any more.
    pub fn start(store: Arc<Store>) -> Arc<Self> {
        let tally = Arc::new(Self::default());
        tokio::spawn(keep_storing(tally.clone(), store));
        tally
    }

    pub fn add(&self, (key, count): (ViewKey, ViewCount)) {
        // A panic elsewhere leaves counts behind that are still counts.
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let key = if waiting.len() < MAX_WAITING || waiting.contains_key(&key) { key } else { key.other() };
        if count.sampled > 0 {
            *waiting.entry(key).or_default() += count;
        }
    }

    /// Stores what has come in.
    pub async fn store(&self, store: &Store) -> Result<(), StoreError> {
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if waiting.is_empty() {
            return Ok(());
        }
        let views: Vec<_> = waiting.into_iter().collect();
        let stored = store.add_page_views(views.clone()).await;
        if stored.is_err() {
            views.into_iter().for_each(|view| self.add(view));
        }
        stored
    }
}

async fn keep_storing(tally: Arc<Tally>, store: Arc<Store>) {
    let mut stores = 0_u32;
    while Arc::strong_count(&tally) > 1 {
        tokio::time::sleep(STORE_EVERY).await;
        if let Err(error) = tally.store(&store).await {
            tracing::warn!(%error, "page views were not stored; they wait");
        }
        if stores.is_multiple_of(FORGET_EVERY)
            && let Err(error) = store.forget_page_views(day_of(clock::now()) - KEPT_DAYS + 1).await
        {
            tracing::warn!(%error, "old page views were not forgotten");
        }
        stores = stores.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted_as_other_pages() {
        let tally = Tally::default();
        let key = |page: usize| {
            let other = ViewKey {
                site: "shop".parse().unwrap(),
                day: 1,
                page: format!("a.b/{page}"),
                referrer: String::new(),
                device: String::new(),
                browser: String::new(),
                os: String::new(),
                language: String::new(),
            };
            (other, ViewCount { sampled: 1, stands_for: 1.0 })
        };
        (0..MAX_WAITING + 10).for_each(|page| tally.add(key(page)));
        tally.add(key(0));
        let waiting = tally.waiting.lock().unwrap();
        assert_eq!(waiting.len(), MAX_WAITING + 1);
        assert_eq!((waiting[&key(0).0].sampled, waiting[&key(0).0.other()].sampled), (2, 10));
    }
}
