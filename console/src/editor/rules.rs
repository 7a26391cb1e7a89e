//! Rules as rows that read as sentences: "path · fits · /help/**". A rule that is a tree of more than one level is left as it is. Pure.

use serde_json::{Map, Value, json};

/// Rows, and whether all of them or any must hold.
#[derive(Clone, PartialEq, Debug)]
pub struct Rules {
    pub join: Join,
    pub rows: Vec<Row>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Join {
    All,
    Any,
}

/// One comparison, as it is typed.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// Whether it must not hold.
    pub is_turned: bool,
    /// `path`, or `cookie:plan`.
    pub field: String,
    pub operator: String,
    pub value: Value,
}

/// What a field can be compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Text,
    Number,
    Flag,
    /// Whatever the site put there.
    Any,
}

/// A field that rules may ask for.
pub struct Field {
    /// Up to the colon, where it takes a name.
    pub name: &'static str,
    pub label: &'static str,
    pub kind: Kind,
    /// What stands behind the colon.
    pub named: Option<&'static str>,
}

const fn field(name: &'static str, label: &'static str, kind: Kind) -> Field {
    Field { name, label, kind, named: None }
}

const fn named(name: &'static str, label: &'static str, kind: Kind, named: &'static str) -> Field {
    Field { name, label, kind, named: Some(named) }
}

pub const FIELDS: [Field; 28] = [
    field("path", marked!("Path"), Kind::Text),
    field("host", marked!("Host"), Kind::Text),
    named("query", marked!("Query parameter"), Kind::Any, "name"),
    field("hash", marked!("Fragment"), Kind::Text),
    field("title", marked!("Page title"), Kind::Text),
    field("referrer", marked!("Referrer"), Kind::Text),
    named("utm", marked!("Campaign"), Kind::Text, "source"),
    field("device", marked!("Device"), Kind::Text),
    field("browser", marked!("Browser"), Kind::Text),
    field("os", marked!("System"), Kind::Text),
    field("viewport_width", marked!("Window width"), Kind::Number),
    field("viewport_height", marked!("Window height"), Kind::Number),
    field("language", marked!("Language"), Kind::Text),
    field("time_zone", marked!("Time zone"), Kind::Text),
    field("country", marked!("Country"), Kind::Text),
    field("returning", marked!("Has been here before"), Kind::Flag),
    field("session_pages", marked!("Pages in this visit"), Kind::Number),
    field("visits", marked!("Visits"), Kind::Number),
    field("site_seconds", marked!("Seconds on the site"), Kind::Number),
    named("answered", marked!("Has answered survey"), Kind::Flag, "survey"),
    named("score", marked!("Last score"), Kind::Number, "survey.question"),
    named("trait", marked!("Trait"), Kind::Any, "name"),
    named("event", marked!("Times of event"), Kind::Number, "name"),
    named("js", marked!("JavaScript value"), Kind::Any, "shop.user.plan"),
    named("data_layer", marked!("Data layer"), Kind::Any, "name"),
    named("cookie", marked!("Cookie"), Kind::Any, "name"),
    named("meta", marked!("Meta element"), Kind::Any, "name"),
    named("selector", marked!("Page has element"), Kind::Flag, ".css-selector"),
];

/// Each operator with its words, and what it can compare.
pub const OPERATORS: [(&str, &str, &[Kind]); 11] = [
    ("is", marked!("is"), &[Kind::Text, Kind::Number, Kind::Flag, Kind::Any]),
    ("is_not", marked!("is not"), &[Kind::Text, Kind::Number, Kind::Any]),
    ("one_of", marked!("is one of"), &[Kind::Text, Kind::Number, Kind::Any]),
    ("glob", marked!("fits the pattern"), &[Kind::Text, Kind::Any]),
    ("starts_with", marked!("begins with"), &[Kind::Text, Kind::Any]),
    ("ends_with", marked!("ends with"), &[Kind::Text, Kind::Any]),
    ("contains", marked!("contains"), &[Kind::Text, Kind::Any]),
    ("regex", marked!("fits the expression"), &[Kind::Text, Kind::Any]),
    (">", marked!("is above"), &[Kind::Number, Kind::Any]),
    ("<", marked!("is below"), &[Kind::Number, Kind::Any]),
    ("exists", marked!("is there"), &[Kind::Text, Kind::Number, Kind::Any]),
];

