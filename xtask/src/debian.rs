//! Installing Debian packages, where we may: on Debian, as root. Everywhere else the person is told what to install.

use anyhow::{Result, ensure};

use crate::{step, workspace};

/// Installs `packages`, wanted for `purpose`.
///
/// # Errors
/// When this is not Debian or not root, with the command for the person to run.
pub fn install(packages: &[&str], purpose: &str) -> Result<()> {
    let list = packages.join(" ");
    ensure!(
        workspace::on_path("apt-get"),
        "{purpose} is missing, and this is not Debian: install what your system calls {list}, then run this again"
    );
    ensure!(
        is_root()?,
        "{purpose} is missing: run `sudo apt-get install --no-install-recommends {list}`, then run this again"
    );
    update()?;
    let mut install = workspace::command("apt-get");
    install
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive");
    step::run(&format!("debian: apt-get install {list}"), &mut install)
}

/// Refreshes the package lists.
pub fn update() -> Result<()> {
    step::run("debian: apt-get update", workspace::command("apt-get").arg("update"))
}

/// Whether we run as root.
pub fn is_root() -> Result<bool> {
    Ok(workspace::output_of(workspace::command("id").arg("-u"))? == "0")
}
