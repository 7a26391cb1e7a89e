//! The layout of `dist/embed/`: immutable names, compressed siblings, and a manifest that says which names are current.
//!
//! ```text
//! manifest.json            the current widget file names
//! w/loader.js              a template: the collector fills in each site's gate, then compresses it
//! w/widget.HASH.js         and .br, .gz
//! w/widget.HASH.wasm       and .br, .gz
//! console/**               the console, with .br and .gz siblings
//! shop/**                  the demo shop
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::compress::write_with_siblings;
use super::files_under;
use super::shrink::{Downloads, GLUE, MODULE};
use super::stamp::content_hash;

pub const LOADER: &str = "widget/loader.js";

/// What a visitor downloads, and where the bundles are.
pub struct Sources {
    pub downloads: Downloads,
    pub shop: PathBuf,
    pub console: PathBuf,
}

/// The current names of the widget's immutable files, under `w/`.
#[derive(Serialize, Deserialize, Debug, PartialEq, Eq)]
pub struct Manifest {
    pub widget_js: String,
    pub widget_wasm: String,
}

impl Manifest {
    pub fn read(embed: &Path) -> Result<Self> {
        let path = manifest_path(embed);
        let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("{} is no manifest", path.display()))
    }

    fn of(glue: &[u8], module: &[u8]) -> Self {
        Self {
            widget_js: format!("widget.{}.js", content_hash(glue)),
            widget_wasm: format!("widget.{}.wasm", content_hash(module)),
        }
    }
}

/// Whether the folder was laid out by [`make`] and not merely created.
pub fn is_whole(embed: &Path) -> bool {
    manifest_path(embed).is_file()
}

/// Lays `embed` out anew. It is made beside its place and moved there, so that a half-made folder is never embedded.
pub fn make(sources: &Sources, embed: &Path) -> Result<()> {
    let partial = embed.with_extension("partial");
    remove_if_there(&partial)?;
    write_downloads(&sources.downloads, &partial)?;
    copy_shop(&sources.shop, &partial.join("shop"))?;
    copy_console(&sources.console, &partial.join("console"))?;
    swap_in(&partial, embed)
}

fn write_downloads(downloads: &Downloads, embed: &Path) -> Result<()> {
    let Downloads { loader, glue, module } = downloads;
    let manifest = Manifest::of(glue.as_bytes(), module);
    write_with_siblings(&embed.join("w").join(&manifest.widget_js), glue.as_bytes())?;
    write_with_siblings(&embed.join("w").join(&manifest.widget_wasm), module)?;
    fs::write(embed.join("w/loader.js"), loader)?;
    fs::write(manifest_path(embed), serde_json::to_vec(&manifest)?)?;
    Ok(())
}

/// The shop is what a site of somebody else's looks like, so nothing of ours may show in its pages but the snippet.
fn copy_shop(from: &Path, to: &Path) -> Result<()> {
    for file in files_under(from)? {
        let name = file.strip_prefix(from)?;
        if name == Path::new(GLUE) || name == Path::new(MODULE) {
            continue;
        }
        copy(&file, &to.join(name))?;
    }
    let home = to.join("index.html");
    let page = fs::read_to_string(&home).with_context(|| format!("cannot read {}", home.display()))?;
    fs::write(&home, without_trunk_links(&page))?;
    Ok(())
}

/// Trunk leaves its link to the widget's manifest in the page when it injects no script, and blank lines for the links that
/// it did replace.
fn without_trunk_links(page: &str) -> String {
    let wanted = page.lines().filter(|line| !line.contains("data-trunk") && !line.trim().is_empty());
    wanted.map(|line| format!("{line}\n")).collect()
}

fn copy_console(from: &Path, to: &Path) -> Result<()> {
    for file in files_under(from)? {
        write_with_siblings(&to.join(file.strip_prefix(from)?), &read(&file)?)?;
    }
    Ok(())
}

fn swap_in(partial: &Path, embed: &Path) -> Result<()> {
    let old = embed.with_extension("old");
    remove_if_there(&old)?;
    if embed.exists() {
        fs::rename(embed, &old)?;
    }
    fs::rename(partial, embed).with_context(|| format!("cannot move {} into place", partial.display()))?;
    remove_if_there(&old)
}

fn remove_if_there(folder: &Path) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display())).map(drop)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

fn manifest_path(embed: &Path) -> PathBuf {
    embed.join("manifest.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_names_files_by_their_content() {
        let manifest = Manifest::of(b"abc", b"abc");
        assert_eq!(
            serde_json::to_string(&manifest).unwrap(),
            r#"{"widget_js":"widget.ba7816bf8f01cfea.js","widget_wasm":"widget.ba7816bf8f01cfea.wasm"}"#
        );
    }

    #[test]
    fn nothing_of_trunk_shows_in_the_shop() {
        let page = "<head>\n<link data-trunk rel=\"rust\">\n  \n<title>Shop</title>\n";
        assert_eq!(without_trunk_links(page), "<head>\n<title>Shop</title>\n");
    }
}
