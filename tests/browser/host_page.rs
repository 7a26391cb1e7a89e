//! What the page around the widget may notice: nothing, but one warning with the way out where something is wrong.

use std::time::Duration;

use serde_json::json;
use tests::browser::Browser;
use tests::{Pages, TestSite, csat_after_seconds};

use crate::ONE_AT_A_TIME;

/// Collects whatever would reach the host page's own error reporting.
const WATCH: &str = "<script>window.errors=[];addEventListener('error',e=>errors.push(e.message));addEventListener('unhandledrejection',e=>errors.push(String(e.reason)))</script>";

async fn errors(browser: &Browser) -> serde_json::Value {
    browser.run("return window.errors").await.unwrap()
}

#[tokio::test]
async fn under_a_policy_that_forbids_webassembly_there_is_one_warning_with_the_way_out_and_no_error() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let policy = "Content-Security-Policy: script-src 'unsafe-inline' http://127.0.0.1:*\r\n";
    let pages = Pages::serve(policy).await.unwrap();
    let site = TestSite::at(&pages.origin(), csat_after_seconds("/help", 0)).await.unwrap();
    pages.put("/help", &format!("{WATCH}{}", site.snippet()), "<h1>Help</h1>");
    let browser = Browser::start().await.unwrap();
    browser.open(&format!("{}/help", pages.origin())).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;

    let said = browser.console().await.unwrap();
    let ours: Vec<_> = said.iter().filter(|line| line.contains("Pagepoll")).collect();
    assert_eq!(ours.len(), 1, "{said:?}");
    assert!(ours[0].contains("'wasm-unsafe-eval'") && ours[0].contains("connect-src"), "{ours:?}");
    assert_eq!(errors(&browser).await, json!([]));
}

#[tokio::test]
async fn under_the_documented_policy_the_survey_shows_though_styles_are_forbidden() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let policy = "Content-Security-Policy: default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' http://127.0.0.1:*; connect-src http://127.0.0.1:*\r\n";
    let pages = Pages::serve(policy).await.unwrap();
    let site = TestSite::at(&pages.origin(), csat_after_seconds("/help", 0)).await.unwrap();
    pages.put("/help", &format!("{WATCH}{}", site.snippet()), "<h1>Help</h1>");
    let browser = Browser::start().await.unwrap();
    browser.open(&format!("{}/help", pages.origin())).await.unwrap();
    browser.wait_for("heading", "How was it?").await.unwrap();
    assert_eq!(errors(&browser).await, json!([]));
    let box_of_widget = "const box = document.querySelector('pagepoll-survey').getBoundingClientRect(); return [box.width, innerWidth - box.right]";
    assert_eq!(browser.run(box_of_widget).await.unwrap(), json!([360, 16]), "the style sheet applies");
}

#[tokio::test]
async fn nothing_is_fetched_before_the_page_has_loaded_and_nothing_moves() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let pages = Pages::serve("").await.unwrap();
    let site = TestSite::at(&pages.origin(), csat_after_seconds("/help", 0)).await.unwrap();
    let shifts = "<script>window.shift=0;new PerformanceObserver(list=>list.getEntries().forEach(entry=>shift+=entry.value)).observe({type:'layout-shift',buffered:true})</script>";
    pages.put("/help", &format!("{WATCH}{shifts}{}", site.snippet()), "<h1>Help</h1><p>Text</p>");
    let browser = Browser::start().await.unwrap();
    browser.open(&format!("{}/help", pages.origin())).await.unwrap();
    browser.wait_for("heading", "How was it?").await.unwrap();
    let early = "const load = performance.getEntriesByType('navigation')[0].loadEventStart; return performance.getEntriesByType('resource').filter(one => one.name.includes('/w/') && !one.name.endsWith('/w/test-site.js') && one.startTime < load).length";
    assert_eq!(browser.run(early).await.unwrap(), json!(0));
    assert_eq!(browser.run("return window.shift").await.unwrap(), json!(0));
    assert_eq!(errors(&browser).await, json!([]));
}
