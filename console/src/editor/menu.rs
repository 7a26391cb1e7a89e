//! What can be chosen: kinds of questions, scales, triggers, formats and frequencies, each with its words and what it begins as. Pure.

use serde_json::{Value, json};
use survey::definition::Scale;

use crate::translation::text;

/// Something that can be chosen.
#[derive(Clone, Copy)]
pub struct Choice {
    /// The name that it has in the document.
    pub name: &'static str,
    label: &'static str,
}

impl Choice {
    pub fn label(&self) -> &'static str {
        text(self.label)
    }
}

const fn choice(name: &'static str, label: &'static str) -> Choice {
    Choice { name, label }
}

pub const KINDS: [Choice; 9] = [
    choice("score", marked!("Score")),
    choice("single_choice", marked!("One of several")),
    choice("multiple_choice", marked!("Several of several")),
    choice("comment", marked!("Comment")),
    choice("short_text", marked!("Short text")),
    choice("email", marked!("E-mail address")),
    choice("contact", marked!("Contact form")),
    choice("consent", marked!("Consent")),
    choice("statement", marked!("Statement")),
];

pub const SCALES: [Choice; 9] = [
    choice("ces7", marked!("Ease, 1 to 7 (CES)")),
    choice("ces5_ease", marked!("Ease, 1 to 5 (CES)")),
    choice("ces5_effort", marked!("Effort, 1 to 5 (CES, low is good)")),
    choice("csat3", marked!("Satisfaction, 1 to 3 (CSAT)")),
    choice("csat5", marked!("Satisfaction, 1 to 5 (CSAT)")),
    choice("csat7", marked!("Satisfaction, 1 to 7 (CSAT)")),
    choice("csat10", marked!("Satisfaction, 1 to 10 (CSAT)")),
    choice("csat_thumbs", marked!("Thumbs down or up (CSAT)")),
    choice("nps", marked!("Recommendation, 0 to 10 (NPS)")),
];

pub const LOOKS: [Choice; 4] = [
    choice("numbers", marked!("Numbers")),
    choice("faces", marked!("Faces")),
    choice("stars", marked!("Stars")),
    choice("thumbs", marked!("Thumbs")),
];

pub const CONTACT_FIELDS: [Choice; 5] = [
    choice("name", marked!("Name")),
    choice("email", marked!("E-mail")),
    choice("phone", marked!("Telephone")),
    choice("company", marked!("Company")),
    choice("message", marked!("Message")),
];

/// Each with what its value means, and in which unit.
pub const TRIGGERS: [(Choice, &str); 10] = [
    (choice("immediately", marked!("at once, when the page has loaded")), ""),
    (choice("visible_seconds", marked!("after some seconds in sight")), marked!("seconds")),
    (choice("scroll_percent", marked!("when so much has been scrolled")), "%"),
    (choice("exit_intent", marked!("when the visitor is about to leave, after at least")), marked!("seconds")),
    (choice("click", marked!("on a click on an element")), marked!("CSS selector")),
    (choice("element_visible", marked!("when an element comes into sight")), marked!("CSS selector")),
    (choice("inactive_seconds", marked!("when nothing has been done for")), marked!("seconds")),
    (choice("event", marked!("when the page tells of an event")), marked!("name")),
    (choice("feedback_tab", marked!("when the feedback tab is pressed")), ""),
    (choice("programmatic", marked!("when the page asks for it")), ""),
];

/// Each with the name of its part, if it stands somewhere.
pub const FORMATS: [(Choice, &[Choice]); 5] = [
    (
        choice("corner", marked!("Card in a corner")),
        &[
            choice("bottom_right", marked!("bottom right")),
            choice("bottom_left", marked!("bottom left")),
            choice("top_right", marked!("top right")),
            choice("top_left", marked!("top left")),
        ],
    ),
    (choice("modal", marked!("Dialog over the page")), &[]),
    (
        choice("bar", marked!("Bar")),
        &[choice("bottom", marked!("at the bottom")), choice("top", marked!("at the top"))],
    ),
    (
        choice("side", marked!("Card at the side")),
        &[choice("right", marked!("right")), choice("left", marked!("left"))],
    ),
    (choice("inline", marked!("Within the page, in the element")), &[]),
];

pub const FREQUENCIES: [Choice; 5] = [
    choice("once", marked!("once")),
    choice("until_answered", marked!("until they answer")),
    choice("every_days", marked!("again after some days")),
    choice("at_most", marked!("a few times at most")),
    choice("always", marked!("whenever they ask for it")),
];

/// Of something that is either a name (`"modal"`) or a member with a value (`{"corner": "top_left"}`): the name.
pub fn name_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(name)) => name.clone(),
        Some(Value::Object(members)) => members.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

/// The name of a scale that is written out, if it has one.
pub fn scale_name(written: &Value) -> Option<&'static str> {
    let written: Scale = serde_json::from_value(written.clone()).ok()?;
    let is_it =
        |choice: &&Choice| serde_json::from_value::<Scale>(json!(choice.name)).is_ok_and(|scale| scale == written);
    SCALES.iter().find(is_it).map(|choice| choice.name)
}

