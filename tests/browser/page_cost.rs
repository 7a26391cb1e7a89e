//! What a page pays for having the snippet.

use std::time::Duration;

use serde_json::json;
use tests::browser::{Browser, Fetched};
use tests::host_pages::SHORT;
use tests::{Setting, Stage, asking};

/// What was fetched from the collector since it was last asked.
async fn fetched_from_us(stage: &Stage) -> Vec<Fetched> {
    let browser: &Browser = stage;
    let origin = stage.site.collector.origin();
    browser.fetched().await.unwrap().into_iter().filter(|fetched| fetched.url.starts_with(&origin)).collect()
}

async fn stage_with_a_survey_elsewhere() -> Stage {
    let survey = asking("page-csat", "/help/**", json!([{ "visible_seconds": 60 }]));
    let stage = Stage::set(Setting::Mouse, &[survey]).await.unwrap();
    for path in ["/help", "/pricing"] {
        stage.put(path, SHORT);
    }
    stage
}

#[tokio::test]
async fn a_page_view_on_which_nothing_can_be_shown_makes_one_request_of_at_most_2048_bytes() {
    let stage = stage_with_a_survey_elsewhere().await;
    stage.visit("/pricing").await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;

    let ours = fetched_from_us(&stage).await;
    assert_eq!(ours.len(), 1, "{ours:?}");
    println!("{}: {} bytes with headers (bound 2048)", ours[0].url, ours[0].bytes);
    assert!((1..=2048).contains(&ours[0].bytes), "{ours:?}");
}

#[tokio::test]
async fn where_every_page_view_tells_of_itself_each_route_does_so_once_and_without_a_preflight() {
    let survey = asking("page-csat", "/help/**", json!([{ "visible_seconds": 60 }]));
    let stage = Stage::set(Setting::Mouse, &[survey]).await.unwrap();
    stage.put("/pricing", SHORT);
    stage.site.settle(&json!({ "page_view_sample_percent": 100 })).await.unwrap();
    stage.visit("/pricing").await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    stage.run("history.pushState({}, '', '/contact'); history.replaceState({ a: 1 }, '', '/contact')").await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let fetched = fetched_from_us(&stage).await;
    let told: Vec<_> = fetched.iter().filter(|one| one.url.ends_with("/v1/views")).collect();
    assert!(told.len() == 2 && told.iter().all(|one| one.method == "POST"), "{fetched:?}");
}

#[tokio::test]
async fn a_visit_to_a_surveyed_page_does_not_make_the_next_page_dearer() {
    let stage = stage_with_a_survey_elsewhere().await;
    stage.visit("/help").await.unwrap();
    stage.page_once("/help", |page| page.funnel.eligible == 1).await.unwrap();
    // What the widget has sent is forgotten only when it is acknowledged; until then it wakes the widget everywhere.
    stage.wait_until("!Object.keys(localStorage).some((key) => key.includes(':out:'))").await.unwrap();
    fetched_from_us(&stage).await;

    stage.visit("/pricing").await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let ours = fetched_from_us(&stage).await;
    assert!(!ours.is_empty(), "nothing was fetched at all, so nothing was tested");
    assert!(ours.iter().all(|fetched| fetched.url.ends_with("/w/test-site.js")), "{ours:?}");
}
