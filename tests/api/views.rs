//! Page views that tell of themselves, and the reach that is estimated from them.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use survey::api::SurveySummary;
use survey::reach::Reach;
use tests::{Answered, TestSite, ces_on, csat_after_seconds};
use tokio::time::{Instant, sleep};

fn view(path: &str) -> Value {
    json!({
        "v": 1, "site": "test-site", "page": format!("shop.example{path}"), "referrer": "https://search.example",
        "device": "phone", "language": "de-CH",
    })
}

fn with(mut view: Value, member: &str, value: Value) -> Value {
    view[member] = value;
    view
}

async fn sees(site: &TestSite, view: &Value) -> Answered {
    site.door.tells_of(view.to_string()).await.unwrap()
}

async fn reach_of(site: &TestSite, when: Value) -> Reach {
    let answered = site.team.post("/api/sites/test-site/reach", &json!({ "when": when })).await.unwrap();
    assert_eq!(answered.status, StatusCode::OK, "{answered:?}");
    serde_json::from_value(answered.body).unwrap()
}

/// Waits until so many page views are stored, which takes a second.
async fn stored(site: &TestSite, sampled: u64) -> Reach {
    let begun = Instant::now();
    loop {
        let everywhere = reach_of(site, json!({ "all": [] })).await;
        if everywhere.sampled == sampled {
            return everywhere;
        }
        assert!(begun.elapsed() < Duration::from_secs(4), "{everywhere:?} is not {sampled}");
        sleep(Duration::from_millis(50)).await;
    }
}

async fn site_where_all_tell() -> TestSite {
    let surveys = [ces_on("/help/**"), csat_after_seconds("/", 5)];
    TestSite::with_settings(&surveys, &["--page-view-sample", "100"]).await.unwrap()
}

#[tokio::test]
async fn where_all_page_views_tell_the_reach_is_exact() {
    let site = site_where_all_tell().await;
    for (path, times) in [("/help", 3), ("/help/returns/?x=1", 2), ("/", 5)] {
        for _ in 0..times {
            assert_eq!(sees(&site, &view(path)).await.status, StatusCode::NO_CONTENT);
        }
    }
    let desktop = with(with(view("/help"), "device", json!("desktop")), "referrer", json!(""));
    sees(&site, &with(desktop, "language", json!("fr"))).await;
    let all = stored(&site, 11).await;
    assert_eq!((all.days, all.page_views, all.at_least, all.at_most), (7, 11, 11, 11));
    for (when, expected) in [
        (json!({ "path": { "glob": "/help/**" } }), 6),
        (json!({ "path": { "is": "/help/returns" } }), 2),
        (json!({ "not": { "path": { "is": "/help" } } }), 7),
        (json!({ "all": [{ "path": { "is": "/help" } }, { "device": { "is": "phone" } }] }), 3),
        (json!({ "host": { "is": "www.shop.example" } }), 11),
        (json!({ "browser": { "is": "chrome" } }), 11),
        (json!({ "os": { "is": "ios" } }), 0),
        (json!({ "language": { "is": "de" } }), 10),
        (json!({ "referrer": { "contains": "search.example" } }), 10),
        (json!({ "referrer": { "exists": false } }), 1),
    ] {
        let reach = reach_of(&site, when.clone()).await;
        assert_eq!((reach.at_least, reach.at_most, reach.unknown.len()), (expected, expected, 0), "{when}");
    }
    let pro = json!({ "all": [{ "path": { "is": "/" } }, { "trait:plan": { "is": "pro" } }] });
    let unsure = reach_of(&site, pro).await;
    assert_eq!((unsure.at_least, unsure.at_most), (0, 5));
    assert_eq!(unsure.unknown, ["trait:plan"]);
    let surveys: Vec<SurveySummary> = site.report("surveys").await.unwrap();
    assert_eq!(surveys[0].reach.as_ref().map(|reach| reach.at_least), Some(6));
}

#[tokio::test]
async fn a_sampled_page_view_stands_for_those_that_kept_silent() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let surveys: Vec<SurveySummary> = site.report("surveys").await.unwrap();
    assert_eq!(surveys[0].reach, None, "of nothing there is no reach");
    for _ in 0..3 {
        sees(&site, &view("/help")).await;
    }
    let reach = stored(&site, 3).await;
    assert_eq!(reach.page_views, 300, "by default one in a hundred tells of itself");
}

