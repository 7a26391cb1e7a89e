//! `docs/SUMMARY.md`: which pages there are, and in which order they are read. As mdBook has it: a link is a page, an indented one
//! belongs to the page above, a heading begins a part.

use anyhow::{Context, Result};

#[derive(Debug, PartialEq, Eq)]
pub enum Entry {
    Part(String),
    Page(Page),
}

#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    pub title: String,
    /// Below `docs/`.
    pub file: String,
    pub depth: usize,
}

impl Entry {
    pub fn page(&self) -> Option<&Page> {
        match self {
            Self::Page(page) => Some(page),
            Self::Part(_) => None,
        }
    }
}

impl Page {
    pub fn html(&self) -> String {
        html_of(&self.file)
    }
}

/// What a page is called as HTML: as mdBook does, the README is what a folder shows.
pub fn html_of(file: &str) -> String {
    match file.strip_suffix(".md") {
        Some("README") => "index.html".to_owned(),
        Some(stem) => format!("{stem}.html"),
        None => file.to_owned(),
    }
}

pub fn read(summary: &str) -> Result<Vec<Entry>> {
    // The first heading is the summary's own.
    let lines = summary.lines().skip(1).filter(|line| !line.trim().is_empty());
    lines
        .map(|line| entry(line).with_context(|| format!("SUMMARY.md: {line:?} is neither a part nor a page")))
        .collect()
}

fn entry(line: &str) -> Option<Entry> {
    if let Some(part) = line.strip_prefix("# ") {
        return Some(Entry::Part(part.to_owned()));
    }
    let depth = (line.len() - line.trim_start().len()) / 2;
    let link = line.trim_start().trim_start_matches("- ");
    let (title, file) = link.strip_prefix('[')?.strip_suffix(')')?.split_once("](")?;
    Some(Entry::Page(Page { title: title.to_owned(), file: file.to_owned(), depth }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_stand_in_parts_and_below_each_other() {
        let entries =
            read("# Summary\n\n[Start](README.md)\n\n# Part\n\n- [One](one.md)\n  - [Two](two.md)\n").unwrap();
        let page = |title: &str, file: &str, depth| {
            Entry::Page(Page { title: title.to_owned(), file: file.to_owned(), depth })
        };
        let expected = [
            page("Start", "README.md", 0),
            Entry::Part("Part".to_owned()),
            page("One", "one.md", 0),
            page("Two", "two.md", 1),
        ];
        assert_eq!(entries, expected);
        assert_eq!(entries[0].page().unwrap().html(), "index.html");
        assert!(read("# Summary\nnot a link\n").is_err());
    }
}
