//! The OpenAPI document: every route (tests/api/tenants.rs has the list, with their rights), and nothing that is not there.

use std::collections::BTreeSet;

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tests::{TestSite, ces_on};

#[tokio::test]
async fn every_route_of_the_document_is_there() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for route in documented(&document(&site).await) {
        let (method, path) = route.split_once(' ').unwrap();
        let path = path
            .replace("{site}", site.key())
            .replace("{name}", "page-ces")
            .replace("{survey}", "page-ces")
            .replace("{file}", &format!("{}.js", site.key()));
        let method: Method = method.to_uppercase().parse().unwrap();
        let answer = Client::new().request(method, format!("{}{path}", site.collector.origin())).send().await.unwrap();
        let nothing_there = [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED];
        // A site that is unknown is 404 too; but then the body of the loader says so, and ours is known.
        assert!(!nothing_there.contains(&answer.status()), "{route}: {answer:?}");
    }
}

#[tokio::test]
async fn every_schema_that_the_document_refers_to_is_in_it() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let document = document(&site).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3."), "{}", document["openapi"]);
    let mut references = BTreeSet::new();
    collect_references(&document, &mut references);
    assert!(references.len() > 5, "{references:?}");
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} is elsewhere"));
        assert!(document.pointer(pointer).is_some(), "{reference} is missing");
    }
}

#[tokio::test]
async fn a_report_has_the_fields_that_its_schema_requires() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.visitor().comments(6, "Fine.", "/help").await.unwrap();
    let document = document(&site).await;
    let pages: Value = site.report("pages").await.unwrap();
    let answers: Value = site.report("answers").await.unwrap();
    let surveys: Value = site.report("surveys").await.unwrap();
    let heat_map: Value = site.report("heat-map").await.unwrap();
    let drivers: Value = site.report("drivers?survey=page-ces").await.unwrap();
    let begin = json!({ "from": { "survey": "page-ces" } });
    let begun = site.team.post(&format!("/api/sites/{}/surveys", site.key()), &begin).await.unwrap().body;
    let versions: Value = site.report("surveys/page-ces/versions").await.unwrap();
    let version: Value = site.report("surveys/page-ces/versions/1").await.unwrap();
    for (schema, report) in [
        ("PagesReport", &pages),
        ("PageReport", &pages["pages"][0]),
        ("ScaleReport", &pages["pages"][0]["scores"][0]),
        ("Figures", &pages["pages"][0]["scores"][0]["figures"]),
        ("HeatMapReport", &heat_map),
        ("HeatMapRow", &heat_map["rows"][0]),
        ("HeatMapCell", &heat_map["rows"][0]["cells"][0]),
        ("HeatMapScale", &heat_map["scale"]),
        ("Share", &drivers["low"]),
        ("AnswersReport", &answers),
        ("AnswerReport", &answers["answers"][0]),
        ("CommentGiven", &answers["answers"][0]["comments"][0]),
        ("SurveySummary", &surveys[0]),
        ("EditedSurvey", &begun),
        ("SurveyVersion", &versions[0]),
        ("VersionDefinition", &version),
        ("QuestionSummary", &surveys[0]["questions"][0]),
        ("EndingSummary", &surveys[0]["endings"][0]),
    ] {
        let schema_fields = document["components"]["schemas"][schema]["properties"].as_object();
        let named: BTreeSet<&String> = schema_fields.unwrap_or_else(|| panic!("no schema {schema}")).keys().collect();
        let sent: BTreeSet<&String> = report.as_object().unwrap().keys().collect();
        assert_eq!(sent, named, "{schema}");
    }
}

#[tokio::test]
async fn what_is_at_no_address_is_a_404_in_json() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for path in ["/api", "/api/", "/api/nothing", "/api/sites/test-site", "/v1", "/v1/nothing", "/favicon.ico.bak"] {
        let told = site.team.get(path).await.unwrap();
        assert_eq!((told.status, told.error()), (StatusCode::NOT_FOUND, "not_found"), "{path}: {told:?}");
    }
}

#[tokio::test]
async fn whoever_watches_over_the_collector_hears_that_it_is_well() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let told = site.team.get("/healthz").await.unwrap();
    assert_eq!((told.status, told.body), (StatusCode::OK, Value::from("ok")));
}

async fn document(site: &TestSite) -> Value {
    let told = site.team.get("/api/openapi.json").await.unwrap();
    assert_eq!(told.status, StatusCode::OK);
    assert!(told.body.is_object(), "it is not JSON: {told:?}");
    told.body
}

fn documented(document: &Value) -> BTreeSet<String> {
    let paths = document["paths"].as_object().unwrap();
    let routes = paths
        .iter()
        .flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(move |method| format!("{method} {path}")));
    routes.collect()
}

fn collect_references<'a>(value: &'a Value, references: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(fields) => {
            references.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|field| collect_references(field, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, references)),
        _ => {}
    }
}
