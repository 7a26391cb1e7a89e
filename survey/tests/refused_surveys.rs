//! Surveys that are refused where they are saved: each with its place, its reason and the way out.

#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use survey::definition::Survey;

/// A survey that may be published; each test spoils one thing.
fn good() -> Value {
    json!({
        "id": "help", "name": "Help", "triggers": ["immediately"],
        "questions": [
            { "id": "ease", "prompt": { "en": "Easy?", "ru": "Легко?" },
              "kind": { "score": { "scale": "ces7", "low": "No", "high": "Yes" } },
              "next": [{ "if": { "band": "positive" }, "go": "end" }] },
            { "id": "topic", "prompt": "On what?",
              "kind": { "single_choice": { "choices": [{ "id": "price", "label": "Price" }], "other": "Else" } } },
            { "id": "why", "prompt": "{{answer.topic|That}}: why?", "kind": { "comment": {} } }
        ],
        "endings": [
            { "when": { "question": "ease", "is": { "band": "negative" } }, "title": "Sorry",
              "form": { "id": "who", "prompt": "May we write?", "kind": { "contact": { "fields": ["email"] } } } },
            { "title": "Thank you", "link": { "label": "On", "url": "/next" } }
        ]
    })
}

fn read(survey: &Value) -> Result<Survey, String> {
    serde_json::from_str(&survey.to_string()).map_err(|error| error.to_string())
}

/// Puts `value` at a place of the good survey, and says how the refusal begins.
#[track_caller]
fn refused(pointer: &str, value: Value, expected: &str) {
    let mut survey = good();
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    let parent = survey.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(items) => items[member.parse::<usize>().unwrap()] = value,
        parent => parent[member] = value,
    }
    let told = read(&survey).expect_err("it was accepted");
    assert!(told.starts_with(expected), "{told}");
}

#[test]
fn the_good_survey_is_accepted_and_survives_being_written_down() {
    let survey = read(&good()).unwrap();
    let written = serde_json::to_value(&survey).unwrap();
    assert_eq!(read(&written).unwrap(), survey);
}

#[test]
fn a_text_is_refused_with_its_place_and_language() {
    refused("/questions/0/prompt/ru", json!(""), "questions[0].prompt.ru: a text has 1 to 4000 characters");
    refused("/questions/0/prompt", json!({ "ru": "Легко?" }), "questions[0].prompt: there is no text in en");
    refused("/questions/0/kind/score/low", json!("x".repeat(501)), "questions[0].kind.score.low: a text has 1 to 500");
    refused("/questions/1/kind/single_choice/other", json!(""), "questions[1].kind.single_choice.other: a text has");
    refused("/endings/1/title", json!(""), "endings[1].title: a text has");
    refused("/tab_label", json!(""), "tab_label: a text has");
    refused("/questions/0/prompt", json!({ "english": "Easy?" }), "expected a text, or one for each language");
}

#[test]
fn a_blank_that_nothing_fills_is_refused() {
    refused("/questions/2/prompt", json!("{{answer.who}}"), "questions[2].prompt: {{answer.who}}: no question");
    refused("/questions/2/note", json!("{{traits.x}}"), "questions[2].note: {{traits.x}} cannot be filled in");
    refused("/endings/1/text", json!("{{page.title"), "endings[1].text: {{page.title is not closed");
}

#[test]
fn a_question_that_is_never_reached_is_refused_by_name() {
    let away = json!([{ "go": "end" }]);
    refused("/questions/0/next", away, "questions[1]: question topic is never reached");
}

#[test]
fn a_conversation_without_end_is_refused_by_its_names() {
    let back = json!([{ "if": "skipped", "go": "topic" }]);
    refused(
        "/questions/2/next",
        back,
        "questions[2].next: the conversation goes round in circles: topic → why → topic",
    );
}