impl Rules {
    /// Nothing, where the rule is a tree that rows cannot show.
    pub fn read(when: Option<&Value>) -> Option<Self> {
        let Some(when) = when.filter(|when| !when.is_null()) else { return Some(Self::none()) };
        let (join, list) = match (when.get("all"), when.get("any")) {
            (Some(Value::Array(list)), None) => (Join::All, list.as_slice()),
            (None, Some(Value::Array(list))) => (Join::Any, list.as_slice()),
            _ => (Join::All, std::slice::from_ref(when)),
        };
        let rows = list.iter().map(Row::read).collect::<Option<Vec<_>>>()?;
        Some(Self { join, rows })
    }

    fn none() -> Self {
        Self { join: Join::All, rows: Vec::new() }
    }

    /// As the document has it; nothing where it is for everybody, everywhere.
    pub fn written(&self) -> Option<Value> {
        let rows: Vec<Value> = self.rows.iter().map(Row::written).collect();
        let list = if self.join == Join::All { "all" } else { "any" };
        (!rows.is_empty()).then(|| json!({ list: rows }))
    }
}

impl Row {
    /// What a new row asks.
    pub fn new() -> Self {
        Self { is_turned: false, field: "path".to_owned(), operator: "glob".to_owned(), value: json!("/**") }
    }

    fn read(rule: &Value) -> Option<Self> {
        if let Some(inner) = rule.get("not").filter(|_| rule.as_object().is_some_and(|members| members.len() == 1)) {
            let row = Self::read(inner)?;
            return Some(Self { is_turned: !row.is_turned, ..row });
        }
        let (field, comparison) = only(rule.as_object()?)?;
        let (operator, value) = only(comparison.as_object()?)?;
        Some(Self { is_turned: false, field: field.clone(), operator: operator.clone(), value: value.clone() })
    }

    fn written(&self) -> Value {
        let comparison = json!({ self.field.clone(): { self.operator.clone(): self.value } });
        if self.is_turned { json!({ "not": comparison }) } else { comparison }
    }

    /// The field without its name, and its name.
    pub fn parts(&self) -> (&str, &str) {
        self.field.split_once(':').unwrap_or((&self.field, ""))
    }

    pub fn known(&self) -> Option<&'static Field> {
        FIELDS.iter().find(|field| field.name == self.parts().0)
    }

    /// Asks for another field, by an operator that suits it.
    pub fn asks_for(&mut self, name: &str) {
        let Some(field) = FIELDS.iter().find(|field| field.name == name) else { return };
        self.field = field.named.map_or_else(|| name.to_owned(), |named| format!("{name}:{named}"));
        let fits = |operator: &str| {
            OPERATORS.iter().any(|(known, _, kinds)| *known == operator && kinds.contains(&field.kind))
        };
        if !fits(&self.operator) {
            self.operator = "is".to_owned();
        }
        self.compares(&self.operator.clone());
    }

    /// Compares otherwise, with a value of the kind that the operator takes.
    pub fn compares(&mut self, operator: &str) {
        self.operator = operator.to_owned();
        let kind = self.known().map_or(Kind::Any, |field| field.kind);
        let typed = self.typed();
        self.value = match (operator, kind) {
            ("exists", _) | (_, Kind::Flag) => json!(self.value.as_bool().unwrap_or(true)),
            _ if self.value.is_boolean() => json!(""),
            _ => self.value.clone(),
        };
        if !self.value.is_boolean() {
            self.type_in(&typed);
        }
    }

    /// The value as it stands in its field: of a list, with commas.
    pub fn typed(&self) -> String {
        let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match &self.value {
            Value::Array(items) => items.iter().map(word).collect::<Vec<_>>().join(", "),
            Value::Bool(_) | Value::Null => String::new(),
            value => word(value),
        }
    }

    /// Takes what was typed: numbers where numbers are compared, and several with commas between them.
    pub fn type_in(&mut self, typed: &str) {
        let is_number =
            self.known().is_some_and(|field| field.kind == Kind::Number) || matches!(self.operator.as_str(), "<" | ">");
        let one = |text: &str| match text.trim().parse::<f64>() {
            Ok(number) if is_number && number.is_finite() => number_of(number),
            _ => json!(text.trim()),
        };
        self.value = match self.operator.as_str() {
            "one_of" => typed.split(',').filter(|part| !part.trim().is_empty()).map(one).collect(),
            _ => one(typed),
        };
    }
}

