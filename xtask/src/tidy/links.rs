//! Links of the documents: each relative one leads to a file that is there, and each anchor to a heading of it. And the book leaves no
//! page out.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use super::Finding;
use super::source::Source;
use super::tree::Project;
use crate::book::markdown::outline;
use crate::workspace;

const SUMMARY: &str = "docs/SUMMARY.md";

pub fn lead_somewhere(project: &Project) -> Vec<Finding> {
    let exists = |path: &str| workspace::root().join(path).exists();
    documents(project).flat_map(|document| broken(document, project, &exists)).collect()
}

pub fn every_page_is_listed(project: &Project) -> Vec<Finding> {
    let Some(summary) = documents(project).find(|document| document.path == SUMMARY) else { return Vec::new() };
    let listed: BTreeSet<String> = outline(&summary.text)
        .links
        .iter()
        .filter_map(|link| aim(&summary.path, &link.to))
        .map(|aim| aim.path)
        .collect();
    let pages = documents(project).filter(|document| document.is_under("docs/") && document.path != SUMMARY);
    pages
        .filter(|page| !listed.contains(&page.path))
        .map(|page| page.finding(1, format!("{SUMMARY} does not list this page"), "say there where it is read"))
        .collect()
}

fn documents<'a>(project: &'a Project) -> impl Iterator<Item = &'a Source> {
    project.sources.iter().filter(|source| source.has_extension(&["md"]))
}

fn broken(document: &Source, project: &Project, exists: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for link in outline(&document.text).links {
        let Some(Aim { path, anchor }) = aim(&document.path, &link.to) else { continue };
        let aimed_at = documents(project).find(|other| other.path == path);
        let is_heading = |anchor: &str| {
            aimed_at.is_some_and(|other| outline(&other.text).headings.iter().any(|heading| heading.id == anchor))
        };
        let why = match anchor {
            _ if aimed_at.is_none() && !exists(&path) => format!("links to {path}, which does not exist"),
            Some(anchor) if !is_heading(&anchor) => format!("links to #{anchor}, and {path} has no such heading"),
            _ => continue,
        };
        findings.push(document.finding(link.line, why, "correct the link"));
    }
    findings
}

/// What a relative link aims at, from the top folder.
struct Aim {
    path: String,
    anchor: Option<String>,
}

/// None where it leads to another host.
fn aim(document: &str, link: &str) -> Option<Aim> {
    if link.contains(':') {
        return None;
    }
    let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor.to_owned())));
    if file.is_empty() {
        return Some(Aim { path: document.to_owned(), anchor });
    }
    let mut path = Vec::new();
    for part in Path::new(document).parent()?.join(file).components() {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::Normal(name) => path.push(name.to_str()?.to_owned()),
            _ => {}
        }
    }
    Some(Aim { path: path.join("/"), anchor })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let text = "# A\n\n[there](b.md#late) [top](../README.md) [away](https://a.example/c.md#d) [here](#a)\n\n[gone](c.md)\n[late](b.md#later)\n[self](#z)\n";
        let sources = [document("docs/a.md", text), document("docs/b.md", "## Late\n"), document("README.md", "# P\n")];
        let project = Project { sources: &sources, packages: &[] };
        let told: Vec<_> =
            broken(&sources[0], &project, &|_| false).into_iter().map(|finding| (finding.line, finding.why)).collect();
        let expected = [
            (5, "links to docs/c.md, which does not exist"),
            (6, "links to #later, and docs/b.md has no such heading"),
            (7, "links to #z, and docs/a.md has no such heading"),
        ];
        assert_eq!(told, expected.map(|(line, why)| (line, why.to_owned())));
    }

    #[test]
    fn a_page_that_nobody_would_find_is_found() {
        let sources =
            [document(SUMMARY, "# Summary\n- [A](a.md)\n"), document("docs/a.md", ""), document("docs/b.md", "")];
        let found = every_page_is_listed(&Project { sources: &sources, packages: &[] });
        assert_eq!(found.iter().map(|finding| finding.path.as_str()).collect::<Vec<_>>(), ["docs/b.md"]);
    }
}
