//! The folder: looks after the journals of all sites.
//!
//! Every collector of a database does this; the ledger of the site lets them take turns, and whoever comes second finds nothing.

use std::sync::Arc;
use std::time::Duration;

use crate::store::{Store, StoreError};

/// How long an entry may wait. Reports read what waits, so this is no delay but the reading that it costs.
const EVERY: Duration = Duration::from_millis(500);

/// After an error.
const LATER: Duration = Duration::from_secs(5);

/// Folds what waits, until the process ends.
pub async fn keep_folding(store: Arc<Store>) {
    loop {
        let pause = match fold_all(&store).await {
            Ok(()) => EVERY,
            Err(error) => {
                tracing::warn!(%error, "what was counted could not be folded in; reports read it where it is");
                LATER
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// Folds whatever waits now.
pub async fn fold_all(store: &Store) -> Result<(), StoreError> {
    for site in store.sites_with_journal().await? {
        while store.fold(&site).await? {}
    }
    Ok(())
}
