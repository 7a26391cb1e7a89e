//! What a page pays for having the snippet.

use std::time::Duration;

use tests::browser::{Browser, SOON};
use tests::{Pages, TestSite, csat_after_seconds};

use crate::ONE_AT_A_TIME;

#[tokio::test]
async fn a_page_view_on_which_nothing_can_be_shown_makes_one_request_of_at_most_2048_bytes() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let pages = Pages::serve("").await.unwrap();
    let site = TestSite::at(&pages.origin(), csat_after_seconds("/help/**", 1)).await.unwrap();
    pages.put("/pricing", &site.snippet(), "<h1>Pricing</h1>");
    let browser = Browser::start().await.unwrap();
    browser.open(&format!("{}/pricing", pages.origin())).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;

    let ours: Vec<_> = browser
        .fetched()
        .await
        .unwrap()
        .into_iter()
        .filter(|fetched| fetched.url.starts_with(&site.collector.origin()))
        .collect();
    assert_eq!(ours.len(), 1, "{ours:?}");
    println!("{}: {} bytes with headers (bound 2048)", ours[0].url, ours[0].bytes);
    assert!((1..=2048).contains(&ours[0].bytes), "{ours:?}");
}

#[tokio::test]
async fn a_visit_to_a_surveyed_page_does_not_make_the_next_page_dearer() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let pages = Pages::serve("").await.unwrap();
    let site = TestSite::at(&pages.origin(), csat_after_seconds("/help", 60)).await.unwrap();
    pages.put("/help", &site.snippet(), "<h1>Help</h1>");
    pages.put("/pricing", &site.snippet(), "<h1>Pricing</h1>");
    let browser = Browser::start().await.unwrap();
    browser.open(&format!("{}/help", pages.origin())).await.unwrap();
    site.page_within(SOON, "/help", |page| page.funnel.eligible == 1).await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    browser.fetched().await.unwrap();

    browser.open(&format!("{}/pricing", pages.origin())).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let fetched = browser.fetched().await.unwrap();
    let ours: Vec<_> = fetched.iter().filter(|fetched| fetched.url.starts_with(&site.collector.origin())).collect();
    assert!(ours.iter().all(|fetched| fetched.url.ends_with("/w/test-site.js")), "{ours:?}");
}
