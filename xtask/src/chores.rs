//! Chores whose programs live in the `tests` package; here they only get their door.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};

use crate::npm::Package;
use crate::test::{Length, databases};
use crate::workspace;

/// Whom the pages are compared with. Fetched when somebody measures, never committed.
const POSTHOG: Package = Package { name: "posthog-js", version: "1.449.2", proof: "posthog-js/dist/array.js" };

#[derive(Args)]
pub struct FaultOptions {
    /// Every figure in full: more cuts, kills and sockets, a million addresses; half an hour rather than minutes
    #[arg(long)]
    long: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Bench {
    /// What a page view costs the visitor's browser
    Page,
    /// How many answers the collector takes in a second, on SQLite and on PostgreSQL
    Ingest,
    /// What becomes of it when three times as many come
    Overload,
    /// How soon it is ready on a database of a gigabyte
    Start,
    /// What a report costs on a site with ten million answers; takes long
    Report,
    /// What each kind of request costs it, and what that makes of a thousand shops
    Capacity,
}

/// Runs the fault tests with their output in view: one after the other, because most of them measure.
pub fn faults(options: &FaultOptions) -> Result<()> {
    databases::prepare()?;
    crate::dist::make()?;
    in_view(&mut workspace::collector_build())?;
    let mut cargo =
        workspace::cargo(["test", "--workspace", "--test", "faults", "--", "--nocapture", "--test-threads=1"]);
    Length::from(options.long).tell(&mut cargo);
    in_view(&mut cargo)
}

/// Takes the screenshots into `shots/`, and what the documentation shows into `docs/`.
pub fn shots(part: Option<&str>) -> Result<()> {
    crate::dist::make()?;
    in_view(workspace::collector_build().args(["--bin", "shots"]))?;
    in_view(workspace::command(workspace::target().join("debug/shots")).args(part))
}

/// Runs one benchmark, on release builds.
pub fn bench(what: Bench) -> Result<()> {
    let program = match what {
        Bench::Page => "bench-page",
        Bench::Ingest => "bench-ingest",
        Bench::Overload => "bench-overload",
        Bench::Start => "bench-start",
        Bench::Report => "bench-report",
        Bench::Capacity => "bench-capacity",
    };
    if let Bench::Ingest | Bench::Report | Bench::Capacity = what {
        databases::prepare()?;
    }
    crate::dist::make()?;
    in_view(workspace::collector_build().args(["--release", "--bin", program]))?;
    let mut benchmark = workspace::command(workspace::target().join("release").join(program));
    if let Bench::Page = what {
        let scripts = POSTHOG.install()?;
        benchmark.env("PAGEPOLL_POSTHOG", scripts.with_file_name("")).env("PAGEPOLL_POSTHOG_VERSION", POSTHOG.version);
    }
    in_view(&mut benchmark)
}

/// Runs a command whose output is what the person came for.
fn in_view(command: &mut Command) -> Result<()> {
    let shown = workspace::shown(command);
    let status = command.status().with_context(|| format!("cannot start {shown}"))?;
    ensure!(status.success(), "{shown}: {status}");
    Ok(())
}
