//! A real Chromium and its driver, for the browser tests.

use anyhow::Result;

use crate::{debian, workspace};

const PROGRAMS: &[&str] = &["chromium", "chromedriver"];

/// Makes sure that both are on PATH.
pub fn prepare() -> Result<()> {
    if PROGRAMS.iter().all(|program| workspace::on_path(program)) {
        return Ok(());
    }
    debian::install(&["chromium", "chromium-driver"], "Chromium with its driver, for the browser tests,")
}
