//! The disk fails to sync: nothing more is acknowledged, the process ends and says so, and starts again where it was.

use std::time::{Duration, Instant};

use tests::{Chore, Rows, TestSite, ces_on};

use crate::disk::{Disk, Fate};
use crate::journal::{Event, now_ns};
use crate::senders::send;
use crate::shim::Shim;

const ANSWERS: usize = 1_200;
const CONNECTIONS: usize = 16;

const DATABASE: &str = "pagepoll.db";

/// How long it may go on after the first failed sync.
const SECONDS: Duration = Duration::from_secs(10);

/// A collector on a disk that is told when to fail.
struct Failing {
    site: TestSite,
    shim: Shim,
    before: Vec<u8>,
}

impl Failing {
    async fn start() -> anyhow::Result<Self> {
        let mut site = TestSite::with_survey(ces_on("/help")).await?;
        site.collector.stop().await?;
        let before = std::fs::read(site.collector.database())?;
        let shim = Shim::new()?;
        shim.slip_under(&mut site.collector)?;
        site.collector.restart().await?;
        Ok(Self { site, shim, before })
    }

    /// What is on the disk if nothing is but what was synced.
    async fn synced_rows(&self) -> anyhow::Result<Rows> {
        let mut disk = Disk::with([(DATABASE.to_owned(), self.before.clone())]);
        for record in &self.shim.journal()?.records {
            disk.goes_on(record)?;
        }
        let folder = tempfile::tempdir()?;
        disk.comes_back(Fate::AllLost, folder.path())?;
        Chore { arguments: &["site", "list"], input: "" }.run(folder.path()).await?;
        Rows::of(&folder.path().join(DATABASE)).await
    }
}

#[tokio::test]
async fn after_a_failed_sync_nothing_is_acknowledged_and_the_process_ends() {
    let mut disk = Failing::start().await.unwrap();
    let (record, senders) = send(&disk.site, ANSWERS, CONNECTIONS);
    record.reaches(ANSWERS / 2).await;

    disk.shim.fail_syncs().unwrap();
    let failing = Instant::now();
    let ended = disk.site.collector.ends_within(SECONDS).await.unwrap();
    let ended_after = failing.elapsed();
    let at_the_end = now_ns();
    let failed = disk.shim.journal().unwrap().records.iter().any(|one| matches!(one.event, Event::SyncFailed(_)));
    assert!(failed, "no sync has failed");
    assert!(!ended.success(), "it says that all is well: {ended}");
    let on_disk = record.reckon_before(at_the_end, &disk.synced_rows().await.unwrap());

    disk.shim.heal_syncs().unwrap();
    disk.site.collector.restart().await.unwrap();
    senders.join_all().await;
    let rows = disk.site.rows().await.unwrap();
    let in_the_end = record.reckon(&rows);
    println!(
        "after a failed sync the process ended with {ended} in {} ms (bound {}); of {} acknowledged by then {} were not on disk \
         (bound 0); after the restart {} of {} lost (bound 0), {} duplicated (bound 0)",
        ended_after.as_millis(),
        SECONDS.as_millis(),
        on_disk.acknowledged,
        on_disk.lost,
        in_the_end.lost,
        in_the_end.acknowledged,
        in_the_end.duplicated,
    );
    assert_eq!((on_disk.lost, in_the_end.lost, in_the_end.duplicated), (0, 0, 0));
    rows.assert_counted_right();
}

/// After a failed sync Linux holds in memory what it could not write, and never writes it. A collector that goes on behind that after
/// its restart would acknowledge what nobody could find after a power cut.
#[tokio::test]
async fn what_a_failed_sync_did_not_write_does_not_take_later_answers_with_it() {
    let mut disk = Failing::start().await.unwrap();
    let (record, mut senders) = send(&disk.site, ANSWERS, CONNECTIONS);
    record.reaches(ANSWERS / 2).await;
    disk.shim.fail_syncs().unwrap();
    disk.site.collector.ends_within(SECONDS).await.unwrap();
    disk.shim.heal_syncs().unwrap();
    let until_then = record.acknowledged();
    disk.site.collector.restart().await.unwrap();
    // Few enough that no checkpoint comes by.
    record.reaches(until_then + 50).await;
    disk.site.collector.kill().await.unwrap();
    senders.shutdown().await;

    let rows = disk.synced_rows().await.unwrap();
    let reckoning = record.reckon(&rows);
    println!(
        "{} acknowledged after a restart upon a failed sync; then the power goes: {} of all {} lost (bound 0)",
        reckoning.acknowledged - until_then,
        reckoning.lost,
        reckoning.acknowledged,
    );
    assert_eq!(reckoning.lost, 0);
    rows.assert_counted_right();
}
