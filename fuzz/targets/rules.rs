//! Rules that somebody writes, and facts that somebody makes up: whatever is refused is refused with a reason, and whatever is
//! saved means the same written anew and compiled, decides without a panic, and shows nothing where the gate is shut.
//!
//! The input is JSON: `{"when": {…}, "triggers": […], "facts": {…}}`.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::{Value, json};
use survey::definition::Survey;
use survey::gate::Gate;
use survey::targeting::wording::Tongue;
use survey::targeting::{Condition, Field, FieldKind, Given, Rules, VisitorFacts, decide};

/// A day in 2026.
const NOW: i64 = 1_780_000_000_000;

fuzz_target!(|input: &[u8]| -> Corpus {
    let Ok(Value::Object(mut input)) = serde_json::from_slice(input) else { return Corpus::Reject };
    let mut take = |name| input.remove(name).unwrap_or_else(|| json!({}));
    let (when, triggers, facts) = (take("when"), take("triggers"), take("facts"));
    if let Some(condition) = condition(when) {
        let facts = match Given::parse(&facts) {
            Ok(given) => given.facts(NOW),
            Err(refused) => {
                assert!(!refused.reason.is_empty(), "refused without a reason");
                VisitorFacts::default()
            }
        };
        let survey = survey(&condition, triggers).or_else(|| survey(&condition, json!(["immediately"])));
        if let Some(survey) = survey {
            judge(&survey, &facts);
        }
    }
    Corpus::Keep
});

fn condition(when: Value) -> Option<Condition> {
    let condition: Condition = match serde_json::from_value(when) {
        Ok(condition) => condition,
        Err(refused) => {
            assert!(!refused.to_string().is_empty(), "refused without a reason");
            return None;
        }
    };
    let written = serde_json::to_value(&condition).expect("a rule can be written");
    let read: Result<Condition, _> = serde_json::from_value(written.clone());
    assert_eq!(read.ok().as_ref(), Some(&condition), "written anew, it is another rule: {written}");
    let compiled = postcard::to_allocvec(&condition).expect("a rule can be compiled");
    assert_eq!(postcard::from_bytes(&compiled).as_ref(), Ok(&condition), "compiled, it is another rule: {written}");
    for tongue in [Tongue::English, Tongue::Russian] {
        let _ = tongue.words().condition(&condition);
    }
    Some(condition)
}

fn survey(condition: &Condition, triggers: Value) -> Option<Survey> {
    let survey = json!({
        "id": "fuzzed", "name": "Fuzzed", "triggers": triggers, "when": condition,
        "questions": [{ "id": "why", "prompt": "Why?", "kind": { "comment": {} } }],
        "endings": [{ "title": "Thank you" }],
    });
    serde_json::from_value(survey).ok()
}

fn judge(survey: &Survey, facts: &VisitorFacts) {
    let surveys = [survey.candidate().clone()];
    for quiet_days in [0, 366] {
        let rules = Rules { surveys: &surveys, quiet_days };
        let decision = decide(rules, facts);
        for judged in &decision.judged {
            let _ = judged.trace(rules, facts, Tongue::English.words());
            let _ = judged.trace(rules, facts, Tongue::Russian.words());
        }
        let shown_on = facts.value(&Field::of(FieldKind::Path)).filter(|_| decision.show.is_some());
        if let Some(path) = shown_on.filter(|path| is_plain(&path.text)) {
            let gate = Gate::of(&surveys).to_regex();
            let admits =
                regex::RegexBuilder::new(&gate).case_insensitive(true).build().expect("the gate is an expression");
            assert!(admits.is_match(path.text.trim_end_matches('/')), "{gate} is shut for {}", path.text);
        }
    }
}

/// What a loader sees as it is: see `survey::gate`, whose own tests have the other paths.
fn is_plain(path: &str) -> bool {
    path.is_ascii() && !path.contains('%')
}
