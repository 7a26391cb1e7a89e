//! Tags: what a team calls answers, over the API: set by editors, read by all of the team, found, exported and gone with the answer.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use survey::comments::WordsReport;
use survey::report::{AnswersReport, TagCount};
use tests::{Answered, Team, TestSite, ces_on};

async fn shop() -> TestSite {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    for (score, comment, path) in [
        (1, "The delivery is slow.", "/a"),
        (7, "Fast delivery!", "/a"),
        (2, "The button does nothing, slow as it is.", "/b"),
    ] {
        site.visitor().comments(score, comment, path).await.unwrap();
    }
    site.visitor().answers(3, "/a").await.unwrap();
    site
}

fn tags_of(site: &TestSite, number: i64) -> String {
    format!("/api/sites/{}/answers/{number}/tags", site.key())
}

async fn set(team: &Team, site: &TestSite, number: i64, tags: &Value) -> Answered {
    team.put(&tags_of(site, number), &json!({ "tags": tags })).await.unwrap()
}

async fn numbers(site: &TestSite, query: &str) -> Vec<i64> {
    let report: AnswersReport = site.report(&format!("answers?{query}")).await.unwrap();
    report.answers.iter().map(|answer| answer.number).collect()
}

async fn listed(site: &TestSite) -> Vec<(String, u64)> {
    let tags: Vec<TagCount> = site.report("tags").await.unwrap();
    tags.into_iter().map(|one| (one.tag, one.answers)).collect()
}

#[tokio::test]
async fn an_editor_sets_tags_and_a_viewer_reads_and_finds_them() {
    let site = shop().await;
    let (editor, viewer) = (site.colleague("editor").await.unwrap(), site.colleague("viewer").await.unwrap());
    let told = set(&editor, &site, 1, &json!([" Delivery ", "bug"])).await;
    assert_eq!((told.status, &told.body), (StatusCode::OK, &json!({ "tags": ["bug", "Delivery"] })));
    let told = set(&editor, &site, 2, &json!(["DELIVERY", "delivery", "praise"])).await;
    assert_eq!(told.body, json!({ "tags": ["Delivery", "praise"] }), "as it was first written");
    let told = set(&editor, &site, 3, &json!(["Bug"])).await;
    assert_eq!(told.body, json!({ "tags": ["bug"] }));
    let refused = set(&viewer, &site, 3, &json!([])).await;
    assert_eq!((refused.status, refused.error()), (StatusCode::FORBIDDEN, "role_too_small"));

    let seen = viewer.get(&format!("/api/sites/{}/answers?tag=bug", site.key())).await.unwrap().body;
    let tags: Vec<&Value> = seen["answers"].as_array().unwrap().iter().map(|answer| &answer["tags"]).collect();
    assert_eq!(tags, [&json!(["bug"]), &json!(["bug", "Delivery"])]);
    let known = viewer.get(&format!("/api/sites/{}/tags", site.key())).await.unwrap().body;
    let expected = json!([{ "tag": "bug", "answers": 2 }, { "tag": "Delivery", "answers": 2 },
                          { "tag": "praise", "answers": 1 }]);
    assert_eq!(known, expected);
    for (query, found) in [
        ("tag=", &[4, 3, 2, 1][..]),
        ("tag=delivery", &[2, 1]),
        ("tag=%20BUG", &[3, 1]),
        ("tag=bu", &[]),
        ("tag=bug&comments=true&search=slow", &[3, 1]),
        ("tag=bug&comments=true&page=shop.example/a", &[1]),
        ("tag=delivery&band=positive&comments=true", &[2]),
        ("tag=delivery&limit=1", &[2]),
        ("tag=delivery&to=2020-01-01", &[]),
        ("tag=delivery&apart=true", &[]),
    ] {
        assert_eq!(numbers(&site, query).await, found, "{query}");
    }
    let words: WordsReport = site.report("words?tag=BUG").await.unwrap();
    assert_eq!((words.comments, words.read), (2, 2));

    let log = site.team.get(&format!("/api/sites/{}/log", site.key())).await.unwrap().body;
    let line = &log["entries"][0];
    let told = (&line["deed"], &line["subject"], &line["details"]);
    assert_eq!(told, (&json!("answer_tagged"), &json!("3"), &json!("1 added, 0 taken off")), "{log}");
    assert_eq!(line["who"], "editor@example.com");
}

#[tokio::test]
async fn two_editors_who_tag_one_answer_at_once_leave_each_others_tags_alone() {
    let site = shop().await;
    let (one, other) = (site.colleague("editor").await.unwrap(), &site.team);
    let change = async |team: &Team, change: Value| team.patch(&tags_of(&site, 1), &change).await.unwrap();
    set(&one, &site, 1, &json!(["bug"])).await;
    assert_eq!(change(other, json!({ "add": ["Delivery"] })).await.body, json!({ "tags": ["bug", "Delivery"] }));
    let told = change(&one, json!({ "add": ["praise", "delivery"], "remove": ["BUG", "never there"] })).await;
    assert_eq!((told.status, told.body), (StatusCode::OK, json!({ "tags": ["Delivery", "praise"] })));
    assert_eq!(change(&one, json!({})).await.body, json!({ "tags": ["Delivery", "praise"] }));

    let ten: Vec<String> = (0..9).map(|number| format!("tag {number}")).collect();
    for (wanted, field, reason) in [
        (json!({ "add": ["fine", ""] }), "add[1]", "add[1]: nothing is written there"),
        (
            json!({ "remove": ["é".repeat(41)] }),
            "remove[0]",
            "remove[0]: it is 41 characters long; a tag has at most 40",
        ),
        (json!({ "add": ten }), "add", "add: these are 11; an answer has at most 10"),
        (json!({ "tags": [] }), "tags", "tags: \"tags\" is not known here"),
    ] {
        let told = change(&one, wanted).await;
        assert_eq!((told.status, told.error()), (StatusCode::BAD_REQUEST, "bad_parameter"), "{told:?}");
        assert_eq!(told.body["field"], field, "{told:?}");
        assert!(told.body["reason"].as_str().unwrap().starts_with(reason), "{told:?}");
    }
    let gone = site.team.patch(&tags_of(&site, 77), &json!({ "add": ["bug"] })).await.unwrap();
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert_eq!(listed(&site).await, [("Delivery".to_owned(), 1), ("praise".to_owned(), 1)]);
}

