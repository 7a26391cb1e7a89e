//! Conditions as people write them: JSON, read with the place of every mistake.
//!
//! `{"all": […]}`, `{"any": […]}`, `{"not": {…}}`, and comparisons: `{"FIELD": {"OPERATOR": …}}`, where a field of which there
//! are many has its name after a colon: `{"cookie:plan": {"is": "pro"}}`. Reading makes what is named normal for its field,
//! so that comparing is simple: see [`super::operator`].

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::{Condition, Operand, Operator, Test};

/// Writes a condition for people.
pub(super) fn write<S: Serializer>(condition: &Condition, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    match condition {
        Condition::All(parts) => map.serialize_entry("all", parts)?,
        Condition::Any(parts) => map.serialize_entry("any", parts)?,
        Condition::Not(part) => map.serialize_entry("not", part)?,
        Condition::Test(Test { field, operator }) => map.serialize_entry(&field.to_string(), &Comparison(operator))?,
    }
    map.end()
}

struct Comparison<'a>(&'a Operator);

impl Serialize for Comparison<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        let name = name_of(self.0);
        match self.0 {
            Operator::Is(operand) | Operator::IsNot(operand) => map.serialize_entry(name, &Plain(operand))?,
            Operator::OneOf(operands) => map.serialize_entry(name, &operands.iter().map(Plain).collect::<Vec<_>>())?,
            Operator::Contains(text) | Operator::StartsWith(text) | Operator::EndsWith(text) | Operator::Glob(text) => {
                map.serialize_entry(name, text)?
            }
            Operator::Regex(pattern) => map.serialize_entry(name, pattern.as_str())?,
            Operator::Exists(wanted) => map.serialize_entry(name, wanted)?,
            Operator::Below(limit) | Operator::Above(limit) => map.serialize_entry(name, limit)?,
        }
        map.end()
    }
}

struct Plain<'a>(&'a Operand);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.text.serialize(serializer)
    }
}

fn name_of(operator: &Operator) -> &'static str {
    match operator {
        Operator::Is(_) => "is",
        Operator::IsNot(_) => "is_not",
        Operator::Contains(_) => "contains",
        Operator::StartsWith(_) => "starts_with",
        Operator::EndsWith(_) => "ends_with",
        Operator::Glob(_) => "glob",
        Operator::Regex(_) => "regex",
        Operator::OneOf(_) => "one_of",
        Operator::Exists(_) => "exists",
        Operator::Below(_) => "<",
        Operator::Above(_) => ">",
    }
}

#[cfg(not(feature = "authoring"))]
pub(super) fn read<'de, D: serde::Deserializer<'de>>(_: D) -> Result<Condition, D::Error> {
    Err(serde::de::Error::custom("rules are read by the collector; this program has only their compiled form"))
}

#[cfg(feature = "authoring")]
pub(super) use read::{field, read};

#[cfg(feature = "authoring")]
mod read {
    use serde::{Deserialize, Deserializer, de};
    use serde_json::{Map, Value as Json};

    use crate::page::{canonical_host, canonical_part, canonical_path};
    use crate::targeting::{Condition, Field, FieldKind, Naming, Nature, Operand, Operator, Test, plausible};

    /// How deep a tree of conditions may be.
    const MAX_DEPTH: usize = 8;
    /// The longest text that a rule names, in bytes.
    const MAX_TEXT: usize = 256;
    /// The most things that a rule may list.
    const MAX_LISTED: usize = 100;

    /// The most regular expressions in one tree: each takes milliseconds to compile, and whoever reads rules waits for it.
    const MAX_REGEXES: usize = 30;

    const OPERATORS: [&str; 11] =
        ["is", "is_not", "contains", "starts_with", "ends_with", "glob", "regex", "one_of", "exists", "<", ">"];

    pub(in crate::targeting) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Condition, D::Error> {
        let json = Json::deserialize(deserializer)?;
        let count = regexes(&json);
        if count > MAX_REGEXES {
            let reason = format!("names {count} regular expressions; at most {MAX_REGEXES}, and one may have a|b|c");
            return Err(de::Error::custom(reason));
        }
        let condition = condition(&json, &Place::default()).map_err(de::Error::custom)?;
        plausible::check(&condition).map_err(de::Error::custom)?;
        Ok(condition)
    }

