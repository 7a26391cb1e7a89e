//! Programs in Python, each in one pinned version. They live in the cache folder, named for their version, so that a fresh clone on
//! the same machine finds them ready.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::{debian, step, workspace};

/// The system's own: what runs as another user could not read one in somebody's home.
const PYTHON: &str = "/usr/bin/python3";

/// One package in one version.
pub struct Package {
    pub name: &'static str,
    pub version: &'static str,
    /// What else of it is wanted, in brackets.
    pub extras: &'static str,
}

impl Package {
    /// Installs it, with what it imports, into a folder `packages` of its own in the cache, for `PYTHONPATH`.
    pub fn install(&self) -> Result<()> {
        let Self { name, version, extras } = self;
        let folder = self.folder()?;
        if Path::new(PYTHON).is_file() && folder.join("packages").join(name).is_dir() {
            return Ok(());
        }
        if !makes_venvs() {
            debian::install(&["python3-venv"], &format!("Python with venv, which brings and runs {name},"))?;
        }
        // Made beside its place and moved: a folder of that name is always whole. One that was not finished is begun anew.
        let partial = folder.with_file_name(format!("partial-{name}-{version}"));
        remove(&partial)?;
        let mut venv = workspace::command(PYTHON);
        // A venv for its pip alone: Debian's own wants no packages beside its own.
        venv.args(["-m", "venv", "--clear"]).arg(partial.join("venv"));
        step::run(&format!("pypi: a venv for {name}"), &mut venv)?;
        let mut pip = workspace::command(partial.join("venv/bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]);
        pip.arg(partial.join("packages")).arg(format!("{name}{extras}=={version}"));
        step::run(&format!("pypi: install {name} {version}"), &mut pip)?;
        remove(&partial.join("venv"))?;
        ensure!(
            partial.join("packages").join(name).is_dir(),
            "{name} {version} came without {name}: has its layout changed?"
        );
        remove(&folder)?;
        fs::rename(&partial, &folder).with_context(|| format!("cannot move {} into place", partial.display()))
    }

    fn folder(&self) -> Result<PathBuf> {
        Ok(workspace::cache()?.join(format!("{}-{}", self.name, self.version)))
    }
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

/// Debian's Python can do so only with a package more.
fn makes_venvs() -> bool {
    workspace::output_of(workspace::command(PYTHON).args(["-c", "import ensurepip"])).is_ok()
}
