//! The stages, in order. A new one is a line in [`STAGES`].

use anyhow::Result;

use super::counts::Counts;
use super::{Length, browsers, databases, typings};
use crate::{dist, fuzz, size, step, tidy, workspace};

/// One part of the proof.
pub struct Stage {
    pub name: &'static str,
    /// Stages without which this one would only fail again.
    pub needs: &'static [&'static str],
    pub work: fn(Length) -> Result<Counts>,
}

pub const STAGES: &[Stage] = &[
    Stage { name: "format", needs: &[], work: |_| format() },
    Stage { name: "tidy", needs: &[], work: |_| one(tidy::run()) },
    Stage { name: "clippy", needs: &[], work: |_| clippy() },
    Stage { name: "browsers", needs: &[], work: |_| one(browsers::prepare()) },
    Stage { name: "databases", needs: &[], work: |_| one(databases::prepare()) },
    Stage { name: "typings", needs: &[], work: |_| typings::check() },
    Stage { name: "dist", needs: &[], work: |_| one(dist::run()) },
    Stage { name: "size", needs: &["dist"], work: |_| one(size::run()) },
    Stage { name: "build", needs: &[], work: |_| build() },
    Stage { name: "unit tests", needs: &["databases", "build"], work: unit_tests },
    Stage { name: "doc tests", needs: &["build"], work: doc_tests },
    Stage { name: "API tests", needs: &["dist", "build"], work: |length| integration("API tests", "api", length) },
    Stage { name: "browser tests", needs: &["browsers", "dist", "build"], work: browser_tests },
    Stage { name: "fuzzing", needs: &[], work: |length| one(fuzz::run(&length.into())) },
    Stage { name: "fault tests", needs: &["databases", "dist", "build"], work: fault_tests },
];

fn format() -> Result<Counts> {
    let mut cargo = workspace::cargo(["fmt", "--all", "--", "--check", "--color=never"]);
    one(step::run("format: cargo fmt --check", &mut cargo))
}

fn clippy() -> Result<Counts> {
    dist::ensure_folder()?;
    let mut cargo = workspace::cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    one(step::run("clippy: cargo clippy", &mut cargo))
}

/// The collector's program and every test, in one build: separate ones would unify features differently and compile shared
/// dependencies again.
fn build() -> Result<Counts> {
    dist::ensure_folder()?;
    one(step::run("build: cargo build", &mut workspace::cargo(["build", "--workspace", "--bins", "--tests"])))
}

fn unit_tests(length: Length) -> Result<Counts> {
    let mut cargo = workspace::cargo(["test", "--workspace", "--no-fail-fast", "--lib", "--bins"]);
    for target in crates_own_integration_tests()? {
        cargo.args(["--test", &target]);
    }
    tests("unit tests: cargo test", databases::beside(&cargo), length)
}

fn doc_tests(length: Length) -> Result<Counts> {
    tests("doc tests: cargo test", workspace::cargo(["test", "--workspace", "--no-fail-fast", "--doc"]), length)
}

fn integration(stage: &str, target: &str, length: Length) -> Result<Counts> {
    tests(&format!("{stage}: cargo test"), integration_tests(target), length)
}

fn browser_tests(length: Length) -> Result<Counts> {
    let mut cargo = integration_tests("browser");
    browsers::tell(&mut cargo)?;
    tests("browser tests: cargo test", cargo, length)
}

fn fault_tests(length: Length) -> Result<Counts> {
    let mut cargo = integration_tests("faults");
    // One at a time: most of them measure, and each is a load of its own.
    cargo.args(["--", "--test-threads=1"]);
    tests("fault tests: cargo test", cargo, length)
}

fn integration_tests(target: &str) -> std::process::Command {
    workspace::cargo(["test", "--workspace", "--no-fail-fast", "--test", target])
}

fn tests(name: &str, mut cargo: std::process::Command, length: Length) -> Result<Counts> {
    length.tell(&mut cargo);
    // A test's message names what is wrong; a backtrace would push it out of the part of the log that is shown.
    cargo.env("RUST_BACKTRACE", "0");
    let attempt = step::attempt(name, &mut cargo)?;
    if !attempt.status.success() {
        println!("the whole log is in {}", attempt.log.display());
    }
    Ok(Counts::in_output(&attempt.output, attempt.status.success().into()))
}

/// Test targets of the crates themselves (`survey/tests/*.rs` and the like); those of the package `tests` are stages of their own.
fn crates_own_integration_tests() -> Result<Vec<String>> {
    let packages = workspace::packages()?;
    let own = packages.iter().filter(|package| package.name != "tests");
    Ok(own.flat_map(|package| package.targets_of_kind("test")).map(str::to_owned).collect())
}

/// A stage that is one check.
fn one(result: Result<()>) -> Result<Counts> {
    result.map(|()| Counts::ONE_PASSED)
}