#[test]
fn choices_that_cannot_be_told_apart_are_refused() {
    let two = |a: &str, b: &str| json!([{ "id": a, "label": "A" }, { "id": b, "label": "B" }]);
    let place = "/questions/1/kind/single_choice/choices";
    refused(place, two("a", "a"), "questions[1].kind.single_choice.choices: two are named a");
    refused(place, two("a", "other"), "questions[1].kind.single_choice.choices: no choice can be named \"other\"");
    refused(place, json!([]), "questions[1].kind.single_choice.choices: 1 to choose from; name 2 to 31");
    let fields = json!({ "contact": { "fields": ["email", "email"] } });
    refused("/endings/0/form/kind", fields, "endings[0].form.kind.contact.fields: email stands there twice");
}

#[test]
fn a_scale_is_drawn_as_it_can_be() {
    let score = |scale: &str, look: &str| json!({ "score": { "scale": scale, "look": look, "low": "a", "high": "b" } });
    let place = "questions[0].kind.score.look: ";
    refused("/questions/0/kind", score("ces7", "faces"), &format!("{place}faces need"));
    refused("/questions/0/kind", score("ces5_effort", "stars"), &format!("{place}stars need"));
    refused("/questions/0/kind", score("nps", "thumbs"), &format!("{place}thumbs need"));
}

#[test]
fn endings_are_refused_where_one_would_be_missing_or_never_shown() {
    refused("/endings", json!([]), "endings: none given; say thank you");
    let picky = json!({ "when": { "question": "ease", "is": "answered" }, "title": "Bye" });
    refused("/endings/1", picky, "endings[1].when: the last ending is for everybody");
    refused("/endings/0/when", Value::Null, "endings[0]: no ending after this one is ever shown");
    refused("/endings/0/when/question", json!("who"), "endings[0].when: there is no question who");
    refused("/endings/0/form/next", json!([{ "go": "end" }]), "endings[0].form: the conversation ends here");
    let mail = json!({ "url": "mailto:a@b.example" });
    refused("/endings/1/redirect", mail, "endings[1].redirect: a visitor is sent to a page");
    let slow = json!({ "url": "/x", "after_seconds": 31 });
    refused("/endings/1/redirect", slow, "endings[1].redirect: after_seconds is more than 30");
}

#[test]
fn an_address_that_a_browser_would_run_is_refused() {
    refused(
        "/endings/1/link/url",
        json!("javascript:alert(1)"),
        "\"javascript:alert(1)\" is not an address; begin with https://",
    );
    refused("/endings/1/redirect", json!({ "url": "//evil.example" }), "\"//evil.example\" is not an address");
}

#[test]
fn names_stand_for_one_thing_each() {
    refused("/questions/2/id", json!("topic"), "questions[2].id: two are named topic");
    refused("/endings/0/form/id", json!("why"), "endings[0].form.id: two are named why");
    refused("/questions/2/id", json!("end"), "questions[2]: no question can be named \"end\"");
}

#[test]
fn more_than_a_browser_can_send_in_one_piece_is_refused() {
    let comment = |n: usize| json!({ "id": format!("why-{n}"), "prompt": "Why?", "kind": { "comment": {} } });
    refused("/questions", (0..4).map(comment).collect(), "questions: the longest answers would come to 3");
    let line = |n: usize| json!({ "id": format!("q-{n}"), "prompt": "?", "kind": { "short_text": {} } });
    refused("/questions", (0..21).map(line).collect(), "questions: 22 given, forms of endings included; at most 20");
}

#[test]
fn a_place_within_the_page_needs_a_selector() {
    refused("/format", json!({ "inline": " " }), "format.inline: a selector has 1 to 256 bytes");
    refused("/format", json!({ "corner": "middle" }), "unknown variant `middle`");
}

#[test]
fn a_survey_that_was_published_before_a_check_came_is_read_all_the_same() {
    let mut survey = good();
    survey["questions"][0]["next"] = json!([{ "go": "end" }]);
    assert!(read(&survey).is_err());
    assert_eq!(Survey::from_store(&survey.to_string()).unwrap().questions().len(), 3);
}
