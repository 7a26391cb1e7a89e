//! Builds everything a browser downloads, and lays it out as `dist/embed/`, the folder that the collector embeds.
//!
//! Trunk builds twice: the widget with the demo shop around it, and the widget that explains itself. The console is built without it,
//! because it comes in several modules (`split.rs`). Each has a stamp of its own, so changing one does not build the others again; when
//! nothing changed, nothing runs.

mod compress;
mod console;
mod embed;
mod shrink;
mod split;
mod stamp;

pub use compress::brotli;
pub use embed::{CONSOLE_FOLDER, Manifest, STYLE_FOLDER};

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::wasm::{self, Workbench};
use crate::{book, step, workspace};
use stamp::Stamp;

/// What is built from one crate.
struct Bundle {
    name: &'static str,
    builder: Builder,
    /// What the result is made from, relative to the top folder.
    inputs: &'static [&'static str],
    /// Flags of rustc, beside those of every build for the browser.
    flags: &'static [&'static str],
    /// Where it is put, under `dist/`.
    folder: &'static str,
    /// A file that is there when its builder has done what we think it does.
    proof: &'static str,
}

enum Builder {
    /// One module and one page, with cargo features of the Rust in it.
    Trunk { config: &'static str, features: &'static [&'static str] },
    /// Several modules.
    Split(&'static split::Crate),
}

const WIDGET: Bundle = Bundle {
    name: "widget and shop",
    builder: Builder::Trunk { config: "Trunk.toml", features: &[] },
    inputs: WIDGET_INPUTS,
    flags: &[],
    folder: "demo-site",
    proof: "widget_bg.wasm",
};

/// The widget with words for every rule and a panel to read them in, for the team's own eyes. From the same page, which only
/// says how to build; and in the same target folder, so that only the widget's own crate is compiled again.
const WHY: Bundle = Bundle {
    name: "widget that says why",
    builder: Builder::Trunk { config: "Trunk.toml", features: &["why"] },
    inputs: WIDGET_INPUTS,
    flags: &[],
    folder: "why",
    proof: "widget_bg.wasm",
};

const WIDGET_INPUTS: &[&str] = &[
    "survey",
    "widget/src",
    "widget/patches",
    "widget/Cargo.toml",
    "demo-site",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
];

const CONSOLE: Bundle = Bundle {
    name: "console",
    builder: Builder::Split(&split::CONSOLE),
    inputs: &["survey", "console", "widget/patches", "Cargo.toml", "Cargo.lock", "xtask/src/dist/split.rs"],
    flags: &["--cfg=erase_components"],
    folder: "console",
    proof: "console_bg.wasm",
};

const BUNDLES: [Bundle; 3] = [WIDGET, WHY, CONSOLE];

/// Builds what changed and says where it is.
pub fn run() -> Result<()> {
    println!("ready: {}", make()?.display());
    Ok(())
}

/// Builds what changed; hands back the folder that the collector embeds.
pub fn make() -> Result<PathBuf> {
    let _alone = lock()?;
    let workbench = wasm::prepare()?;
    let tools = workbench.fingerprint()?;
    let stale: Vec<&Bundle> =
        BUNDLES.iter().filter_map(|bundle| is_stale(bundle, &tools).transpose()).collect::<Result<_>>()?;
    if !stale.is_empty() {
        fetch_crates(&workbench)?;
    }
    for bundle in stale {
        build(bundle, &workbench, &tools)?;
    }
    lay_out(&workbench, &tools)
}

/// Waits until nobody else builds: two at once would take each other's files away. Held until it is dropped.
fn lock() -> Result<File> {
    let path = workspace::target().join("dist.lock");
    fs::create_dir_all(workspace::target()).context("cannot make the target folder")?;
    let file = File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
    file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
    Ok(file)
}

/// Makes sure that the embedded folder exists, however empty: the collector does not compile without one.
pub fn ensure_folder() -> Result<()> {
    let folder = embed_folder();
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))
}

fn is_stale<'a>(bundle: &'a Bundle, tools: &str) -> Result<Option<&'a Bundle>> {
    let fresh =
        stamp_of(bundle, tools)?.is_at(&stamp_path(bundle.folder)) && output(bundle).join(bundle.proof).is_file();
    Ok((!fresh).then_some(bundle))
}

