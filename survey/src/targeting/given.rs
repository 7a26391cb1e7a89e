//! Given facts: a visitor and a page as somebody describes them, to be told what would show there and why.
//!
//! ```json
//! {"url": "https://shop.example/help?plan=pro", "values": {"device": "phone", "cookie:plan": "pro"},
//!  "visible_seconds": 5, "scroll_percent": 10, "shown": {"help-ces": 1}}
//! ```

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::plausible::suggestion;
use super::written::field;
use super::{Busy, ExitSeen, Field, FieldKind, Happening, Meeting, Moment, Nature, PageMoment, Signal, Value};
use super::{VisitorFacts, frequency::DAY_MS};
use crate::definition::SurveyId;
use crate::page::{canonical_host, canonical_path};

/// Why a description cannot be understood: where, what, and the way out.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{field}: {reason}")]
pub struct GivenError {
    pub field: String,
    pub reason: String,
}

/// What is said of a visitor and a page. Whatever is left out is as on a first visit that has just begun.
#[derive(Clone, Debug, Default)]
pub struct Given {
    values: Vec<(Field, Value)>,
    met: Vec<Met>,
    page: PageMoment,
    visitor: u64,
    now: Option<i64>,
}

/// A survey that the visitor is said to have met.
#[derive(Clone, Debug)]
struct Met {
    survey: SurveyId,
    shown: u32,
    days_ago: u32,
    answered: bool,
}

const MEMBERS: [&str; 13] = [
    "url",
    "values",
    "visitor",
    "now",
    "visible_seconds",
    "inactive_seconds",
    "scroll_percent",
    "touch",
    "hidden",
    "busy",
    "asked",
    "happened",
    "shown",
];

/// Things that can have happened, as they are written: a trigger's name, and what it is about.
const HAPPENINGS: [(&str, Signal); 5] = [
    ("click", Signal::Click),
    ("element_visible", Signal::ElementVisible),
    ("event", Signal::Event),
    ("show", Signal::Programmatic),
    ("feedback_tab", Signal::FeedbackTab),
];

/// The signals of a leaving visitor, as they are written after `exit`.
const EXITS: [Signal; 5] =
    [Signal::PointerLeftTop, Signal::FastScrollUp, Signal::ReturnFromHidden, Signal::BackWithinSite, Signal::TouchIdle];

impl Given {
    /// Reads a description.
    ///
    /// # Errors
    /// Names the first member that makes no sense.
    pub fn parse(json: &Json) -> Result<Self, GivenError> {
        let members = object("", json)?;
        let mut given = Self::default();
        // First the address, so that a value that is named wins over what it says.
        if let Some(url) = members.get("url") {
            given.values = values_of_url(text("url", url)?)?;
        }
        for (name, value) in members {
            given.take(name, value)?;
        }
        if let Some(exit) = &mut given.page.exit {
            exit.visible_ms = given.page.visible_ms;
        }
        Ok(given)
    }

    /// The facts at a moment, unless another one was given.
    pub fn facts(self, now: i64) -> VisitorFacts {
        let now = self.now.unwrap_or(now);
        let met = self.met.into_iter().map(|met| Meeting {
            survey: met.survey,
            shown: met.shown,
            last_shown: now - i64::from(met.days_ago) * DAY_MS,
            answered: met.answered,
        });
        let met: Vec<Meeting> = met.collect();
        let last_asked = met.iter().filter(|meeting| meeting.shown > 0).map(|meeting| meeting.last_shown).max();
        VisitorFacts { now, visitor: self.visitor, values: self.values, met, last_asked, page: self.page }
    }

    fn take(&mut self, name: &str, json: &Json) -> Result<(), GivenError> {
        let page = &mut self.page;
        match name {
            "url" => {}
            "values" => {
                for (name, value) in object("values", json)? {
                    let (field, value) = named_value(name, value)?;
                    self.values.retain(|(known, _)| *known != field);
                    self.values.push((field, value));
                }
            }
            "visitor" => self.visitor = whole("visitor", json, u64::MAX)?,
            "now" => self.now = Some(moment(json)?),
            "visible_seconds" => page.visible_ms = seconds(name, json)?,
            "inactive_seconds" => page.inactive_ms = seconds(name, json)?,
            "scroll_percent" => page.scroll_percent = whole(name, json, 100)? as u8,
            "touch" => page.is_touch = flag(name, json)?,
            "hidden" => page.is_hidden = flag(name, json)?,
            "asked" => page.asked = flag(name, json)?,
            "busy" => page.busy = Some(busy(json)?),
            "happened" => self.take_happenings(json)?,
            "shown" => {
                let met = object("shown", json)?.iter().map(|(survey, said)| met(survey, said));
                self.met = met.collect::<Result<_, _>>()?;
            }
            other => return Err(error(other, format!("{other:?} is not known here{}", suggestion(other, &MEMBERS)))),
        }
        Ok(())
    }

