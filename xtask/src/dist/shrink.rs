//! Makes what a browser downloads smaller than wasm-bindgen leaves it: short names between glue and module, and minified scripts.
//!
//! wasm-bindgen calls each of its hundred imports by a long name that ends in a hash, in glue and module both, and hashes do
//! not compress. Trunk's own minifier does not understand wasm-bindgen's glue.

mod names;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::files_under;
use crate::wasm::Workbench;
use crate::workspace;
use names::Names;

/// A crate that was built for the browser.
pub struct Program {
    /// As wasm-bindgen names its glue and its module.
    pub name: &'static str,
    /// All that is called of the glue; esbuild drops the rest.
    entry: &'static str,
    /// What the glue need not find out by itself: names, and what stands for each.
    known: &'static [&'static str],
}

pub const WIDGET: Program = Program {
    name: "widget",
    entry: "export { default, start } from \"./widget.js\";\n",
    known: &[
        // The loader says where the module is, so the glue need not know where it came from itself.
        "import.meta.url=\"\"",
        // Rust drops its closures; those that it forgets live as long as the page.
        "FinalizationRegistry=undefined",
    ],
};

/// Its glue starts it, so its page needs no script of its own. Rows come and go for as long as somebody looks, and the registry frees
/// their listeners.
pub const CONSOLE: Program = Program {
    name: "console",
    entry: "import start from \"./console.js\";\nstart({ module_or_path: \"__MODULE__\" });\n",
    known: &["import.meta.url=\"\""],
};

impl Program {
    pub fn glue(&self) -> String {
        format!("{}.js", self.name)
    }

    pub fn module(&self) -> String {
        format!("{}_bg.wasm", self.name)
    }
}

/// What the collector fills in, as it stands in the loader: see collector/src/live/loader.rs.
const PLACEHOLDERS: &[&str] = &[
    "__SITE__",
    "__CONFIG__",
    "__JS__",
    "__WASM__",
    "__GATE__",
    "__STORE__",
    "__COUNT__",
    "__CALLS__",
    "__GPC__",
    "__DNT__",
    "__VIEWS__",
];

/// What the browser has to understand, and does wherever it has what the module needs.
const BROWSER: &str = "--target=es2022";

/// What today's compiler emits and every browser of the last years runs.
const WASM_FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// A program as it is downloaded, before compression.
pub struct Shrunk {
    pub glue: String,
    pub module: Vec<u8>,
}

/// Shrinks the glue and the module of a program that was built into `folder`.
pub fn program(program: &Program, folder: &Path, workbench: &Workbench) -> Result<Shrunk> {
    ensure!(
        !folder.join("snippets").exists(),
        "the {} has inline JavaScript ({}/snippets): loader.js is the only hand-written JavaScript; say it with web-sys",
        program.name,
        folder.display()
    );
    let scratch = scratch(program.name)?;
    let (module, names) = shrink_module(&folder.join(program.module()), &scratch, workbench)?;
    let glue =
        names.shorten(&read(&folder.join(program.glue()))?).with_context(|| format!("{}: glue", program.name))?;
    Ok(Shrunk { glue: shrink_glue(program, &glue, &scratch, workbench)?, module })
}

/// Shrinks a module that another one fetches. It finds memory, table and stack by their long names, of which there are few.
pub fn late_module(module: &Path, workbench: &Workbench) -> Result<Vec<u8>> {
    let small = scratch("late")?.join(module.file_name().unwrap_or_default());
    workspace::output_of(&mut smaller(module, &small, workbench))?;
    fs::read(&small).with_context(|| format!("cannot read {}", small.display()))
}

fn scratch(name: &str) -> Result<PathBuf> {
    let scratch = workspace::target().join("xtask/shrink").join(name);
    fs::create_dir_all(&scratch).with_context(|| format!("cannot make {}", scratch.display()))?;
    Ok(scratch)
}

