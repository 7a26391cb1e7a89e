//! Real browsers and their drivers, for the browser tests: Chromium and Firefox.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::crates_io::Program;
use crate::{debian, workspace};

/// Programs that must be on PATH, and the packages that bring them.
const PROGRAMS: &[(&str, &str)] =
    &[("chromium", "chromium"), ("chromedriver", "chromium-driver"), ("firefox-esr", "firefox-esr")];

/// Firefox's driver, which Debian 12 does not have.
const GECKODRIVER: Program<'_> =
    Program { package: "geckodriver", version: "0.37.1", folder: "geckodriver", binary: "geckodriver" };

/// How the tests learn where it is.
const GECKODRIVER_PLACE: &str = "PAGEPOLL_GECKODRIVER";

/// Makes sure that all of them are there.
pub fn prepare() -> Result<()> {
    let missing: Vec<&str> =
        PROGRAMS.iter().filter(|(program, _)| !workspace::on_path(program)).map(|(_, package)| *package).collect();
    if !missing.is_empty() {
        debian::install(&missing, "A browser or its driver, for the browser tests,")?;
    }
    // Unoptimised, because it only passes messages on, and compiles in a third of the time.
    GECKODRIVER
        .install(|install| {
            install.arg("--debug").env("CARGO_PROFILE_DEV_DEBUG", "0");
        })
        .map(drop)
}

/// Tells a test run where the driver is that is not on PATH.
pub fn tell(tests: &mut Command) -> Result<()> {
    let place: PathBuf = GECKODRIVER.path()?;
    tests.env(GECKODRIVER_PLACE, place);
    Ok(())
}
