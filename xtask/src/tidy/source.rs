//! The files under check: what git tracks or would track, as text.

use std::fs;

use anyhow::Result;

use super::Finding;
use crate::workspace;

/// One text file, with its path from the top folder.
pub struct Source {
    pub path: String,
    pub text: String,
}

/// Every text file of the project. Files that are not UTF-8 are pictures and the like.
pub fn all() -> Result<Vec<Source>> {
    let mut git = workspace::command("git");
    let listed = workspace::output_of(git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
    let paths = listed.split('\0').filter(|path| !path.is_empty());
    // Read errors are files that git still tracks and somebody has just deleted.
    Ok(paths
        .filter_map(|path| {
            let text = fs::read_to_string(workspace::root().join(path)).ok()?;
            Some(Source { path: path.to_owned(), text })
        })
        .collect())
}

impl Source {
    pub fn has_extension(&self, extensions: &[&str]) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
    }

    pub fn is_rust(&self) -> bool {
        self.has_extension(&["rs"])
    }

    pub fn is_under(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    /// Whether this is part of the module `room`: `room.rs` or a file under `room/`.
    pub fn is_room(&self, room: &str) -> bool {
        self.path.strip_prefix(room).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    }

    /// Lines with their numbers from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// Lines without what follows `//`: prose may name what code may not.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines().map(|(number, line)| (number, code_of(line)))
    }

    pub fn finding(&self, line: usize, why: impl Into<String>, way_out: &'static str) -> Finding {
        Finding { path: self.path.clone(), line, why: why.into(), way_out }
    }

    /// A finding for each code line that names one of `words` as a whole word.
    pub fn naming(&self, words: &[&str], why: &str, way_out: &'static str) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (number, line) in self.code_lines() {
            if let Some(word) = words.iter().find(|word| names(line, word)) {
                findings.push(self.finding(number, format!("names {word}: {why}"), way_out));
            }
        }
        findings
    }
}

/// The part before a `//` comment. A `//` right behind a colon is an address inside a string.
fn code_of(line: &str) -> &str {
    let comment = line.match_indices("//").find(|(place, _)| !line[..*place].ends_with(':'));
    comment.map_or(line, |(place, _)| &line[..place])
}

/// Whether `line` contains `word` with no letter, digit or underscore on either side of it.
fn names(line: &str, word: &str) -> bool {
    let is_part = |neighbour: Option<char>| neighbour.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    line.match_indices(word).any(|(place, _)| {
        // A word that begins or ends with a sign (`rand::`, `dbg!(`) has its own boundary there.
        let before = word.starts_with(char::is_alphanumeric) && is_part(line[..place].chars().next_back());
        let after = word.ends_with(char::is_alphanumeric) && is_part(line[place + word.len()..].chars().next());
        !before && !after
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_whole_or_not_at_all() {
        assert!(names("use sqlx::Pool;", "sqlx"));
        assert!(names("rand::rng()", "rand::"));
        assert!(!names("let my_sqlx_like = 1;", "sqlx"));
        assert!(!names("operand::new()", "rand::"));
    }

    #[test]
    fn a_room_is_a_file_or_a_folder_but_not_a_longer_name() {
        let is_room = |path: &str| Source { path: path.to_owned(), text: String::new() }.is_room("widget/src/host");
        assert!(is_room("widget/src/host.rs") && is_room("widget/src/host/panel.rs"));
        assert!(!is_room("widget/src/hosting.rs"));
    }

    #[test]
    fn a_comment_may_name_what_code_may_not() {
        assert_eq!(code_of("let a = 1; // not tokio"), "let a = 1; ");
        assert_eq!(code_of("get(\"https://a.example\");"), "get(\"https://a.example\");");
    }
}