    fn take_happenings(&mut self, json: &Json) -> Result<(), GivenError> {
        let Json::Array(items) = json else {
            return Err(error("happened", r#"takes a list, like [{"click":".buy"},{"exit":"pointer_left_top"}]"#));
        };
        for (index, item) in items.iter().enumerate() {
            let place = format!("happened[{index}]");
            for (name, what) in object(&place, item)? {
                self.take_happening(&format!("{place}.{name}"), name, what)?;
            }
        }
        Ok(())
    }

    fn take_happening(&mut self, place: &str, name: &str, what: &Json) -> Result<(), GivenError> {
        let what = text(place, what)?;
        if name == "exit" {
            let names = EXITS.map(Signal::as_str);
            let signal = EXITS.into_iter().find(|signal| signal.as_str() == what);
            let signal = signal
                .ok_or_else(|| error(place, format!("{what:?} is no way to leave{}", suggestion(what, &names))))?;
            self.page.exit = Some(ExitSeen { signal, visible_ms: 0 });
            return Ok(());
        }
        let known = HAPPENINGS.iter().find(|(known, _)| *known == name);
        let (_, signal) = known.ok_or_else(|| {
            let names: Vec<&str> = HAPPENINGS.iter().map(|(name, _)| *name).chain(["exit"]).collect();
            error(place, format!("{name:?} is nothing that can happen{}", suggestion(name, &names)))
        })?;
        self.page.happened.push(Happening { signal: *signal, what: what.to_owned() });
        Ok(())
    }
}

/// What an address tells: host, path, query parameters, fragment, and the UTM parameters of a visit that begins here.
fn values_of_url(url: &str) -> Result<Vec<(Field, Value)>, GivenError> {
    let no_address = || error("url", format!("{url:?} is not an address; write it like https://shop.example/help"));
    let (scheme, rest) = url.split_once("://").ok_or_else(no_address)?;
    if !matches!(scheme, "https" | "http") {
        return Err(no_address());
    }
    let (rest, hash) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = idna::domain_to_ascii(host_of(authority)).map_err(|_| no_address())?;
    let host = canonical_host(&host).map_err(|_| no_address())?;
    let path = canonical_path(if path.is_empty() { "/" } else { path });

    let mut values = vec![(Field::of(FieldKind::Host), value_of(FieldKind::Host, &host))];
    values.push((Field::of(FieldKind::Path), Value::of_path(&path)));
    if !hash.is_empty() {
        values.push((Field::of(FieldKind::Hash), value_of(FieldKind::Hash, hash)));
    }
    for (name, value) in parameters(query) {
        if let Some(utm) = name.strip_prefix("utm_") {
            values.push((Field::named(FieldKind::Utm, utm), value_of(FieldKind::Utm, &value)));
        }
        values.push((Field::named(FieldKind::Query, &name), value_of(FieldKind::Query, &value)));
    }
    Ok(values)
}

/// Without user and port.
fn host_of(authority: &str) -> &str {
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The first of each name.
fn parameters(query: &str) -> BTreeMap<String, String> {
    let mut parameters = BTreeMap::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let plain = |text: &str| decoded(&text.replace('+', " "));
        parameters.entry(plain(name)).or_insert_with(|| plain(value));
    }
    parameters
}

/// With percent-encoding undone; what is not UTF-8 is replaced.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        // `from_str_radix` alone would take "+F".
        let code = (first == b'%').then(|| after.get(..2)).flatten();
        let code = code.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let code = code.and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn named_value(name: &str, json: &Json) -> Result<(Field, Value), GivenError> {
    let place = format!("values.{name}");
    let field = field(name).map_err(|reason| error(&place, reason))?;
    let text = match json {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        Json::Bool(flag) => flag.to_string(),
        _ => return Err(error(&place, "takes a text, a number, true or false; leave it out where there is nothing")),
    };
    let value = value_of(field.kind, &text);
    let is_wrong = match field.kind.nature() {
        Nature::Number => value.number.is_none(),
        Nature::Flag => !matches!(text.as_str(), "true" | "false"),
        Nature::Text | Nature::Any => false,
    };
    if is_wrong {
        let wanted = if field.kind.nature() == Nature::Flag { "true or false" } else { "a number" };
        return Err(error(&place, format!("{text:?} is not {wanted}")));
    }
    Ok((field, value))
}

/// A value in the form that the widget gives those of its field.
fn value_of(kind: FieldKind, text: &str) -> Value {
    if kind == FieldKind::Path {
        return Value::of_path(&canonical_path(text));
    }
    let text = match kind {
        FieldKind::Host => canonical_host(text).unwrap_or_else(|_| text.to_owned()),
        FieldKind::Hash => text.trim_start_matches('#').to_owned(),
        _ => text.to_owned(),
    };
    let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
    let number = if kind.nature() == Nature::Text { None } else { number };
    Value { folded: text.to_lowercase(), number, text }
}

/// `1`, or `{"times": 1, "days_ago": 30, "answered": true}`.
fn met(survey: &str, json: &Json) -> Result<Met, GivenError> {
    let place = format!("shown.{survey}");
    let id = survey.parse::<SurveyId>().map_err(|reason| error(&place, reason.to_string()))?;
    let mut met = Met { survey: id, shown: 1, days_ago: 0, answered: false };
    if json.is_number() {
        met.shown = whole(&place, json, u64::from(u32::MAX))? as u32;
        return Ok(met);
    }
    for (name, value) in object(&place, json)? {
        let place = format!("{place}.{name}");
        match name.as_str() {
            "times" => met.shown = whole(&place, value, u64::from(u32::MAX))? as u32,
            "days_ago" => met.days_ago = whole(&place, value, 36_500)? as u32,
            "answered" => met.answered = flag(&place, value)?,
            other => {
                let meant = suggestion(other, &["times", "days_ago", "answered"]);
                return Err(error(&place, format!("{other:?} is not known here{meant}")));
            }
        }
    }
    Ok(met)
}

fn busy(json: &Json) -> Result<Busy, GivenError> {
    match text("busy", json)? {
        "dialog" => Ok(Busy::Dialog),
        "typing" => Ok(Busy::Typing),
        other => Err(error("busy", format!("{other:?} is not known here; there are: dialog, typing"))),
    }
}

fn moment(json: &Json) -> Result<i64, GivenError> {
    Moment::deserialize(json).map(|moment| moment.0).map_err(|reason| error("now", reason.to_string()))
}

fn object<'a>(place: &str, json: &'a Json) -> Result<&'a Map<String, Json>, GivenError> {
    json.as_object().ok_or_else(|| error(place, "takes an object in { }"))
}

