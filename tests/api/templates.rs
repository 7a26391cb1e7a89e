//! Templates: every one can be printed, published and asked as it is.

use reqwest::StatusCode;
use serde_json::Value;
use survey::api::TemplateSummary;
use survey::definition::Survey;
use survey::script::languages_of;
use tests::{Chore, TestSite, ces_on};

async fn all(site: &TestSite) -> Vec<TemplateSummary> {
    serde_json::from_value(site.team.get("/api/templates").await.unwrap().body).unwrap()
}

#[tokio::test]
async fn each_of_the_nine_templates_is_published_under_an_id_of_its_own() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let listed = site.collector.also(Chore { arguments: &["survey", "template"], input: "" }).await.unwrap();
    let templates = all(&site).await;
    assert_eq!(templates.len(), 9);
    for (number, TemplateSummary { name, title, purpose }) in templates.iter().enumerate() {
        assert!(title.contains(' ') && title != name, "{title}: for people");
        assert!(listed.contains(name) && listed.contains(purpose), "{listed}");
        let id = format!("mine-{number}");
        let arguments = ["survey", "template", name, "--id", &id];
        let printed = site.collector.also(Chore { arguments: &arguments, input: "" }).await.unwrap();
        let definition: Value = serde_json::from_str(&printed).unwrap();
        let said = site.publish(&definition).await.unwrap();
        assert!(said.contains(&format!("survey {id} is live on test-site as version 1")), "{name}: {said}");
        let survey: Survey = serde_json::from_value(definition).unwrap();
        let languages: Vec<_> = languages_of(&survey).iter().map(ToString::to_string).collect();
        assert_eq!(languages, ["en", "ru"], "{name}");
        let lacking: Vec<_> = languages_of(&survey).iter().flat_map(|language| survey.untranslated(language)).collect();
        assert!(lacking.is_empty(), "{name}: {lacking:?}");
    }
}

#[tokio::test]
async fn the_api_hands_out_the_same_templates_to_those_who_are_signed_in() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for TemplateSummary { name, .. } in all(&site).await {
        let told = site.team.get(&format!("/api/templates/{name}")).await.unwrap();
        assert_eq!((told.status, &told.body["id"]), (StatusCode::OK, &Value::from(name)));
    }
    let nothing = site.team.get("/api/templates/nothing").await.unwrap();
    assert_eq!((nothing.status, nothing.error()), (StatusCode::NOT_FOUND, "not_found"));
    let stranger = tests::Team::signed_out(&site.collector.origin()).unwrap();
    assert_eq!(stranger.get("/api/templates").await.unwrap().status, StatusCode::UNAUTHORIZED);
    let refused = site.collector.also(Chore { arguments: &["survey", "template", "nothing"], input: "" }).await;
    assert!(refused.unwrap_err().to_string().contains("there are: page-ces, "));
}
