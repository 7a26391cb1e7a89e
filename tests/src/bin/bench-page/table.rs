//! The table, as BENCHMARKS.md has it.

use std::path::Path;

use anyhow::Context;

use crate::case::{CASES, Case};
use crate::promises::Promise;
use crate::view::Cost;

const BEGIN: &str = "<!-- written by `cargo xtask bench page`: begin -->";
const END: &str = "<!-- written by `cargo xtask bench page`: end -->";

pub fn of(costs: &[Cost; CASES.len()]) -> String {
    let names = CASES.map(Case::name).join(" | ");
    let mut table = format!("| medians of {} | {names} |\n|---|{}\n", crate::RUNS, "---|".repeat(CASES.len()));
    let mut row = |name: &str, decimals: usize, figure: fn(&Cost) -> f64| {
        let figures = costs.each_ref().map(|cost| match figure(cost) {
            number if number.is_finite() => format!("{number:.decimals$}"),
            _ => "–".to_owned(),
        });
        table.push_str(&format!("| {name} | {} |\n", figures.join(" | ")));
    };
    row("requests", 0, |cost| cost.requests);
    row("bytes, with heads", 0, |cost| cost.bytes);
    row("visible after, ms", 0, |cost| cost.visible_ms);
    row("TBT, ms", 0, |cost| cost.blocked_ms);
    row("long tasks", 0, |cost| cost.long_tasks);
    row("layout shift", 3, |cost| cost.shift);
    row("CPU of scripts, ms", 1, |cost| cost.script_ms);
    row("CPU of everything, ms", 1, |cost| cost.task_ms);
    row("heap, MB", 2, |cost| cost.heap_mb);
    table
}

/// Puts the table and what it missed between the marks.
pub fn write(table: &str, promises: &[Promise]) -> anyhow::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("BENCHMARKS.md");
    let document = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let (before, rest) = document
        .split_once(BEGIN)
        .with_context(|| format!("BENCHMARKS.md has no line {BEGIN}: put both marks where the table belongs"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("BENCHMARKS.md has no line {END}"))?;
    let missed: Vec<String> =
        promises.iter().filter(|promise| !promise.is_held()).map(|promise| format!("- {promise}")).collect();
    let held = promises.len() - missed.len();
    let verdict = match missed.as_slice() {
        [] => format!("All {held} bounds held."),
        missed => format!("{held} bounds held; missed:\n\n{}", missed.join("\n")),
    };
    let document = format!("{before}{BEGIN}\n\n{table}\n{verdict}\n\n{END}{after}");
    std::fs::write(&path, document).with_context(|| format!("cannot write {}", path.display()))
}
