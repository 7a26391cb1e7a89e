//! What people write by hand: surveys, rules and facts as JSON. Whatever is wrong with it is said with its place, and, where a
//! name was mistyped, with what was probably meant.

use serde::de::DeserializeOwned;
use survey::targeting::suggestion;

use crate::json::{self, Unreadable};

/// Why something that was written by hand cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    #[error("this is not JSON: {0}")]
    NotJson(String),
    /// Of the whole.
    #[error("{0}")]
    Whole(String),
    /// `place` is a path from the top: `when.all[1].path`.
    #[error("{place}: {reason}")]
    At { place: String, reason: String },
    /// A name that is not known here. `suggestion` is what was probably meant, in words that go on.
    #[error("{place}: {name:?} is not known here{suggestion}")]
    Unknown { place: String, name: String, suggestion: String },
}

/// Reads JSON that somebody wrote.
///
/// # Errors
/// Names the place of the first mistake: line and column where it is no JSON, else the path of members.
pub fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, Mistake> {
    json::parse(json).map_err(|unreadable| match unreadable {
        Unreadable::NotJson(reason) => Mistake::NotJson(reason),
        Unreadable::Malformed { path, reason } => explain(&path, &reason),
    })
}

/// What serde says of what stands at a path, in words for whoever wrote it.
pub fn explain(path: &str, reason: &str) -> Mistake {
    if let Some((name, known)) = unknown_name(reason) {
        // A member that is not known is itself the place; a word that is none of some others stands at one.
        let place = if reason.starts_with(UNKNOWN_MEMBER) { joined(path, name) } else { path.to_owned() };
        return Mistake::Unknown { place, name: name.to_owned(), suggestion: suggestion(name, &known) };
    }
    if let Some((given, wanted)) = wrong_kind(reason) {
        return mistake(path.to_owned(), format!("{given} stands where {wanted} is wanted"));
    }
    if let Some(name) = reason.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        return mistake(joined(path, name), "missing".to_owned());
    }
    match own_place(reason) {
        Some((place, reason)) => mistake(joined(path, place), reason.to_owned()),
        None => mistake(path.to_owned(), reason.to_owned()),
    }
}

fn mistake(place: String, reason: String) -> Mistake {
    if place.is_empty() { Mistake::Whole(reason) } else { Mistake::At { place, reason } }
}

/// How serde begins.
const UNKNOWN_MEMBER: &str = "unknown field `";
const UNKNOWN_WORD: &str = "unknown variant `";

/// The name that serde does not know, and those that it does: "unknown field `whenn`, expected one of `id`, `when`".
fn unknown_name(reason: &str) -> Option<(&str, Vec<&str>)> {
    let rest = reason.strip_prefix(UNKNOWN_MEMBER).or_else(|| reason.strip_prefix(UNKNOWN_WORD))?;
    let (name, expected) = rest.split_once("`, expected ")?;
    // Names stand between pairs of back quotes, so every second piece is one.
    Some((name, expected.split('`').skip(1).step_by(2).collect()))
}

/// What stands there and what should, of serde's "invalid type: string "ten", expected u32", in words for who knows JSON and not Rust.
fn wrong_kind(reason: &str) -> Option<(&str, &str)> {
    let rest = reason.strip_prefix("invalid type: ").or_else(|| reason.strip_prefix("invalid value: "))?;
    let (given, wanted) = rest.rsplit_once(", expected ")?;
    let given = match given.split_once(' ') {
        Some(("string", quoted)) => quoted,
        Some(("integer" | "boolean" | "floating", number)) => number.trim_start_matches("point ").trim_matches('`'),
        _ => match given {
            "map" => "an object",
            "sequence" => "a list",
            other => other,
        },
    };
    let wanted = match wanted {
        "i8" => "a whole number from -128 to 127",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" | "u64" | "usize" => "a whole number that is not negative",
        "i32" | "i64" => "a whole number",
        "f32" | "f64" => "a number",
        "a string" | "str" => "a text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        other => other,
    };
    Some((given, wanted))
}

