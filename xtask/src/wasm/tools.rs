//! The tools behind a Wasm build: Trunk drives, wasm-bindgen makes the JavaScript glue, wasm-opt makes the module small and
//! esbuild the glue.
//!
//! Trunk takes a tool from PATH only when its version is exactly the one wanted, so each lives in a folder that is named
//! for its version.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{debian, step, workspace};

/// 0.22 wants a newer compiler than ours.
const TRUNK: &str = "0.21.14";
/// Debian's own, 108, is too old for what today's compiler emits. Also said in both Trunk.toml files.
const BINARYEN: &str = "132";
const ESBUILD: &str = "0.28.2";
/// Where npm puts programs, in the folder that it installs to.
const NPM_PROGRAMS: &str = "node_modules/.bin";

/// Where the tools are. Made only by [`prepare`], so they exist.
pub struct Tools {
    cache: PathBuf,
    wasm_bindgen_version: String,
}

impl Tools {
    pub fn trunk(&self) -> PathBuf {
        self.trunk_folder().join("bin/trunk")
    }

    /// The folders to put on PATH.
    pub fn folders(&self) -> Vec<PathBuf> {
        vec![self.wasm_bindgen_folder().join("bin"), self.npm_folder("binaryen", BINARYEN).join(NPM_PROGRAMS)]
    }

    pub fn wasm_opt(&self) -> PathBuf {
        self.npm_folder("binaryen", BINARYEN).join(NPM_PROGRAMS).join("wasm-opt")
    }

    pub fn esbuild(&self) -> PathBuf {
        self.npm_folder("esbuild", ESBUILD).join(NPM_PROGRAMS).join("esbuild")
    }

    pub fn describe(&self) -> String {
        let wasm_bindgen = &self.wasm_bindgen_version;
        format!("trunk {TRUNK}, wasm-bindgen {wasm_bindgen}, binaryen {BINARYEN}, esbuild {ESBUILD}")
    }

    fn trunk_folder(&self) -> PathBuf {
        self.cache.join(format!("trunk-{TRUNK}"))
    }

    fn wasm_bindgen_folder(&self) -> PathBuf {
        self.cache.join(format!("wasm-bindgen-{}", self.wasm_bindgen_version))
    }

    fn npm_folder(&self, package: &str, version: &str) -> PathBuf {
        self.cache.join(format!("{package}-{version}"))
    }
}

/// Installs the tools that are not in the cache folder yet.
pub fn prepare() -> Result<Tools> {
    let manifest = workspace::root().join("Cargo.toml");
    let manifest = fs::read_to_string(&manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
    let tools = Tools { cache: workspace::cache()?, wasm_bindgen_version: pinned_wasm_bindgen(&manifest)? };
    install_trunk(&tools)?;
    install_wasm_bindgen(&tools)?;
    install_from_npm(&tools, "binaryen", BINARYEN, &tools.wasm_opt())?;
    install_from_npm(&tools, "esbuild", ESBUILD, &tools.esbuild())?;
    Ok(tools)
}

/// An unoptimised build without TLS: Trunk only starts other programs and never downloads here. It compiles in a third of
/// the time.
fn install_trunk(tools: &Tools) -> Result<()> {
    if tools.trunk().is_file() {
        return Ok(());
    }
    let mut install = cargo_install("trunk", TRUNK, &tools.trunk_folder(), &tools.cache)?;
    install.args(["--locked", "--no-default-features", "--debug"]).env("CARGO_PROFILE_DEV_DEBUG", "0");
    step::run(&format!("wasm: cargo install trunk {TRUNK}"), &mut install)?;
    forget_build(&tools.cache)
}

/// Optimised, because it reads and rewrites whole modules. Not `--locked`: its lock file names versions that a mirror may lack.
fn install_wasm_bindgen(tools: &Tools) -> Result<()> {
    let folder = tools.wasm_bindgen_folder();
    if folder.join("bin/wasm-bindgen").is_file() {
        return Ok(());
    }
    let version = &tools.wasm_bindgen_version;
    let mut install = cargo_install("wasm-bindgen-cli", version, &folder, &tools.cache)?;
    install.args(["--no-default-features", "--bin", "wasm-bindgen"]);
    step::run(&format!("wasm: cargo install wasm-bindgen-cli {version}"), &mut install)?;
    forget_build(&tools.cache)
}

fn cargo_install(package: &str, version: &str, folder: &Path, cache: &Path) -> Result<Command> {
    fs::create_dir_all(cache).with_context(|| format!("cannot make {}", cache.display()))?;
    let mut install = workspace::command("cargo");
    // From the cache folder, so that our own .cargo/config.toml has no say in it.
    install.current_dir(cache).args(["install", package, "--version", version]);
    // A target folder of a fixed name: a build that was interrupted goes on where it stopped.
    install.arg("--root").arg(folder).arg("--target-dir").arg(build_folder(cache));
    Ok(install)
}

fn build_folder(cache: &Path) -> PathBuf {
    cache.join("build")
}

fn forget_build(cache: &Path) -> Result<()> {
    let folder = build_folder(cache);
    fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))
}

/// Both are scripts that Node.js runs; esbuild's starts the program for this machine, which comes as a package of its own.
fn install_from_npm(tools: &Tools, package: &str, version: &str, program: &Path) -> Result<()> {
    if program.exists() && workspace::on_path("node") {
        return Ok(());
    }
    if !workspace::on_path("npm") || !workspace::on_path("node") {
        debian::install(&["nodejs", "npm"], "Node.js, which runs wasm-opt and esbuild,")?;
    }
    // Made beside its place and moved: a folder of that name is always whole.
    let folder = tools.npm_folder(package, version);
    let partial = tools.npm_folder(package, &format!("{version}.partial"));
    let mut npm = workspace::command("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts", "--prefix"]);
    npm.arg(&partial).arg(format!("{package}@{version}"));
    step::run(&format!("wasm: npm install {package} {version}"), &mut npm)?;
    replace_folder(&partial, &folder)
}

fn replace_folder(partial: &Path, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::rename(partial, folder).with_context(|| format!("cannot move {} into place", partial.display()))
}

/// The version in `wasm-bindgen = "=X"`. The tool must have exactly the crate's version, so the pin is the one place for both.
fn pinned_wasm_bindgen(manifest: &str) -> Result<String> {
    manifest
        .lines()
        .find_map(|line| line.strip_prefix("wasm-bindgen = \"=")?.strip_suffix('"'))
        .map(str::to_owned)
        .context("Cargo.toml: no line `wasm-bindgen = \"=X\"` in [workspace.dependencies]; pin the version there")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pin_in_the_manifest_is_the_tools_version() {
        let manifest = "[workspace.dependencies]\nwasm-bindgen-futures = \"0.4\"\nwasm-bindgen = \"=0.2.130\"\n";
        assert_eq!(pinned_wasm_bindgen(manifest).unwrap(), "0.2.130");
    }

    #[test]
    fn a_loose_version_is_refused() {
        assert!(pinned_wasm_bindgen("wasm-bindgen = \"0.2\"\n").is_err());
    }

    #[test]
    fn both_trunk_files_name_the_versions_we_install() {
        for file in ["Trunk.toml", "console/Trunk.toml"] {
            let text = fs::read_to_string(workspace::root().join(file)).unwrap();
            assert!(text.contains(&format!("trunk-version = \"{TRUNK}\"")), "{file}");
            assert!(text.contains(&format!("wasm_opt = \"version_{BINARYEN}\"")), "{file}");
        }
    }
}
