//! Power loss: every answer that was acknowledged before the cut is on the disk that the machine comes back with.
//!
//! The collector that ships runs under load while the shim notes what it does to its files. Afterwards the power is cut at random
//! moments: `disk` works out what the disk may come back with, the program opens that, and its rows are compared with what the
//! visitors had been told by then. What the simulation covers and what not is told in `disk`.
//!
//! So that "none lost" means something, the same is done with a collector whose commits are not synced, as with `synchronous = NORMAL`:
//! there the harness must find losses.

use std::time::Instant;

use tests::{Chore, Rows, TestSite, ces_on, damage, is_long};

use crate::disk::{Disk, Fate};
use crate::journal::{Event, Journal};
use crate::senders::{Record, send};
use crate::shim::Shim;

const CONNECTIONS: usize = 16;

const DATABASE: &str = "pagepoll.db";
const LOG: &str = "pagepoll.db-wal";

fn cuts() -> usize {
    if is_long() { 150 } else { 20 }
}

fn answers() -> usize {
    if is_long() { 12_000 } else { 2_500 }
}

/// A collector that ran under load, and what it did to its disk meanwhile.
struct Run {
    site: TestSite,
    before: Vec<u8>,
    journal: Journal,
    record: Record,
}

enum Commits {
    Synced,
    Unsynced,
}

impl Run {
    async fn with(commits: Commits) -> anyhow::Result<Self> {
        let mut site = TestSite::with_survey(ces_on("/help")).await?;
        site.collector.stop().await?;
        let before = std::fs::read(site.collector.database())?;
        let shim = Shim::new()?;
        shim.slip_under(&mut site.collector)?;
        if let Commits::Unsynced = commits {
            Shim::leave_commits_unsynced(&mut site.collector);
        }
        site.collector.restart().await?;
        let (record, senders) = send(&site, answers(), CONNECTIONS);
        senders.join_all().await;
        // No chance to tidy up: what the journal says last is how the files are.
        site.collector.kill().await?;
        Ok(Self { site, before, journal: shim.journal()?, record })
    }

    fn disk(&self) -> Disk {
        Disk::with([(DATABASE.to_owned(), self.before.clone())])
    }

    /// Cuts the power at `cuts()` moments of the load.
    async fn is_cut(&self) -> anyhow::Result<Cuts> {
        let (first, last) = self.record.span_ns().expect("answers were acknowledged");
        let under_load = |place: &usize| (first..last).contains(&self.journal.records[*place].at_ns);
        let places: Vec<usize> = (0..self.journal.records.len()).filter(under_load).collect();
        let mut chosen: Vec<usize> = (0..cuts()).map(|_| places[rand::random_range(0..places.len())]).collect();
        chosen.sort_unstable();

        let (mut disk, mut done) = (self.disk(), 0);
        let mut sum = Cuts::default();
        for place in chosen {
            for record in &self.journal.records[done..place] {
                disk.goes_on(record)?;
            }
            done = place;
            let folder = tempfile::tempdir()?;
            let fate = Fate::any();
            disk.comes_back(fate, folder.path())?;
            // The first to open it folds what the log holds into the file.
            Chore { arguments: &["site", "list"], input: "" }.run(folder.path()).await?;
            let database = folder.path().join(DATABASE);
            let rows = Rows::of(&database).await?;
            let at_ns = self.journal.records[place].at_ns;
            let reckoning = self.record.reckon_before(at_ns, &rows);
            let damage = damage(&database).await?;
            assert!(damage.is_empty(), "{fate:?}: {damage:?}");
            rows.assert_counted_right();
            assert_eq!(reckoning.duplicated, 0);
            sum.cuts += 1;
            sum.with_losses += usize::from(reckoning.lost > 0);
            sum.acknowledged += reckoning.acknowledged;
            sum.lost += reckoning.lost;
            sum.cached += disk.cached();
            if reckoning.lost > 0 {
                sum.worst = sum.worst.max(reckoning.lost);
                sum.first_loss.get_or_insert((place, fate));
            }
        }
        Ok(sum)
    }
}

#[derive(Debug, Default)]
struct Cuts {
    cuts: usize,
    with_losses: usize,
    /// Answers acknowledged before the cut, summed over the cuts; the same below.
    acknowledged: usize,
    lost: usize,
    worst: usize,
    /// Writes that hung in the balance.
    cached: usize,
    first_loss: Option<(usize, Fate)>,
}

#[tokio::test]
async fn no_answer_acknowledged_before_a_power_cut_is_lost() {
    let run = Run::with(Commits::Synced).await.unwrap();
    let synced = run.journal.count(LOG, |event| matches!(event, Event::SyncDone(_)));
    let checkpoints = run.journal.count(DATABASE, |event| matches!(event, Event::SyncDone(_)));
    let cut = run.is_cut().await.unwrap();
    println!(
        "power cut at {} moments of {synced} syncs of the log and {checkpoints} of the database, {} writes each in the balance \
         on average, {} answers acknowledged before them in sum: {} lost (bound 0)",
        cut.cuts,
        cut.cached / cut.cuts,
        cut.acknowledged,
        cut.lost,
    );
    assert!(checkpoints > 0 && cut.cached > 0, "the load was too small to say anything: {cut:?}");
    assert_eq!(cut.lost, 0, "{cut:?}");
}

#[tokio::test]
async fn the_same_cuts_find_what_a_collector_that_does_not_sync_its_commits_loses() {
    let run = Run::with(Commits::Unsynced).await.unwrap();
    let left_out = run.journal.count(LOG, |event| *event == Event::SyncLeftOut);
    let cut = run.is_cut().await.unwrap();
    println!(
        "as with synchronous=NORMAL, {left_out} syncs left out: answers lost at {} of {} power cuts (bound: at least 1), {} at the \
         worst",
        cut.with_losses, cut.cuts, cut.worst,
    );
    assert!(cut.lost > 0, "the harness cannot see: {cut:?}");
}

/// Else the journal would prove nothing: a write that the shim does not see would never be lost.
#[tokio::test]
async fn the_journal_tells_every_byte_of_the_files() {
    let started = Instant::now();
    let run = Run::with(Commits::Synced).await.unwrap();
    let mut disk = run.disk();
    for record in &run.journal.records {
        disk.goes_on(record).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    disk.comes_back(Fate::AllThere, folder.path()).unwrap();
    let mut bytes = 0;
    for name in [DATABASE, LOG] {
        let (told, real) = (folder.path().join(name), run.site.collector.folder().join(name));
        let (told, real) = (std::fs::read(told).unwrap(), std::fs::read(real).unwrap());
        assert!(told == real, "the journal does not tell of all that was written to {name}");
        bytes += real.len();
    }
    println!("{bytes} bytes rebuilt as they are, in {:.1} s", started.elapsed().as_secs_f64());
}
