//! What rules ask about, gathered from the browser: each field once a look, and none that no rule asks about.

use js_sys::{Array, JsString};
use survey::page::PageKey;
use survey::targeting::{Busy, Condition, Field, FieldKind, Value, agent};
use wasm_bindgen::{JsCast, JsValue};

use super::browser::{self, ask, get, read, read_text, walk};
use super::memory::{Memory, whole};

/// The fields that conditions ask about, each once.
pub fn asked_by<'c>(conditions: impl Iterator<Item = &'c Condition>) -> Vec<Field> {
    let mut fields = Vec::new();
    for condition in conditions {
        condition.each_test(&mut |test| {
            if !fields.contains(test.field()) {
                fields.push(test.field().clone());
            }
        });
    }
    fields
}

/// What is known of the visit: the loader counts, because pages count on which it starts nothing.
#[derive(Default)]
pub struct Visited {
    visits: f64,
    /// When the visit began, in Unix milliseconds.
    pub began: String,
    pages: f64,
    /// The UTM parameters of the page on which it began, as a query.
    campaign: String,
}

impl Visited {
    /// Reads `VISITS BEGAN LAST PAGES CAMPAIGN`.
    pub fn parse(text: &str) -> Self {
        let part = |place| text.split(' ').nth(place).unwrap_or_default();
        let number = |place| whole(part(place)).unwrap_or(1) as f64;
        Self { visits: number(0), began: part(1).to_owned(), pages: number(3), campaign: part(4).to_owned() }
    }
}

/// Where facts come from, apart from the page itself.
pub struct Sources<'a> {
    pub memory: &'a Memory,
    pub visited: &'a Visited,
    pub country: &'a str,
    pub key: &'a PageKey,
}

impl Sources<'_> {
    pub fn value(&self, field: &Field) -> Option<Value> {
        let name = field.name.as_str();
        let flag = |holds: bool| Some(Value::flag(holds));
        match field.kind {
            FieldKind::Host => text(self.key.host()),
            FieldKind::Path => Some(Value::of_path(self.key.path())),
            FieldKind::Query => parameter(&read_text("location.search"), name),
            FieldKind::Hash => text(read_text("location.hash").strip_prefix('#')?),
            FieldKind::Title => found(read("document.title")),
            FieldKind::Referrer => known(&read_text("document.referrer")),
            FieldKind::Utm => parameter(&self.visited.campaign, &format!("utm_{name}")),
            FieldKind::Device => text(browser::device().as_str()),
            FieldKind::Browser => text(agent::browser(&user_agent())),
            FieldKind::Os => text(agent::os(&user_agent())),
            FieldKind::ViewportWidth => found(read("innerWidth")),
            FieldKind::ViewportHeight => found(read("innerHeight")),
            FieldKind::Language => found(read("navigator.language")),
            FieldKind::TimeZone => time_zone(),
            FieldKind::Country => known(self.country),
            FieldKind::Returning => flag(self.visited.visits > 1.0),
            FieldKind::SessionPages => number(self.visited.pages),
            FieldKind::Visits => number(self.visited.visits),
            FieldKind::SiteSeconds => number(self.site_seconds()),
            FieldKind::Answered => flag(self.has_answered(name)),
            FieldKind::Score | FieldKind::Trait => text(&self.memory.get(&field.to_string())?),
            FieldKind::Event => number(self.memory.count_of(name, &self.visited.began).into()),
            FieldKind::Js => found(read(name)),
            FieldKind::DataLayer => data_layer(name),
            FieldKind::Cookie => cookie(name),
            FieldKind::Meta => meta(name),
            FieldKind::Selector => flag(!browser::elements(name).is_empty()),
        }
    }

    fn site_seconds(&self) -> f64 {
        let began = whole(&self.visited.began);
        began.map_or(0.0, |began| ((browser::now() - began) / 1_000) as f64)
    }

    fn has_answered(&self, survey: &str) -> bool {
        let meeting = survey.parse().ok().and_then(|survey| self.memory.meeting(&survey));
        meeting.is_some_and(|meeting| meeting.answered)
    }
}

/// What the visitor is in the middle of, apart from typing.
pub fn open_dialog() -> Option<Busy> {
    let dialogs = browser::elements("dialog[open],[aria-modal=true],[role=alertdialog]");
    dialogs.iter().any(browser::is_rendered).then_some(Busy::Dialog)
}

/// A value as the page has it; nothing for nothing. An object is there, but says nothing.
pub fn found(value: Option<JsValue>) -> Option<Value> {
    let value = value?;
    if let Some(found) = value.as_string() {
        text(&found)
    } else if let Some(found) = value.as_f64() {
        number(found)
    } else if let Some(found) = value.as_bool() {
        Some(Value::flag(found))
    } else {
        Some(Value::default())
    }
}

/// A text; an empty one is there as well, and empty. As a number if JavaScript takes it for one, and in lower case as it does
/// that: Rust's own ways would cost a visitor as much as all other facts together.
fn text(text: &str) -> Option<Value> {
    let js = JsValue::from_str(text);
    let number = if text.trim().is_empty() { f64::NAN } else { js.unchecked_into_f64() };
    let folded = js.unchecked_ref::<JsString>().to_lower_case().into();
    Some(Value { text: text.to_owned(), folded, number: Some(number).filter(|number| number.is_finite()) })
}

/// A text that is empty where there is nothing to tell of.
fn known(known: &str) -> Option<Value> {
    text(known).filter(|value| !value.text.is_empty())
}

fn number(number: f64) -> Option<Value> {
    let written = String::from(js_sys::Number::from(number).to_string_with_radix(10).ok()?);
    Some(Value { folded: written.clone(), text: written, number: Some(number).filter(|number| number.is_finite()) })
}

/// A parameter of a query, decoded; the first of its name.
fn parameter(query: &str, name: &str) -> Option<Value> {
    text(&web_sys::UrlSearchParams::new_with_str(query).ok()?.get(name)?)
}

fn user_agent() -> String {
    read_text("navigator.userAgent")
}

fn time_zone() -> Option<Value> {
    let format = ask(&read("Intl")?, "DateTimeFormat", &[])?;
    found(get(&ask(&format, "resolvedOptions", &[])?, "timeZone"))
}

/// Newer objects in a data layer come later; a name with dots is one key, or a way.
fn data_layer(name: &str) -> Option<Value> {
    let layer: Array = read("dataLayer")?.dyn_into().ok()?;
    found((0..layer.length()).rev().find_map(|index| {
        let object = layer.get(index);
        get(&object, name).or_else(|| walk(object, name))
    }))
}

fn cookie(name: &str) -> Option<Value> {
    // Throws in a sandboxed frame.
    let cookies = read_text("document.cookie");
    let value = cookies.split("; ").find_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('='))?;
    let decoded = js_sys::decode_uri_component(value);
    text(&decoded.map_or_else(|_| value.to_owned(), String::from))
}

fn meta(name: &str) -> Option<Value> {
    let selector = format!(r#"meta[name="{name}"],meta[property="{name}"]"#);
    found(ask(browser::elements(&selector).first()?, "getAttribute", &["content".into()]))
}
