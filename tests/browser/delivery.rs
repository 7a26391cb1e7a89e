//! An answer that was given is an answer that arrives, whatever happens to the network or the page.

use std::time::Duration;

use serde_json::json;
use tests::browser::{Browser, SOON};
use tests::{Pages, TestSite, csat_after_seconds};

use crate::ONE_AT_A_TIME;

/// A visitor who has just been asked on `/help`.
async fn asked() -> (Pages, TestSite, Browser) {
    let pages = Pages::serve("").await.unwrap();
    let site = TestSite::at(&pages.origin(), csat_after_seconds("/help", 0)).await.unwrap();
    pages.put("/help", &site.snippet(), "<h1>Help</h1>");
    pages.put("/elsewhere", &site.snippet(), "<h1>Elsewhere</h1>");
    let browser = Browser::start().await.unwrap();
    browser.open(&format!("{}/help", pages.origin())).await.unwrap();
    browser.wait_for("heading", "How was it?").await.unwrap();
    (pages, site, browser)
}

async fn press_four(browser: &Browser) {
    browser.tab_into_the_widget().await.unwrap();
    browser.tab_to("button", "4 of 5").await.unwrap();
    browser.press("Enter").await.unwrap();
}

#[tokio::test]
async fn an_answer_given_as_the_page_closes_arrives_without_a_preflight() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let (_pages, site, browser) = asked().await;
    press_four(&browser).await;
    browser.open("about:blank").await.unwrap();

    let page = site.page_within(SOON, "/help", |page| page.funnel.answered == 1).await.unwrap();
    assert_eq!(page.scores[0].figures.n, 1);
    let asked_first =
        browser.fetched().await.unwrap().into_iter().filter(|fetched| fetched.method == "OPTIONS").count();
    assert_eq!(asked_first, 0);
}

#[tokio::test]
async fn an_answer_given_while_the_collector_is_down_arrives_from_another_page_once_it_is_back() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let (pages, mut site, browser) = asked().await;
    site.collector.kill().await.unwrap();
    press_four(&browser).await;
    browser.wait_for("button", "Send").await.unwrap();
    browser.open("about:blank").await.unwrap();
    site.collector.restart().await.unwrap();

    // A page where nothing could show: only the waiting answer wakes the widget there.
    browser.open(&format!("{}/elsewhere", pages.origin())).await.unwrap();
    let page = site.page_within(SOON, "/help", |page| page.funnel.answered == 1).await.unwrap();
    assert_eq!(page.scores[0].figures.n, 1);
    let left =
        browser.run("return Object.keys(localStorage).filter(key => key.includes(':out:')).length").await.unwrap();
    assert_eq!(left, json!(0), "what was delivered is forgotten");
}

#[tokio::test]
async fn an_answer_given_offline_arrives_when_the_network_is_back_without_a_reload() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let (_pages, site, browser) = asked().await;
    let network =
        |offline: bool| json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    browser.devtools("Network.emulateNetworkConditions", network(true)).await.unwrap();
    press_four(&browser).await;
    browser.wait_for("button", "Send").await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(site.page("/help").await.unwrap().is_none_or(|page| page.funnel.answered == 0));

    browser.devtools("Network.emulateNetworkConditions", network(false)).await.unwrap();
    let page = site.page_within(SOON, "/help", |page| page.funnel.answered == 1).await.unwrap();
    assert_eq!(page.scores[0].figures.n, 1);
}

#[tokio::test]
async fn with_storage_blocked_the_survey_still_shows_and_its_answer_still_arrives() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let pages = Pages::serve("").await.unwrap();
    let site = TestSite::at(&pages.origin(), csat_after_seconds("/help", 0)).await.unwrap();
    let blocked = "<script>Object.defineProperty(window,'localStorage',{get(){throw new DOMException('no','SecurityError')}})</script>";
    pages.put("/help", &format!("{blocked}{}", site.snippet()), "<h1>Help</h1>");
    let browser = Browser::start().await.unwrap();
    browser.open(&format!("{}/help", pages.origin())).await.unwrap();
    browser.wait_for("heading", "How was it?").await.unwrap();
    press_four(&browser).await;
    site.page_within(SOON, "/help", |page| page.funnel.answered == 1).await.unwrap();
}