#[tokio::test]
async fn what_is_no_tag_is_refused_at_its_place_and_nothing_is_stored() {
    let site = shop().await;
    set(&site.team, &site, 1, &json!(["bug"])).await;
    let eleven: Vec<String> = (0..11).map(|number| format!("tag {number}")).collect();
    for (tags, field, reason) in [
        (json!(["a", "b", ""]), "tags[2]", "tags[2]: nothing is written there"),
        (json!(["é".repeat(41)]), "tags[0]", "tags[0]: it is 41 characters long; a tag has at most 40"),
        (json!(["fine", "two\nlines"]), "tags[1]", "tags[1]: it contains the character U+000A"),
        (json!(["fine", "\u{202e}gub"]), "tags[1]", "tags[1]: it contains the character U+202E"),
        (json!(["fine", 5]), "tags[1]", "tags[1]: 5 stands where a text is wanted"),
        (json!(eleven), "tags", "tags: these are 11; an answer has at most 10"),
        (json!("bug"), "tags", "tags: \"bug\" stands where"),
    ] {
        let told = set(&site.team, &site, 1, &tags).await;
        assert_eq!((told.status, told.error()), (StatusCode::BAD_REQUEST, "bad_parameter"), "{told:?}");
        assert_eq!(told.body["field"], field, "{told:?}");
        assert!(told.body["reason"].as_str().unwrap().starts_with(reason), "{told:?}");
    }
    let unknown = site.team.put(&tags_of(&site, 1), &json!({ "tags": [], "tag": "bug" })).await.unwrap();
    assert_eq!((unknown.status, &unknown.body["field"]), (StatusCode::BAD_REQUEST, &json!("tag")));
    for (number, status) in [(77, StatusCode::NOT_FOUND), (-1, StatusCode::NOT_FOUND)] {
        assert_eq!(set(&site.team, &site, number, &json!(["bug"])).await.status, status);
    }
    let long = format!("/api/sites/{}/answers?tag={}", site.key(), "x".repeat(41));
    let told = site.team.get(&long).await.unwrap();
    assert_eq!((told.status, &told.body["field"]), (StatusCode::BAD_REQUEST, &json!("tag")), "{told:?}");
    assert_eq!(listed(&site).await, [("bug".to_owned(), 1)]);
}

#[tokio::test]
async fn a_site_has_two_hundred_tags_and_says_which_would_be_too_many() {
    let site = shop().await;
    for number in 1..=21 {
        if number > 4 {
            site.visitor().answers(5, "/a").await.unwrap();
        }
        let ten: Vec<String> = (0..10).map(|place| format!("tag {number}-{place}")).collect();
        let ten = if number == 21 { json!(["tag 1-1"]) } else { json!(ten) };
        assert_eq!(set(&site.team, &site, number, &ten).await.status, StatusCode::OK);
    }
    let wanted = json!(["tag 1-2", "TAG 20-9", "beyond", "and more"]);
    let told = set(&site.team, &site, 21, &wanted).await;
    assert_eq!((told.status, &told.body["field"]), (StatusCode::BAD_REQUEST, &json!("tags[2]")), "{told:?}");
    assert!(told.body["reason"].as_str().unwrap().contains("at most 200 different tags"), "{told:?}");
    assert_eq!((listed(&site).await.len(), numbers(&site, "tag=tag+1-1").await), (200, vec![21, 1]));
    set(&site.team, &site, 3, &json!([])).await;
    let told = set(&site.team, &site, 21, &wanted).await;
    assert_eq!(told.body, json!({ "tags": ["and more", "beyond", "tag 1-2", "tag 20-9"] }));
}

#[tokio::test]
async fn tags_are_in_every_export_and_go_with_their_answer() {
    let site = shop().await;
    set(&site.team, &site, 1, &json!(["=1+1", "Delivery"])).await;
    set(&site.team, &site, 2, &json!(["praise"])).await;
    for (format, told) in [
        ("csv", "\"'=1+1; Delivery\""),
        ("csv_wide", "\"'=1+1; Delivery\""),
        ("ndjson", "\"tags\":[\"=1+1\",\"Delivery\"]"),
    ] {
        let path = format!("/api/sites/{}/export?format={format}", site.key());
        let file = site.team.request(Method::GET, &path).send().await.unwrap().text().await.unwrap();
        assert!(file.contains(told) && file.contains("praise"), "{format}: {file}");
    }
    let erased = site.team.delete(&format!("/api/sites/{}/answers/1", site.key())).await.unwrap();
    assert!(erased.status.is_success());
    assert_eq!(listed(&site).await, [("praise".to_owned(), 1)]);
}
