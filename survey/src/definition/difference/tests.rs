//! Each change by itself, and what is said of it.

use serde_json::{Value, json};

use super::*;

fn written() -> Value {
    json!({
        "id": "help", "name": "Help", "triggers": ["immediately", { "scroll_percent": 50 }],
        "when": { "all": [{ "path": { "glob": "/help/**" } }, { "device": { "is": "phone" } }] },
        "theme": { "light": { "accent": "#0a5c36" } },
        "questions": [
            { "id": "ease", "prompt": { "en": "Easy?", "ru": "Легко?" },
              "kind": { "score": { "scale": "ces7", "low": "No", "high": "Yes" } },
              "next": [{ "if": { "band": "positive" }, "go": "end" }] },
            { "id": "topic", "prompt": "On what?", "kind": { "single_choice": { "choices": [
                { "id": "price", "label": "Price" }, { "id": "size", "label": "Size" }, { "id": "colour", "label": "Colour" }] } } },
            { "id": "why", "prompt": "Why?", "kind": { "comment": {} } }
        ],
        "endings": [
            { "when": { "question": "ease", "is": { "band": "negative" } }, "title": "Sorry" },
            { "title": "Thank you", "link": { "label": "On", "url": "/next" } }
        ]
    })
}

fn survey(json: Value) -> Survey {
    serde_json::from_value(json).unwrap()
}

/// What is said once something has been changed.
fn told(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut changed = written();
    change(&mut changed);
    difference(&survey(written()), &survey(changed))
}

#[test]
fn of_what_says_the_same_nothing_is_told() {
    assert_eq!(told(|_| {}), Vec::<String>::new());
    let later = survey(written()).with_version(7);
    assert_eq!(difference(&survey(written()), &later), Vec::<String>::new());
}

#[test]
fn a_text_is_told_with_what_it_was_in_each_language() {
    assert_eq!(
        told(|survey| survey["questions"][0]["prompt"] = json!({ "en": "How easy was it?", "de": "Einfach?" })),
        [
            "question \"ease\": prompt in de was added: \"Einfach?\"",
            "question \"ease\": prompt was \"Easy?\", is \"How easy was it?\"",
            "question \"ease\": prompt in ru was removed: \"Легко?\"",
        ]
    );
    assert_eq!(told(|survey| survey["name"] = json!("Care")), ["name was \"Help\", is \"Care\""]);
}

#[test]
fn questions_that_come_go_or_move_are_told_by_their_ids() {
    assert_eq!(
        told(|survey| drop(survey["questions"].as_array_mut().unwrap().pop())),
        ["question \"why\" was removed"]
    );
    let added = told(|survey| {
        let new = json!({ "id": "who", "prompt": "Who?", "kind": { "email": {} } });
        survey["questions"].as_array_mut().unwrap().insert(1, new);
    });
    assert_eq!(added, ["question \"who\" was added after \"ease\""]);
    let moved = told(|survey| survey["questions"].as_array_mut().unwrap().rotate_right(1));
    assert_eq!(moved[0], "question \"why\" was moved, to stand as the first");
    assert_eq!(moved.len(), 1, "{moved:?}");
}

#[test]
fn choices_scales_and_jumps_are_told_with_their_question() {
    let choices = told(|survey| {
        let choices = &mut survey["questions"][1]["kind"]["single_choice"];
        choices["choices"][0]["label"] = json!("Prices");
        choices["choices"].as_array_mut().unwrap().swap(1, 2);
        choices["other"] = json!("Else");
    });
    assert_eq!(
        choices,
        [
            "question \"topic\": choice \"colour\" was moved, to stand after \"price\"",
            "question \"topic\": label of choice \"price\" was \"Price\", is \"Prices\"",
            "question \"topic\": answer in one's own words was added: \"Else\"",
        ]
    );
    let scale = told(|survey| survey["questions"][0]["kind"]["score"]["scale"] = json!("csat5"));
    assert_eq!(scale, ["question \"ease\": scale was \"ease (CES), 1 to 7\", is \"satisfaction (CSAT), 1 to 5\""]);
    let jump = told(|survey| survey["questions"][0]["next"] = json!([{ "if": { "band": "negative" }, "go": "why" }]));
    assert_eq!(
        jump,
        ["question \"ease\": jump was \"if the score is good, to the end\", is \"if the score is bad, on to “Why?”\""]
    );
    let kind = told(|survey| survey["questions"][2]["kind"] = json!({ "email": {} }));
    assert_eq!(kind, ["question \"why\": what it asks for was \"a comment\", is \"an e-mail address\""]);
    let must = told(|survey| survey["questions"][2]["required"] = json!(true));
    assert_eq!(must, ["question \"why\": must be answered now"]);
}

