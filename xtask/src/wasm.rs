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
    /// A Trunk command that finds exactly our compiler and tools.
    pub fn trunk(&self) -> Result<Command> {
        let mut trunk = workspace::command(self.tools.trunk());
        trunk.env("PATH", workspace::path_with(&self.tools.folders())?);
        // Trunk 0.21 stops at `NO_COLOR=1`, which others set in good faith: it wants `true`.
        trunk.env_remove("NO_COLOR");
        // Its own backtraces, which are long, would push the compiler's message out of sight.
        trunk.env("RUST_BACKTRACE", "0");
        self.toolchain.set_on(&mut trunk);
        Ok(trunk)
    }

    /// Compiler and tool versions in one line. Part of the stamp: a new version means a new build.
    pub fn describe(&self) -> Result<String> {
        Ok(format!("{}, {}", self.toolchain.describe()?, self.tools.describe()))
    }
}
