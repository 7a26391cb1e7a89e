//! Where things are: the project's folders, the cache folder that every clone on this machine shares, and the commands
//! that are started from them.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// The project's top folder.
pub fn root() -> PathBuf {
    // Cargo says at run time where xtask lives; the path compiled in would be another clone's when two share a target folder.
    let xtask =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    xtask.parent().map_or_else(|| xtask.clone(), Path::to_path_buf)
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |chosen| root().join(chosen))
}

/// The collector's program, as [`collector_build`] leaves it.
pub fn pagepoll() -> PathBuf {
    target().join("debug/pagepoll")
}

/// Tools and sysroots, keyed by version, so that a fresh clone on the same machine finds them ready.
pub fn cache() -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env::var_os("HOME").context("neither XDG_CACHE_HOME nor HOME is set: set one")?)
            .join(".cache"),
    };
    Ok(base.join("pagepoll"))
}

/// A command started in the project's top folder, without what `cargo run` says about xtask itself.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    // Build scripts that watch these variables would run again each time the caller changes from a shell to xtask.
    for (name, _) in env::vars_os().filter(|(name, _)| describes_xtask(name)) {
        command.env_remove(name);
    }
    command
}

fn describes_xtask(variable: &OsStr) -> bool {
    let name = variable.to_string_lossy();
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

/// A cargo command. Callers that compile for the host name the whole workspace (`--workspace`) and choose targets within it:
/// features are then unified the same way each time, and no dependency is compiled twice.
pub fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut cargo = command("cargo");
    cargo.args(arguments);
    cargo
}

/// Builds the collector's program. The `dev` profile, because it compiles several times faster on a cold machine.
pub fn collector_build() -> Command {
    cargo(["build", "--workspace", "--bin", "pagepoll"])
}

/// A package of the workspace, as cargo sees it.
#[derive(Deserialize)]
pub struct Package {
    pub name: String,
    pub dependencies: Vec<Dependency>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
pub struct Dependency {
    pub name: String,
    /// Only dependencies within the workspace have one.
    pub path: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Package {
    /// Names of its targets of one kind: `bin`, `test`, ...
    pub fn targets_of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> {
        let of_kind = self.targets.iter().filter(move |target| target.kind.iter().any(|known| known == kind));
        of_kind.map(|target| target.name.as_str())
    }
}

/// The workspace's own packages.
pub fn packages() -> Result<Vec<Package>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    let printed = output_of(&mut cargo(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Metadata = serde_json::from_str(&printed).context("cargo metadata printed something unexpected")?;
    Ok(metadata.packages)
}

/// What a command prints, trimmed; an error names the command.
pub fn output_of(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command.output().with_context(|| format!("cannot start {shown}"))?;
    ensure!(output.status.success(), "{shown} failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(String::from_utf8(output.stdout).with_context(|| format!("{shown} did not print text"))?.trim().to_owned())
}

/// A command as a person would type it.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Whether `program` is found on PATH.
pub fn on_path(program: &str) -> bool {
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// PATH with `folders` in front.
pub fn path_with(folders: &[PathBuf]) -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(folders.iter().cloned().chain(env::split_paths(&path))).context("a folder name contains ':'")
}
