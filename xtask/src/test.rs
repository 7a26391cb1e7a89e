//! The second of the two commands in the README: the whole proof, ending with one table and one line.
//!
//! A stage that fails does not stop the others, except those that would only fail because of it. Warm, nearly all the time
//! goes to the tests themselves; cold, to compiling, so the order is: cheap checks, lints, the browser's side, then the
//! host's side in one build that the test stages find ready.

mod browsers;
mod counts;
pub mod databases;
mod stages;
mod summary;
mod typings;

use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::Result;
use clap::Args;

use counts::Counts;
use stages::{STAGES, Stage};
use summary::{Row, Verdict};

#[derive(Args)]
pub struct Options {
    /// Also the cases that take hours rather than minutes
    #[arg(long)]
    long: bool,
}

/// How much time the tests may take.
#[derive(Clone, Copy)]
pub enum Length {
    Usual,
    Long,
}

impl From<bool> for Length {
    fn from(long: bool) -> Self {
        if long { Self::Long } else { Self::Usual }
    }
}

impl Length {
    /// Tells a test run, in its environment.
    pub fn tell(self, tests: &mut Command) {
        if let Self::Long = self {
            tests.env("PAGEPOLL_LONG", "1");
        }
    }
}

/// Runs every stage. The last line is the sum of all counts; the exit code says whether anything failed.
pub fn run(options: &Options) -> Result<ExitCode> {
    let mut rows = Vec::new();
    for stage in STAGES {
        let row = run_stage(stage, &rows, options.long.into());
        rows.push(row);
    }
    let total: Counts = rows.iter().map(|row| row.counts).sum();
    println!("\n{}{total}", summary::table(&rows));
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_stage(stage: &Stage, earlier: &[Row], length: Length) -> Row {
    let missing = earlier.iter().find(|row| row.verdict != Verdict::Passed && stage.needs.contains(&row.stage));
    if let Some(missing) = missing {
        println!("{}: skipped, it needs \"{}\"", stage.name, missing.stage);
        return Row::skipped(stage.name);
    }
    let started = Instant::now();
    let counts = (stage.work)(length).unwrap_or_else(|error| {
        println!("{error:#}");
        Counts::ONE_FAILED
    });
    Row::ran(stage.name, counts, started.elapsed())
}
