//! Makes this machine able to build WebAssembly, and hands out what a build then needs.
//!
//! Everything lands in the cache folder and is checked for before it is built, so only the first run on a machine is slow.

mod debian_sysroot;
mod toolchain;
mod tools;

use std::process::Command;

use anyhow::Result;

use crate::workspace;
pub use toolchain::TARGET;
use toolchain::WasmToolchain;
use tools::Tools;

/// A compiler and tools that are ready to build for the browser.
pub struct Workbench {
    toolchain: WasmToolchain,
    tools: Tools,
}

/// Sets up what is missing and prints what is there.
pub fn run() -> Result<()> {
    println!("ready: {}", prepare()?.describe()?);
    Ok(())
}

/// Sets up what is missing; says nothing when nothing is.
pub fn prepare() -> Result<Workbench> {
    Ok(Workbench { toolchain: toolchain::prepare()?, tools: tools::prepare()? })
}

impl Workbench {
    /// A Trunk command that finds exactly our compiler and tools. `flags` are for rustc, beside those of every build.
    pub fn trunk(&self, flags: &[&str]) -> Result<Command> {
        let mut trunk = workspace::command(self.tools.trunk());
        trunk.env("PATH", workspace::path_with(&self.tools.folders())?);
        // Trunk 0.21 stops at `NO_COLOR=1`, which others set in good faith: it wants `true`.
        trunk.env_remove("NO_COLOR");
        // Its own backtraces, which are long, would push the compiler's message out of sight.
        trunk.env("RUST_BACKTRACE", "0");
        self.toolchain.set_on(&mut trunk, flags);
        Ok(trunk)
    }

    /// `cargo rustc` for the browser, offline: what comes behind `--` is for the last crate alone. `flags` are for every crate.
    pub fn cargo_rustc(&self, flags: &[&str]) -> Command {
        let mut cargo = workspace::cargo(["rustc", "--offline", "--target", TARGET]);
        self.toolchain.set_on(&mut cargo, flags);
        cargo
    }

    pub fn wasm_split(&self) -> Command {
        workspace::command(self.tools.wasm_split())
    }

    pub fn wasm_bindgen(&self) -> Command {
        workspace::command(self.tools.wasm_bindgen())
    }

    /// `cargo fetch`, which for a Wasm build brings the crates of the standard library too.
    pub fn cargo_fetch(&self) -> Command {
        let mut cargo = workspace::cargo(["fetch"]);
        self.toolchain.set_on(&mut cargo, &[]);
        cargo
    }

    pub fn wasm_opt(&self) -> Command {
        workspace::command(self.tools.wasm_opt())
    }

    pub fn esbuild(&self) -> Command {
        workspace::command(self.tools.esbuild())
    }

    /// Compiler and tool versions in one line.
    pub fn describe(&self) -> Result<String> {
        Ok(format!("{}, {}", self.toolchain.describe()?, self.tools.describe()))
    }

    /// All that a result depends on besides its sources, for its stamp: a new version or flag means a new build.
    pub fn fingerprint(&self) -> Result<String> {
        Ok(format!("{}\n{}", self.describe()?, self.toolchain.settings()))
    }
}
