//! The documentation as HTML: the pages that `docs/SUMMARY.md` lists, which the collector serves under `/docs/`.
//!
//! The sources are an mdBook (`book.toml`), so whoever has mdbook may build it as well. A renderer of our own, because mdbook as a
//! dependency would be compiled on every cold machine, and its pages need scripts and inline styles, which the collector's policy forbids.

pub mod markdown;
pub mod summary;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::workspace;
use markdown::{escaped, outline};
use summary::{Entry, Page};

pub const SOURCES: &str = "docs";
/// Its table of colours and sizes is the book's, too.
pub const CONSOLE_STYLE: &str = "console/style.css";

const TEMPLATE: &str = include_str!("book/page.html");
const STYLE: &str = include_str!("book/style.css");
const ICON: &str = "console/favicon.svg";

/// Writes the book to `dist/docs`, to be read without a collector.
pub fn run() -> Result<()> {
    let folder = workspace::root().join("dist").join(SOURCES);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for (name, content) in files()? {
        fs::write(folder.join(&name), content).with_context(|| format!("cannot write {name}"))?;
    }
    println!("ready: {}", folder.join("index.html").display());
    Ok(())
}

/// Names and contents of all that a reader's browser asks for.
pub fn files() -> Result<Vec<(String, Vec<u8>)>> {
    let entries = summary::read(&text(&source("SUMMARY.md"))?)?;
    let pages: Vec<&Page> = entries.iter().filter_map(Entry::page).collect();
    let mut files = vec![
        ("style.css".to_owned(), style()?.into_bytes()),
        ("icon.svg".to_owned(), read(&workspace::root().join(ICON))?),
    ];
    let mut pictures = BTreeSet::new();
    for (place, page) in pages.iter().enumerate() {
        let markdown = text(&source(&page.file))?;
        let links = outline(&markdown).links.into_iter().map(|link| link.to);
        pictures.extend(links.filter(|link| link.ends_with(".png") && !link.contains('/')));
        let before = place.checked_sub(1).map(|before| pages[before]);
        let html = laid_out(&entries, page, &markdown, [before, pages.get(place + 1).copied()]);
        files.push((page.html(), html.into_bytes()));
    }
    for picture in pictures {
        let content = read(&source(&picture))?;
        files.push((picture, content));
    }
    Ok(files)
}

fn laid_out(entries: &[Entry], page: &Page, markdown: &str, [before, after]: [Option<&Page>; 2]) -> String {
    let neighbour = |page: Option<&Page>, rel: &str| {
        page.map_or_else(String::new, |page| {
            format!("<a rel=\"{rel}\" href=\"{}\">{}</a>", page.html(), escaped(&page.title))
        })
    };
    let title = if page.html() == "index.html" { "Documentation" } else { &page.title };
    TEMPLATE
        .replace("__TITLE__", &escaped(title))
        .replace("__CONTENTS__", &contents(entries, page, markdown))
        .replace("__BEFORE__", &neighbour(before, "prev"))
        .replace("__AFTER__", &neighbour(after, "next"))
        // The last, so that nothing is put into what a page says.
        .replace("__BODY__", &markdown::html(markdown))
}

/// All pages, and the sections of the one that is read.
fn contents(entries: &[Entry], here: &Page, markdown: &str) -> String {
    let mut list = String::from("<ul>");
    for entry in entries {
        // Writing to a string cannot fail.
        let _ = match entry {
            Entry::Part(title) => write!(list, "</ul><p>{}</p><ul>", escaped(title)),
            Entry::Page(page) => {
                let current = if page == here { " aria-current=\"page\"" } else { "" };
                let deep = if page.depth > 0 { " class=\"deep\"" } else { "" };
                let sections = if page == here { sections(markdown) } else { String::new() };
                let (to, title) = (page.html(), escaped(&page.title));
                write!(list, "<li{deep}><a href=\"{to}\"{current}>{title}</a>{sections}</li>")
            }
        };
    }
    list + "</ul>"
}

fn sections(markdown: &str) -> String {
    let headings = outline(markdown).headings.into_iter().filter(|heading| heading.level == 2);
    let items: String = headings
        .map(|heading| format!("<li><a href=\"#{}\">{}</a></li>", heading.id, escaped(&heading.title)))
        .collect();
    if items.is_empty() { items } else { format!("<ul>{items}</ul>") }
}

/// The console's table of names, and the book's own style sheet behind it.
fn style() -> Result<String> {
    let console = text(&workspace::root().join(CONSOLE_STYLE))?;
    let begin = console.find(":root {").context("the console's style sheet has no table of names")?;
    let end = console[begin..].find("\n}\n").context("the console's table of names has no end")?;
    Ok(format!("{}\n}}\n{STYLE}", &console[begin..begin + end]))
}

fn source(file: &str) -> PathBuf {
    workspace::root().join(SOURCES).join(file)
}

fn text(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_place_and_nothing_that_the_policy_forbids() {
        let files = files().unwrap();
        let pages: Vec<_> = files.iter().filter(|(name, _)| name.ends_with(".html")).collect();
        assert!(pages.len() > 15 && pages[0].0 == "index.html", "{} pages", pages.len());
        for (name, page) in pages {
            let page = String::from_utf8(page.clone()).unwrap();
            assert!(!page.contains("style=") && !page.contains("<script"), "{name}");
            assert!(!["__TITLE__", "__CONTENTS__", "__BODY__"].iter().any(|blank| page.contains(blank)), "{name}");
            assert_eq!(page.matches("aria-current").count(), 2, "{name}");
            assert_eq!(page.matches("<h1").count(), 1, "{name}");
        }
        assert!(files.iter().any(|(name, _)| name == "widget.png"));
    }
}
