//! Packages from npm, each in one pinned version: programs that Node.js runs, and what others publish for browsers.
//!
//! They live in the cache folder, named for their version, so that a fresh clone on the same machine finds them ready. None is
//! ever committed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::{debian, step, workspace};

/// One package in one version.
pub struct Package {
    pub name: &'static str,
    pub version: &'static str,
    /// A file that is there when it is installed, below `node_modules`.
    pub proof: &'static str,
}

impl Package {
    /// Its own folder in the cache.
    pub fn folder(&self) -> Result<PathBuf> {
        Ok(workspace::cache()?.join(format!("{}-{}", self.name, self.version)))
    }

    /// A file of it: `path` is below `node_modules`.
    pub fn file(&self, path: &str) -> Result<PathBuf> {
        Ok(self.folder()?.join("node_modules").join(path))
    }

    /// Installs it where it is missing; hands back the file that proves it.
    pub fn install(&self) -> Result<PathBuf> {
        let Self { name, version, proof } = self;
        let proof = self.file(proof)?;
        if proof.exists() && workspace::on_path("node") {
            return Ok(proof);
        }
        if !workspace::on_path("npm") || !workspace::on_path("node") {
            debian::install(&["nodejs", "npm"], &format!("Node.js, which brings and runs {name},"))?;
        }
        // Made beside its place and moved: a folder of that name is always whole.
        let folder = self.folder()?;
        let partial = folder.with_file_name(format!("{name}-{version}.partial"));
        let mut npm = workspace::command("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts", "--prefix"]);
        npm.arg(&partial).arg(format!("{name}@{version}"));
        step::run(&format!("npm: install {name} {version}"), &mut npm)?;
        replace_folder(&partial, &folder)?;
        ensure!(proof.exists(), "{name} {version} came without {}: has its layout changed?", proof.display());
        Ok(proof)
    }
}

fn replace_folder(partial: &Path, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::rename(partial, folder).with_context(|| format!("cannot move {} into place", partial.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_has_a_folder_of_its_own() {
        let esbuild = |version| Package { name: "esbuild", version, proof: ".bin/esbuild" };
        let folder = esbuild("0.28.2").folder().unwrap();
        assert!(folder.ends_with("pagepoll/esbuild-0.28.2"), "{}", folder.display());
        assert_ne!(folder, esbuild("0.28.3").folder().unwrap());
    }
}
