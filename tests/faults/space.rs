//! A full disk: senders are asked to come back, reports stay readable, and once there is space again, answers are taken again without
//! a restart.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use reqwest::StatusCode;
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
use tests::{Collector, TestSite, ces_on};
use tokio::time::{Instant, sleep};

use crate::senders::{knock, send, taken_again};
use crate::shim::Shim;

const ANSWERS: usize = 1_500;
const CONNECTIONS: usize = 8;

/// How soon a sender is asked to come back.
const TOLD: Duration = Duration::from_secs(1);
/// How soon answers are taken again once there is space.
const BACK: Duration = Duration::from_secs(5);
/// How long the disk stays full.
const FULL: Duration = Duration::from_secs(2);

const MEBIBYTES: usize = 16;

/// A disk that can be filled.
enum SmallDisk {
    /// A file system in memory, over the collector's folder.
    Real { folder: PathBuf },
    /// Where nothing may be mounted: a shim that says that the disk is full.
    Pretended(Shim),
}

impl SmallDisk {
    /// Puts a collector that has been stopped on it.
    fn under(collector: &mut Collector) -> anyhow::Result<Self> {
        let folder = collector.folder().to_owned();
        let database = fs::read(collector.database())?;
        let size = std::ffi::CString::new(format!("size={MEBIBYTES}m"))?;
        match mount(c"pagepoll-test", &folder, c"tmpfs", MountFlags::empty(), Some(size.as_c_str())) {
            Ok(()) => {
                fs::write(collector.database(), database)?;
                Ok(Self::Real { folder })
            }
            Err(reason) => {
                println!("no small disk can be mounted here ({reason}): the shim says that it is full instead");
                let shim = Shim::new()?;
                shim.slip_under(collector)?;
                Ok(Self::Pretended(shim))
            }
        }
    }

    fn fill(&self) -> anyhow::Result<()> {
        let Self::Real { folder } = self else { return self.pretend() };
        let filled = fs::write(filler(folder), vec![1; MEBIBYTES << 20]);
        let reason = filled.err().context("the small disk is not small")?;
        anyhow::ensure!(reason.kind() == std::io::ErrorKind::StorageFull, "{reason}");
        Ok(())
    }

    fn pretend(&self) -> anyhow::Result<()> {
        if let Self::Pretended(shim) = self { shim.fill_disk() } else { Ok(()) }
    }

    fn free(&self) -> anyhow::Result<()> {
        match self {
            Self::Real { folder } => Ok(fs::remove_file(filler(folder))?),
            Self::Pretended(shim) => shim.free_disk(),
        }
    }
}

fn filler(folder: &Path) -> PathBuf {
    folder.join("filler")
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if let Self::Real { folder } = self {
            // The collector may still be running in it. If this fails, there is nobody to tell.
            let _ = unmount(folder.as_path(), UnmountFlags::DETACH);
        }
    }
}

#[tokio::test]
async fn while_the_disk_is_full_senders_are_asked_to_come_back_and_reports_stay_readable() {
    let mut site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.collector.stop().await.unwrap();
    let disk = SmallDisk::under(&mut site.collector).unwrap();
    site.collector.restart().await.unwrap();
    let process = site.collector.id();
    let (record, senders) = send(&site, ANSWERS, CONNECTIONS);
    record.reaches(ANSWERS / 3).await;

    disk.fill().unwrap();
    let full = Instant::now();
    let (mut refused, mut slowest, mut slowest_report) = (0, Duration::ZERO, Duration::ZERO);
    while full.elapsed() < FULL {
        let told = knock(&site).await;
        slowest = slowest.max(told.took);
        match told.status {
            Some(StatusCode::SERVICE_UNAVAILABLE) if told.says_when => refused += 1,
            // The log has room within itself after a checkpoint.
            Some(StatusCode::NO_CONTENT) => {}
            other => panic!("{other:?} is no answer to a full disk: {told:?}"),
        }
        let asked = Instant::now();
        let report = site.page("/help").await.unwrap().expect("the page's report stays readable");
        slowest_report = slowest_report.max(asked.elapsed());
        assert!(report.scores[0].figures.n > 0);
        sleep(Duration::from_millis(20)).await;
    }
    let others = record.refusals();
    slowest = others.iter().copied().fold(slowest, Duration::max);

    disk.free().unwrap();
    let back = taken_again(&site).await;
    senders.join_all().await;
    let rows = site.rows().await.unwrap();
    let reckoning = record.reckon(&rows);
    println!(
        "disk full for {} s: {} asked to come back within {} ms (bound {}), reports within {} ms; taken again {} ms after there was \
         space (bound {}); of {} acknowledged {} lost (bound 0), {} duplicated (bound 0)",
        FULL.as_secs(),
        refused + others.len(),
        slowest.as_millis(),
        TOLD.as_millis(),
        slowest_report.as_millis(),
        back.as_millis(),
        BACK.as_millis(),
        reckoning.acknowledged,
        reckoning.lost,
        reckoning.duplicated,
    );
    assert!(refused > 0, "the disk was never full");
    assert!(slowest <= TOLD && back <= BACK, "{slowest:?}, {back:?}");
    assert_eq!((reckoning.lost, reckoning.duplicated), (0, 0));
    assert_eq!(site.collector.id(), process, "no restart was needed");
    rows.assert_counted_right();
}
