//! Which surveys run: pause and resume, quota, start and end, priority, and what a newer version has published.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use survey::api::{SurveyState, SurveySummary};
use survey::wire::SiteConfig;
use tests::{Chore, TestSite, ces_on, csat_after_seconds, nps_at_depth, publish_past_the_collector};
use tokio::time::{Instant, sleep};

/// How soon pages must be told of a change.
const SOON: Duration = Duration::from_secs(2);

/// The ids of the surveys that pages are sent, in their order.
async fn delivered(site: &TestSite) -> Vec<String> {
    let origin = site.collector.origin();
    let loader = reqwest::get(format!("{origin}/w/{}.js", site.key())).await.unwrap().text().await.unwrap();
    let config = loader.split('"').find(|text| text.starts_with("/w/test-site.")).expect("the loader names its config");
    let bytes = reqwest::get(format!("{origin}{config}")).await.unwrap().bytes().await.unwrap();
    SiteConfig::from_bytes(&bytes).unwrap().surveys.iter().map(|survey| survey.id.to_string()).collect()
}

/// Waits until pages are sent these surveys, which must be soon.
async fn delivers_soon(site: &TestSite, expected: &[&str]) {
    let begun = Instant::now();
    loop {
        let delivered = delivered(site).await;
        if delivered == expected {
            println!("after {} ms (bound {})", begun.elapsed().as_millis(), SOON.as_millis());
            return;
        }
        assert!(begun.elapsed() < SOON, "{delivered:?} is not {expected:?}");
        sleep(Duration::from_millis(20)).await;
    }
}

async fn summary(site: &TestSite, id: &str) -> SurveySummary {
    let surveys: Vec<SurveySummary> = site.report("surveys").await.unwrap();
    surveys.into_iter().find(|survey| survey.id == id).unwrap()
}

fn with(mut survey: Value, member: &str, value: Value) -> Value {
    survey[member] = value;
    survey
}

/// So many seconds from now, as surveys name moments.
fn in_seconds(seconds: i64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    survey::targeting::Moment(now + seconds * 1_000).to_string()
}

#[tokio::test]
async fn a_survey_is_not_delivered_any_more_within_two_seconds_of_its_last_answer() {
    let limited = with(ces_on("/help"), "quota", json!(3));
    let site = TestSite::with_surveys(&[limited, csat_after_seconds("/help", 5)]).await.unwrap();
    for score in [5, 6] {
        site.visitor().answers(score, "/help").await.unwrap();
    }
    // An answer that is changed is still one.
    let undecided = site.visitor();
    undecided.answers(1, "/help").await.unwrap();
    undecided.sends(&[undecided.submission(2, 7, "/help")]).await.unwrap();
    delivers_soon(&site, &["page-csat"]).await;
    let full = summary(&site, "page-ces").await;
    assert_eq!((full.state, full.answered, full.quota), (SurveyState::QuotaFull, 3, Some(3)));

    let late = site.visitor().answers(7, "/help").await.unwrap();
    assert_eq!(late.status, StatusCode::NO_CONTENT, "who was asked before loses nothing: {late:?}");
    assert_eq!(summary(&site, "page-ces").await.answered, 4);
}

#[tokio::test]
async fn a_quota_counts_the_answers_of_all_versions() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.visitor().answers(5, "/help").await.unwrap();
    site.publish(&with(ces_on("/help"), "quota", json!(1))).await.unwrap();
    delivers_soon(&site, &[]).await;
    site.publish(&with(ces_on("/help"), "quota", json!(2))).await.unwrap();
    delivers_soon(&site, &["page-ces"]).await;
}

#[tokio::test]
async fn below_its_quota_a_survey_runs_on() {
    let site = TestSite::with_survey(with(ces_on("/help"), "quota", json!(2))).await.unwrap();
    site.visitor().answers(5, "/help").await.unwrap();
    site.visitor().reaches("shown", "/help").await.unwrap();
    sleep(SOON).await;
    assert_eq!(delivered(&site).await, ["page-ces"]);
}

#[tokio::test]
async fn a_survey_ends_at_its_end_and_is_delivered_before_its_start() {
    const LIFE: Duration = Duration::from_secs(6);
    let later = with(csat_after_seconds("/help", 5), "starts_at", json!(in_seconds(3_600)));
    let over = with(nps_at_depth("/help", 50), "ends_at", json!("2020-01-01T00:00:00Z"));
    let site = TestSite::with_surveys(&[later, over]).await.unwrap();
    assert_eq!(delivered(&site).await, ["page-csat"], "what is to start is there before it does");
    site.publish(&with(ces_on("/help"), "ends_at", json!(in_seconds(LIFE.as_secs() as i64)))).await.unwrap();
    delivers_soon(&site, &["page-csat", "page-ces"]).await;
    assert_eq!(summary(&site, "page-csat").await.state, SurveyState::Scheduled);
    assert_eq!(summary(&site, "page-nps").await.state, SurveyState::Ended);
    sleep(LIFE).await;
    delivers_soon(&site, &["page-csat"]).await;
    assert_eq!(summary(&site, "page-ces").await.state, SurveyState::Ended);
}