    fn regexes(json: &Json) -> usize {
        match json {
            Json::Object(members) => {
                members.iter().map(|(name, inner)| usize::from(name == "regex") + regexes(inner)).sum()
            }
            Json::Array(items) => items.iter().map(regexes).sum(),
            _ => 0,
        }
    }

    /// Where in the tree something stands: `all[1].not.path`.
    #[derive(Clone, Default)]
    pub(in crate::targeting) struct Place {
        path: String,
        depth: usize,
    }

    impl Place {
        fn member(&self, name: &str) -> Self {
            let dot = if self.path.is_empty() { "" } else { "." };
            Self { path: format!("{}{dot}{name}", self.path), depth: self.depth }
        }

        fn item(&self, list: &str, index: usize) -> Self {
            let Self { path, .. } = self.member(list);
            Self { path: format!("{path}[{index}]"), depth: self.depth + 1 }
        }

        fn error(&self, reason: impl std::fmt::Display) -> String {
            if self.path.is_empty() { reason.to_string() } else { format!("{}: {reason}", self.path) }
        }
    }

    fn condition(json: &Json, place: &Place) -> Result<Condition, String> {
        let (name, inner) = only_member(json).ok_or_else(|| {
            place.error(
                r#"a rule is an object with one member: "all", "any", "not", or a field like {"path":{"is":"/help"}}"#,
            )
        })?;
        if place.depth > MAX_DEPTH {
            return Err(place.error(format_args!("rules are nested more than {MAX_DEPTH} deep; make them flatter")));
        }
        match name {
            "all" => Ok(Condition::All(list(inner, place, name)?)),
            "any" => match list(inner, place, name)? {
                parts if parts.is_empty() => {
                    Err(place.member("any").error("any of nothing never holds; name something, or leave it out"))
                }
                parts => Ok(Condition::Any(parts)),
            },
            "not" => {
                let inside = Place { depth: place.depth + 1, ..place.member("not") };
                Ok(Condition::Not(Box::new(condition(inner, &inside)?)))
            }
            _ => test(name, inner, place).map(Condition::Test),
        }
    }

    fn list(json: &Json, place: &Place, name: &str) -> Result<Vec<Condition>, String> {
        let Json::Array(items) = json else { return Err(place.member(name).error("takes a list of rules in [ ]")) };
        if items.len() > MAX_LISTED {
            return Err(place.member(name).error(format_args!("lists {} rules; at most {MAX_LISTED}", items.len())));
        }
        items.iter().enumerate().map(|(index, item)| condition(item, &place.item(name, index))).collect()
    }

    fn only_member(json: &Json) -> Option<(&str, &Json)> {
        let Json::Object(members) = json else { return None };
        let mut members = Map::iter(members);
        members.next().filter(|_| members.next().is_none()).map(|(name, inner)| (name.as_str(), inner))
    }