/// Shrinks the loader's template.
pub fn loader(loader: &Path, workbench: &Workbench) -> Result<String> {
    let mut esbuild = workbench.esbuild();
    esbuild.arg(loader).args(["--minify", BROWSER, "--log-level=warning"]);
    let small = workspace::output_of(&mut esbuild)?;
    ensure_same_placeholders(&read(loader)?, &small)?;
    Ok(small)
}

/// Minifies each style sheet in `folder`; hands back file names and texts.
pub fn styles(folder: &Path, workbench: &Workbench) -> Result<Vec<(String, String)>> {
    let minified = |file: &PathBuf| {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, style(file, workbench)?))
    };
    files_under(folder)?.iter().map(minified).collect()
}

/// Minifies a style sheet.
pub fn style(file: &Path, workbench: &Workbench) -> Result<String> {
    let mut esbuild = workbench.esbuild();
    esbuild.arg(file).args(["--minify", "--log-level=warning"]);
    workspace::output_of(&mut esbuild)
}

/// Hands back the new names, which wasm-opt prints.
fn shrink_module(module: &Path, scratch: &Path, workbench: &Workbench) -> Result<(Vec<u8>, Names)> {
    let small = scratch.join("small.wasm");
    let mut wasm_opt = smaller(module, &small, workbench);
    wasm_opt.arg("--minify-imports-and-exports-and-modules");
    let names = Names::parse(&workspace::output_of(&mut wasm_opt)?)?;
    let module = fs::read(&small).with_context(|| format!("cannot read {}", small.display()))?;
    Ok((module, names))
}

/// Of what Trunk has built, it is the second pass, which finds a little more.
fn smaller(module: &Path, small: &Path, workbench: &Workbench) -> Command {
    let mut wasm_opt = workbench.wasm_opt();
    wasm_opt.arg(module).arg("--output").arg(small).args(WASM_FEATURES);
    // Taken apart and put together anew, it comes out 480 bytes of brotli smaller; in any other order less was found.
    wasm_opt.args(["-Oz", "--gufa", "--flatten", "--rereloop", "-Oz", "-Oz"]);
    wasm_opt.args(["--strip-debug", "--strip-producers", "--strip-target-features"]);
    // True of us: the stack lies lowest and grows down, so the first 1024 bytes are used only by one about to overflow.
    wasm_opt.arg("--low-memory-unused");
    // Alignments are hints that today's processors do without; all alike, they compress better.
    wasm_opt.arg("--dealign");
    wasm_opt
}

fn shrink_glue(program: &Program, glue: &str, scratch: &Path, workbench: &Workbench) -> Result<String> {
    let entry = scratch.join("entry.js");
    fs::write(&entry, program.entry).with_context(|| format!("cannot write {}", entry.display()))?;
    fs::write(scratch.join(program.glue()), glue)?;
    let mut esbuild = workbench.esbuild();
    esbuild.arg(&entry).args(["--bundle", "--minify", "--format=esm", BROWSER, "--log-level=warning"]);
    esbuild.args(program.known.iter().map(|known| format!("--define:{known}")));
    workspace::output_of(&mut esbuild)
}

fn ensure_same_placeholders(loader: &str, small: &str) -> Result<()> {
    for placeholder in PLACEHOLDERS {
        let (before, after) = (loader.matches(placeholder).count(), small.matches(placeholder).count());
        ensure!(
            before == after && before > 0,
            "the loader says {placeholder} {before} times, and {after} times when minified: write it so that it stays as it is"
        );
    }
    Ok(())
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOADER: &str = r#"a("__SITE__", "__CONFIG__", "__JS__", "__WASM__", __GATE__, "__STORE__", __COUNT__, __CALLS__,
        __GPC__, __DNT__, __VIEWS__);"#;

    #[test]
    fn a_minified_loader_keeps_what_the_collector_fills_in() {
        ensure_same_placeholders(LOADER, &LOADER.replace(' ', "")).unwrap();
    }

    #[test]
    fn a_placeholder_that_minifying_changed_is_named() {
        let message = ensure_same_placeholders(LOADER, &LOADER.replace("__GATE__", "x")).unwrap_err().to_string();
        assert!(message.contains("__GATE__"), "{message}");
    }
}
