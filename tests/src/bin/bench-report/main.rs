//! What reports cost on a large site: ten million answers on five thousand pages in four hundred days, on SQLite and on PostgreSQL.
//!
//! The rows are made by the database itself; the collector counts them as after an upgrade. While the reports are asked for, visitors
//! go on answering, so none of them can be told what was told before. Beside each stands what the same figures cost by counting
//! rows, with `GROUP BY`. Then comments are looked for, one in twelve answers having one. At the end all answers are exported, beside how
//! much more memory the collector holds meanwhile.
//!
//! `bench-report sqlite` and `bench-report postgres` measure one of the databases alone.

mod place;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::bail;
use tests::DatabaseKind;
use tests::bounds::{at_least, at_most};
use tests::raw::percentile_ms;

use place::Place;

const ANSWERS: i64 = 10_000_000;
/// What the largest is compared with.
const TENTH: i64 = ANSWERS / 10;
pub const PAGES: i64 = 5_000;
pub const DAYS: i64 = 400;
/// What a report is of.
pub const PERIOD: i64 = 90;

const REPORTS: i64 = 200;
const RECOUNTS: usize = 3;

const SEARCHES: usize = 20;
/// What is looked for in comments: what many have, what few and old ones have, what none has, what only low scores have.
const LOOKED_FOR: [LookedFor; 6] = [
    LookedFor { parameters: "comments=true&search=delivery&limit=50", least: 50 },
    LookedFor { parameters: "comments=true&search=12&limit=50", least: 50 },
    LookedFor { parameters: "comments=true&search=120000&limit=50", least: 1 },
    LookedFor { parameters: "comments=true&search=delivery+returns&limit=50", least: 0 },
    LookedFor { parameters: "comments=true&search=nobody&limit=50", least: 0 },
    LookedFor { parameters: "comments=true&search=delivery&band=negative&limit=50", least: 50 },
];

const MOST_MS: f64 = 100.0;
const MOST_SEARCH_MS: f64 = 200.0;
const MOST_GROWTH: f64 = 1.2;

/// Of an export as CSV, from SQLite.
const LEAST_ROWS_A_SECOND: f64 = 200_000.0;
const MOST_MEGABYTES_MORE: f64 = 64.0;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    if cfg!(debug_assertions) {
        bail!("this build is not optimised; measure with `cargo xtask bench report`");
    }
    let mut missed = 0;
    for kind in chosen()? {
        println!("{}:", kind.name());
        missed += bench(kind).await?;
    }
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn chosen() -> anyhow::Result<Vec<DatabaseKind>> {
    Ok(match std::env::args().nth(1).as_deref() {
        None => vec![DatabaseKind::Sqlite, DatabaseKind::Postgres],
        Some("sqlite") => vec![DatabaseKind::Sqlite],
        Some("postgres") => vec![DatabaseKind::Postgres],
        Some(other) => bail!("{other:?} is neither `sqlite` nor `postgres`"),
    })
}

/// Measures one kind of database; tells how many bounds were missed.
async fn bench(kind: DatabaseKind) -> anyhow::Result<usize> {
    let tenth = measure(kind, TENTH).await?;
    let all = measure(kind, ANSWERS).await?;
    let mut held = vec![
        at_most("pages report of 90 days, of phones, p99 in ms", all.p99_ms, MOST_MS),
        at_most("its median, times that with a tenth of the answers", all.p50_ms / tenth.p50_ms, MOST_GROWTH),
        at_most("search of comments, p99 in ms of the slowest kind", all.search_p99_ms, MOST_SEARCH_MS),
        at_most("memory that an export adds, in MiB", all.export.megabytes_more(), MOST_MEGABYTES_MORE),
    ];
    if kind == DatabaseKind::Sqlite {
        held.push(at_least("rows of an export as CSV, per second", all.export.rows_per_second(), LEAST_ROWS_A_SECOND));
    }
    Ok(held.iter().filter(|held| !**held).count())
}

struct Measured {
    p50_ms: f64,
    p99_ms: f64,
    /// Of the kind of search that took longest.
    search_p99_ms: f64,
    export: Exported,
}

/// A list of answers to ask for, and how many it has at least.
pub struct LookedFor {
    pub parameters: &'static str,
    pub least: usize,
}

async fn measure(kind: DatabaseKind, answers: i64) -> anyhow::Result<Measured> {
    let (began, mut place) = (Instant::now(), Place::prepare(kind).await?);
    place.fill(answers).await?;
    let filled = began.elapsed();
    let folded = place.count_anew().await?;
    println!(
        "{answers:>9} answers made in {:.0} s, counted in {:.0} s; {:.0} MB, of which counts {:.0}",
        filled.as_secs_f64(),
        folded.as_secs_f64(),
        place.megabytes().await?,
        place.megabytes_of_counts().await?,
    );
    let mut times = Vec::new();
    for number in 0..REPORTS {
        place.answer_some().await?;
        times.push(place.report(number).await?);
    }
    let mut recounts = Vec::new();
    for number in 0..RECOUNTS {
        recounts.push(place.recount(number as i64).await?);
    }
    times.sort_unstable();
    recounts.sort_unstable();
    let search_p99_ms = search(&place).await?;
    let export = place.export().await?;
    let measured =
        Measured { p50_ms: percentile_ms(&times, 50), p99_ms: percentile_ms(&times, 99), search_p99_ms, export };
    println!(
        "          pages report of {PERIOD} days, of phones: p50 {:.1} ms, p99 {:.1} ms; by GROUP BY over the rows {:.0} ms",
        measured.p50_ms,
        measured.p99_ms,
        millis(recounts[RECOUNTS / 2]),
    );
    let export = &measured.export;
    println!(
        "          export as CSV: {} rows in {:.1} s, {:.0} rows/s, {:.0} a second of processor; resident {:.0} MiB before, at most {:.0} meanwhile",
        export.rows,
        export.took.as_secs_f64(),
        export.rows_per_second(),
        export.rows as f64 / export.cpu.as_secs_f64(),
        export.before as f64 / MIB,
        export.most as f64 / MIB,
    );
    Ok(measured)
}

/// Tells how long the kind of search that takes longest takes, p99 in milliseconds.
async fn search(place: &Place) -> anyhow::Result<f64> {
    let mut longest = 0.0_f64;
    for looked_for in &LOOKED_FOR {
        let mut times = Vec::new();
        for _ in 0..SEARCHES {
            times.push(place.search(looked_for).await?);
        }
        times.sort_unstable();
        let (p50, p99) = (percentile_ms(&times, 50), percentile_ms(&times, 99));
        println!("          {}: p50 {p50:.1} ms, p99 {p99:.1} ms", looked_for.parameters);
        longest = longest.max(p99);
    }
    Ok(longest)
}

const MIB: f64 = 1_048_576.0;

/// All answers as a table.
pub struct Exported {
    pub rows: usize,
    pub took: Duration,
    /// What the collector took of the processor.
    pub cpu: Duration,
    /// What the collector held in memory, in bytes.
    pub before: u64,
    pub most: u64,
}

impl Exported {
    fn rows_per_second(&self) -> f64 {
        self.rows as f64 / self.took.as_secs_f64()
    }

    fn megabytes_more(&self) -> f64 {
        self.most.saturating_sub(self.before) as f64 / MIB
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
