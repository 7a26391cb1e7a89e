//! Fuzzing: programs of libFuzzer look for input on which a promise of the `survey` crate breaks.
//!
//! Targets, seeds and dictionaries are in `fuzz/`, which is no member of the workspace: it is compiled with instrumentation of
//! its own. What a run has learned stays in the target folder, so that the next one begins there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::crates_io::Program;
use crate::test::Length;
use crate::{step, workspace};

const CARGO_FUZZ: Program<'_> =
    Program { package: "cargo-fuzz", version: "0.13.1", folder: "cargo-fuzz", binary: "cargo-fuzz" };

/// One file each in `fuzz/targets`, `fuzz/seeds` and `fuzz/dictionaries`.
const TARGETS: [&str; 4] = ["accept", "page_key", "rules", "custom_css"];

/// How long one input may take before it counts as a finding, in seconds.
const SLOWEST_SECONDS: u32 = 5;

/// The most memory that a target may take, in MiB.
const MEMORY_MB: u32 = 1_024;

#[derive(Args)]
pub struct Options {
    /// How long each target runs, in seconds
    #[arg(long, default_value_t = 20)]
    seconds: u32,
}

impl From<Length> for Options {
    /// Each target's share of a whole proof.
    fn from(length: Length) -> Self {
        let seconds = match length {
            Length::Usual => 10,
            Length::Long => 600,
        };
        Self { seconds }
    }
}

/// Builds all targets and runs one after the other.
///
/// # Errors
/// When one finds something: the message names the input, which is kept.
pub fn run(options: &Options) -> Result<()> {
    let folder = workspace::target().join("fuzz");
    build(&folder)?;
    let mut found = Vec::new();
    for target in TARGETS {
        found.extend(run_target(target, options, &folder)?);
    }
    ensure!(
        found.is_empty(),
        "fuzzing found something; run the program with one of these files as its argument to see it again, \
         and when it is fixed put the file among the seeds:\n{}",
        found.iter().map(|file| format!("  {}", file.display())).collect::<Vec<_>>().join("\n")
    );
    Ok(())
}

fn build(folder: &Path) -> Result<()> {
    let program = CARGO_FUZZ.install(|install| {
        install.args(["--locked", "--debug"]).env("CARGO_PROFILE_DEV_DEBUG", "0");
    })?;
    let mut build = workspace::command(program);
    // No sanitizer: there is no unsafe code here, and without one it runs twice as fast on any toolchain. What stable Rust does
    // not let everybody do is the instrumentation.
    build.args(["fuzz", "build", "--fuzz-dir", "fuzz", "--sanitizer", "none", "--target-dir"]);
    build.arg(folder).env("RUSTC_BOOTSTRAP", "1");
    step::run("fuzz: build", &mut build)
}

/// Runs one target; hands back the inputs on which a promise broke.
fn run_target(target: &str, options: &Options, folder: &Path) -> Result<Vec<PathBuf>> {
    let (learned, findings) = (folder.join("corpus").join(target), folder.join("findings").join(target));
    for folder in [&learned, &findings] {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    // What was found before is tried first: it is found again, unless it is fixed.
    for found in findings_in(&findings)? {
        let known = learned.join(found.file_name().unwrap_or_default());
        fs::rename(&found, known).with_context(|| format!("cannot move {}", found.display()))?;
    }
    let mut program = Command::new(program(target, folder)?);
    program.current_dir(workspace::root());
    program.arg(format!("-max_total_time={}", options.seconds));
    program.arg(format!("-timeout={SLOWEST_SECONDS}")).arg(format!("-rss_limit_mb={MEMORY_MB}"));
    program.arg(format!("-dict=fuzz/dictionaries/{target}"));
    program.arg(format!("-artifact_prefix={}/", findings.display()));
    program.arg("-print_final_stats=1").arg(&learned).arg(format!("fuzz/seeds/{target}"));
    let attempt = step::attempt(&format!("fuzz: {target}"), &mut program)?;
    let executions = executions_in(&attempt.output).unwrap_or_default();
    let found = findings_in(&findings)?;
    println!("fuzz: {target}: {executions} executions, {} findings", found.len());
    ensure!(
        attempt.status.success() || !found.is_empty(),
        "fuzz: {target}: {}; the whole log is in {}",
        attempt.status,
        attempt.log.display()
    );
    Ok(found)
}

fn program(target: &str, folder: &Path) -> Result<PathBuf> {
    let version = workspace::output_of(workspace::command("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc -vV names no host")?;
    Ok(folder.join(host).join("release").join(target))
}

fn findings_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let files = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    files.map(|file| Ok(file?.path())).collect()
}

/// `stat::number_of_executed_units: 814979`
fn executions_in(output: &str) -> Option<u64> {
    output.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executions_are_read_from_what_libfuzzer_says_last() {
        assert_eq!(executions_in("Done 3 runs\nstat::number_of_executed_units: 814979\nstat::x: 1"), Some(814_979));
    }

    #[test]
    fn every_target_has_its_files() {
        for target in TARGETS {
            for file in [format!("targets/{target}.rs"), format!("dictionaries/{target}"), format!("seeds/{target}")] {
                assert!(workspace::root().join("fuzz").join(&file).exists(), "fuzz/{file}");
            }
        }
    }
}