/// What a new question is. Its texts are for visitors, whose language need not be the reader's.
pub fn new_question(kind: &str, id: &str) -> Value {
    let (prompt, inside) = match kind {
        "score" => (
            untranslated!("How easy was it to do what you came for?"),
            json!({ "scale": "ces7", "low": untranslated!("Very hard"), "high": untranslated!("Very easy") }),
        ),
        "single_choice" | "multiple_choice" => (
            untranslated!("Which of these?"),
            json!({ "choices": [
            { "id": "first", "label": untranslated!("The first") }, { "id": "second", "label": untranslated!("The second") }] }),
        ),
        "comment" => (untranslated!("What could we do better?"), json!({})),
        "short_text" => (untranslated!("What were you looking for?"), json!({})),
        "email" => (untranslated!("To which address may we write?"), json!({})),
        "contact" => (untranslated!("How may we reach you?"), json!({ "fields": ["name", "email"] })),
        "consent" => (untranslated!("May we use your answer?"), json!({ "label": untranslated!("Yes, you may") })),
        _ => (untranslated!("Something to know"), json!({})),
    };
    json!({ "id": id, "prompt": prompt, "kind": { kind: inside } })
}

/// The name that a new question of a kind begins with.
pub fn id_for(kind: &str) -> &'static str {
    match kind {
        "score" => "score",
        "comment" => "why",
        "single_choice" => "which",
        "multiple_choice" => "topics",
        "short_text" => "text",
        "email" => "email",
        "contact" => "contact",
        "consent" => "consent",
        _ => "note",
    }
}

/// What a trigger begins as.
pub fn new_trigger(name: &str) -> Value {
    match name {
        "visible_seconds" => json!({ name: 20 }),
        "scroll_percent" => json!({ name: 75 }),
        "inactive_seconds" => json!({ name: 30 }),
        "exit_intent" => json!({ name: { "after_seconds": 5 } }),
        "click" | "element_visible" | "event" => json!({ name: "" }),
        other => json!(other),
    }
}

/// Where in a trigger its value stands, from the trigger's own place on; nowhere, if it has none.
pub fn value_of_trigger(name: &str) -> Option<&'static str> {
    Some(match name {
        "visible_seconds" => ".visible_seconds",
        "scroll_percent" => ".scroll_percent",
        "inactive_seconds" => ".inactive_seconds",
        "exit_intent" => ".exit_intent.after_seconds",
        "click" => ".click",
        "element_visible" => ".element_visible",
        "event" => ".event",
        _ => return None,
    })
}

/// Whether the value of a trigger is a text.
pub fn is_worded(trigger: &str) -> bool {
    matches!(trigger, "click" | "element_visible" | "event")
}

pub fn new_format(name: &str) -> Value {
    match name {
        "corner" => json!({ name: "bottom_right" }),
        "bar" => json!({ name: "bottom" }),
        "side" => json!({ name: "right" }),
        "inline" => json!({ name: "" }),
        other => json!(other),
    }
}

pub fn new_frequency(name: &str) -> Value {
    match name {
        "every_days" => json!({ name: 90 }),
        "at_most" => json!({ name: 3 }),
        other => json!(other),
    }
}

#[cfg(test)]
mod tests {
    use survey::definition::Survey;

    use super::*;

    /// The least that can be published.
    fn survey_with(member: &str, value: Value) -> Value {
        let mut survey = json!({
            "id": "new", "name": "New", "triggers": ["immediately"], "endings": [{ "title": "Thanks" }],
            "questions": [new_question("score", "score")],
        });
        survey[member] = value;
        survey
    }

    fn refusal(survey: &Value) -> Option<String> {
        serde_json::from_value::<Survey>(survey.clone()).err().map(|error| error.to_string())
    }

    #[test]
    fn whatever_is_chosen_can_be_published_as_it_is() {
        for Choice { name, .. } in KINDS {
            let survey = survey_with("questions", json!([new_question(name, id_for(name))]));
            assert_eq!(refusal(&survey), None, "{name}");
        }
        for Choice { name, .. } in SCALES {
            let mut survey = survey_with("priority", json!(0));
            survey["questions"][0]["kind"]["score"]["scale"] = json!(name);
            assert_eq!(refusal(&survey), None, "{name}");
            let scale: Scale = serde_json::from_value(json!(name)).unwrap();
            assert_eq!(scale_name(&serde_json::to_value(scale).unwrap()), Some(name));
        }
        for (Choice { name, .. }, _) in TRIGGERS.iter().filter(|(trigger, _)| !is_worded(trigger.name)) {
            assert_eq!(refusal(&survey_with("triggers", json!([new_trigger(name)]))), None, "{name}");
        }
        for (Choice { name, .. }, places) in FORMATS.iter().filter(|(format, _)| format.name != "inline") {
            assert_eq!(refusal(&survey_with("format", new_format(name))), None, "{name}");
            for place in *places {
                assert_eq!(refusal(&survey_with("format", json!({ *name: place.name }))), None, "{}", place.name);
            }
        }
        for Choice { name, .. } in FREQUENCIES {
            let mut survey = survey_with("frequency", new_frequency(name));
            survey["triggers"] = json!(["feedback_tab"]);
            assert_eq!(refusal(&survey), None, "{name}");
        }
    }

    #[test]
    fn what_is_a_name_or_has_one_is_known_by_it() {
        assert_eq!(
            [name_of(Some(&json!("modal"))), name_of(Some(&json!({ "bar": "top" }))), name_of(None)],
            ["modal", "bar", ""]
        );
        for (trigger, _) in TRIGGERS {
            let value = value_of_trigger(trigger.name);
            let document = super::super::document::Document::of(json!({ "triggers": [new_trigger(trigger.name)] }));
            if let Some(value) = value {
                assert!(document.get(&format!("triggers[0]{value}")).is_some(), "{}", trigger.name);
            }
            assert_eq!(name_of(document.get("triggers[0]")), trigger.name);
        }
    }
}
