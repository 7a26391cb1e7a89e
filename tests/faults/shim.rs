//! The shim between a collector and its disk and clock: compiled, loaded and told what to do. What it does, and why it is C, is in
//! `shim/shim.c`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use anyhow::{Context, ensure};
use tempfile::TempDir;
use tests::Collector;

use crate::journal::Journal;

/// A shim for one collector. What it is told holds at once, while the collector runs.
pub struct Shim {
    /// Outside of the collector's folder: the flags, the clock and the journal.
    folder: TempDir,
}

impl Shim {
    pub fn new() -> anyhow::Result<Self> {
        let shim = Self { folder: tempfile::tempdir()? };
        shim.shift_clock(0)?;
        Ok(shim)
    }

    /// Puts itself under a collector, from its next start on.
    pub fn slip_under(&self, collector: &mut Collector) -> anyhow::Result<()> {
        let library = LIBRARY.as_ref().map_err(|error| anyhow::anyhow!("{error}"))?;
        collector.surround("LD_PRELOAD", library);
        collector.surround("SHIM_FOLDER", collector.folder().canonicalize()?);
        collector.surround("SHIM_JOURNAL", self.path("journal"));
        collector.surround("SHIM_FSYNC", self.path("fsync"));
        collector.surround("SHIM_SPACE", self.path("space"));
        collector.surround("SHIM_CLOCK", self.path("clock"));
        Ok(())
    }

    /// From the next start on, commits are not synced: what `synchronous = NORMAL` means for a write-ahead log.
    pub fn leave_commits_unsynced(collector: &mut Collector) {
        collector.surround("SHIM_NORMAL", "1");
    }

    /// No file can be synced any more.
    pub fn fail_syncs(&self) -> anyhow::Result<()> {
        Ok(fs::write(self.path("fsync"), "")?)
    }

    pub fn heal_syncs(&self) -> anyhow::Result<()> {
        Ok(fs::remove_file(self.path("fsync"))?)
    }

    /// The disk is full.
    pub fn fill_disk(&self) -> anyhow::Result<()> {
        Ok(fs::write(self.path("space"), "")?)
    }

    pub fn free_disk(&self) -> anyhow::Result<()> {
        Ok(fs::remove_file(self.path("space"))?)
    }

    /// The wall clock is wrong by so many seconds from now on.
    pub fn shift_clock(&self, seconds: i64) -> anyhow::Result<()> {
        use std::io::Write;
        // In place, because the collector looks at the same page of memory.
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(self.path("clock"))?;
        Ok(file.write_all(&seconds.to_ne_bytes())?)
    }

    /// All that has happened to the collector's files.
    pub fn journal(&self) -> anyhow::Result<Journal> {
        Journal::read(&self.path("journal"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Compiled once for all tests. Whoever builds Rust programs has a `cc`: it links them.
static LIBRARY: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| compile().map_err(|error| format!("{error:#}")));

fn compile() -> anyhow::Result<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("faults/shim/shim.c");
    let beside = std::env::current_exe()?.with_file_name("");
    // Another run of the tests may be using the one that is there.
    let (made, library) = (beside.join(format!("shim-{}.so", std::process::id())), beside.join("pagepoll-shim.so"));
    let compiled = Command::new("cc")
        .args(["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread", "-o"])
        .args([&made, &source])
        .arg("-ldl")
        .output()
        .context("there is no `cc`; install a C compiler, which Rust needs as well")?;
    ensure!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    fs::rename(&made, &library)?;
    Ok(library)
}
