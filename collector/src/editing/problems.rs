//! Problems: what keeps a draft from being published, each with its place, so that an editor can show it there.
//!
//! Every part of a draft is read by itself, so that one mistake does not hide the others. What can only be told of a survey as a whole,
//! that a question is never reached, say, comes to light once all of its parts can be read.

use serde::de::DeserializeOwned;
use serde_json::Value;
use survey::api::editing::FieldProblem;
use survey::definition::{Ending, Format, Language, Localized, Question, Survey, SurveyId};
use survey::targeting::{Condition, Frequency, Moment, Sample, Trigger, suggestion};
use survey::theme::Theme;

use crate::written::{self, Mistake};

/// More are not told at once.
const MOST: usize = 100;

/// The members that a survey cannot do without.
const NEEDED: [&str; 5] = ["id", "name", "triggers", "questions", "endings"];

/// All that there are, in the order in which a survey is written.
const MEMBERS: [&str; 17] = [
    "id",
    "version",
    "name",
    "language",
    "triggers",
    "when",
    "frequency",
    "sample_percent",
    "priority",
    "quota",
    "starts_at",
    "ends_at",
    "format",
    "theme",
    "tab_label",
    "questions",
    "endings",
];

/// What keeps a document from being published as the survey with this id.
pub fn problems(id: &SurveyId, document: &Value) -> Vec<FieldProblem> {
    let mut problems = of_parts(document);
    if problems.is_empty() {
        problems = of_the_whole(document);
    }
    if let Some(other) = document["id"].as_str().filter(|other| *other != id.as_str()) {
        let reason = format!("{other:?} is not {id}, and a survey keeps its id; duplicate it to have one with another");
        problems.retain(|problem| problem.field != "id");
        problems.insert(0, FieldProblem { field: "id".to_owned(), reason });
    }
    problems.truncate(MOST);
    problems
}

fn of_parts(document: &Value) -> Vec<FieldProblem> {
    let Some(members) = document.as_object() else {
        return vec![problem("", "a survey is an object: {\"id\": …, \"name\": …}")];
    };
    let mut problems = Vec::new();
    for name in MEMBERS {
        match members.get(name) {
            Some(value) => of_part(name, value, &mut problems),
            None if NEEDED.contains(&name) => problems.push(problem(name, "missing")),
            None => {}
        }
    }
    for unknown in members.keys().filter(|name| !MEMBERS.contains(&name.as_str())) {
        let meant = suggestion(unknown, &MEMBERS);
        problems.push(problem(unknown, &format!("{unknown:?} is not known here{meant}")));
    }
    problems
}

fn of_part(name: &str, value: &Value, problems: &mut Vec<FieldProblem>) {
    match name {
        "id" => one::<SurveyId>(name, value, problems),
        "version" => one::<u32>(name, value, problems),
        "language" => one::<Language>(name, value, problems),
        "triggers" => each::<Trigger>(name, value, problems),
        "when" => one::<Condition>(name, value, problems),
        "frequency" => one::<Frequency>(name, value, problems),
        "sample_percent" => one::<Sample>(name, value, problems),
        "priority" => one::<i8>(name, value, problems),
        "quota" => one::<Option<u32>>(name, value, problems),
        "starts_at" | "ends_at" => one::<Option<Moment>>(name, value, problems),
        "format" => one::<Format>(name, value, problems),
        "theme" => one::<Theme>(name, value, problems),
        "tab_label" => one::<Option<Localized>>(name, value, problems),
        "questions" => each::<Question>(name, value, problems),
        "endings" => each::<Ending>(name, value, problems),
        _ => one::<String>(name, value, problems),
    }
}

fn of_the_whole(document: &Value) -> Vec<FieldProblem> {
    match Survey::mistakes(document) {
        Ok(mistakes) => {
            let told = mistakes.iter().map(|mistake| written::explain("", &mistake.to_string()));
            told.map(|mistake| within("", mistake)).collect()
        }
        // Each part can be read, so this would be a part that is not known above.
        Err(error) => vec![within("", written::explain("", &error.to_string()))],
    }
}

fn one<T: DeserializeOwned>(place: &str, value: &Value, problems: &mut Vec<FieldProblem>) {
    let read = written::read::<T>(value.to_string().as_bytes());
    problems.extend(read.err().map(|mistake| within(place, mistake)));
}

fn each<T: DeserializeOwned>(place: &str, value: &Value, problems: &mut Vec<FieldProblem>) {
    match value.as_array() {
        Some(items) => {
            for (at, item) in items.iter().enumerate().take(MOST) {
                one::<T>(&format!("{place}[{at}]"), item, problems);
            }
        }
        None => problems.push(problem(place, "a list stands here: [ … ]")),
    }
}

