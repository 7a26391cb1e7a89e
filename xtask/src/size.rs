//! What a visitor downloads, in brotli bytes, against the promises: 2,048 bytes where nothing is shown, 60 kB where a
//! survey is. The widget that says why weighs on nobody but the team, so it has no bound and stands aside.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::dist::{self, Manifest};

/// The page view where nothing can be shown. Bytes.
const LOADER_BOUND: usize = 2_048;
/// Loader, glue and module together. Bytes.
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
    println!("{}", verdict("loader + glue + wasm", shown, SHOWN_BOUND));
    println!("aside, for the team's own eyes: glue + wasm that say why, {} bytes of brotli", sum(&aside));
    ensure!(loader <= LOADER_BOUND && shown <= SHOWN_BOUND, "the visitor downloads more than we promise");
    Ok(())
}

struct Weights {
    /// What an ordinary visitor downloads.
    ordinary: [Weight; 3],
    aside: [Weight; 2],
}

fn weigh() -> Result<Weights> {
    let embed = dist::make()?;
    let manifest = Manifest::read(&embed)?;
    let weight = |name, file: &str| {
        let path = embed.join("w").join(file);
        let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok::<_, anyhow::Error>(Weight { name, plain: content.len(), brotli: dist::brotli(&content)?.len() })
    };
    Ok(Weights {
        ordinary: [
            weight("loader", "loader.js")?,
            weight("glue", &manifest.widget_js)?,
            weight("wasm", &manifest.widget_wasm)?,
        ],
        aside: [weight("why: glue", &manifest.why_js)?, weight("why: wasm", &manifest.why_wasm)?],
    })
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
