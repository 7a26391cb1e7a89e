//! The documents: what they show can be used as it is, and they leave nothing out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use survey::api::Problem;
use survey::api::people::Role;
use survey::definition::{Band, Direction, Format, Question, Scale, SiteSettings, Survey, Test};
use survey::targeting::{Condition, FieldKind, Given, Naming, Signal, Trigger};
use survey::theme::Theme;
use tests::ces_on;

use crate::tenants::{RIGHTS, Right};

/// What a survey may say, page by page.
const SURVEYS: &str = concat!(
    include_str!("../../docs/surveys.md"),
    include_str!("../../docs/questions.md"),
    include_str!("../../docs/targeting.md"),
    include_str!("../../docs/look.md"),
);

const SETTINGS: &str = include_str!("../../docs/settings.md");

const SCORES: &str = include_str!("../../docs/scores.md");

const API: &str = include_str!("../../docs/http-api.md");

const README: &str = include_str!("../../README.md");

/// Every page of the documentation, by its name.
fn pages() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("docs");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let pages = files.filter(|file| file.extension().is_some_and(|kind| kind == "md"));
    pages.map(|file| (file.display().to_string(), fs::read_to_string(file).unwrap())).collect()
}

/// What stands in a document between fences of JSON, and what it is said to be.
fn examples(page: &str) -> Vec<(&str, &str)> {
    // Before the first fence there is no example.
    let blocks = page.split("```json").skip(1);
    blocks.map(|block| block.split("```").next().unwrap().split_once('\n').unwrap()).collect()
}

/// The cells of a table's rows, without its head.
fn rows(page: &str) -> impl Iterator<Item = Vec<&str>> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    rows.map(|row| row.split(" | ").map(|cell| cell.trim_end_matches('`')).collect())
}

fn read(kind: &str, example: &str) -> Result<(), serde_json::Error> {
    match kind.trim() {
        "survey" => serde_json::from_str::<Survey>(example).map(drop),
        "rule" => serde_json::from_str::<Condition>(example).map(drop),
        "question" => serde_json::from_str::<Question>(example).map(drop),
        "theme" => read_theme(example),
        "trigger" => serde_json::from_str::<Trigger>(example).map(drop),
        "settings" => serde_json::from_str::<SiteSettings>(example)?.check().map_err(serde::de::Error::custom),
        "problem" => serde_json::from_str::<Problem>(example).map(drop),
        "answer" => serde_json::from_str::<Value>(example).map(drop),
        "given" => Given::parse(&serde_json::from_str(example)?).map(drop).map_err(serde::de::Error::custom),
        "member" => {
            let mut survey = ces_on("/");
            let members: Value = serde_json::from_str(example)?;
            survey.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            serde_json::from_value::<Survey>(survey).map(drop)
        }
        other => panic!(
            "{other:?} is no kind of example: say survey, question, rule, trigger, theme, settings, member, given, problem or answer behind ```json"
        ),
    }
}

fn read_theme(example: &str) -> Result<(), serde_json::Error> {
    serde_json::from_str::<Theme>(example)?.check().map_err(serde::de::Error::custom)
}

#[test]
fn every_example_is_what_it_is_said_to_be() {
    let pages = pages();
    let examples = pages.iter().flat_map(|(name, page)| examples(page).into_iter().map(move |example| (name, example)));
    let mut read_examples = 0;
    for (page, (kind, example)) in examples {
        if let Err(error) = read(kind, example) {
            panic!("{page}: {error}: this {kind}\n{example}");
        }
        read_examples += 1;
    }
    assert!(read_examples > 25, "only {read_examples} examples were found");
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
    assert!(missing.is_empty(), "no page on surveys says what these are: {missing:?}");
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

#[test]
fn every_setting_is_described() {
    let settings = serde_json::to_value(SiteSettings::default()).unwrap();
    let described: BTreeSet<&str> = rows(SETTINGS).map(|row| row[0]).collect();
    let known: BTreeSet<&str> = settings.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(described, known);
}

#[test]
fn every_scale_is_what_its_row_says() {
    let mut read_rows = 0;
    for row in rows(SCORES) {
        let scale: Scale = serde_json::from_value(row[0].into()).unwrap_or_else(|error| panic!("{row:?}: {error}"));
        let in_band = |band| {
            let points = scale.scores().filter(|score| scale.band(*score) == band);
            points.map(|score| score.point().to_string()).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(row[1].to_lowercase(), serde_json::to_value(scale.metric()).unwrap(), "{row:?}");
        assert!(row[2].starts_with(&format!("{}–{}", scale.first(), scale.last())), "{row:?}");
        let values: Vec<f64> = scale.points().map(f64::from).collect();
        assert_eq!(row[2].contains("worth"), scale.values() != values, "{row:?}");
        assert_eq!(row[3] == "higher", scale.direction() == Direction::HigherIsBetter, "{row:?}");
        assert_eq!((row[4], row[5]), (in_band(Band::Positive).as_str(), in_band(Band::Negative).as_str()), "{row:?}");
        read_rows += 1;
    }
    assert_eq!(read_rows, 9, "all that have a name");
}

#[test]
fn every_route_is_listed_with_who_may_ask_for_it() {
    let in_words = |right| match right {
        Right::Anybody => "anybody",
        Right::Secret | Right::BadgeSecret => "whoever knows the secret",
        Right::Principal => "anybody signed in",
        Right::Person => "in person",
        Right::Role(role) => role.as_str(),
        Right::PersonAs(Role::Viewer) => "viewer, in person",
        Right::PersonAs(Role::Editor) => "editor, in person",
        Right::PersonAs(Role::Owner) => "owner, in person",
        Right::Figures => "viewer, or a link",
        Right::Link => "a link",
    };
    let known: BTreeMap<String, &str> = RIGHTS
        .iter()
        .map(|(route, right)| {
            let (method, path) = route.split_once(' ').unwrap();
            (format!("{} {path}", method.to_uppercase()), in_words(*right))
        })
        .collect();
    let listed: BTreeMap<String, &str> =
        rows(API).filter(|row| row[0].contains(" /")).map(|row| (row[0].to_owned(), row[1])).collect();
    assert_eq!(listed, known, "docs/http-api.md against RIGHTS in tests/api/tenants.rs");
}
