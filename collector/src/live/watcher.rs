//! The present snapshot, and who keeps it fresh: one look at the database each second, and one more for whoever cannot wait.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use survey::definition::{SiteKey, SurveyId};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until, timeout};

use super::{Snapshot, SnapshotError};
use crate::assets::Assets;
use crate::clock::{self, UnixMs};
use crate::store::{Answered, Store, StoreError};
use crate::telemetry;

/// How often the database is asked whether something was published.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long after one look the next may begin, when somebody asks for it.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(200);

/// How long somebody who asks waits for the database.
const LOOK_WITHIN: Duration = Duration::from_millis(1_500);

/// The database could not be asked what is published. The log says why.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("what is published cannot be read at the moment")]
pub struct NotReadable;

/// The present snapshot, shared by all who serve.
#[derive(Clone)]
pub struct Watcher {
    present: Arc<ArcSwap<Snapshot>>,
    /// Held by whoever looks.
    look: Arc<Mutex<Look>>,
    store: Arc<Store>,
    assets: Arc<Assets>,
}

impl Watcher {
    /// Reads what is published, and from then on keeps looking for more.
    pub async fn start(store: Arc<Store>, assets: Arc<Assets>) -> Result<Self, SnapshotError> {
        // Counted before reading: what is published in between is read again, and not missed.
        let seen = store.publication_count().await?;
        let look = Look { seen, told: HashSet::new(), begun: Instant::now(), is_good: true };
        let watcher = Self { present: Arc::default(), look: Arc::new(Mutex::new(look)), store, assets };
        let answered = watcher.store.answered().await?;
        watcher.read_anew(&mut *watcher.look.lock().await, &answered, clock::now()).await?;
        telemetry::snapshot_is_fresh(clock::now());
        tokio::spawn(watcher.clone().keep_looking());
        Ok(watcher)
    }

    pub fn present(&self) -> Arc<Snapshot> {
        self.present.load_full()
    }

    /// The snapshot with some sites that the store knows: it looks once more if one of them is not in the present one yet.
    pub async fn with_sites(&self, keys: &[SiteKey]) -> Arc<Snapshot> {
        let present = self.present();
        if keys.iter().all(|key| present.site(key).is_some()) {
            return present;
        }
        self.look_if_possible().await;
        self.present()
    }

    /// Looks at once, so that whoever has just changed something sees it everywhere. If it cannot, that comes with a later look;
    /// others look within a second.
    pub async fn look_if_possible(&self) {
        let _ = self.look_now().await;
    }

    /// Looks at once, for somebody to whom the present snapshot seems too old. However many ask, at most one look is under way,
    /// and one that began after somebody asked serves them, too.
    pub async fn look_now(&self) -> Result<(), NotReadable> {
        let asked = Instant::now();
        let mut look = self.look.lock().await;
        if look.begun < asked {
            sleep_until(look.begun + LOOK_AGAIN_AFTER).await;
            self.look_once(&mut look).await;
        }
        if look.is_good { Ok(()) } else { Err(NotReadable) }
    }

    async fn keep_looking(self) {
        // Ends when nobody but this task holds the snapshot any more: the servers are gone.
        while Arc::strong_count(&self.present) > 1 {
            tokio::time::sleep(LOOK_EVERY).await;
            self.look_once(&mut *self.look.lock().await).await;
        }
    }

    async fn look_once(&self, look: &mut Look) {
        // If whoever looks is gone before it is over, nothing has been seen.
        (look.begun, look.is_good) = (Instant::now(), false);
        match self.look_over(look).await {
            Ok(()) => {
                look.is_good = true;
                telemetry::snapshot_is_fresh(clock::now());
            }
            // What is being served stays; the next look may succeed.
            Err(error) => tracing::warn!(%error, "cannot serve what may have been newly published"),
        }
    }

    async fn look_over(&self, look: &mut Look) -> Result<(), SnapshotError> {
        let seen = async { Ok::<_, StoreError>((self.store.publication_count().await?, self.store.answered().await?)) };
        let (count, answered) = timeout(LOOK_WITHIN, seen).await.map_err(|_| SnapshotError::NoAnswer)??;
        let now = clock::now();
        if count != look.seen || self.present().is_outdated(&answered, now) {
            self.read_anew(look, &answered, now).await?;
            look.seen = count;
            tracing::info!("serving what was newly published, settled, filled or ended");
        }
        Ok(())
    }

    async fn read_anew(&self, look: &mut Look, answered: &Answered, now: UnixMs) -> Result<(), SnapshotError> {
        let snapshot = Snapshot::new(self.store.sites_with_surveys().await?, answered, now, &self.assets)?;
        look.tell_of_not_understood(&snapshot);
        self.present.store(Arc::new(snapshot));
        Ok(())
    }
}

/// What the last look saw, and what has been said about it.
#[derive(Debug)]
struct Look {
    /// How often something had been published.
    seen: i64,
    told: HashSet<(SiteKey, SurveyId, u32)>,
    begun: Instant,
    is_good: bool,
}

impl Look {
    fn tell_of_not_understood(&mut self, snapshot: &Snapshot) {
        for (site, survey, reason) in snapshot.not_understood() {
            if self.told.insert((site.clone(), survey.id.clone(), survey.version)) {
                tracing::warn!(
                    %site, survey = %survey.id, version = survey.version, reason,
                    "a survey is not understood, and not shown: a newer Pagepoll has published it; upgrade this one",
                );
            }
        }
    }
}
