//! One door for every chore: `cargo xtask VERB`.
//!
//! A person who has just cloned the project needs two of these verbs, `demo` and `test`; they call the others and set up
//! whatever the machine lacks. Each verb is a module with one public `run`.

mod book;
mod chores;
mod crates_io;
mod debian;
mod demo;
mod dist;
mod fuzz;
mod npm;
mod pypi;
mod size;
mod step;
mod test;
mod tidy;
mod translations;
mod wasm;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Pagepoll's chores: try it, test it, build it, measure it.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Set up everything, then run the collector and the demo shop until Ctrl-C
    Demo,
    /// The whole proof: format, lints, tidy, unit, API, browser and fault tests, size budget
    Test(test::Options),
    /// Make this machine able to build WebAssembly: compiler, trunk, wasm-bindgen, wasm-opt, esbuild
    Wasm,
    /// Build the widget, the demo shop and the console into dist/embed
    Dist,
    /// Make the documentation alone, as pages in dist/docs
    Book,
    /// Weigh what a visitor downloads, against its bounds
    Size,
    /// Check the invariants that a machine can
    Tidy,
    /// Kill, power loss, disk full: is every acknowledged answer still there?
    Faults(chores::FaultOptions),
    /// Look for input that breaks a promise: batches, page keys, rules, style sheets
    Fuzz(fuzz::Options),
    /// Take a screenshot of every screen, and those that the documentation shows
    Shots {
        /// Only surveys, widget, shop, console, book or docs
        part: Option<String>,
    },
    /// Measure speed
    Bench {
        /// What to measure
        what: chores::Bench,
    },
}

fn main() -> ExitCode {
    run(Cli::parse().verb).unwrap_or_else(|error| {
        // Without the backtrace that RUST_BACKTRACE would add: the message names the way out, xtask's insides do not.
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(verb: Verb) -> Result<ExitCode> {
    match verb {
        // Ends with its own line, which others read: no message after it.
        Verb::Test(options) => return test::run(&options),
        Verb::Demo => demo::run(),
        Verb::Wasm => wasm::run(),
        Verb::Dist => dist::run(),
        Verb::Book => book::run(),
        Verb::Size => size::run(),
        Verb::Tidy => tidy::run(),
        Verb::Faults(options) => chores::faults(&options),
        Verb::Fuzz(options) => fuzz::run(&options),
        Verb::Shots { part } => chores::shots(part.as_deref()),
        Verb::Bench { what } => chores::bench(what),
    }?;
    Ok(ExitCode::SUCCESS)
}
