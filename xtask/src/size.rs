//! What browsers download, in brotli bytes, against the promises. A visitor: 2,048 bytes where nothing is shown, 60 kB where a
//! survey is. A survey brings the style sheets that it needs; all of them together are what it could bring at most. The team: 350 kB
//! when the console is opened for the first time, page and icon included; later all but the page is kept. Its other screens come in
//! modules of their own, each of which is named; a browser test sees to it that the first screen needs none of them. The widget that says
//! why is loaded by the team alone, on purpose, so it has no bound and stands aside.

use std::path::{Path, PathBuf};
use std::{fmt, fs};

use anyhow::{Context, Result, ensure};

use crate::dist::{self, Manifest};

/// The page view where nothing can be shown. Bytes.
const LOADER_BOUND: usize = 2_048;
/// Loader, glue, module and every style sheet together. Bytes.
const SHOWN_BOUND: usize = 60_000;
/// All that the console's first load fetches. Bytes.
const CONSOLE_BOUND: usize = 350_000;

/// The console's page, in its folder.
const PAGE: &str = "index.html";

struct Weight {
    name: String,
    plain: usize,
    brotli: usize,
}

/// Builds, weighs, prints; an error when a bound is missed.
pub fn run() -> Result<()> {
    let Weights { ordinary, console, late, aside } = weigh()?;
    println!("{:<30} {:>10} {:>10}", "", "bytes", "brotli");
    for weight in ordinary.iter().chain(&console) {
        println!("{:<30} {:>10} {:>10}", weight.name, weight.plain, weight.brotli);
    }
    println!(
        "(a survey carries the style sheets of its own kinds of questions and its format alone; its texts are not counted)"
    );
    println!("the console, when its other screens are opened or the first one has settled:");
    for weight in &late {
        println!("{:<30} {:>10} {:>10}", weight.name, weight.plain, weight.brotli);
    }
    println!("aside, for the team's own eyes: glue + wasm that say why, {} bytes of brotli", sum(&aside));
    let verdicts = [
        Verdict { what: "loader", bytes: ordinary[0].brotli, bound: LOADER_BOUND },
        Verdict { what: "loader + glue + wasm + all style sheets", bytes: sum(&ordinary), bound: SHOWN_BOUND },
        Verdict { what: "first load of the console", bytes: sum(&console), bound: CONSOLE_BOUND },
    ];
    verdicts.iter().for_each(|verdict| println!("{verdict}"));
    ensure!(verdicts.iter().all(Verdict::is_within), "browsers download more than we promise");
    Ok(())
}

struct Weights {
    /// What an ordinary visitor downloads.
    ordinary: [Weight; 4],
    /// The console's page, and every file that it names.
    console: Vec<Weight>,
    /// The console's other files.
    late: Vec<Weight>,
    aside: [Weight; 2],
}

fn weigh() -> Result<Weights> {
    let embed = dist::make()?;
    let manifest = Manifest::read(&embed)?;
    let weight = |name, file: &str| weigh_together(name, &[embed.join("w").join(file)]);
    let (console, late) = weigh_console(&embed.join(dist::CONSOLE_FOLDER))?;
    Ok(Weights {
        ordinary: [
            weight("loader", "loader.js")?,
            weight("glue", &manifest.widget_js)?,
            weight("wasm", &manifest.widget_wasm)?,
            weigh_together("style sheets", &dist::files_under(&embed.join(dist::STYLE_FOLDER))?)?,
        ],
        console,
        late,
        aside: [weight("why: glue", &manifest.why_js)?, weight("why: wasm", &manifest.why_wasm)?],
    })
}

/// What the page names, and the rest. Each file is a download of its own; what was compressed beforehand stands beside it.
fn weigh_console(folder: &Path) -> Result<(Vec<Weight>, Vec<Weight>)> {
    let page = fs::read_to_string(folder.join(PAGE)).context("the console has no page")?;
    let is_packed = |file: &Path| file.extension().is_some_and(|kind| kind == "br" || kind == "gz");
    let files = dist::files_under(folder)?.into_iter().filter(|file| !is_packed(file));
    let weights = files.map(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        weigh_together(&name, &[file])
    });
    // The page also says where texts in other languages are, which only those who read them fetch.
    let is_first = |weight: &Weight| {
        weight.name == PAGE || !weight.name.ends_with(".txt") && page.contains(&format!("\"/{}\"", weight.name))
    };
    Ok(weights.collect::<Result<Vec<_>>>()?.into_iter().partition(is_first))
}

/// As one download.
fn weigh_together(name: &str, files: &[PathBuf]) -> Result<Weight> {
    let mut content = Vec::new();
    for path in files {
        content.extend(fs::read(path).with_context(|| format!("cannot read {}", path.display()))?);
    }
    Ok(Weight { name: name.to_owned(), plain: content.len(), brotli: dist::brotli(&content)?.len() })
}

fn sum(weights: &[Weight]) -> usize {
    weights.iter().map(|weight| weight.brotli).sum()
}

/// A figure and its bound.
struct Verdict {
    what: &'static str,
    bytes: usize,
    bound: usize,
}

impl Verdict {
    fn is_within(&self) -> bool {
        self.bytes <= self.bound
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, bytes, bound } = self;
        let word = if self.is_within() { "within" } else { "OVER" };
        write!(out, "{what}: {bytes} bytes of brotli, {word} the bound of {bound}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_bound_is_within_it_and_one_more_is_over() {
        let verdict = |bytes| Verdict { what: "loader", bytes, bound: 2_048 }.to_string();
        assert!(verdict(2_048).contains("within"));
        assert!(verdict(2_049).contains("OVER"));
    }
}
