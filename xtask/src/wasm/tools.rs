//! The tools behind a Wasm build: Trunk drives where one page has one module, wasm-split takes a module apart, wasm-bindgen makes the
//! JavaScript glue, wasm-opt makes modules small and esbuild the glue.
//!
//! Trunk takes a tool from PATH only when its version is exactly the one wanted, so each lives in a folder that is named
//! for its version.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::crates_io::Program;
use crate::npm::Package;
use crate::workspace;

/// 0.22 wants a newer compiler than ours.
const TRUNK: Program<'_> = Program { package: "trunk", version: "0.21.14", folder: "trunk", binary: "trunk" };
/// Understands what `wasm_split_helpers` marks (Leptos brings it), and casts as wasm-bindgen describes them since 0.2.128.
const WASM_SPLIT: Program<'_> =
    Program { package: "wasm_split_cli_support", version: "0.2.4", folder: "wasm-split", binary: "wasm-split-cli" };
/// Debian's own, 108, is too old for what today's compiler emits. Also said in Trunk.toml.
const BINARYEN: Package = Package { name: "binaryen", version: "132", proof: ".bin/wasm-opt" };
const ESBUILD: Package = Package { name: "esbuild", version: "0.28.2", proof: ".bin/esbuild" };

/// Where the tools are. Made only by [`prepare`], so they exist.
pub struct Tools {
    trunk: PathBuf,
    wasm_split: PathBuf,
    wasm_bindgen: PathBuf,
    wasm_opt: PathBuf,
    esbuild: PathBuf,
    wasm_bindgen_version: String,
}

impl Tools {
    pub fn trunk(&self) -> &Path {
        &self.trunk
    }

    /// The folders to put on PATH.
    pub fn folders(&self) -> Vec<PathBuf> {
        let folders = [&self.wasm_bindgen, &self.wasm_opt].map(|program| program.parent());
        folders.into_iter().flatten().map(Path::to_path_buf).collect()
    }

    pub fn wasm_split(&self) -> &Path {
        &self.wasm_split
    }

    pub fn wasm_bindgen(&self) -> &Path {
        &self.wasm_bindgen
    }

    pub fn wasm_opt(&self) -> &Path {
        &self.wasm_opt
    }

    pub fn esbuild(&self) -> &Path {
        &self.esbuild
    }

    pub fn describe(&self) -> String {
        let wasm_bindgen = &self.wasm_bindgen_version;
        let (trunk, split, binaryen, esbuild) = (TRUNK.version, WASM_SPLIT.version, BINARYEN.version, ESBUILD.version);
        format!(
            "trunk {trunk}, wasm-split {split}, wasm-bindgen {wasm_bindgen}, binaryen {binaryen}, esbuild {esbuild}"
        )
    }
}

/// Installs the tools that are not in the cache folder yet.
pub fn prepare() -> Result<Tools> {
    let manifest = workspace::root().join("Cargo.toml");
    let manifest = fs::read_to_string(&manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
    let wasm_bindgen_version = pinned_wasm_bindgen(&manifest)?;
    Ok(Tools {
        trunk: install_trunk()?,
        wasm_split: install_wasm_split()?,
        wasm_bindgen: install_wasm_bindgen(&wasm_bindgen_version)?,
        wasm_opt: BINARYEN.install()?,
        esbuild: ESBUILD.install()?,
        wasm_bindgen_version,
    })
}

/// An unoptimised build without TLS: Trunk only starts other programs and never downloads here. It compiles in a third of
/// the time.
fn install_trunk() -> Result<PathBuf> {
    TRUNK.install(|install| {
        install.args(["--locked", "--no-default-features", "--debug"]).env("CARGO_PROFILE_DEV_DEBUG", "0");
    })
}

fn install_wasm_split() -> Result<PathBuf> {
    WASM_SPLIT.install(|install| {
        install.args(["--features", "build-binary", "--bin", WASM_SPLIT.binary]);
    })
}

/// Optimised, because it reads and rewrites whole modules. Not `--locked`: its lock file names versions that a mirror may lack.
fn install_wasm_bindgen(version: &str) -> Result<PathBuf> {
    let (package, folder, binary) = ("wasm-bindgen-cli", "wasm-bindgen", "wasm-bindgen");
    Program { package, version, folder, binary }.install(|install| {
        install.args(["--no-default-features", "--bin", "wasm-bindgen"]);
    })
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
    fn trunks_file_names_the_versions_we_install() {
        let text = fs::read_to_string(workspace::root().join("Trunk.toml")).unwrap();
        assert!(text.contains(&format!("trunk-version = \"{}\"", TRUNK.version)), "{text}");
        assert!(text.contains(&format!("wasm_opt = \"version_{}\"", BINARYEN.version)), "{text}");
    }
}
