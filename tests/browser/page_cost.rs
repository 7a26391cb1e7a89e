//! What a page pays for having the snippet.

use std::time::Duration;

use tests::browser::Browser;
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
