//! A survey as it is being written: JSON that need not make sense yet, so that nothing typed is lost, also of what this editor does not
//! know. Places in it are named as the API names them: `questions[1].kind.score.low`. Pure.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// The language of texts that are written once, unless the document says another.
const USUAL_LANGUAGE: &str = "en";

/// Which version it was begun from: by this, the collector knows whether another was published since.
const VERSION: &str = "version";

/// A document that is being edited.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Document(Value);

/// One step of a place.
enum Step<'p> {
    Member(&'p str),
    Item(usize),
}

fn steps(place: &str) -> impl Iterator<Item = Step<'_>> {
    let parts = place.split(['.', '[']).filter(|part| !part.is_empty());
    parts.map(|part| match part.strip_suffix(']').map(str::parse) {
        Some(Ok(item)) => Step::Item(item),
        _ => Step::Member(part),
    })
}

impl Document {
    pub fn of(value: Value) -> Self {
        Self(value)
    }

    pub fn value(&self) -> &Value {
        &self.0
    }

    /// As if it was begun from the version that another was begun from: whoever puts it in the place of the other has seen that one.
    pub fn begun_as(mut self, other: &Self) -> Self {
        match other.get(VERSION) {
            Some(version) => self.set(VERSION, version.clone()),
            None => self.remove(VERSION),
        }
        self
    }

    /// Goes on from a version that was published.
    pub fn go_on_from(&mut self, version: Option<u32>) {
        if let Some(version) = version {
            self.set(VERSION, json!(version));
        }
    }

    /// What stands at a place.
    pub fn get(&self, place: &str) -> Option<&Value> {
        steps(place).try_fold(&self.0, |inner, step| match step {
            Step::Member(name) => inner.get(name),
            Step::Item(item) => inner.get(item),
        })
    }

    /// Puts something at a place, with whatever it takes to get there; a list grows by one item at most.
    pub fn set(&mut self, place: &str, value: Value) {
        let mut inner = &mut self.0;
        for step in steps(place) {
            inner = match step {
                Step::Member(name) => {
                    if !inner.is_object() {
                        *inner = Value::Object(Map::new());
                    }
                    &mut inner[name]
                }
                Step::Item(item) => {
                    if !inner.is_array() {
                        *inner = Value::Array(Vec::new());
                    }
                    let Value::Array(items) = inner else { return };
                    if item == items.len() {
                        items.push(Value::Null);
                    }
                    let Some(found) = items.get_mut(item) else { return };
                    found
                }
            };
        }
        *inner = value;
    }

    /// Takes a member out, or an item.
    pub fn remove(&mut self, place: &str) {
        let (parent, last) = match place.rfind(['.', '[']) {
            Some(end) => (&place[..end], &place[end..]),
            None => ("", place),
        };
        let Some(inner) = self.at(parent) else { return };
        match (steps(last).next(), inner) {
            (Some(Step::Member(name)), Value::Object(members)) => {
                members.remove(name);
            }
            (Some(Step::Item(item)), Value::Array(items)) if item < items.len() => {
                items.remove(item);
            }
            _ => {}
        }
    }

    fn at(&mut self, place: &str) -> Option<&mut Value> {
        steps(place).try_fold(&mut self.0, |inner, step| match step {
            Step::Member(name) => inner.get_mut(name),
            Step::Item(item) => inner.get_mut(item),
        })
    }

    /// How many items a list has.
    pub fn count(&self, place: &str) -> usize {
        self.get(place).and_then(Value::as_array).map_or(0, Vec::len)
    }

    /// Moves an item of a list to another place in it.
    pub fn move_item(&mut self, list: &str, from: usize, to: usize) {
        if let Some(Value::Array(items)) = self.at(list)
            && from < items.len()
            && to < items.len()
        {
            let item = items.remove(from);
            items.insert(to, item);
        }
    }

    /// Puts an item into a list.
    pub fn insert(&mut self, list: &str, at: usize, item: Value) {
        if self.count(list) == 0 {
            self.set(list, json!([]));
        }
        if let Some(Value::Array(items)) = self.at(list) {
            items.insert(at.min(items.len()), item);
        }
    }

