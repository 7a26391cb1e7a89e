//! JSON that a stranger wrote: parsed, or refused with the place where it is wrong.

use serde::de::{DeserializeOwned, IgnoredAny};

/// Why JSON could not be read, and where.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum Unreadable {
    #[error("this is not JSON: {0}")]
    NotJson(String),
    /// JSON, but of another shape. `path` says where: `submission.presentation.version`, or nothing for the whole.
    #[error("{reason}")]
    Malformed { path: String, reason: String },
}

pub fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, Unreadable> {
    // Without keeping track of the path first: only what cannot be read is read a second time.
    serde_json::from_slice(json).map_err(|error| explain::<T>(json, &error))
}

/// How deep JSON nests: 0 for a number, 1 for an empty list. What is no JSON has some depth, too.
pub fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut is_escaped) = (false, false);
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn explain<T: DeserializeOwned>(json: &[u8], error: &serde_json::Error) -> Unreadable {
    // A wrong shape may be met before the place where it stops being JSON.
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(json) {
        return Unreadable::NotJson(error.to_string());
    }
    let path = serde_path_to_error::deserialize::<_, T>(&mut serde_json::Deserializer::from_slice(json))
        .err()
        .map(|error| error.path().to_string())
        // What serde calls the whole.
        .filter(|path| path != ".");
    // The path says where better than a line and a column of what a program wrote.
    let place = format!(" at line {} column {}", error.line(), error.column());
    let reason = error.to_string().replace(&place, "");
    Unreadable::Malformed { path: path.unwrap_or_default(), reason }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;
    use survey::wire::{Batch, Event};

    use super::*;

    type RawBatch = Batch<Box<RawValue>>;

    fn refused<T: DeserializeOwned + std::fmt::Debug>(json: &str) -> Unreadable {
        parse::<T>(json.as_bytes()).unwrap_err()
    }

    #[test]
    fn what_is_not_json_is_told_from_json_of_another_shape() {
        for broken in ["", "{", "nonsense", "{\"v\":1}x", "\0", "[1,2", "{\"v\":\"\0\"}"] {
            assert!(matches!(refused::<RawBatch>(broken), Unreadable::NotJson(_)), "{broken:?}");
        }
        assert!(matches!(refused::<RawBatch>("[]"), Unreadable::Malformed { path, .. } if path.is_empty()));
        let wrong = refused::<RawBatch>(r#"{"v":1,"site":"No Such","sent_at":1,"events":[]}"#);
        assert!(matches!(wrong, Unreadable::Malformed { path, .. } if path == "site"));
    }

    #[test]
    fn only_brackets_outside_of_texts_nest() {
        for (json, expected) in [
            ("7", 0),
            ("[]", 1),
            ("[[],[[]]]", 3),
            (r#"{"a":[{"b":1}]}"#, 3),
            (r#"["[[{\"[[","]"]"#, 1),
            ("]]][", 1),
            ("", 0),
        ] {
            assert_eq!(depth(json.as_bytes()), expected, "{json}");
        }
        assert_eq!(depth("[".repeat(30_000).as_bytes()), 30_000);
    }

    #[test]
    fn a_wrong_type_is_named_by_its_path() {
        let presentation = r#"{"response_id":"01890a5d-ac96-774b-bcce-b302099a8057","survey":"s","version":"one",
                               "at":0,"page":"a.b/","visit":{}}"#;
        let wrong = refused::<Event>(&format!(r#"{{"exposure":{{"stage":"shown","presentation":{presentation}}}}}"#));
        let path = "exposure.presentation.version".to_owned();
        let reason = "invalid type: string \"one\", expected u32".to_owned();
        assert_eq!(wrong, Unreadable::Malformed { path, reason });
    }
}