/// The place that a check of ours says by itself, relative to what was read: "all[1].path: …".
fn own_place(reason: &str) -> Option<(&str, &str)> {
    let (place, rest) = reason.split_once(": ")?;
    let is_place = !place.is_empty() && !place.contains([' ', '"', '`', '(']);
    is_place.then_some((place, rest))
}

/// A place within what stands at a path. A check that knows its own member's name says it once more.
pub fn joined(path: &str, place: &str) -> String {
    match path {
        "" => place.to_owned(),
        path if place.is_empty() => path.to_owned(),
        path if place.starts_with('[') => format!("{path}{place}"),
        path if path == place || path.ends_with(&format!(".{place}")) => path.to_owned(),
        path => format!("{path}.{place}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use survey::definition::{SiteSettings, Survey};

    use super::*;

    fn survey() -> Value {
        json!({
            "id": "a", "name": "A", "triggers": ["immediately"], "endings": [{ "title": "Thanks", "text": "" }],
            "questions": [{ "id": "why", "prompt": "Why?", "kind": { "comment": { "placeholder": "" } } }],
        })
    }

    #[track_caller]
    fn told(member: &str, value: Value, expected: &str) {
        let mut survey = survey();
        survey[member] = value;
        let told = read::<Survey>(survey.to_string().as_bytes()).unwrap_err().to_string();
        assert!(told.starts_with(expected), "{told}");
    }

    #[test]
    fn a_mistyped_name_is_told_with_its_place_and_what_was_meant() {
        told("whenn", json!({}), r#"whenn: "whenn" is not known here; did you mean "when"?"#);
        let rules = json!({ "all": [{ "path": { "is": "/a" } }, { "pth": { "is": "/b" } }] });
        told("when", rules, r#"when.all[1].pth: "pth" is not a field; did you mean "path"?"#);
        told("when", json!({ "pth": { "is": "/b" } }), r#"when.pth: "pth" is not a field"#);
        told(
            "when",
            json!({ "path": { "iss": "/b" } }),
            r#"when.path.iss: "iss" is not an operator; did you mean "is"?"#,
        );
        told("triggers", json!([{ "clik": ".a" }]), r#"triggers[0]: "clik" is not known here; did you mean "click"?"#);
        told("frequency", json!("onse"), r#"frequency: "onse" is not known here; did you mean "once"?"#);
    }

    #[test]
    fn what_makes_no_sense_is_told_with_its_place() {
        told("sample_percent", json!(150), "sample_percent: 150 is not a share");
        told("quota", json!(0), "quota: 0 answers");
        told("quota", json!("ten"), "quota: \"ten\" stands where a whole number that is not negative is wanted");
        told("starts_at", json!("soon"), "starts_at: \"soon\" is not a moment");
        told("when", json!([]), "when: a rule is an object");
        told("triggers", json!([{ "scroll_percent": 101 }]), "triggers[0]: 101 percent");
        let never = json!({ "all": [{ "path": { "is": "/a" } }, { "path": { "is": "/b" } }] });
        told("when", never, "when.all: never holds: path is /a and path is /b exclude each other");
    }

    #[test]
    fn what_is_no_json_is_told_with_line_and_column() {
        let broken = "{\n  \"id\": \"a\",\n  \"name\": \"A\"\n  \"triggers\": []\n}";
        let told = read::<Survey>(broken.as_bytes()).unwrap_err().to_string();
        assert_eq!(told, "this is not JSON: expected `,` or `}` at line 4 column 3");
    }

    #[test]
    fn settings_are_told_by_name() {
        let told = |json: &str| read::<SiteSettings>(json.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            told(r#"{"quiet_day":1}"#),
            r#"quiet_day: "quiet_day" is not known here; did you mean "quiet_days"?"#
        );
        assert_eq!(told(r#"{"storage":"lokal"}"#), r#"storage: "lokal" is not known here; did you mean "local"?"#);
        assert!(
            told(r#"{"quiet_days":-1}"#)
                .starts_with("quiet_days: -1 stands where a whole number from 0 to 65535 is wanted")
        );
        assert_eq!(
            told(r#"{"page_groups":[{"name":"A","pattern":"/a"},{"name":"B","pattern":"shop.example"}]}"#),
            r#"page_groups[1].pattern: "shop.example" has no path; write one like /product/* or shop.example/help/**"#
        );
    }
}
