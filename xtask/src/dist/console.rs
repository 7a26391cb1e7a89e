//! The console's files as they are delivered: a page that is always asked for anew, and what it names, each by its content, so that it may
//! be kept for ever. Nothing is inline, so that its Content-Security-Policy can allow its own files and nothing else.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::shrink::{self, CONSOLE};
use super::split;
use super::stamp::content_hash;
use crate::wasm::Workbench;
use crate::{translations, workspace};

const SOURCES: &str = "console";
const PAGE: &str = "index.html";
const STYLE: &str = "style.css";
const ICON: &str = "favicon.svg";
/// What the glue loads; see [`CONSOLE`].
const MODULE: &str = "__MODULE__";

/// Names and contents, from what was built into `folder`.
pub fn files(folder: &Path, workbench: &Workbench) -> Result<Vec<(String, Vec<u8>)>> {
    let sources = workspace::root().join(SOURCES);
    let shrunk = shrink::program(&CONSOLE, folder, workbench)?;
    let module = Named::of("console.wasm", shrunk.module);
    let mut glue = with_one(&shrunk.glue, MODULE, &format!("/{}", module.name))?;
    let mut late = Vec::new();
    for file in split::late_modules(&split::CONSOLE, folder)? {
        let plain = file.file_name().unwrap_or_default().to_string_lossy();
        let module = Named::of(plain.trim_start_matches("split_"), shrink::late_module(&file, workbench)?);
        glue = with_one(&glue, &format!("\"./{plain}\""), &format!("\"/{}\"", module.name))?;
        late.push(module);
    }
    let mut named = vec![
        Named::of("console.js", glue.into_bytes()),
        module,
        Named::of(STYLE, shrink::style(&sources.join(STYLE), workbench)?.into_bytes()),
        Named::of(ICON, read(&sources.join(ICON))?),
    ];
    for catalogue in translations::all()? {
        named.push(Named::of(&format!("{}.txt", catalogue.tag), catalogue.written()?.into_bytes()));
    }
    let page = String::from_utf8(read(&sources.join(PAGE))?).context("the console's page is no text")?;
    let page = named.iter().try_fold(page, |page, file| file.put_into(&page))?;
    let files = named.into_iter().chain(late).map(|file| (file.name, file.content));
    Ok(files.chain([(PAGE.to_owned(), page.into_bytes())]).collect())
}

/// A file by its content.
struct Named {
    /// As the page calls it: `style.css`.
    plain: String,
    /// `style.0123456789abcdef.css`.
    name: String,
    content: Vec<u8>,
}

impl Named {
    fn of(plain: &str, content: Vec<u8>) -> Self {
        let (stem, kind) = plain.split_once('.').unwrap_or((plain, ""));
        Self { plain: plain.to_owned(), name: format!("{stem}.{}.{kind}", content_hash(&content)), content }
    }

    fn put_into(&self, page: &str) -> Result<String> {
        with_one(page, &format!("\"/{}\"", self.plain), &format!("\"/{}\"", self.name)).context("the console's page")
    }
}

/// A text with something else in the place of what must be there once.
pub fn with_one(text: &str, old: &str, new: &str) -> Result<String> {
    let found = text.matches(old).count();
    ensure!(found == 1, "{old} is there {found} times, not once");
    Ok(text.replace(old, new))
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_calls_a_file_by_its_content() {
        let file = Named::of("style.css", b"abc".to_vec());
        assert_eq!(file.name, "style.ba7816bf8f01cfea.css");
        let page = file.put_into("<link href=\"/style.css\">").unwrap();
        assert_eq!(page, "<link href=\"/style.ba7816bf8f01cfea.css\">");
    }

    #[test]
    fn a_page_that_does_not_name_a_file_is_refused() {
        let message = Named::of("style.css", Vec::new()).put_into("<p>").err().unwrap();
        assert!(format!("{message:#}").contains("\"/style.css\" is there 0 times"), "{message:#}");
    }
}