    /// What is written at a place: a text, or a number as it is typed; empty where there is nothing.
    pub fn word(&self, place: &str) -> String {
        match self.get(place) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string().trim_end_matches(".0").to_owned(),
            _ => String::new(),
        }
    }

    /// Puts a number there if that is what was typed, and else the text itself, for the collector to say what is wrong with it;
    /// nothing typed is nothing there.
    pub fn set_number(&mut self, place: &str, typed: &str) {
        let typed = typed.trim();
        match (typed.parse::<i64>(), typed.replace(',', ".").parse::<f64>()) {
            _ if typed.is_empty() => self.remove(place),
            (Ok(whole), _) => self.set(place, json!(whole)),
            (_, Ok(number)) if number.is_finite() => self.set(place, json!(number)),
            _ => self.set(place, json!(typed)),
        }
    }

    /// The language of texts that are written once.
    pub fn own_language(&self) -> String {
        match self.get("language") {
            Some(Value::String(tag)) if !tag.is_empty() => tag.clone(),
            _ => USUAL_LANGUAGE.to_owned(),
        }
    }

    /// A visitor's text in one language.
    pub fn text(&self, place: &str, language: &str) -> String {
        match self.get(place) {
            Some(Value::String(text)) if language == self.own_language() => text.clone(),
            Some(Value::Object(texts)) => texts.get(language).and_then(Value::as_str).unwrap_or_default().to_owned(),
            _ => String::new(),
        }
    }

    /// Writes a visitor's text in one language; those in others stay.
    pub fn set_text(&mut self, place: &str, language: &str, text: &str) {
        let own = self.own_language();
        let mut texts = match self.get(place) {
            Some(Value::Object(texts)) => texts.clone(),
            Some(Value::String(text)) => Map::from_iter([(own.clone(), json!(text))]),
            _ => Map::new(),
        };
        if text.is_empty() && language != own {
            texts.remove(language);
        } else {
            texts.insert(language.to_owned(), json!(text));
        }
        let is_alone = texts.len() == 1 && texts.contains_key(&own);
        let written = if is_alone { json!(texts[&own]) } else { Value::Object(texts) };
        self.set(place, written);
    }

    /// Every language that some text is written in, its own first.
    pub fn languages(&self) -> Vec<String> {
        let mut languages = vec![self.own_language()];
        let worded = WORDED.iter().filter_map(|member| self.0.get(member));
        worded.for_each(|value| collect_languages(value, &mut languages));
        languages
    }

    /// A name for a new item of a list that none of them has: `why`, `why-2`.
    pub fn free_id(&self, list: &str, wanted: &str) -> String {
        let items = |list: &str| self.get(list).and_then(Value::as_array).into_iter().flatten();
        // What is asked before an ending is a question like the others.
        let forms = items("endings").map(|ending| &ending["form"]).filter(|_| list == "questions");
        let ids: BTreeSet<&str> = items(list).chain(forms).filter_map(|item| item["id"].as_str()).collect();
        let taken = |id: &str| ids.contains(id);
        let more = (2..).map(|number| format!("{wanted}-{number}"));
        std::iter::once(wanted.to_owned()).chain(more).find(|id| !taken(id)).unwrap_or_default()
    }
}

/// The members of a survey that have texts for visitors. Others have names that look like languages: `{ "bar": "bottom" }`.
const WORDED: [&str; 3] = ["questions", "endings", "tab_label"];

/// Of objects whose members are all texts under the tags of languages.
fn collect_languages(value: &Value, languages: &mut Vec<String>) {
    match value {
        Value::Object(members) if is_translated(members) => {
            languages.extend(members.keys().filter(|tag| !languages.contains(tag)).cloned().collect::<Vec<_>>());
        }
        Value::Object(members) => members.values().for_each(|inner| collect_languages(inner, languages)),
        Value::Array(items) => items.iter().for_each(|inner| collect_languages(inner, languages)),
        _ => {}
    }
}

/// Whether a member's name is the tag of a language, as far as can be told: members of rules and jumps look like some.
pub fn is_language(name: &str) -> bool {
    let primary = name.split('-').next().unwrap_or_default();
    let is_other = ["is", "if", "go"].contains(&name);
    (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_lowercase()) && !is_other
}

