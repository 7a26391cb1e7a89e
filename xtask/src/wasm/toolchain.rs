//! Which compiler builds for the browser: the stock one where rustup has the source of the standard library or can fetch it,
//! Debian's otherwise. That library is compiled along with each build, because as it comes it carries the text of its panics.
//!
//! Only Wasm builds ever see either; the server and the tests keep the stock toolchain as it is.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::debian_sysroot;
use crate::{step, workspace};

pub const TARGET: &str = "wasm32-unknown-unknown";
/// rustup's name for the source of the standard library. The target itself, which is that library compiled, is not needed.
pub const SOURCE: &str = "rust-src";
/// Where cargo looks for that source, in a sysroot.
pub const LIBRARY_SOURCE: &str = "lib/rustlib/src/rust/library";
/// Forces a route, to test it: `rustup` or `debian`.
const CHOICE: &str = "PAGEPOLL_WASM_TOOLCHAIN";

/// What every Wasm build is told: a panic aborts without words, and neither source locations nor `{:?}` are kept. That is a
/// sixth of what a visitor downloads. None of it is stable yet, hence the first line. The threshold for inlining is what came
/// out smallest: 5, which size alone means, is 600 bytes of brotli more, and so is 20 or 40.
const SETTINGS: &[(&str, &str)] = &[
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
];
const FLAGS: &str = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none -Cllvm-args=-inline-threshold=25";
const FLAGS_VARIABLE: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";
/// They would replace the flags above.
const OVERRIDES: &[&str] = &["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"];

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
    /// Sets the environment variables that a Wasm build needs. `more` are flags of rustc for this build alone.
    pub fn set_on(&self, build: &mut Command, more: &[&str]) {
        for name in OVERRIDES {
            build.env_remove(name);
        }
        build.envs(SETTINGS.iter().copied());
        build.env(FLAGS_VARIABLE, [&[FLAGS], more].concat().join(" "));
        if let Self::Debian(rustc) = self {
            build.env("RUSTC", rustc);
        }
    }

    /// What [`Self::set_on`] sets for every build, for a stamp.
    pub fn settings(&self) -> String {
        let all = SETTINGS.iter().copied().chain([(FLAGS_VARIABLE, FLAGS)]);
        all.map(|(name, value)| format!("{name}={value}\n")).collect()
    }

    pub fn describe(&self) -> Result<String> {
        match self {
            Self::Stock => workspace::output_of(workspace::command("rustc").arg("--version")),
            Self::Debian(rustc) => workspace::output_of(workspace::command(rustc).arg("--version")),
        }
    }
}

/// Finds a compiler that has the source of its standard library, or makes one.
pub fn prepare() -> Result<WasmToolchain> {
    match chosen_route()? {
        Route::Rustup => rustup(),
        Route::Debian => debian_sysroot::prepare().map(WasmToolchain::Debian),
        Route::WhateverWorks => whatever_works(),
    }
}

fn whatever_works() -> Result<WasmToolchain> {
    if stock_has_library_source()? {
        return Ok(WasmToolchain::Stock);
    }
    // On a machine that needed the detour once, do not wait for rustup to fail again.
    if let Some(rustc) = debian_sysroot::ready()? {
        return Ok(WasmToolchain::Debian(rustc));
    }
    rustup().or_else(|error| {
        println!("{error:#}\nrustup cannot fetch {SOURCE} here; taking Debian's compiler instead");
        debian_sysroot::prepare().map(WasmToolchain::Debian)
    })
}

fn rustup() -> Result<WasmToolchain> {
    if !stock_has_library_source()? {
        step::run(
            &format!("wasm: rustup component add {SOURCE}"),
            workspace::command("rustup").args(["component", "add", SOURCE]),
        )?;
    }
    Ok(WasmToolchain::Stock)
}

fn stock_has_library_source() -> Result<bool> {
    Ok(stock_sysroot()?.join(LIBRARY_SOURCE).is_dir())
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
    fn the_flags_of_a_build_are_part_of_its_stamp() {
        let settings = WasmToolchain::Stock.settings();
        assert!(settings.contains("BUILD_STD=std") && settings.contains("-Cpanic=immediate-abort"), "{settings}");
    }

    #[test]
    fn a_misspelt_route_is_refused_with_the_choices() {
        let message = parse_route("debain").err().unwrap().to_string();
        assert!(message.contains("debain") && message.contains("`debian`"), "{message}");
    }
}
