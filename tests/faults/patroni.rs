//! The primary of a cluster is lost: switched off, cut off, frozen, or left alone by its Patroni. Another takes its place within half a
//! minute, with everything that was acknowledged; and whoever still writes to the old one is told nothing that would not last.

use std::time::Duration;

use anyhow::ensure;
use tests::patroni::{Machine, Patroni};
use tests::{Collector, Prepared, TestSite, Visitor, ces_on, is_long};
use tokio::time::Instant;

use crate::journal::now_ns;
use crate::senders::{Load, Record, answer};

const CONNECTIONS: usize = 8;
/// Of those who can reach the lost primary alone.
const CONNECTIONS_APART: usize = 4;

/// How long nothing may be acknowledged.
const GAP: Duration = Duration::from_secs(30);

/// So many are acknowledged before a fault, and again after it.
const ANSWERS: usize = 200;

/// What becomes of the machine that is the primary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fault {
    /// PostgreSQL, Patroni and etcd get a `kill -9`.
    SwitchedOff,
    /// The network parts it from all others; a collector on its side reaches it still.
    CutOff,
    /// It stands still, and goes on later as if nothing had been.
    Frozen,
    /// Its Patroni gets a `kill -9`, and its PostgreSQL goes on.
    Unwatched,
}

fn faults() -> &'static [Fault] {
    const ALL: &[Fault] = &[Fault::SwitchedOff, Fault::CutOff, Fault::Frozen, Fault::Unwatched];
    if is_long() { ALL } else { &ALL[..2] }
}

impl Fault {
    fn befall(self, machine: &mut Machine) -> anyhow::Result<()> {
        match self {
            Self::SwitchedOff => machine.kill(),
            Self::CutOff => machine.cut_off(),
            Self::Frozen => machine.freeze(),
            Self::Unwatched => machine.kill_patroni(),
        }
    }

    fn end(self, machine: &mut Machine) -> anyhow::Result<()> {
        match self {
            Self::SwitchedOff | Self::Unwatched => machine.start(),
            Self::CutOff => machine.reconnect(),
            Self::Frozen => machine.thaw(),
        }
    }
}

struct Site {
    cluster: Patroni,
    site: TestSite,
    load: Load,
}

impl Site {
    async fn start() -> anyhow::Result<Self> {
        let cluster = Patroni::start().await?;
        let url = cluster.create_database().await?;
        let site = TestSite::in_postgres(&url, &url, ces_on("/help")).await?;
        site.has_neighbour(&ces_on("/help")).await?;
        let load = Load::of(&site.visitor(), CONNECTIONS);
        Ok(Self { cluster, site, load })
    }

    fn heard(&self) -> &Record {
        &self.load.record
    }

    /// A collector that reaches a machine's database and no other, with visitors of another site: a commit that is broken off holds the
    /// ledger of its own site, and could be why nothing is acknowledged. While all is well it is a collector like any other.
    async fn collector_apart(&self, machine: usize) -> anyhow::Result<(Collector, Visitor)> {
        let url = self.cluster.url_of(machine);
        let collector = Collector::start_on(&Prepared::Postgres { url: url.clone(), reached_by: url }, &[]).await?;
        let visitor = self.site.neighbour_of(&collector).await?;
        answer(&visitor.another(), self.heard()).await;
        Ok((collector, visitor))
    }

    /// Takes the primary away and waits until another has its place. What is wrong stays so, if it is the `last`.
    async fn survives(&mut self, fault: Fault, last: bool) -> anyhow::Result<()> {
        self.heard().reaches(self.heard().acknowledged() + ANSWERS).await;
        let lost = self.cluster.primary().await?;
        let apart = match fault {
            Fault::CutOff | Fault::Frozen => Some(self.collector_apart(lost).await?),
            Fault::SwitchedOff | Fault::Unwatched => None,
        };
        let (began, began_ns) = (Instant::now(), now_ns());
        fault.befall(&mut self.cluster.machines[lost])?;
        // Nothing of what they bring from now on can get to another machine.
        let apart = apart.map(|(collector, visitor)| (collector, Load::of(&visitor, CONNECTIONS_APART)));
        self.cluster.primary_beside(lost).await?;
        let another_after = began.elapsed();
        self.heard().reaches(self.heard().acknowledged() + ANSWERS).await;
        if !last {
            fault.end(&mut self.cluster.machines[lost])?;
            self.cluster.is_whole_with(lost).await?;
            self.heard().reaches(self.heard().acknowledged() + ANSWERS).await;
        }
        // Also while the machine comes back.
        let gap = self.heard().longest_silence_since(began_ns);
        let mut told = String::new();
        if let Some((_collector, load)) = apart {
            let heard = load.give_up().await;
            told = format!(
                "; on its side {} requests were not acknowledged, {} were (bound 0)",
                heard.unanswered(),
                heard.acknowledged()
            );
            ensure!(heard.unanswered() > 0, "nobody tried");
            ensure!(heard.acknowledged() == 0, "{fault:?}: acknowledged where nothing of it can last{told}");
        }
        println!(
            "primary {fault:?}: another after {:.1} s, nothing acknowledged for {:.1} s (bound {}){told}",
            another_after.as_secs_f64(),
            gap.as_secs_f64(),
            GAP.as_secs()
        );
        ensure!(gap <= GAP, "{fault:?}: nothing was acknowledged for {gap:?}");
        Ok(())
    }
}

#[tokio::test]
async fn whatever_becomes_of_the_primary_no_acknowledged_answer_is_lost_and_another_takes_its_place() {
    if is_missing() {
        return;
    }
    let mut site = Site::start().await.unwrap();
    for (place, fault) in faults().iter().enumerate() {
        // Making it whole takes a while, and only the long test has the time to do so at the end.
        site.survives(*fault, place + 1 == faults().len() && !is_long()).await.unwrap();
    }
    let record = site.load.end().await;

    let rows = site.site.rows().await.unwrap();
    let reckoning = record.reckon(&rows);
    println!(
        "three machines, {} faults: {} acknowledged, {} requests sent again, {} lost (bound 0), {} duplicated (bound 0)",
        faults().len(),
        reckoning.acknowledged,
        reckoning.sent_again,
        reckoning.lost,
        reckoning.duplicated
    );
    assert_eq!((reckoning.lost, reckoning.duplicated), (0, 0), "{reckoning:?}");
    rows.assert_counted_right();
}

/// Skipped, and said so, where there is no Patroni; a failure where everything must be there.
fn is_missing() -> bool {
    let Some(reason) = Patroni::missing() else { return false };
    assert!(std::env::var_os("CI").is_none(), "{reason}");
    println!("skipped: {reason}");
    true
}
