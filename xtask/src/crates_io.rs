//! Programs from crates.io, each built once in one pinned version, in the cache folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{step, workspace};

/// One program in one version.
pub struct Program<'a> {
    pub package: &'a str,
    pub version: &'a str,
    /// The folder's name in the cache, before the version.
    pub folder: &'a str,
    /// What is built.
    pub binary: &'a str,
}

impl Program<'_> {
    /// Where it is when it is installed.
    pub fn path(&self) -> Result<PathBuf> {
        Ok(self.root(&workspace::cache()?).join("bin").join(self.binary))
    }

    /// Builds it where it is missing; `choose` says how. Hands back where it is.
    pub fn install(&self, choose: impl FnOnce(&mut Command)) -> Result<PathBuf> {
        let path = self.path()?;
        if path.is_file() {
            return Ok(path);
        }
        let cache = workspace::cache()?;
        fs::create_dir_all(&cache).with_context(|| format!("cannot make {}", cache.display()))?;
        let Self { package, version, .. } = self;
        let mut install = workspace::command("cargo");
        // From the cache folder, so that our own .cargo/config.toml has no say in it.
        install.current_dir(&cache).args(["install", package, "--version", version]);
        // A target folder of a fixed name: a build that was interrupted goes on where it stopped.
        install.arg("--root").arg(self.root(&cache)).arg("--target-dir").arg(build_folder(&cache));
        choose(&mut install);
        step::run(&format!("tools: cargo install {package} {version}"), &mut install)?;
        forget_build(&cache)?;
        Ok(path)
    }

    fn root(&self, cache: &Path) -> PathBuf {
        cache.join(format!("{}-{}", self.folder, self.version))
    }
}

fn build_folder(cache: &Path) -> PathBuf {
    cache.join("build")
}

fn forget_build(cache: &Path) -> Result<()> {
    let folder = build_folder(cache);
    fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))
}
