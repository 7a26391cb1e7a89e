//! Retention: forgets what is older than a site keeps, answers and counts both; and of every site what is left of erased answers, once
//! nobody would send them again.
//!
//! Every collector of a database does this; the ledger of the site lets them take turns, and whoever comes second finds nothing.

use std::sync::Arc;
use std::time::Duration;

use survey::definition::SiteKey;

use crate::clock::{self, Day, UnixMs, Zone, day_of};
use crate::ingest::item::OLDEST_DAYS;
use crate::store::{Store, StoreError};

const EVERY: Duration = Duration::from_secs(60 * 60);

/// Not at once: whoever starts a collector wants it to answer first.
const FIRST: Duration = Duration::from_secs(60);

/// Between two transactions, so that answers that come in do not wait for long.
const PAUSE: Duration = Duration::from_millis(50);

/// Forgets once an hour, until the process ends.
pub async fn keep_forgetting(store: Arc<Store>) {
    tokio::time::sleep(FIRST).await;
    loop {
        match forget(&store, clock::now()).await {
            Ok(0) => {}
            Ok(forgotten) => tracing::info!(forgotten, "what is older than its site keeps is forgotten"),
            Err(error) => {
                tracing::warn!(%error, "what is older than its site keeps could not be forgotten; trying again later")
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Forgets what has to go at a moment; tells how many presentations that were. Answers are kept by the days of their site's calendar.
pub async fn forget(store: &Store, now: UnixMs) -> Result<usize, StoreError> {
    let mut forgotten = 0;
    for site in store.sites().await? {
        forget_erased(store, &site.key, day_of(now) - OLDEST_DAYS).await?;
        if let Some(days) = site.settings.retention_days {
            let today = Zone::named(&site.settings.time_zone).day_of(now);
            forgotten += forget_of(store, &site.key, today - Day::from(days)).await?;
        }
    }
    Ok(forgotten)
}

async fn forget_erased(store: &Store, site: &SiteKey, before: Day) -> Result<(), StoreError> {
    while store.forget_erased(site, before).await? > 0 {
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

async fn forget_of(store: &Store, site: &SiteKey, before: Day) -> Result<usize, StoreError> {
    let mut forgotten = 0;
    loop {
        match store.forget_before(site, before).await? {
            0 => break,
            some => forgotten += some,
        }
        tokio::time::sleep(PAUSE).await;
    }
    if forgotten > 0 {
        store.forget_pages(site, before).await?;
    }
    Ok(forgotten)
}
