//! The layout of `dist/embed/`: immutable names, compressed siblings, and a manifest that says which names are current.
//!
//! ```text
//! manifest.json            the current widget file names
//! w/loader.js              a template: the collector fills in each site's gate, then compresses it
//! w/widget.HASH.js         and .br, .gz
//! w/widget.HASH.wasm       and .br, .gz
//! w/why.HASH.js, .wasm     the same widget with words for its decisions, likewise
//! w/pagepoll.d.ts          typings, for sites written in TypeScript
//! style/NAME.css           the widget's style sheets: the collector puts together what each survey needs
//! console/                 the console's page, and its files by their content, with .br and .gz siblings
//! docs/                    the documentation, with .br and .gz siblings
//! shop/**                  the demo shop
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::compress::write_with_siblings;
use super::files_under;
use super::shrink::{Shrunk, WIDGET};
use super::stamp::content_hash;

pub const LOADER: &str = "widget/loader.js";

pub const TYPINGS: &str = "widget/pagepoll.d.ts";

pub const STYLES: &str = "widget/style";

/// Where the style sheets are, below the embedded folder.
pub const STYLE_FOLDER: &str = "style";

/// Where the console is, below the embedded folder.
pub const CONSOLE_FOLDER: &str = "console";

/// Where the documentation is, below the embedded folder.
const BOOK_FOLDER: &str = "docs";

/// What browsers download, and where the bundles are.
pub struct Sources {
    pub loader: String,
    pub widget: Shrunk,
    pub why: Shrunk,
    /// The widget's style sheets: file names and texts.
    pub styles: Vec<(String, String)>,
    pub typings: PathBuf,
    pub shop: PathBuf,
    /// Names and contents.
    pub console: Vec<(String, Vec<u8>)>,
    /// Likewise.
    pub book: Vec<(String, Vec<u8>)>,
}

/// The current names of the immutable files, under `w/`.
#[derive(Serialize, Deserialize, Debug, PartialEq, Eq)]
pub struct Manifest {
    pub widget_js: String,
    pub widget_wasm: String,
    pub why_js: String,
    pub why_wasm: String,
}

impl Manifest {
    pub fn read(embed: &Path) -> Result<Self> {
        let path = manifest_path(embed);
        let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("{} is no manifest", path.display()))
    }

    fn of(widget: &Shrunk, why: &Shrunk) -> Self {
        let [(widget_js, widget_wasm), (why_js, why_wasm)] =
            [("widget", widget), ("why", why)].map(|(name, Shrunk { glue, module })| {
                let hash = content_hash;
                (format!("{name}.{}.js", hash(glue.as_bytes())), format!("{name}.{}.wasm", hash(module)))
            });
        Self { widget_js, widget_wasm, why_js, why_wasm }
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
    write_downloads(sources, &partial)?;
    copy_shop(&sources.shop, &partial.join("shop"))?;
    for (folder, files) in [(CONSOLE_FOLDER, &sources.console), (BOOK_FOLDER, &sources.book)] {
        for (name, content) in files {
            write_with_siblings(&partial.join(folder).join(name), content)?;
        }
    }
    swap_in(&partial, embed)
}

fn write_downloads(sources: &Sources, embed: &Path) -> Result<()> {
    let Sources { loader, widget, why, styles, typings, .. } = sources;
    let manifest = Manifest::of(widget, why);
    let under_w = |name: &str| embed.join("w").join(name);
    for (Shrunk { glue, module }, js, wasm) in
        [(widget, &manifest.widget_js, &manifest.widget_wasm), (why, &manifest.why_js, &manifest.why_wasm)]
    {
        write_with_siblings(&under_w(js), glue.as_bytes())?;
        write_with_siblings(&under_w(wasm), module)?;
    }
    fs::create_dir_all(embed.join(STYLE_FOLDER))?;
    for (name, text) in styles {
        fs::write(embed.join(STYLE_FOLDER).join(name), text)?;
    }
    write_with_siblings(&under_w("pagepoll.d.ts"), &read(typings)?)?;
    fs::write(under_w("loader.js"), loader)?;
    fs::write(manifest_path(embed), serde_json::to_vec(&manifest)?)?;
    Ok(())
}

/// The shop is what a site of somebody else's looks like, so nothing of ours may show in its pages but the snippet.
fn copy_shop(from: &Path, to: &Path) -> Result<()> {
    for file in files_under(from)? {
        let name = file.strip_prefix(from)?;
        if name == Path::new(&WIDGET.glue()) || name == Path::new(&WIDGET.module()) {
            continue;
        }
        copy(&file, &to.join(name))?;
    }
    let home = to.join("index.html");
    let page = fs::read_to_string(&home).with_context(|| format!("cannot read {}", home.display()))?;
    fs::write(&home, without_trunk_links(&page))?;
    Ok(())
}

/// Trunk leaves its link to a crate's manifest in the page when it injects no script, and blank lines for the links that
/// it did replace.
fn without_trunk_links(page: &str) -> String {
    let wanted = page.lines().filter(|line| !line.contains("data-trunk") && !line.trim().is_empty());
    wanted.map(|line| format!("{line}\n")).collect()
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
        let abc = || Shrunk { glue: "abc".to_owned(), module: b"abc".to_vec() };
        let manifest = Manifest::of(&abc(), &abc());
        let names = [&manifest.widget_js, &manifest.widget_wasm, &manifest.why_js, &manifest.why_wasm];
        assert_eq!(
            names.map(|name| name.replace("ba7816bf8f01cfea", "HASH")),
            ["widget.HASH.js", "widget.HASH.wasm", "why.HASH.js", "why.HASH.wasm"]
        );
    }

    #[test]
    fn nothing_of_trunk_shows_in_the_shop() {
        let page = "<head>\n<link data-trunk rel=\"rust\">\n  \n<title>Shop</title>\n";
        assert_eq!(without_trunk_links(page), "<head>\n<title>Shop</title>\n");
    }
}