    fn test(name: &str, json: &Json, place: &Place) -> Result<Test, String> {
        let place = place.member(name);
        let field = field(name).map_err(|reason| place.error(reason))?;
        let (operator, operand) = only_member(json)
            .ok_or_else(|| place.error(r#"compare it with one operator, like {"is":"…"} or {"contains":"…"}"#))?;
        let place = place.member(operator);
        let reading = Reading { field: &field, operator };
        let operator = reading.operator(operand).map_err(|reason| place.error(reason))?;
        Ok(Test { field, operator })
    }

    /// A field by its name in rules: `path`, `cookie:plan`.
    pub(in crate::targeting) fn field(text: &str) -> Result<Field, String> {
        let (kind_name, name) = text.split_once(':').map_or((text, None), |(kind, name)| (kind, Some(name)));
        let kind = FieldKind::ALL.iter().copied().find(|kind| kind.as_str() == kind_name).ok_or_else(|| {
            let names: Vec<&str> =
                FieldKind::ALL.iter().map(|kind| kind.as_str()).chain(["all", "any", "not"]).collect();
            format!("{text:?} is not a field{}", plausible::suggestion(kind_name, &names))
        })?;
        match (kind.naming(), name) {
            (Naming::Unnamed, None) => Ok(Field::of(kind)),
            (Naming::Unnamed, Some(_)) => Err(format!("{text:?}: there is only one {kind_name}; write {kind_name:?}")),
            (Naming::Named(example), None | Some("")) => {
                Err(format!("{text:?}: say which, after a colon, like \"{kind_name}:{example}\""))
            }
            (Naming::Named(_), Some(name)) if name.len() > MAX_TEXT => {
                Err(format!("{kind_name}: a name has at most {MAX_TEXT} bytes, this one {}", name.len()))
            }
            (Naming::Named(_), Some(name)) => {
                plausible::check_name(kind, name)?;
                Ok(Field::named(kind, name))
            }
        }
    }

    /// One comparison being read.
    struct Reading<'a> {
        field: &'a Field,
        operator: &'a str,
    }

    impl Reading<'_> {
        fn operator(&self, json: &Json) -> Result<Operator, String> {
            self.fits_the_field()?;
            match self.operator {
                "is" => self.operand(json).map(Operator::Is),
                "is_not" => self.operand(json).map(Operator::IsNot),
                "one_of" => self.operands(json).map(Operator::OneOf),
                "contains" => self.part(json).map(Operator::Contains),
                "starts_with" => self.part(json).map(Operator::StartsWith),
                "ends_with" => self.part(json).map(|part| Operator::EndsWith(self.without_slash(part))),
                "glob" => self.glob(json).map(Operator::Glob),
                "regex" => {
                    let pattern = text_of(json)?
                        .try_into()
                        .map_err(|error: super::super::pattern::RegexError| error.to_string())?;
                    Ok(Operator::Regex(pattern))
                }
                "exists" => json.as_bool().map(Operator::Exists).ok_or_else(|| "takes true or false".to_owned()),
                "<" => number_of(json).map(Operator::Below),
                ">" => number_of(json).map(Operator::Above),
                other => Err(format!("{other:?} is not an operator{}", plausible::suggestion(other, &OPERATORS))),
            }
        }

        fn fits_the_field(&self) -> Result<(), String> {
            let fitting: &[&str] = match self.field.kind.nature() {
                Nature::Any => &OPERATORS,
                Nature::Text => &OPERATORS[..9],
                Nature::Number => &["is", "is_not", "one_of", "exists", "<", ">"],
                Nature::Flag => &["is"],
            };
            if OPERATORS.contains(&self.operator) && !fitting.contains(&self.operator) {
                return Err(format!("{} cannot be compared so; use one of: {}", self.field, fitting.join(", ")));
            }
            Ok(())
        }

        fn operand(&self, json: &Json) -> Result<Operand, String> {
            let nature = self.field.kind.nature();
            let text = match json {
                Json::String(text) => text.clone(),
                Json::Number(number) => number.to_string(),
                Json::Bool(flag) => flag.to_string(),
                _ => return Err("takes a text, a number, true or false".to_owned()),
            };
            within_length(&text)?;
            let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
            match nature {
                Nature::Flag if text != "true" && text != "false" => {
                    return Err(format!("{text:?} is not true or false"));
                }
                Nature::Number if number.is_none() => return Err(format!("{text:?} is not a number")),
                _ => {}
            }
            let text = self.normal(&text)?;
            plausible::check_value(self.field, &text)?;
            Ok(Operand { text, number: if nature == Nature::Text { None } else { number } })
        }

        fn operands(&self, json: &Json) -> Result<Vec<Operand>, String> {
            let Json::Array(items) = json else { return Err("takes a list in [ ]".to_owned()) };
            if !(1..=MAX_LISTED).contains(&items.len()) {
                return Err(format!("lists {} values; 1 to {MAX_LISTED} make sense", items.len()));
            }
            items.iter().map(|item| self.operand(item)).collect()
        }

        /// A whole value in the form that values of the field have. It is stored so and read again, and must then be the same.
        fn normal(&self, text: &str) -> Result<String, String> {
            let normal = match self.field.kind {
                FieldKind::Path => path(text)?,
                FieldKind::Host => host(text)?,
                FieldKind::Hash => text.trim_start_matches('#').to_lowercase(),
                _ => text.to_lowercase(),
            };
            within_length(&normal)?;
            Ok(normal)
        }

        /// A part of a value in that form.
        fn part(&self, json: &Json) -> Result<String, String> {
            let text = text_of(json)?;
            if text.is_empty() {
                return Err("every text has nothing in it; name something".to_owned());
            }
            let part = if self.field.kind == FieldKind::Path { self.part_of_path(&text)? } else { text.to_lowercase() };
            within_length(&part)?;
            Ok(part)
        }

        fn part_of_path(&self, text: &str) -> Result<String, String> {
            no_query(text)?;
            if self.operator == "starts_with" && !text.starts_with('/') {
                return Err(format!("{text:?} does not begin with a slash, as every path does; write \"/{text}\""));
            }
            Ok(canonical_part(text).to_ascii_lowercase())
        }

        fn glob(&self, json: &Json) -> Result<String, String> {
            let text = text_of(json)?;
            match self.field.kind {
                FieldKind::Path => self.normal(&text),
                FieldKind::Host if text.contains('/') => Err(not_a_host(&text)),
                _ if text.is_empty() => Err("an empty pattern fits only what is not there; use exists".to_owned()),
                _ => Ok(text.to_lowercase()),
            }
        }

        fn without_slash(&self, part: String) -> String {
            match part.trim_end_matches('/') {
                "" => part,
                stem if self.field.kind == FieldKind::Path => stem.to_owned(),
                _ => part,
            }
        }
    }

