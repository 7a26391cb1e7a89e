//! What a page pays for having the snippet, for a survey that waits, and for one that shows; and what it pays for PostHog.
//!
//! A minimal product page in several cases. Every view has a browser of its own, so every cache is cold, on a line of 1.6 Mbit/s
//! and 150 ms. Times are taken with the processor slowed four times; processor time and memory at full speed, because noise
//! moves those least. The cases are measured in turns, so that a change in the machine's mood meets them all. The table goes
//! to BENCHMARKS.md, between its marks.

mod case;
mod promises;
mod rival;
mod table;
mod view;

use std::process::ExitCode;

use anyhow::bail;

use case::{CASES, Case, Scene};
use view::{Cost, Speed, Views};

const RUNS: usize = 7;

/// What the page without the snippet took where the bounds were set.
const USUAL_TASK_MS: u32 = 25;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    if cfg!(debug_assertions) {
        bail!("this build is not optimised; measure with `cargo xtask bench page`");
    }
    let scene = Scene::set().await?;
    let mut views: [Views; CASES.len()] = Default::default();
    for run in 1..=RUNS {
        eprintln!("run {run} of {RUNS}");
        for (case, views) in CASES.into_iter().zip(&mut views) {
            views.slowed.push(view::of(&scene, case, Speed::Slowed).await?);
            views.full.push(view::of(&scene, case, Speed::Full).await?);
        }
    }
    let costs = views.each_ref().map(Cost::of);
    let table = table::of(&costs);
    println!("{table}");
    let empty = &costs[Case::Empty as usize];
    println!(
        "The page without the snippet takes {:.0} ms of CPU by itself; it was {USUAL_TASK_MS} where the bounds were set. Far more means a \
         busy machine: measure again.",
        empty.task_ms
    );
    let promises = promises::of(&costs);
    for promise in &promises {
        println!("{promise}");
    }
    table::write(&table, &promises)?;
    Ok(if promises.iter().all(promises::Promise::is_held) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
