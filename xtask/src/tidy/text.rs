//! Checks that look at one file at a time.

use super::Finding;
use super::source::Source;

const LONGEST_FILE: usize = 600;

/// A room is a module: its file, or its folder.
const BROWSER_ROOMS: &[&str] = &["widget/src/host", "console/src/browser"];

/// The tests recount rows themselves: a recount through the store would believe the store.
const SQL_ROOMS: &[&str] = &["collector/src/store", "tests/src/rows", "tests/src/postgres"];

/// One rule: what it finds in one file.
pub type Check = fn(&Source) -> Vec<Finding>;

pub const CHECKS: &[Check] = &[
    browser_calls_live_in_one_room,
    drivers_live_in_store,
    survey_is_pure,
    no_inner_html,
    nothing_unfinished,
    modules_say_what_they_are_for,
    files_are_short,
    no_tabs_in_rust,
    no_trailing_whitespace,
    no_machine_paths,
    no_hand_written_javascript,
];

fn browser_calls_live_in_one_room(source: &Source) -> Vec<Finding> {
    // Patches stand in for crates of others, which talk to the browser as they did.
    let is_room = BROWSER_ROOMS.iter().any(|room| source.is_room(room)) || source.is_under("widget/patches/");
    if !source.is_rust() || is_room {
        return Vec::new();
    }
    let why = "one room of each browser crate talks to the browser";
    let way_out = "move the call into a function of widget/src/host/ or console/src/browser";
    let mut findings = source.naming(&["web_sys", "js_sys"], why, way_out);
    // The widget's entry point is exported with `#[wasm_bindgen]`.
    if source.path != "widget/src/lib.rs" {
        findings.extend(source.naming(&["wasm_bindgen::"], why, way_out));
    }
    findings
}

fn drivers_live_in_store(source: &Source) -> Vec<Finding> {
    let is_room = SQL_ROOMS.iter().any(|room| source.is_room(room));
    if !source.is_rust() || is_room {
        return Vec::new();
    }
    source.naming(&["sqlx", "rusqlite"], "only collector/src/store/ knows the database", "add a verb to Store")
}

fn survey_is_pure(source: &Source) -> Vec<Finding> {
    if !source.is_rust() || !source.is_under("survey/src/") {
        return Vec::new();
    }
    let impure = [
        "std::fs",
        "std::net",
        "std::env",
        "SystemTime",
        "Instant",
        "Timestamp::now",
        "Zoned::now",
        "now_v7",
        "new_v4",
        "web_sys",
        "js_sys",
        "gloo",
        "tokio",
        "rand::",
    ];
    source.naming(&impure, "survey does no I/O and has no clock and no dice", "make it an argument of the caller's")
}

fn no_inner_html(source: &Source) -> Vec<Finding> {
    if !source.has_extension(&["rs", "js", "html"]) {
        return Vec::new();
    }
    let doors = ["innerHTML", "outerHTML", "inner_html", "set_inner_html", "insertAdjacentHTML", "document.write"];
    source.naming(&doors, "text must never become markup", "set textContent, or build elements")
}

fn nothing_unfinished(source: &Source) -> Vec<Finding> {
    if !source.is_rust() {
        return Vec::new();
    }
    source.naming(
        &["todo!(", "unimplemented!(", "dbg!("],
        "unfinished work",
        "finish it, or leave it out and say so in an issue",
    )
}

fn modules_say_what_they_are_for(source: &Source) -> Vec<Finding> {
    if !source.is_rust() || source.text.starts_with("//!") {
        return Vec::new();
    }
    vec![source.finding(1, "does not begin with //!", "say in two or three sentences what the module is for")]
}

fn files_are_short(source: &Source) -> Vec<Finding> {
    let lines = source.lines().count();
    if !source.is_rust() || lines <= LONGEST_FILE {
        return Vec::new();
    }
    vec![source.finding(
        LONGEST_FILE,
        format!("{lines} lines, more than {LONGEST_FILE}"),
        "is it several rooms? split it by noun",
    )]
}

fn no_tabs_in_rust(source: &Source) -> Vec<Finding> {
    if !source.is_rust() {
        return Vec::new();
    }
    let tabbed = source.lines().filter(|(_, line)| line.starts_with('\t'));
    tabbed.map(|(number, _)| source.finding(number, "indented by a tab", "run `cargo fmt`")).collect()
}

fn no_trailing_whitespace(source: &Source) -> Vec<Finding> {
    // Two spaces at the end of a Markdown line are a line break.
    if source.has_extension(&["md", "snap", "svg"]) {
        return Vec::new();
    }
    let trailing = source.lines().filter(|(_, line)| line.ends_with([' ', '\t']));
    trailing.map(|(number, _)| source.finding(number, "trailing whitespace", "remove it")).collect()
}

