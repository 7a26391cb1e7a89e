//! An answer that was given is an answer that arrives, whatever happens to the network or the page.

use std::time::Duration;

use serde_json::json;
use tests::browser::SOON;
use tests::host_pages::SHORT;
use tests::{Setting, Stage};

/// A visitor who has just been asked on `/page`.
async fn asked() -> Stage {
    let stage = Stage::visited(Setting::Mouse, json!("immediately"), SHORT).await.unwrap();
    stage.put("/elsewhere", SHORT);
    stage.until_asked().await.unwrap();
    stage
}

async fn press_four(stage: &Stage) {
    stage.tab_into_the_widget().await.unwrap();
    stage.tab_to("button", "4 of 5").await.unwrap();
    stage.press("Enter").await.unwrap();
}

/// A slow line: an answer takes seconds to get out.
async fn slow_line(stage: &Stage) {
    let line = json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400 });
    stage.devtools("Network.emulateNetworkConditions", line).await.unwrap();
}

#[tokio::test]
async fn an_answer_given_as_the_page_closes_arrives_over_a_slow_line_and_without_a_preflight() {
    let stage = asked().await;
    stage.tab_into_the_widget().await.unwrap();
    stage.tab_to("button", "4 of 5").await.unwrap();
    slow_line(&stage).await;
    stage.press("Enter").await.unwrap();
    // The answer cannot be there yet, so it is under way while its page goes.
    assert!(stage.site.answers().await.unwrap().answers.is_empty());
    stage.open("about:blank").await.unwrap();

    let page = stage.page_once("/page", |page| page.funnel.answered == 1).await.unwrap();
    assert_eq!(page.scores[0].figures.n, 1);
    let fetched = stage.fetched().await.unwrap();
    let sent: Vec<_> = fetched.iter().filter(|one| one.url.ends_with("/v1/events")).collect();
    assert!(!sent.is_empty() && sent.iter().all(|one| one.method == "POST"), "{sent:?}");
}

#[tokio::test]
async fn an_answer_given_while_the_collector_is_down_arrives_from_another_page_once_it_is_back() {
    let mut stage = asked().await;
    stage.site.collector.kill().await.unwrap();
    press_four(&stage).await;
    stage.wait_for("button", "Send").await.unwrap();
    stage.open("about:blank").await.unwrap();
    stage.site.collector.restart().await.unwrap();

    // A page where nothing could show: only the waiting answer wakes the widget there.
    stage.visit("/elsewhere").await.unwrap();
    let page = stage.page_once("/page", |page| page.funnel.answered == 1).await.unwrap();
    assert_eq!(page.scores[0].figures.n, 1);
    stage.wait_until("!Object.keys(localStorage).some((key) => key.includes(':out:'))").await.unwrap();
}

#[tokio::test]
async fn an_answer_given_offline_arrives_when_the_network_is_back_without_a_reload() {
    let stage = asked().await;
    stage.network(false).await.unwrap();
    press_four(&stage).await;
    stage.wait_for("button", "Send").await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(stage.site.page("/page").await.unwrap().is_none_or(|page| page.funnel.answered == 0));

    stage.network(true).await.unwrap();
    let page = stage.site.page_within(SOON, "/page", |page| page.funnel.answered == 1).await.unwrap();
    assert_eq!(page.scores[0].figures.n, 1);
}