fn is_translated(members: &Map<String, Value>) -> bool {
    !members.is_empty() && members.iter().all(|(name, text)| is_language(name) && text.is_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Document {
        Document::of(json!({
            "name": "Help", "own": { "kept": [1, 2] },
            "questions": [
                { "id": "ease", "prompt": "Easy?", "kind": { "score": { "scale": "ces7", "low": "No", "high": "Yes" } } },
                { "id": "why", "prompt": { "en": "Why?", "ru": "Почему?" }, "kind": { "comment": {} } },
            ],
        }))
    }

    #[test]
    fn places_are_named_as_the_api_names_them() {
        let mut document = document();
        assert_eq!(document.word("questions[0].kind.score.low"), "No");
        assert_eq!(document.get("questions[7].prompt"), None);
        document.set("questions[0].kind.score.low", json!("Not at all"));
        document.set("frequency.every_days", json!(30));
        document.set("endings[0].title", json!("Thanks"));
        assert_eq!(document.word("questions[0].kind.score.low"), "Not at all");
        assert_eq!(
            (document.word("frequency.every_days"), document.word("endings[0].title")),
            ("30".into(), "Thanks".into())
        );
        document.set("questions[9].prompt", json!("nowhere"));
        assert_eq!(document.count("questions"), 2, "a list has no holes");
        assert_eq!(document.get("own"), Some(&json!({ "kept": [1, 2] })), "what the editor does not know stays");
    }

    #[test]
    fn items_are_put_in_moved_and_taken_out() {
        let mut document = document();
        document.insert("questions", 1, json!({ "id": "between" }));
        document.move_item("questions", 2, 0);
        let ids = |document: &Document| {
            (0..document.count("questions")).map(|at| document.word(&format!("questions[{at}].id"))).collect::<Vec<_>>()
        };
        assert_eq!(ids(&document), ["why", "ease", "between"]);
        document.remove("questions[1]");
        document.remove("questions[8]");
        document.remove("questions[0].prompt");
        assert_eq!(ids(&document), ["why", "between"]);
        assert_eq!(document.get("questions[0].prompt"), None);
        document.insert("endings", 4, json!({ "title": "Bye" }));
        assert_eq!(document.count("endings"), 1);
    }

    #[test]
    fn a_text_in_one_language_leaves_the_others_alone() {
        let mut document = document();
        assert_eq!(
            (document.text("questions[0].prompt", "en"), document.text("questions[0].prompt", "ru")),
            ("Easy?".into(), String::new())
        );
        document.set_text("questions[0].prompt", "ru", "Легко?");
        document.set_text("questions[1].prompt", "en", "Why so?");
        assert_eq!(document.get("questions[0].prompt"), Some(&json!({ "en": "Easy?", "ru": "Легко?" })));
        assert_eq!(document.get("questions[1].prompt"), Some(&json!({ "en": "Why so?", "ru": "Почему?" })));
        document.set_text("questions[0].prompt", "ru", "");
        assert_eq!(document.get("questions[0].prompt"), Some(&json!("Easy?")), "written once, as it was");
    }

    #[test]
    fn languages_are_those_of_texts_and_of_nothing_else() {
        let mut document = document();
        document.set("when", json!({ "path": { "is": "/help" } }));
        document.set("format", json!({ "bar": "bottom" }));
        document.set("questions[0].next", json!([{ "if": "answered", "go": "end" }, { "go": "end" }]));
        assert_eq!(document.languages(), ["en", "ru"]);
        document.set("language", json!("de"));
        assert_eq!(document.languages(), ["de", "en", "ru"]);
    }

    #[test]
    fn whatever_is_typed_for_a_number_stays() {
        let mut document = document();
        for (typed, kept) in [("20", json!(20)), ("0,5", json!(0.5)), ("a few", json!("a few"))] {
            document.set_number("sample_percent", typed);
            assert_eq!(document.get("sample_percent"), Some(&kept));
        }
        document.set("sample_percent", json!(100.0));
        assert_eq!(document.word("sample_percent"), "100", "as the collector writes it, and as people do");
        document.set_number("sample_percent", " ");
        assert_eq!(document.get("sample_percent"), None);
    }

    #[test]
    fn what_takes_the_place_of_a_version_was_begun_from_that_one() {
        let version = |number: u32| Document::of(json!({ "name": "Help", "version": number }));
        assert_eq!(version(2).begun_as(&version(5)), version(5));
        assert_eq!(document().begun_as(&version(5)).get("version"), Some(&json!(5)));
        assert_eq!(version(2).begun_as(&document()).get("version"), None);
        let mut typed = version(5);
        typed.go_on_from(None);
        assert_eq!(typed, version(5));
        typed.go_on_from(Some(6));
        assert_eq!(typed, version(6));
    }

    #[test]
    fn a_new_item_has_a_name_of_its_own() {
        assert_eq!(
            [document().free_id("questions", "why"), document().free_id("questions", "more")],
            ["why-2", "more"]
        );
        let form = Document::of(json!({ "questions": [], "endings": [{ "form": { "id": "contact" } }, {}] }));
        assert_eq!(form.free_id("questions", "contact"), "contact-2", "what an ending asks has a name, too");
        assert_eq!(form.free_id("endings", "contact"), "contact");
    }
}
