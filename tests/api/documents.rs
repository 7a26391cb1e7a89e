//! The documents: what docs/surveys.md shows can be used as it is, and it leaves nothing out.

use serde_json::{Value, json};
use survey::definition::{Format, Question, SiteSettings, Survey, Test};
use survey::targeting::{Condition, FieldKind, Given, Naming, Signal, Trigger};
use survey::theme::Theme;
use tests::ces_on;

const SURVEYS: &str = include_str!("../../docs/surveys.md");

const README: &str = include_str!("../../README.md");

/// What stands in the document between fences of JSON, and what it is said to be.
fn examples() -> Vec<(&'static str, &'static str)> {
    // Before the first fence there is no example.
    let blocks = SURVEYS.split("```json").skip(1);
    blocks.map(|block| block.split("```").next().unwrap().split_once('\n').unwrap()).collect()
}

fn read(kind: &str, example: &str) -> Result<(), serde_json::Error> {
    match kind.trim() {
        "survey" => serde_json::from_str::<Survey>(example).map(drop),
        "rule" => serde_json::from_str::<Condition>(example).map(drop),
        "question" => serde_json::from_str::<Question>(example).map(drop),
        "theme" => read_theme(example),
        "trigger" => serde_json::from_str::<Trigger>(example).map(drop),
        "settings" => serde_json::from_str::<SiteSettings>(example)?.check().map_err(serde::de::Error::custom),
        "given" => Given::parse(&serde_json::from_str(example)?).map(drop).map_err(serde::de::Error::custom),
        "member" => {
            let mut survey = ces_on("/");
            let members: Value = serde_json::from_str(example)?;
            survey.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            serde_json::from_value::<Survey>(survey).map(drop)
        }
        other => panic!(
            "{other:?} is no kind of example: say survey, question, rule, trigger, theme, settings, member or given behind ```json"
        ),
    }
}

fn read_theme(example: &str) -> Result<(), serde_json::Error> {
    serde_json::from_str::<Theme>(example)?.check().map_err(serde::de::Error::custom)
}

#[test]
fn every_example_is_what_it_is_said_to_be() {
    let examples = examples();
    assert!(examples.len() > 15, "only {} examples were found", examples.len());
    for (kind, example) in examples {
        if let Err(error) = read(kind, example) {
            panic!("{error}: this {kind}\n{example}");
        }
    }
}

#[test]
fn the_readmes_survey_is_one() {
    let example = README.split("```json").nth(1).unwrap().split("```").next().unwrap();
    serde_json::from_str::<Survey>(example).unwrap();
}

#[test]
fn every_field_operator_trigger_and_signal_is_described() {
    let mut missing = Vec::new();
    let mut look_for = |name: String| {
        if !SURVEYS.contains(&name) {
            missing.push(name);
        }
    };
    for kind in FieldKind::ALL {
        look_for(match kind.naming() {
            Naming::Unnamed => format!("`{}`", kind.as_str()),
            Naming::Named(_) => format!("`{}:", kind.as_str()),
        });
    }
    Signal::ALL.iter().for_each(|signal| look_for(format!("`{}`", signal.as_str())));
    let operators =
        ["is", "is_not", "contains", "starts_with", "ends_with", "glob", "regex", "one_of", "exists", "<", ">"];
    operators.iter().for_each(|operator| look_for(format!("| `{operator}` |")));
    // By way of their schema: what a survey that has everything is written with.
    let written = serde_json::to_value(serde_json::from_value::<Survey>(ces_on("/")).unwrap()).unwrap();
    written.as_object().unwrap().keys().for_each(|member| look_for(format!("`{member}`")));
    assert!(missing.is_empty(), "docs/surveys.md does not say what these are: {missing:?}");
}

#[test]
fn every_row_of_the_tables_of_triggers_frequencies_tests_and_formats_can_be_used() {
    let rows = SURVEYS.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let json = rows.filter(|cell| cell.starts_with(['{', '"']));
    let mut read_rows = 0;
    for cell in json {
        let value: Value = serde_json::from_str(cell).unwrap_or_else(|error| panic!("{cell}: {error}"));
        let is_trigger = serde_json::from_value::<Trigger>(value.clone()).is_ok();
        let mut survey = ces_on("/");
        survey["frequency"] = value.clone();
        // Of its own accord a survey that is always to be had must not appear.
        survey["triggers"] = json!(["programmatic"]);
        let is_frequency = serde_json::from_value::<Survey>(survey).is_ok();
        let is_test = serde_json::from_value::<Test>(value.clone()).is_ok();
        let is_format = serde_json::from_value::<Format>(value).is_ok();
        assert!(is_trigger || is_frequency || is_test || is_format, "{cell}");
        read_rows += 1;
    }
    assert_eq!(read_rows, 25, "ten triggers, five frequencies, five tests and five formats");
    assert!(serde_json::from_value::<Trigger>(json!("never")).is_err());
}