    fn text_of(json: &Json) -> Result<String, String> {
        let text = json.as_str().ok_or("takes a text")?;
        within_length(text)?;
        Ok(text.to_owned())
    }

    /// Percent-encoding makes a path longer, so what is normal is measured, too.
    fn within_length(text: &str) -> Result<(), String> {
        match text.len() {
            0..=MAX_TEXT => Ok(()),
            length => Err(format!("a text in a rule has at most {MAX_TEXT} bytes, this one {length}")),
        }
    }

    fn number_of(json: &Json) -> Result<f64, String> {
        json.as_f64().ok_or_else(|| "takes a number".to_owned())
    }

    /// A path in canonical form.
    fn path(text: &str) -> Result<String, String> {
        if let Some((_, rest)) = text.split_once("://") {
            let path = rest.find('/').map_or("/", |slash| &rest[slash..]);
            return Err(format!("{text:?} is an address; a path is what follows the host: write {path:?}"));
        }
        no_query(text)?;
        if !text.starts_with('/') {
            return Err(format!("{text:?} does not begin with a slash; write it as in the address: \"/{text}\""));
        }
        // Of the canonical path, because browsers take %2E for a dot.
        let path = canonical_path(text).to_ascii_lowercase();
        if path.split('/').any(|segment| matches!(segment, "." | "..")) {
            return Err(format!("{text:?} has dot segments, which browsers resolve; write the path that results"));
        }
        Ok(path)
    }

    fn no_query(text: &str) -> Result<(), String> {
        match text.find(['?', '#']) {
            Some(at) => Err(format!(
                "{text:?} has a query or a fragment, which are no part of a path; write {:?}, and for the rest a rule on \"query:NAME\" or \"hash\"",
                &text[..at]
            )),
            None => Ok(()),
        }
    }

    /// A host as browsers write it: beyond ASCII in punycode.
    fn host(text: &str) -> Result<String, String> {
        let ascii = idna::domain_to_ascii(text).map_err(|_| not_a_host(text))?;
        canonical_host(&ascii)
            .ok()
            .filter(|host| host.starts_with('[') || !host.contains(':'))
            .ok_or_else(|| not_a_host(text))
    }

    fn not_a_host(text: &str) -> String {
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        let bare = rest.split(['/', ':', '?', '#']).next().unwrap_or_default();
        if bare == text || bare.is_empty() {
            format!("{text:?} is not a host name")
        } else {
            format!("{text:?} is more than a host name; scheme, port and path are not compared: write {bare:?}")
        }
    }
}