#[tokio::test]
async fn a_site_that_wants_no_sample_keeps_none() {
    let site = TestSite::with_settings(&[ces_on("/help")], &["--page-view-sample", "0"]).await.unwrap();
    assert_eq!(sees(&site, &view("/help")).await.status, StatusCode::NO_CONTENT);
    sleep(Duration::from_millis(1_500)).await;
    stored(&site, 0).await;
}

#[tokio::test]
async fn a_day_has_two_thousand_kinds_of_page_views_and_the_rest_are_others() {
    let site = site_where_all_tell().await;
    for page in 0..2_010 {
        sees(&site, &view(&format!("/p{page}"))).await;
    }
    stored(&site, 2_010).await;
    let not_told_apart = reach_of(&site, json!({ "path": { "starts_with": "/p" } })).await;
    assert_eq!((not_told_apart.at_least, not_told_apart.at_most), (2_000, 2_010));
    assert!(not_told_apart.unknown[0].contains("2,000"), "{not_told_apart:?}");
    // What is known already goes on being counted.
    sees(&site, &view("/p0")).await;
    sees(&site, &view("/late")).await;
    stored(&site, 2_012).await;
    assert_eq!(reach_of(&site, json!({ "path": { "is": "/p0" } })).await.at_least, 2);
    assert_eq!(reach_of(&site, json!({ "path": { "is": "/late" } })).await.at_least, 0);
}

#[tokio::test]
async fn page_views_outlive_a_restart() {
    let mut site = site_where_all_tell().await;
    sees(&site, &view("/help")).await;
    site.collector.stop().await.unwrap();
    site.collector.restart().await.unwrap();
    stored(&site, 1).await;
}

#[tokio::test]
async fn a_page_view_that_is_none_is_refused_and_counted_nowhere() {
    let site = site_where_all_tell().await;
    for (view, status, error, field) in [
        (with(view("/"), "v", json!(2)), 400, "unknown_envelope", "v"),
        (with(view("/"), "site", json!("no-such-site")), 404, "unknown_site", "site"),
        (with(view("/"), "page", json!("evil.example/")), 422, "foreign_page", "page"),
        (with(view("/"), "page", json!("shop.example/../x")), 422, "bad_page", "page"),
        (with(view("/"), "page", json!("/help")), 422, "bad_page", "page"),
        (with(view("/"), "page", json!(format!("shop.example/{}", "x".repeat(600)))), 422, "page_too_long", "page"),
        (with(view("/"), "device", json!("toaster")), 400, "malformed", "device"),
        (with(view("/"), "page", json!(7)), 400, "malformed", "page"),
        (json!([]), 400, "malformed", ""),
    ] {
        let answered = sees(&site, &view).await;
        assert_eq!((answered.status.as_u16(), answered.error()), (status, error), "{view}: {answered:?}");
        assert_eq!(answered.body["field"], field, "{answered:?}");
    }
    let told = site.door.tells_of("page=/help").await.unwrap();
    assert_eq!((told.status.as_u16(), told.error()), (400, "not_json"));
    let oversized = format!("{}{}", view("/"), " ".repeat(4_000));
    let told = site.door.tells_of(oversized).await.unwrap();
    assert_eq!((told.status.as_u16(), told.error()), (413, "body_too_large"), "{told:?}");
    for origin in ["https://evil.example", "null", ""] {
        let told = site.door.from_origin(origin).tells_of(view("/").to_string()).await.unwrap();
        assert_eq!((told.status.as_u16(), told.error()), (403, "foreign_origin"), "{told:?}");
    }
    sleep(Duration::from_millis(1_500)).await;
    stored(&site, 0).await;
}

#[tokio::test]
async fn what_a_browser_says_beyond_reason_is_made_coarse() {
    let site = site_where_all_tell().await;
    let odd = with(with(view("/"), "referrer", json!("android-app://x/y?secret")), "language", json!("<script>"));
    assert_eq!(sees(&site, &odd).await.status, StatusCode::NO_CONTENT);
    stored(&site, 1).await;
    assert_eq!(reach_of(&site, json!({ "referrer": { "exists": false } })).await.at_least, 1);
    assert_eq!(reach_of(&site, json!({ "language": { "exists": false } })).await.at_least, 1);
}
