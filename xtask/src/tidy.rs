//! The invariants of ARCHITECTURE.md that a machine can check.
//!
//! Every finding says where, why, and the way out. A new check is a function and a line: in [`text::CHECKS`] when it looks
//! at one file at a time, in [`tree::CHECKS`] when it needs the whole project.

mod code_map;
mod links;
mod source;
mod text;
mod texts;
mod tokens;
mod tree;

use std::fmt::{self, Display};

use anyhow::{Result, ensure};

use crate::workspace;
use source::Source;

/// A broken rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    path: String,
    /// From 1. A finding about a whole file is at its first line.
    line: usize,
    why: String,
    way_out: &'static str,
}

impl Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}; {}", self.path, self.line, self.why, self.way_out)
    }
}

/// Checks everything, prints what is wrong.
pub fn run() -> Result<()> {
    let sources = source::all()?;
    let packages = workspace::packages()?;
    let project = tree::Project { sources: &sources, packages: &packages };
    let mut findings: Vec<Finding> = tree::CHECKS.iter().flat_map(|check| check(&project)).collect();
    findings.extend(sources.iter().flat_map(findings_in));
    findings.sort_by(|one, other| (&one.path, one.line).cmp(&(&other.path, other.line)));
    for finding in &findings {
        println!("{finding}");
    }
    println!("tidy: {} findings in {} files, bound 0", findings.len(), sources.len());
    ensure!(findings.is_empty(), "the project is not tidy");
    Ok(())
}

fn findings_in(source: &Source) -> Vec<Finding> {
    // The checks themselves have to name what they forbid.
    if source.path.starts_with("xtask/src/tidy") {
        return Vec::new();
    }
    text::CHECKS.iter().flat_map(|check| check(source)).collect()
}