#[test]
fn where_when_and_how_often_are_told_in_words() {
    assert_eq!(
        told(|survey| survey["when"]["all"][0] = json!({ "path": { "glob": "/docs/**" } })),
        ["targeting was \"path is /help or below\", is \"path is /docs or below\""]
    );
    assert_eq!(
        told(|survey| drop(survey["when"]["all"].as_array_mut().unwrap().pop())),
        ["targeting \"device is phone\" was removed"]
    );
    assert_eq!(
        told(|survey| survey["when"] = json!({ "all": [] })),
        ["targeting was path is /help or below and device is phone, is everywhere, to everybody"]
    );
    assert_eq!(
        told(|survey| survey["triggers"] = json!(["immediately", { "scroll_percent": 80 }, "feedback_tab"])),
        [
            "trigger \"once 50\u{202f}% of the page has been scrolled\" was removed",
            "trigger \"once 80\u{202f}% of the page has been scrolled\" was added",
            "trigger \"when the visitor presses the feedback tab\" was added",
        ]
    );
    let pace = told(|survey| {
        survey["frequency"] = json!({ "every_days": 30 });
        survey["sample_percent"] = json!(12.5);
        survey["quota"] = json!(100);
        survey["ends_at"] = json!("2027-03-01T00:00:00Z");
    });
    assert_eq!(
        pace,
        [
            "frequency was once, is every 30 days",
            "sample was 100 %, is 12.5 %",
            "quota was none, is 100",
            "end was none, is 2027-03-01T00:00:00Z",
        ]
    );
}

#[test]
fn format_and_theme_are_told_by_member() {
    assert_eq!(
        told(|survey| survey["format"] = json!("modal")),
        ["format was \"a card in the bottom right corner\", is \"over the page, which waits\""]
    );
    assert_eq!(
        told(|survey| survey["theme"] = json!({ "light": { "accent": "#123456" }, "radius": 4 })),
        ["theme.light.accent was \"#0a5c36\", is \"#123456\"", "theme.radius is 4 now"]
    );
}

#[test]
fn endings_are_told_by_whom_they_are_for() {
    let changed = told(|survey| {
        survey["endings"][0]["redirect"] = json!({ "url": "/contact" });
        survey["endings"][1]["title"] = json!("Thanks");
        survey["endings"][1]["link"]["url"] = json!("/on");
    });
    assert_eq!(
        changed,
        [
            "ending \"Sorry\": where the visitor is sent was none, is /contact after 3 s",
            "ending \"Thanks\": title was \"Thank you\", is \"Thanks\"",
            "ending \"Thanks\": address of the link was /next, is /on",
        ]
    );
    assert_eq!(
        told(|survey| drop(survey["endings"].as_array_mut().unwrap().remove(0))),
        ["ending \"Sorry\" was removed"]
    );
    let rule = told(|survey| survey["endings"][0]["when"]["is"] = json!({ "band": "neutral" }));
    assert_eq!(
        rule,
        [
            "an ending was shown if at “Easy?”, the score is bad, is shown if at “Easy?”, the score is neither good nor bad"
        ]
    );
}

#[test]
fn a_long_text_is_shortened() {
    let long = told(|survey| survey["questions"][2]["prompt"] = json!("why ".repeat(200)));
    assert!(long[0].chars().count() < 200 && long[0].ends_with("…\""), "{long:?}");
}
