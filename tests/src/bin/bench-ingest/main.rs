//! How many answers the collector puts on disk in a second, and how long a visitor's browser waits for each; on SQLite and on
//! PostgreSQL.
//!
//! One yardstick is the same request with a score that is off its scale: it is read, admitted and parsed like a good one and
//! refused at the last check before storing. So the ratio says what storing costs, and little of the machine. The other is the same
//! program with a transaction for each request: that says what committing in groups gains. All are measured in turns, over connections
//! that stay open. The load comes from one thread of this program, on the same machine.

mod place;

use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::bail;
use tokio::task::JoinSet;

use place::{Place, Sender, least_gain, least_ratio};
use tests::DatabaseKind;
use tests::bounds::{at_least, at_most};
use tests::raw::percentile_ms;

/// The bounds hold for the last.
const CONNECTIONS: [usize; 2] = [64, 512];
const TURNS: usize = 3;
const TURN: Duration = Duration::from_millis(1_000);
const WARM_UP: Duration = Duration::from_millis(200);

const MOST_P99_MS: f64 = 100.0;
const MOST_MIB: f64 = 128.0;

/// What is sent, and what the collector does with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Load {
    /// Good answers, committed in groups.
    Durable,
    /// The same, refused at the last check.
    Refused,
    /// Good answers, each committed alone.
    Alone,
}

const LOADS: [Load; 3] = [Load::Durable, Load::Refused, Load::Alone];

/// What was measured of one kind of load.
#[derive(Default)]
struct Measured {
    spent: Duration,
    waits: Vec<Duration>,
}

impl Measured {
    fn per_second(&self) -> f64 {
        self.waits.len() as f64 / self.spent.as_secs_f64()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    if cfg!(debug_assertions) {
        bail!("this build is not optimised; measure with `cargo xtask bench ingest`");
    }
    let mut missed = 0;
    for kind in [DatabaseKind::Sqlite, DatabaseKind::Postgres] {
        println!("{}, on a disk that takes {:.2} ms to flush a page:", kind.name(), flush_ms()?);
        missed += bench(kind).await?;
    }
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Measures one kind of database; tells how many bounds were missed.
async fn bench(kind: DatabaseKind) -> anyhow::Result<usize> {
    let place = Place::prepare(kind).await?;
    let mut last = Vec::new();
    for connections in CONNECTIONS {
        last = measure(&place, connections).await?;
        let [durable, refused, alone] = last.as_slice() else { bail!("three loads are measured") };
        println!(
            "{connections:>4} connections: {:>6.0} durable acknowledgements/s, p50 {:.1} ms, p99 {:.1} ms; \
             refused {:>6.0}/s; a commit for each {:>5.0}/s",
            durable.per_second(),
            percentile_ms(&durable.waits, 50),
            percentile_ms(&durable.waits, 99),
            refused.per_second(),
            alone.per_second(),
        );
    }
    println!("all {} acknowledged answers are stored, once", place.check_all_are_stored().await?);
    let [durable, refused, alone] = last.as_slice() else { bail!("three loads are measured") };
    let ratio = durable.per_second() / refused.per_second();
    let at_once = CONNECTIONS[CONNECTIONS.len() - 1];
    let held = [
        at_least(
            &format!("durable throughput at {at_once} connections, of the no-storage route"),
            ratio,
            least_ratio(kind),
        ),
        least_gain(kind).is_none_or(|least| {
            at_least(
                "durable throughput, times that of a commit for each",
                durable.per_second() / alone.per_second(),
                least,
            )
        }),
        at_most(&format!("p99 at {at_once} connections, ms"), percentile_ms(&durable.waits, 99), MOST_P99_MS),
        at_most("resident memory after it, MiB", place.resident_mib()?, MOST_MIB),
    ];
    Ok(held.iter().filter(|held| !**held).count())
}

/// How long the disk takes to keep 4 KiB, in milliseconds, the median of many: what a commit for each request costs, above all.
fn flush_ms() -> anyhow::Result<f64> {
    const FLUSHES: usize = 201;
    let mut file = tempfile::tempfile()?;
    let mut times = Vec::with_capacity(FLUSHES);
    for _ in 0..FLUSHES {
        file.write_all(&[1; 4_096])?;
        let began = Instant::now();
        file.sync_data()?;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    Ok(percentile_ms(&times, 50))
}

/// Measures all loads in turns, so that a change in the machine's mood meets each of them.
async fn measure(place: &Place, connections: usize) -> anyhow::Result<Vec<Measured>> {
    let mut open = Vec::new();
    for load in LOADS {
        open.push((load, place.connect(load, connections).await?, Measured::default()));
    }
    for _ in 0..TURNS {
        for (load, connections, measured) in &mut open {
            for (duration, counts) in [(WARM_UP, false), (TURN, true)] {
                let turn = take_turn(connections, duration).await?;
                place.count(*load, turn.waits.len());
                if counts {
                    measured.spent += turn.spent;
                    measured.waits.extend(turn.waits);
                }
            }
        }
    }
    let sorted = open.into_iter().map(|(.., mut measured)| {
        measured.waits.sort_unstable();
        measured
    });
    Ok(sorted.collect())
}

/// Sends over all connections for a while; ends when everything that was sent is answered.
async fn take_turn(open: &mut Vec<Sender>, duration: Duration) -> anyhow::Result<Measured> {
    let began = Instant::now();
    let mut senders = JoinSet::new();
    for mut connection in open.drain(..) {
        senders.spawn(async move {
            let mut waits = Vec::new();
            while began.elapsed() < duration {
                waits.extend(connection.exchange().await?);
            }
            anyhow::Ok((connection, waits))
        });
    }
    let mut measured = Measured::default();
    while let Some(sent) = senders.join_next().await {
        let (connection, waits) = sent??;
        open.push(connection);
        measured.waits.extend(waits);
    }
    measured.spent = began.elapsed();
    Ok(measured)
}
