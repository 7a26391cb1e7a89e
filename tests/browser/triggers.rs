//! Each trigger, on a real page.

use std::time::Duration;

use tests::browser::Browser;
use tests::{Pages, TestSite, ces_on, csat_after_seconds, nps_at_depth};

use crate::ONE_AT_A_TIME;

const LONG: &str = "<h1>Long</h1><div style='height:4000px'></div>";

async fn visit(survey: serde_json::Value, path: &str, body: &str) -> (Pages, TestSite, Browser) {
    let pages = Pages::serve("").await.unwrap();
    let site = TestSite::at(&pages.origin(), survey).await.unwrap();
    pages.put(path, &site.snippet(), body);
    let browser = Browser::start().await.unwrap();
    browser.open(&format!("{}{path}", pages.origin())).await.unwrap();
    (pages, site, browser)
}

async fn is_asked(browser: &Browser) -> bool {
    browser.tells_of("heading", "How was it?").await.unwrap()
}

#[tokio::test]
async fn after_so_many_seconds_and_not_before() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let (_pages, _site, browser) = visit(csat_after_seconds("/help", 3), "/help", "<h1>Help</h1>").await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(!is_asked(&browser).await);
    browser.wait_for("heading", "How was it?").await.unwrap();
}

#[tokio::test]
async fn at_a_scroll_depth_and_not_before() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let (_pages, _site, browser) = visit(nps_at_depth("/article", 75), "/article", LONG).await;
    browser.run("scrollTo(0, 1000)").await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(!is_asked(&browser).await);
    browser.run("scrollTo(0, 3000)").await.unwrap();
    browser.wait_for("heading", "How was it?").await.unwrap();
}

#[tokio::test]
async fn on_leaving_by_the_top_and_not_by_the_side_or_before_the_minimum_stay() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let (_pages, site, browser) = visit(ces_on("/help"), "/help", "<h1>Help</h1>").await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    browser.move_pointer(640, 400).await.unwrap();
    browser.move_pointer(-5, 400).await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!is_asked(&browser).await, "asked on leaving by the side");
    browser.leave_by_the_top().await.unwrap();
    browser.wait_for("heading", "How was it?").await.unwrap();
    site.page_within(tests::browser::SOON, "/help", |page| page.funnel.shown == 1).await.unwrap();
}

#[tokio::test]
async fn a_page_that_the_survey_does_not_target_stays_quiet_in_a_single_page_application_too() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let (_pages, _site, browser) = visit(csat_after_seconds("/help", 2), "/help", "<h1>Help</h1>").await;
    browser.run("history.pushState({}, '', '/pricing')").await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(!is_asked(&browser).await, "it appeared on a page that it does not target");
    browser.run("history.pushState({}, '', '/help')").await.unwrap();
    browser.wait_for("heading", "How was it?").await.unwrap();
}
