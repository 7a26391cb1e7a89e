//! What a visitor downloads, in brotli bytes, against the promises: 2,048 bytes where nothing is shown, 60 kB where a
//! survey is. A survey brings the style sheets that it needs; all of them together are what it could bring at most. The widget
//! that says why weighs on nobody but the team, so it has no bound and stands aside.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::dist::{self, Manifest};

/// The page view where nothing can be shown. Bytes.
const LOADER_BOUND: usize = 2_048;
/// Loader, glue, module and every style sheet together. Bytes.
const SHOWN_BOUND: usize = 60_000;

struct Weight {
    name: &'static str,
    plain: usize,
    brotli: usize,
}

/// Builds, weighs, prints; an error when a bound is missed.
pub fn run() -> Result<()> {
    let Weights { ordinary, aside } = weigh()?;
    println!("{:<12} {:>10} {:>10}", "", "bytes", "brotli");
    for weight in &ordinary {
        println!("{:<12} {:>10} {:>10}", weight.name, weight.plain, weight.brotli);
    }
    let loader = ordinary[0].brotli;
    let shown = sum(&ordinary);
    println!("{}", verdict("loader", loader, LOADER_BOUND));
    println!("{}", verdict("loader + glue + wasm + all style sheets", shown, SHOWN_BOUND));
    println!(
        "(a survey carries the style sheets of its own kinds of questions and its format alone; its texts are not counted)"
    );
    println!("aside, for the team's own eyes: glue + wasm that say why, {} bytes of brotli", sum(&aside));
    ensure!(loader <= LOADER_BOUND && shown <= SHOWN_BOUND, "the visitor downloads more than we promise");
    Ok(())
}

struct Weights {
    /// What an ordinary visitor downloads.
    ordinary: [Weight; 4],
    aside: [Weight; 2],
}

fn weigh() -> Result<Weights> {
    let embed = dist::make()?;
    let manifest = Manifest::read(&embed)?;
    let weight = |name, file: &str| weigh_together(name, &[embed.join("w").join(file)]);
    Ok(Weights {
        ordinary: [
            weight("loader", "loader.js")?,
            weight("glue", &manifest.widget_js)?,
            weight("wasm", &manifest.widget_wasm)?,
            weigh_together("style sheets", &dist::files_under(&embed.join(dist::STYLE_FOLDER))?)?,
        ],
        aside: [weight("why: glue", &manifest.why_js)?, weight("why: wasm", &manifest.why_wasm)?],
    })
}

/// As one download.
fn weigh_together(name: &'static str, files: &[PathBuf]) -> Result<Weight> {
    let mut content = Vec::new();
    for path in files {
        content.extend(fs::read(path).with_context(|| format!("cannot read {}", path.display()))?);
    }
    Ok(Weight { name, plain: content.len(), brotli: dist::brotli(&content)?.len() })
}

fn sum(weights: &[Weight]) -> usize {
    weights.iter().map(|weight| weight.brotli).sum()
}

/// One line: the figure and its bound.
fn verdict(what: &str, bytes: usize, bound: usize) -> String {
    let word = if bytes <= bound { "within" } else { "OVER" };
    format!("{what}: {bytes} bytes of brotli, {word} the bound of {bound}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_bound_is_within_it_and_one_more_is_over() {
        assert!(verdict("loader", 2_048, 2_048).contains("within"));
        assert!(verdict("loader", 2_049, 2_048).contains("OVER"));
    }
}