fn build(bundle: &Bundle, workbench: &Workbench, tools: &str) -> Result<()> {
    // The stamp is of what went in: taken before the build, so that an edit during it makes the next run build again.
    let stamp = stamp_of(bundle, tools)?;
    match &bundle.builder {
        Builder::Trunk { config, features } => run_trunk(bundle, config, features, workbench)?,
        Builder::Split(program) => split::build(program, bundle.flags, &output(bundle), workbench)?,
    }
    stamp.write(&stamp_path(bundle.folder))
}

fn run_trunk(bundle: &Bundle, config: &str, features: &[&str], workbench: &Workbench) -> Result<()> {
    let mut trunk = workbench.trunk(bundle.flags)?;
    trunk.arg("build").arg("--config").arg(workspace::root().join(config));
    trunk.arg("--dist").arg(output(bundle));
    if !features.is_empty() {
        trunk.arg("--features").arg(features.join(","));
    }
    step::run(&format!("{}: trunk build", bundle.name), &mut trunk)?;
    let proof = output(bundle).join(bundle.proof);
    ensure!(proof.is_file(), "Trunk made no {}: is its `data-trunk` link in the index.html?", proof.display());
    Ok(())
}

/// Everything is built offline. Crates for other systems are left where they are.
fn fetch_crates(workbench: &Workbench) -> Result<()> {
    let host = workspace::output_of(workspace::command("rustc").arg("-vV"))?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc -vV names no host")?;
    step::run("crates: cargo fetch", workbench.cargo_fetch().args(["--target", wasm::TARGET, "--target", host]))
}

/// Lays out the embedded folder anew when the bundles, the loader or this very code changed.
fn lay_out(workbench: &Workbench, tools: &str) -> Result<PathBuf> {
    let folder = embed_folder();
    let own_code = [
        "xtask/src/dist.rs",
        "xtask/src/dist",
        "xtask/src/translations.rs",
        "xtask/src/book.rs",
        "xtask/src/book",
        embed::LOADER,
        embed::TYPINGS,
        embed::STYLES,
        book::SOURCES,
        book::CONSOLE_STYLE,
    ];
    let own_code = own_code.map(|input| workspace::root().join(input));
    let stamps = BUNDLES.map(|bundle| stamp_path(bundle.folder));
    let stamp = Stamp::of(&[own_code.as_slice(), stamps.as_slice()].concat(), tools)?;
    if !(stamp.is_at(&stamp_path("embed")) && embed::is_whole(&folder)) {
        step::step("embed: shrink, hash, compress, lay out", || {
            let sources = embed::Sources {
                loader: shrink::loader(&workspace::root().join(embed::LOADER), workbench)?,
                widget: shrink::program(&shrink::WIDGET, &output(&WIDGET), workbench)?,
                why: shrink::program(&shrink::WIDGET, &output(&WHY), workbench)?,
                styles: shrink::styles(&workspace::root().join(embed::STYLES), workbench)?,
                typings: workspace::root().join(embed::TYPINGS),
                shop: output(&WIDGET),
                console: console::files(&output(&CONSOLE), workbench)?,
                book: book::files()?,
            };
            embed::make(&sources, &folder)
        })?;
        stamp.write(&stamp_path("embed"))?;
    }
    Ok(folder)
}

fn stamp_of(bundle: &Bundle, tools: &str) -> Result<Stamp> {
    let inputs: Vec<PathBuf> = bundle.inputs.iter().map(|input| workspace::root().join(input)).collect();
    Stamp::of(&inputs, &format!("{tools}\n{}", bundle.flags.join(" ")))
}

fn output(bundle: &Bundle) -> PathBuf {
    dist().join(bundle.folder)
}

fn embed_folder() -> PathBuf {
    dist().join("embed")
}

fn stamp_path(name: &str) -> PathBuf {
    dist().join(format!("{name}.stamp"))
}

fn dist() -> PathBuf {
    workspace::root().join("dist")
}

/// Every file under `folder`, sorted, so that the same content always comes in the same order. Hidden files (an editor's, a
/// build's) are nobody's input.
pub fn files_under(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("cannot read {}", next.display()))? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let path = entry.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}
