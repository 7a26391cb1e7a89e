//! Which compiler builds for the browser: the stock one where rustup has the target or can fetch it, Debian's otherwise.
//!
//! Only Wasm builds ever see the second; the server and the tests keep the stock toolchain.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::debian_sysroot;
use crate::{step, workspace};

pub const TARGET: &str = "wasm32-unknown-unknown";
/// Forces a route, to test it: `rustup` or `debian`.
const CHOICE: &str = "PAGEPOLL_WASM_TOOLCHAIN";

/// A compiler that can build for the browser.
pub enum WasmToolchain {
    Stock,
    /// The `rustc` to use in place of the stock one.
    Debian(PathBuf),
}

enum Route {
    WhateverWorks,
    Rustup,
    Debian,
}

impl WasmToolchain {
    /// Sets the environment variables that a Wasm build needs.
    pub fn set_on(&self, build: &mut Command) {
        if let Self::Debian(rustc) = self {
            build.env("RUSTC", rustc);
        }
    }

    pub fn describe(&self) -> Result<String> {
        match self {
            Self::Stock => workspace::output_of(workspace::command("rustc").arg("--version")),
            Self::Debian(rustc) => workspace::output_of(workspace::command(rustc).arg("--version")),
        }
    }
}

/// Finds a compiler with the Wasm target, or makes one.
pub fn prepare() -> Result<WasmToolchain> {
    match chosen_route()? {
        Route::Rustup => rustup(),
        Route::Debian => debian_sysroot::prepare().map(WasmToolchain::Debian),
        Route::WhateverWorks => whatever_works(),
    }
}

fn whatever_works() -> Result<WasmToolchain> {
    if stock_has_target()? {
        return Ok(WasmToolchain::Stock);
    }
    // On a machine that needed the detour once, do not wait for rustup to fail again.
    if let Some(rustc) = debian_sysroot::ready()? {
        return Ok(WasmToolchain::Debian(rustc));
    }
    rustup().or_else(|error| {
        println!("{error:#}\nrustup cannot fetch {TARGET} here; taking Debian's compiler instead");
        debian_sysroot::prepare().map(WasmToolchain::Debian)
    })
}

fn rustup() -> Result<WasmToolchain> {
    if !stock_has_target()? {
        step::run(
            &format!("wasm: rustup target add {TARGET}"),
            workspace::command("rustup").args(["target", "add", TARGET]),
        )?;
    }
    Ok(WasmToolchain::Stock)
}

fn stock_has_target() -> Result<bool> {
    Ok(stock_sysroot()?.join("lib/rustlib").join(TARGET).join("lib").is_dir())
}

/// The folder of the stock toolchain.
pub fn stock_sysroot() -> Result<PathBuf> {
    let printed = workspace::output_of(workspace::command("rustc").args(["--print", "sysroot"]))
        .context("no working rustc: install stable Rust with rustup, https://rustup.rs")?;
    Ok(Path::new(&printed).to_path_buf())
}

fn chosen_route() -> Result<Route> {
    parse_route(env::var(CHOICE).unwrap_or_default().as_str())
}

fn parse_route(choice: &str) -> Result<Route> {
    Ok(match choice {
        "" => Route::WhateverWorks,
        "rustup" => Route::Rustup,
        "debian" => Route::Debian,
        other => bail!("{CHOICE}={other}: it can be `rustup`, `debian`, or left unset"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_route_is_refused_with_the_choices() {
        let message = parse_route("debain").err().unwrap().to_string();
        assert!(message.contains("debain") && message.contains("`debian`"), "{message}");
    }
}
