//! Whether the typings that sites get, `widget/pagepoll.d.ts`, say what a site's TypeScript may do: the compiler has to accept a
//! file of right uses, and to refuse each line of wrong ones.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::counts::Counts;
use crate::npm::Package;
use crate::{step, workspace};

const TYPESCRIPT: Package = Package { name: "typescript", version: "7.0.2", proof: ".bin/tsc" };

/// Every call a site may make. A line after `@ts-expect-error` must be refused, or the whole file is.
const USAGE: &str = "tests/types/usage.ts";
const TYPINGS: &str = "widget/pagepoll.d.ts";

pub fn check() -> Result<Counts> {
    let compiler = TYPESCRIPT.install()?;
    step::run("typings: tsc --strict", &mut strict(&compiler))?;
    ensure_usage_names_every_command()?;
    Ok(Counts::ONE_PASSED)
}

fn strict(compiler: &std::path::Path) -> Command {
    let mut tsc = workspace::command(compiler);
    tsc.args(["--noEmit", "--strict", "--ignoreConfig", "--target", "es2022", "--lib", "es2022,dom"]);
    // Nothing else that happens to lie around may help.
    tsc.args(["--types", ""]).args([TYPINGS, USAGE]);
    tsc
}

/// A command that nobody wrote an example for would not be checked.
fn ensure_usage_names_every_command() -> Result<()> {
    let path = workspace::root().join(USAGE);
    let usage = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    for command in ["track", "identify", "show", "close", "reset", "consent", "on", "remove"] {
        let call = format!("pagepoll(\"{command}\"");
        ensure!(usage.contains(&call), "{USAGE} never calls {call}: add an example");
    }
    Ok(())
}
