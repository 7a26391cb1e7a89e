//! Values as a difference names them: quoted, shortened, and, of what has many members, each with its path.

use serde::Serialize;
use serde_json::Value;

/// The longest text that is named in whole, in characters.
const LONGEST: usize = 120;

/// With quotes around it, and no longer than is good to read.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", short(text))
}

/// No longer than is good to read.
pub fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// What has changed among the members of something, each by its path.
pub fn changes(name: &str, before: &impl Serialize, after: &impl Serialize) -> Vec<String> {
    let (before, after) = (leaves(name, before), leaves(name, after));
    let is_in = |path: &str, leaves: &[(String, Value)]| leaves.iter().any(|(other, _)| other == path);
    let mut sentences = Vec::new();
    for (path, value) in &after {
        match before.iter().find(|(other, _)| other == path) {
            Some((_, earlier)) if earlier == value => {}
            Some((_, earlier)) => sentences.push(format!("{path} was {}, is {}", shown(earlier), shown(value))),
            None => sentences.push(format!("{path} is {} now", shown(value))),
        }
    }
    for (path, value) in before.iter().filter(|(path, _)| !is_in(path, &after)) {
        sentences.push(format!("{path} is not set any more; it was {}", shown(value)));
    }
    sentences
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        other => short(&other.to_string()),
    }
}

/// Everything that is no object, with its path.
fn leaves(name: &str, value: &impl Serialize) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    // A theme is an object of texts and numbers: there is nothing that JSON could not say.
    collect(name, &serde_json::to_value(value).unwrap_or_default(), &mut found);
    found
}

fn collect(path: &str, value: &Value, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| collect(&format!("{path}.{name}"), value, found));
        }
        Value::Null => {}
        leaf => found.push((path.to_owned(), leaf.clone())),
    }
}