/// A mistake in a part, by its place in the whole.
fn within(part: &str, mistake: Mistake) -> FieldProblem {
    match mistake {
        Mistake::NotJson(reason) | Mistake::Whole(reason) => problem(part, &reason),
        Mistake::At { place, reason } => problem(&written::joined(part, &place), &reason),
        Mistake::Unknown { place, name, suggestion } => {
            problem(&written::joined(part, &place), &format!("{name:?} is not known here{suggestion}"))
        }
    }
}

fn problem(field: &str, reason: &str) -> FieldProblem {
    FieldProblem { field: field.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Which it has, the reader says when it meets another.
    #[test]
    fn the_members_are_those_of_a_survey() {
        let told = serde_json::from_value::<Survey>(json!({ "nonsense": 1 })).unwrap_err().to_string();
        let members: Vec<&str> = told.split('`').skip(1).step_by(2).filter(|name| *name != "nonsense").collect();
        assert_eq!(members, MEMBERS, "{told}");
    }

    fn good() -> Value {
        json!({
            "id": "help", "name": "Help", "triggers": ["immediately"],
            "questions": [{ "id": "ease", "prompt": "Easy?",
                            "kind": { "score": { "scale": "ces7", "low": "No", "high": "Yes" } } },
                          { "id": "why", "prompt": "Why?", "kind": { "comment": {} } }],
            "endings": [{ "title": "Thanks" }]
        })
    }

    fn told(change: impl FnOnce(&mut Value)) -> Vec<(String, String)> {
        let mut document = good();
        change(&mut document);
        let problems = problems(&"help".parse().unwrap(), &document).into_iter();
        problems.map(|problem| (problem.field, problem.reason)).collect()
    }

    fn fields(change: impl FnOnce(&mut Value)) -> Vec<String> {
        told(change).into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn what_may_be_published_has_no_problems() {
        assert_eq!(told(|_| {}), []);
        let every_template = survey::templates::ALL.iter().map(|template| {
            let document: Value = serde_json::from_str(template.json).unwrap();
            problems(&template.name.parse().unwrap(), &document)
        });
        assert_eq!(every_template.flatten().count(), 0);
    }

    #[test]
    fn one_mistake_does_not_hide_the_others() {
        let found = fields(|draft| {
            draft["sample_percent"] = json!(0);
            draft["when"] = json!({ "all": [{ "path": { "is": "/a" } }, { "pth": { "is": "/b" } }] });
            draft["questions"][0]["kind"]["score"]["scale"] = json!("ces9");
            draft["questions"][1]["kind"] = json!({ "comment": { "placeholder": 3 } });
            draft["endings"][0]["link"] = json!({ "label": "On", "url": "javascript:alert(1)" });
            draft["triggers"] = json!(["immediately", { "scroll_percent": "half" }]);
            draft["whenn"] = json!({});
            draft.as_object_mut().unwrap().remove("name");
        });
        let mut expected = [
            "endings[0].link.url",
            "name",
            "questions[0].kind.score.scale",
            "questions[1].kind.comment.placeholder",
            "sample_percent",
            "triggers[1].scroll_percent",
            "when.all[1].pth",
            "whenn",
        ];
        let mut found: Vec<&str> = found.iter().map(String::as_str).collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_can_be_read_is_checked_as_a_whole_with_every_mistake() {
        let found = fields(|draft| {
            draft["name"] = json!("");
            draft["questions"][0]["prompt"] = json!("");
            draft["questions"][1]["id"] = json!("ease");
            draft["endings"] = json!([]);
            draft["triggers"] = json!([]);
            draft["quota"] = json!(0);
        });
        assert_eq!(found, ["triggers", "quota", "questions[1].id", "name", "questions[0].prompt", "endings"]);
    }

    #[test]
    fn reasons_are_in_words_and_do_not_say_the_place_again() {
        let found = told(|draft| draft["questions"][0]["prompt"] = json!(""));
        assert_eq!(found[0].1, "a text has 1 to 4000 characters here, this one 0");
        let found = told(|draft| draft["quota"] = json!("ten"));
        assert_eq!(
            found,
            [("quota".into(), "\"ten\" stands where a whole number that is not negative is wanted".into())]
        );
        let found = told(|draft| draft["questions"] = json!({}));
        assert_eq!(found, [("questions".into(), "a list stands here: [ … ]".into())]);
    }

    #[test]
    fn a_survey_keeps_its_id() {
        let found = told(|draft| draft["id"] = json!("care"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].0 == "id" && found[0].1.starts_with("\"care\" is not help"), "{found:?}");
        assert_eq!(fields(|draft| draft["id"] = json!("Not A Name")), ["id"]);
    }

    #[test]
    fn whatever_somebody_sends_is_told_in_reasonable_time() {
        let question = json!({ "id": "a", "prompt": "", "kind": { "comment": {} } });
        let found = told(|draft| draft["questions"] = Value::Array(vec![question; 2_000]));
        assert!(found.len() <= MOST);
        let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
        assert_eq!(fields(|draft| draft["when"] = deep), ["when"]);
        assert_eq!(problems(&"help".parse().unwrap(), &json!([1])).len(), 1);
    }
}