fn no_machine_paths(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in source.lines() {
        if let Some(place) = ["/root/", "/home/", "/work/", "artifactory"].iter().find(|place| line.contains(**place)) {
            findings.push(source.finding(
                number,
                format!("names {place}, which is one machine's"),
                "say it relative to the project, or leave it to the environment",
            ));
        }
    }
    findings
}

fn no_hand_written_javascript(source: &Source) -> Vec<Finding> {
    // Typings are no code: TypeScript alone reads them.
    let allowed = ["widget/loader.js", "widget/pagepoll.d.ts", "demo-site/shop.js"];
    let is_script = source.has_extension(&["js", "mjs", "cjs", "ts", "jsx", "tsx"]);
    if !is_script || allowed.contains(&source.path.as_str()) || source.is_under("tests/") {
        return Vec::new();
    }
    vec![source.finding(1, "is hand-written JavaScript", "write it in Rust; the loader is the only exception")]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    /// Lines at which `check` objects to `text` at `path`.
    fn lines(check: Check, path: &str, text: &str) -> Vec<usize> {
        check(&source(path, text)).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn web_sys_outside_the_host_is_found() {
        let text = "//! Panel.\nuse web_sys::Window;\n";
        assert_eq!(lines(browser_calls_live_in_one_room, "widget/src/panel.rs", text), [2]);
        assert!(lines(browser_calls_live_in_one_room, "widget/src/host/panel.rs", text).is_empty());
    }

    #[test]
    fn the_widgets_entry_point_alone_may_name_wasm_bindgen() {
        let text = "use wasm_bindgen::prelude::wasm_bindgen;\n";
        assert!(lines(browser_calls_live_in_one_room, "widget/src/lib.rs", text).is_empty());
        assert_eq!(lines(browser_calls_live_in_one_room, "widget/src/send.rs", text), [1]);
    }

    #[test]
    fn sql_outside_the_store_is_found() {
        assert_eq!(lines(drivers_live_in_store, "collector/src/admin/sites.rs", "use sqlx::Row;\n"), [1]);
        assert!(lines(drivers_live_in_store, "collector/src/store/sqlite/mod.rs", "use sqlx::Row;\n").is_empty());
    }

    #[test]
    fn a_clock_in_the_survey_crate_is_found() {
        assert_eq!(lines(survey_is_pure, "survey/src/gate.rs", "let a = 1;\nstd::time::Instant::now();\n"), [2]);
        assert!(lines(survey_is_pure, "survey/src/gate.rs", "//! No tokio here.\n").is_empty());
    }

    #[test]
    fn markup_from_text_is_found_in_every_language() {
        assert_eq!(lines(no_inner_html, "widget/loader.js", "a.innerHTML = b;\n"), [1]);
        assert_eq!(lines(no_inner_html, "console/src/page.rs", "<p inner_html=comment/>\n"), [1]);
    }

    #[test]
    fn unfinished_work_is_found() {
        assert_eq!(lines(nothing_unfinished, "survey/src/lib.rs", "fn a() { todo!() }\n"), [1]);
    }

    #[test]
    fn a_module_without_its_purpose_is_found() {
        assert_eq!(lines(modules_say_what_they_are_for, "survey/src/lib.rs", "pub mod page;\n"), [1]);
        assert!(lines(modules_say_what_they_are_for, "survey/src/lib.rs", "//! Surveys.\n").is_empty());
    }

    #[test]
    fn the_six_hundredth_line_is_the_last() {
        assert!(lines(files_are_short, "a.rs", &"x\n".repeat(600)).is_empty());
        assert_eq!(lines(files_are_short, "a.rs", &"x\n".repeat(601)), [600]);
    }

    #[test]
    fn tabs_and_trailing_whitespace_are_found() {
        assert_eq!(lines(no_tabs_in_rust, "a.rs", "fn a() {\n\tb();\n}\n"), [2]);
        assert_eq!(lines(no_trailing_whitespace, "a.html", "<p> \n"), [1]);
        assert!(lines(no_trailing_whitespace, "README.md", "a line  \nbreak\n").is_empty());
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        assert_eq!(lines(no_machine_paths, "README.md", "cd /root/pagepoll\n"), [1]);
    }

    #[test]
    fn javascript_beyond_the_loader_is_found() {
        assert_eq!(lines(no_hand_written_javascript, "console/helper.js", "go();\n"), [1]);
        assert!(lines(no_hand_written_javascript, "widget/loader.js", "go();\n").is_empty());
        assert!(lines(no_hand_written_javascript, "tests/browser/axe.js", "go();\n").is_empty());
    }
}