/// A whole number is written as one.
fn number_of(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 { json!(number as i64) } else { json!(number) }
}

fn only(members: &Map<String, Value>) -> Option<(&String, &Value)> {
    members.iter().next().filter(|_| members.len() == 1)
}

#[cfg(test)]
mod tests {
    use survey::targeting::Condition;

    use super::*;

    #[test]
    fn a_rule_of_one_level_is_rows_and_stays_what_it_was() {
        for when in [
            json!({ "all": [{ "path": { "glob": "/help/**" } }, { "not": { "cookie:plan": { "is": "trial" } } }] }),
            json!({ "any": [{ "visits": { ">": 2 } }, { "returning": { "is": true } }] }),
        ] {
            assert_eq!(Rules::read(Some(&when)).unwrap().written(), Some(when));
        }
        let single = json!({ "path": { "is": "/help" } });
        assert_eq!(Rules::read(Some(&single)).unwrap().written(), Some(json!({ "all": [single] })));
        assert_eq!(Rules::read(None).unwrap().written(), None);
    }

    #[test]
    fn a_tree_is_left_alone() {
        let tree = json!({ "all": [{ "any": [{ "device": { "is": "phone" } }] }] });
        assert_eq!(Rules::read(Some(&tree)), None);
        assert_eq!(Rules::read(Some(&json!({ "all": "everything" }))), None);
    }

    #[test]
    fn what_is_typed_becomes_what_is_compared() {
        let mut row = Row::new();
        row.asks_for("visits");
        assert_eq!(row.operator, "is", "a number fits no pattern");
        row.compares(">");
        row.type_in("2");
        assert_eq!(row.written(), json!({ "visits": { ">": 2 } }));
        row.asks_for("language");
        row.compares("one_of");
        row.type_in("de, fr,");
        assert_eq!(
            (row.written(), row.typed()),
            (json!({ "language": { "one_of": ["de", "fr"] } }), "de, fr".to_owned())
        );
        row.asks_for("selector");
        assert_eq!(row.written(), json!({ "selector:.css-selector": { "is": true } }));
        row.asks_for("trait");
        row.compares("exists");
        assert_eq!(row.written(), json!({ "trait:name": { "exists": true } }));
    }

    /// The collector's own rules are asked, so that none is missing here.
    #[test]
    fn every_field_and_every_operator_is_one_of_the_collectors() {
        for Field { name, named, kind, .. } in FIELDS {
            for (operator, ..) in OPERATORS.iter().filter(|(.., kinds)| kinds.contains(&kind)) {
                let mut row = Row::new();
                row.asks_for(name);
                row.compares(operator);
                row.type_in(if row.operator == "regex" {
                    "^a"
                } else if named == Some("source") {
                    "mail"
                } else {
                    "1"
                });
                if operator == &"exists" || kind == Kind::Flag {
                    row.value = json!(true);
                }
                if name == "path" && row.value == json!("1") {
                    row.value = json!("/1");
                }
                if name == "path" && row.value == json!(["1"]) {
                    row.value = json!(["/1"]);
                }
                let rule = row.written();
                let known =
                    ["device", "browser", "os", "country", "time_zone", "language", "host", "score", "answered"];
                let read = serde_json::from_value::<Condition>(rule.clone());
                assert!(read.is_ok() || known.contains(&name), "{rule}: {read:?}");
            }
        }
    }
}
