//! Reads the places that ARCHITECTURE.md's code map names, so that the map cannot drift from the rooms.
//!
//! The map is the section under a heading that contains "code map". In prose a place stands in backticks, in a tree (a
//! fenced block) it is the first word of its line; indented words of a tree belong to the unindented folder above them.

/// A place that the map names.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    /// From the top folder.
    pub path: String,
    /// In the document, from 1.
    pub line: usize,
}

/// The places in the map, in order.
pub fn places(document: &str) -> Vec<Place> {
    let mut places = Vec::new();
    let mut map_level = None;
    let mut in_tree = false;
    let mut folder = String::new();
    for (index, line) in document.lines().enumerate() {
        if line.starts_with("```") {
            in_tree = !in_tree;
        } else if let Some(level) = heading_level(line).filter(|_| !in_tree) {
            map_level = map_level.filter(|map| level > *map).or_else(|| is_map(line).then_some(level));
        } else if map_level.is_some() {
            let words = if in_tree { tree_word(line, &mut folder).into_iter().collect() } else { quoted_words(line) };
            let paths = words.into_iter().filter(|word| is_path(word));
            places.extend(paths.map(|path| Place { path, line: index + 1 }));
        }
    }
    places
}

fn heading_level(line: &str) -> Option<usize> {
    let level = line.len() - line.trim_start_matches('#').len();
    (level > 0 && line[level..].starts_with(' ')).then_some(level)
}

fn is_map(heading: &str) -> bool {
    heading.to_lowercase().contains("code map")
}

fn tree_word(line: &str, folder: &mut String) -> Option<String> {
    let word = line.split_whitespace().next()?;
    if line.starts_with(' ') {
        return is_path(word).then(|| format!("{folder}{word}"));
    }
    word.clone_into(folder);
    Some(word.to_owned())
}

fn quoted_words(line: &str) -> Vec<String> {
    line.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// A word that can only be meant as a path: it has a slash or a file's ending, and nothing that a path of ours never has.
fn is_path(word: &str) -> bool {
    let plain = word.chars().all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter));
    let endings = [".rs", ".js", ".toml", ".md", ".html", ".css", ".json", ".sql"];
    plain && !word.starts_with('/') && (word.contains('/') || endings.iter().any(|ending| word.ends_with(ending)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "\
# Architecture
`survey/before.rs` is not in the map.
## Code map
The rules live in `survey/src/decide.rs`, in `decide()`, see `GET /api/pages`.
```
widget/        the visitor's side
  loader.js    the loader
  host         every call
```
### Details
`Trunk.toml` builds it.
## Invariants
`survey/after.rs` is not in the map either.
";

    #[test]
    fn the_map_ends_where_the_next_chapter_begins() {
        let found: Vec<(usize, String)> = places(DOCUMENT).into_iter().map(|place| (place.line, place.path)).collect();
        let expected = [(4, "survey/src/decide.rs"), (6, "widget/"), (7, "widget/loader.js"), (11, "Trunk.toml")];
        assert_eq!(found, expected.map(|(line, path)| (line, path.to_owned())));
    }
}