fn text<'a>(place: &str, json: &'a Json) -> Result<&'a str, GivenError> {
    json.as_str().ok_or_else(|| error(place, "takes a text"))
}

fn flag(place: &str, json: &Json) -> Result<bool, GivenError> {
    json.as_bool().ok_or_else(|| error(place, "takes true or false"))
}

fn whole(place: &str, json: &Json, most: u64) -> Result<u64, GivenError> {
    let number = json.as_u64().filter(|number| *number <= most);
    number.ok_or_else(|| error(place, format!("{json} is not a whole number from 0 to {most}")))
}

fn seconds(place: &str, json: &Json) -> Result<u64, GivenError> {
    const A_YEAR: f64 = 366.0 * 24.0 * 60.0 * 60.0;
    let seconds = json.as_f64().filter(|seconds| (0.0..=A_YEAR).contains(seconds));
    let seconds = seconds.ok_or_else(|| error(place, format!("{json} is not a number of seconds")))?;
    Ok((seconds * 1_000.0).round() as u64)
}

fn error(field: &str, reason: impl Into<String>) -> GivenError {
    GivenError { field: field.to_owned(), reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(json: &str) -> VisitorFacts {
        Given::parse(&serde_json::from_str(json).unwrap()).unwrap().facts(1_000_000_000_000)
    }

    fn refused(json: &str) -> String {
        Given::parse(&serde_json::from_str(json).unwrap()).unwrap_err().to_string()
    }

    fn seen<'a>(facts: &'a VisitorFacts, name: &str) -> &'a str {
        let field = field(name).unwrap();
        facts.value(&field).map_or("", |value| &value.text)
    }

    #[test]
    fn an_address_tells_host_path_query_fragment_and_campaign() {
        let facts = facts(r#"{"url":"https://www.Shop.example:8443/Caf%C3%A9/?q=a+b%21&utm_source=Mail&q=2#Top"}"#);
        let seen = |name| seen(&facts, name);
        assert_eq!((seen("host"), seen("path"), seen("hash")), ("shop.example", "/Café", "Top"));
        assert_eq!((seen("query:q"), seen("utm:source")), ("a b!", "Mail"));
        let idn = facts_of_url("https://bücher.example");
        assert_eq!((self::seen(&idn, "host"), self::seen(&idn, "path")), ("xn--bcher-kva.example", "/"));
    }

    fn facts_of_url(url: &str) -> VisitorFacts {
        facts(&format!(r#"{{"url":"{url}"}}"#))
    }

    #[test]
    fn what_is_named_wins_over_the_address_and_numbers_are_numbers() {
        let facts = facts(
            r#"{"values":{"path":"/b/","visits":3,"returning":true,"cookie:plan":"17"},"url":"https://a.b/a",
                "visible_seconds":1.5,"scroll_percent":10,"touch":true,"busy":"typing",
                "happened":[{"click":".buy"},{"exit":"fast_scroll_up"}],
                "shown":{"x":2,"y":{"times":1,"days_ago":2,"answered":true}}}"#,
        );
        assert_eq!(seen(&facts, "path"), "/b");
        assert_eq!(facts.value(&field("visits").unwrap()).unwrap().number, Some(3.0));
        assert_eq!(facts.value(&field("cookie:plan").unwrap()).unwrap().number, Some(17.0));
        assert_eq!((facts.page.visible_ms, facts.page.scroll_percent, facts.page.is_touch), (1_500, 10, true));
        assert_eq!(facts.page.exit, Some(ExitSeen { signal: Signal::FastScrollUp, visible_ms: 1_500 }));
        assert_eq!((facts.met[0].shown, facts.met[0].last_shown), (2, facts.now));
        assert_eq!((facts.met[1].last_shown, facts.met[1].answered), (facts.now - 2 * DAY_MS, true));
    }

    #[test]
    fn a_mistake_is_told_with_its_place_and_a_suggestion() {
        for (json, told) in [
            (r#"{"ulr":"https://a.b"}"#, r#"ulr: "ulr" is not known here; did you mean "url"?"#),
            (r#"{"url":"shop"}"#, "url: \"shop\" is not an address"),
            (r#"{"url":"javascript://alert(1)"}"#, "is not an address"),
            (r#"{"values":{"pth":"/"}}"#, r#"values.pth: "pth" is not a field; did you mean "path"?"#),
            (r#"{"values":{"visits":"many"}}"#, "values.visits: \"many\" is not a number"),
            (r#"{"values":{"returning":"1"}}"#, "values.returning: \"1\" is not true or false"),
            (r#"{"values":{"title":["x"]}}"#, "values.title: takes a text"),
            (r#"{"scroll_percent":101}"#, "scroll_percent: 101 is not a whole number from 0 to 100"),
            (r#"{"visible_seconds":-1}"#, "visible_seconds: -1 is not a number of seconds"),
            (
                r#"{"happened":[{"clik":".x"}]}"#,
                r#"happened[0].clik: "clik" is nothing that can happen; did you mean "click"?"#,
            ),
            (r#"{"happened":[{"exit":"door"}]}"#, "happened[0].exit: \"door\" is no way to leave"),
            (r#"{"shown":{"A B":1}}"#, "shown.A B: \"A B\" is not a name"),
            (
                r#"{"shown":{"a":{"day_ago":1}}}"#,
                r#"shown.a.day_ago: "day_ago" is not known here; did you mean "days_ago"?"#,
            ),
            (r#"{"now":"noon"}"#, "now: \"noon\" is not a moment"),
            (r#"{"busy":"eating"}"#, "busy: \"eating\""),
        ] {
            let refused = refused(json);
            assert!(refused.contains(told), "{json}: {refused}");
        }
    }
}
