//! Checks that need the whole project: its files, its packages, its map.

use super::source::Source;
use super::{Finding, code_map, links, texts};
use crate::workspace::{self, Package};

/// What these checks look at.
pub struct Project<'a> {
    pub sources: &'a [Source],
    pub packages: &'a [Package],
}

/// One rule: what it finds in the project.
pub type Check = fn(&Project) -> Vec<Finding>;

pub const CHECKS: &[Check] = &[
    crates_depend_one_way,
    licences_are_there,
    code_map_is_true,
    links::lead_somewhere,
    links::every_page_is_listed,
    texts::are_translated,
    texts::are_marked,
];

/// Who may depend on whom among our own crates.
const EDGES: &[(&str, &[&str])] = &[
    ("survey", &[]),
    ("widget", &["survey"]),
    ("console", &["survey"]),
    ("collector", &["survey"]),
    ("tests", &["collector", "survey"]),
    ("xtask", &[]),
];

fn crates_depend_one_way(project: &Project) -> Vec<Finding> {
    let edges = project.packages.iter().flat_map(|package| {
        let ours = package.dependencies.iter().filter(|dependency| dependency.path.is_some());
        ours.map(|dependency| (package.name.as_str(), dependency.name.as_str()))
    });
    edges.filter(|(from, to)| !is_allowed(from, to)).map(|(from, to)| wrong_edge(from, to)).collect()
}

fn is_allowed(from: &str, to: &str) -> bool {
    EDGES.iter().any(|(package, may_name)| *package == from && may_name.contains(&to))
}

fn wrong_edge(from: &str, to: &str) -> Finding {
    Finding {
        path: format!("{from}/Cargo.toml"),
        line: 1,
        why: format!("{from} depends on {to}"),
        way_out: "what both need belongs in survey; the map of who may depend on whom is in xtask/src/tidy/tree.rs",
    }
}

fn licences_are_there(project: &Project) -> Vec<Finding> {
    let missing = ["LICENSE-MIT", "LICENSE-APACHE"]
        .into_iter()
        .filter(|file| !project.sources.iter().any(|source| source.path == *file));
    missing
        .map(|file| Finding {
            path: file.to_owned(),
            line: 1,
            why: "is missing".to_owned(),
            way_out: "the project is MIT OR Apache-2.0: add the text",
        })
        .collect()
}

fn code_map_is_true(project: &Project) -> Vec<Finding> {
    let Some(document) = project.sources.iter().find(|source| source.path == "ARCHITECTURE.md") else {
        return Vec::new();
    };
    let gone =
        code_map::places(&document.text).into_iter().filter(|place| !workspace::root().join(&place.path).exists());
    gone.map(|place| {
        document.finding(
            place.line,
            format!("the code map names {}, which does not exist", place.path),
            "correct the map",
        )
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widget_may_know_the_survey_but_not_the_collector() {
        assert!(is_allowed("widget", "survey"));
        assert!(!is_allowed("widget", "collector"));
        assert!(!is_allowed("survey", "widget"));
    }

    #[test]
    fn a_wrong_edge_is_found_in_what_cargo_says() {
        let package = r#"[{"name":"widget","targets":[],"dependencies":[
            {"name":"collector","path":"/somewhere/collector"},{"name":"leptos","path":null}]}]"#;
        let packages: Vec<Package> = serde_json::from_str(package).unwrap();
        let findings = crates_depend_one_way(&Project { sources: &[], packages: &packages });
        assert_eq!(findings, [wrong_edge("widget", "collector")]);
    }

    #[test]
    fn a_missing_licence_is_found() {
        let mit = Source { path: "LICENSE-MIT".to_owned(), text: String::new() };
        let findings = licences_are_there(&Project { sources: &[mit], packages: &[] });
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].path, "LICENSE-APACHE");
    }
}