#[tokio::test]
async fn surveys_come_by_priority_and_equals_as_they_were_first_published() {
    let surveys = [ces_on("/a"), with(csat_after_seconds("/b", 5), "priority", json!(7)), nps_at_depth("/c", 50)];
    let site = TestSite::with_surveys(&surveys).await.unwrap();
    assert_eq!(delivered(&site).await, ["page-csat", "page-ces", "page-nps"]);
    let surveys: Vec<SurveySummary> = site.report("surveys").await.unwrap();
    assert_eq!(
        surveys.iter().map(|survey| survey.id.as_str()).collect::<Vec<_>>(),
        ["page-csat", "page-ces", "page-nps"]
    );
    site.publish(&with(ces_on("/a"), "priority", json!(-1))).await.unwrap();
    delivers_soon(&site, &["page-csat", "page-nps", "page-ces"]).await;
}

#[tokio::test]
async fn a_paused_survey_is_not_delivered_until_it_is_resumed() {
    let site = TestSite::with_surveys(&[ces_on("/help"), csat_after_seconds("/help", 5)]).await.unwrap();
    let pagepoll = async |verb: &str| {
        let arguments = ["survey", verb, site.key(), "page-ces"];
        site.collector.also(Chore { arguments: &arguments, input: "" }).await.unwrap()
    };
    assert!(pagepoll("pause").await.contains("is paused"));
    assert!(pagepoll("stop").await.contains("was paused already"));
    delivers_soon(&site, &["page-csat"]).await;
    assert_eq!(summary(&site, "page-ces").await.state, SurveyState::Paused);
    let late = site.visitor().answers(7, "/help").await.unwrap();
    assert_eq!(late.status, StatusCode::NO_CONTENT, "an answer that is under way is taken");
    // A new version of what is paused is paused.
    site.publish(&ces_on("/help/**")).await.unwrap();
    sleep(Duration::from_millis(1_500)).await;
    assert_eq!(delivered(&site).await, ["page-csat"]);
    let list = site.collector.also(Chore { arguments: &["survey", "list", site.key()], input: "" }).await.unwrap();
    assert!(
        list.contains("page-ces (version 2): paused, 1 answer;") && list.contains("page-csat (version 1): running"),
        "{list}"
    );
    assert!(pagepoll("resume").await.contains("may run again"));
    assert!(pagepoll("resume").await.contains("was not paused"));
    delivers_soon(&site, &["page-ces", "page-csat"]).await;
}

#[tokio::test]
async fn a_survey_of_a_newer_version_leaves_the_others_alone() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let newer = [
        with(csat_after_seconds("/help", 5), "when", json!({ "mood": { "is": "sunny" } })),
        with(nps_at_depth("/help", 50), "triggers", json!([{ "telepathy": 5 }])),
        json!({ "id": "altogether-new" }),
    ];
    for definition in newer {
        publish_past_the_collector(&site.collector.database(), site.key(), &definition).await.unwrap();
    }
    site.publish(&with(ces_on("/help"), "priority", json!(1))).await.unwrap();
    let begun = Instant::now();
    while site.report::<Vec<SurveySummary>>("surveys").await.unwrap().len() < 4 {
        assert!(begun.elapsed() < SOON, "the new surveys are not listed");
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(delivered(&site).await, ["page-ces"]);
    for id in ["page-csat", "page-nps", "altogether-new"] {
        assert_eq!(summary(&site, id).await.state, SurveyState::NotUnderstood, "{id}");
    }
    crate::publishing::until_accepted(&site.visitor().of_version(2), 7, "/help").await;
    assert_eq!(site.visitor_asked("page-csat").answers(5, "/help").await.unwrap().error(), "unknown_survey");
    let list = site.collector.also(Chore { arguments: &["survey", "list", site.key()], input: "" }).await.unwrap();
    assert!(list.contains("page-csat (version 1): not understood"), "{list}");
    // To publish it anew, in words of this version, is the way out.
    assert!(site.publish(&csat_after_seconds("/help", 5)).await.unwrap().contains("version 2"));
    delivers_soon(&site, &["page-ces", "page-csat"]).await;
}
