//! Builds a program for the browser in several modules: one that is there from the start, and those that it fetches when somebody opens
//! what is in them.
//!
//! Functions that begin a module of their own are marked in Rust, with `wasm_split` (console/src/late.rs). wasm-split finds out what
//! each of them alone reaches, by the linker's relocations, and takes that out of the module before wasm-bindgen sees it. What several of
//! them reach, and the first module does not, becomes modules that they share. Trunk cannot do that, so we run the same tools.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::console::with_one;
use super::files_under;
use crate::wasm::{self, Workbench};
use crate::{step, workspace};

/// A crate, which has one program of the same name.
pub struct Crate {
    pub name: &'static str,
    profile: &'static str,
}

pub const CONSOLE: Crate = Crate { name: "console", profile: "widget" };

/// The module that fetches modules, as the first of them imports it.
pub const LINK: &str = "__wasm_split.js";

/// Leaves glue and first module in `folder` as wasm-bindgen names them, and the modules that are fetched later beside them.
pub fn build(program: &Crate, flags: &[&str], folder: &Path, workbench: &Workbench) -> Result<()> {
    let Crate { name, profile } = program;
    let mut cargo = workbench.cargo_rustc(flags);
    cargo.args(["--package", name, "--bin", name, "--profile", profile]);
    // Only what the linker does, so that crates that are compiled already serve. Relocations need the names of what they are of.
    cargo.args(["--", "-Clink-arg=--emit-relocs", "-Cstrip=none"]);
    step::run(&format!("{name}: cargo rustc"), &mut cargo)?;
    step::step(&format!("{name}: split, bind"), || {
        let whole = workspace::target().join(wasm::TARGET).join(profile).join(format!("{name}.wasm"));
        let scratch = workspace::target().join("xtask/split").join(name);
        for made_before in [&scratch, folder] {
            remove_if_there(made_before)?;
        }
        workspace::output_of(workbench.wasm_split().arg(&whole).arg(&scratch).args(["--out-name", name]))?;
        let mut bind = workbench.wasm_bindgen();
        bind.arg(scratch.join(format!("{name}.wasm"))).arg("--out-dir").arg(folder);
        // The other modules find memory, table and stack under the names that the linker gave them.
        bind.args(["--target", "web", "--no-typescript", "--keep-lld-exports", "--no-demangle", "--out-name", name]);
        workspace::output_of(&mut bind)?;
        let glue = folder.join(format!("{name}.js"));
        let joined = joined(&read(&glue)?, &read(&scratch.join(LINK))?, name).context("joining glue and link")?;
        fs::write(&glue, joined).with_context(|| format!("cannot write {}", glue.display()))?;
        for file in files_under(&scratch)? {
            let named = file.file_name().unwrap_or_default();
            if file.extension().is_some_and(|kind| kind == "wasm") && named != format!("{name}.wasm").as_str() {
                fs::copy(&file, folder.join(named)).with_context(|| format!("cannot copy {}", file.display()))?;
            }
        }
        Ok(())
    })
}

/// The modules that are fetched later, sorted by name, among what [`build`] left.
pub fn late_modules(program: &Crate, folder: &Path) -> Result<Vec<PathBuf>> {
    let first = format!("{}_bg.wasm", program.name);
    let files = files_under(folder)?.into_iter();
    Ok(files.filter(|file| file.extension().is_some_and(|kind| kind == "wasm") && !file.ends_with(&first)).collect())
}

/// Glue that also fetches modules: one script instead of two that know of each other. It calls each by its file name alone,
/// `"./split_editor.wasm"`.
fn joined(glue: &str, link: &str, name: &str) -> Result<String> {
    let link = with_one(link, &format!("import {{ initSync }} from \"./{name}.js\";"), "")?;
    // What modules share is called `wasm.NAME`, as the glue does, because names of exports are shortened later.
    let (_, rest) = link.split_once("const { ").context("the link shares nothing")?;
    let (names, _) = rest.split_once(" } = initSync(undefined, undefined);").context("the link shares nothing")?;
    let shared: String = names
        .split(", ")
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| format!("{name}: wasm.{name}, "))
        .collect();
    let link = with_one(&link, &format!("const {{ {names} }} = initSync(undefined, undefined);"), "")?;
    let link = with_one(&link, &format!("{{ {names} }}"), &format!("{{ {shared}}}"))?;
    // The screen says in words what could not be fetched.
    let link = with_one(&link, "console.error(e);", "")?;
    let link = link.replace("new URL(", "(").replace(", import.meta.url)", ")");
    let loaders = link.split("export const ").skip(1).filter_map(|rest| rest.split_once(' '));
    let loaders: String = loaders.map(|(loader, _)| format!("{loader}: {loader},\n")).collect();
    ensure!(!loaders.is_empty(), "nothing is marked to be fetched later");
    // It would import the link once for each loader.
    let glue: String = glue.lines().filter(|line| !line.contains(LINK)).map(|line| format!("{line}\n")).collect();
    let glue = with_one(&glue, "const import0 = {", &format!("const import0 = {{\n{loaders}"))?;
    Ok(glue + &link.replace("export const ", "const "))
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

fn remove_if_there(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = r#"import * as import1 from "./__wasm_split.js"
import * as import2 from "./__wasm_split.js"
function imports() {
    const import0 = {
        __proto__: null,
        now: function() { return 0; },
    };
    return {
        "./console_bg.js": import0,
        "./__wasm_split.js": import1,
        "./__wasm_split.js": import2
    };
}
"#;

    const LINKING: &str = r#"import { initSync } from "./console.js";
function shared() {
    const { memory, stack,  } = initSync(undefined, undefined);
    Object.assign(sharedImports.__wasm_split, { memory, stack,  });
}
function wrap() { console.error(e); }
export const load_editor = wrap(() => fetch(new URL("./split_editor.wasm", import.meta.url)));
"#;

    #[test]
    fn glue_and_link_become_one_script() {
        let joined = joined(GLUE, LINKING, "console").unwrap();
        assert!(!joined.contains("import *") && !joined.contains("initSync") && !joined.contains("export"), "{joined}");
        assert!(joined.contains("load_editor: load_editor,"), "{joined}");
        assert!(joined.contains("{ memory: wasm.memory, stack: wasm.stack, }"), "{joined}");
        assert!(joined.contains(r#"fetch(("./split_editor.wasm"))"#), "{joined}");
    }

    #[test]
    fn a_link_that_fetches_nothing_is_refused() {
        let nothing = LINKING.lines().filter(|line| !line.starts_with("export")).collect::<Vec<_>>().join("\n");
        assert!(joined(GLUE, &nothing, "console").is_err());
    }
}
