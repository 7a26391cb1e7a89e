//! Surveys as tests need them: one question, an optional comment, one trigger; or everything there is.

use serde_json::{Value, json};
use survey::definition::Scale;

/// What each of them asks.
pub const QUESTION: &str = "How was it?";

/// CES when the visitor leaves `path`, with a comment after it.
pub fn ces_on(path: &str) -> Value {
    asking_on("page-ces", Scale::ces7(), path, json!([{ "exit_intent": { "after_seconds": 1 } }]))
}

/// CSAT on `path` after so many visible seconds.
pub fn csat_after_seconds(path: &str, seconds: u32) -> Value {
    asking_on("page-csat", Scale::csat5(), path, json!([{ "visible_seconds": seconds }]))
}

/// NPS on `path` when so much of it has been read.
pub fn nps_at_depth(path: &str, percent: u8) -> Value {
    asking_on("page-nps", Scale::nps(), path, json!([{ "scroll_percent": percent }]))
}

/// A survey with a question of every kind, some logic, two languages and two endings.
pub fn asking_everything(path: &str) -> Value {
    json!({
        "id": "everything",
        "name": "Everything",
        "triggers": ["immediately"],
        "when": { "path": { "glob": path } },
        "format": { "bar": "top" },
        "questions": [
            { "id": "score", "prompt": { "en": QUESTION, "ru": "Как вам?" },
              "kind": { "score": { "scale": "ces7", "low": "Bad", "high": "Good" } },
              "next": [{ "if": { "band": "positive" }, "go": "topics" }] },
            { "id": "topics", "prompt": "What is missing?",
              "kind": { "multiple_choice": { "choices": [
                  { "id": "price", "label": "Price" }, { "id": "size", "label": "Size" }
              ], "other": "Something else" } } },
            { "id": "one", "prompt": "Which one?",
              "kind": { "single_choice": { "choices": [{ "id": "a", "label": "A" }, { "id": "b", "label": "B" }] } } },
            { "id": "why", "prompt": "Why?", "kind": { "comment": {} } },
            { "id": "line", "prompt": "In one line?", "kind": { "short_text": {} } },
            { "id": "agrees", "prompt": "May we?", "kind": { "consent": { "label": "You may keep my answer" } } },
            { "id": "mail", "prompt": "Where?", "kind": { "email": {} } },
            { "id": "who", "prompt": "Who?", "kind": { "contact": { "fields": ["name", "message"] } } },
            { "id": "read", "prompt": "Read this.", "kind": { "statement": {} } },
        ],
        "endings": [
            { "when": { "question": "score", "is": { "band": "negative" } }, "title": "Sorry" },
            { "title": { "en": "Thank you.", "ru": "Спасибо." }, "text": "We read every answer." },
        ],
    })
}

/// A survey of one score and a comment, on pages like `path`.
pub fn asking_on(id: &str, scale: Scale, path: &str, triggers: Value) -> Value {
    json!({
        "id": id,
        "name": id,
        "triggers": triggers,
        "when": { "path": { "glob": path } },
        "questions": [
            { "id": "score", "prompt": QUESTION,
              "kind": { "score": { "scale": scale, "low": "Bad", "high": "Good" } } },
            { "id": "why", "prompt": "Why?", "kind": { "comment": { "placeholder": "Optional" } } },
        ],
        "endings": [{ "title": "Thank you.", "text": "We read every answer." }],
    })
}
