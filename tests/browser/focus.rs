//! Keyboard and focus: a guest on somebody's page does not push in.

use serde_json::json;
use tests::browser::Browser;
use tests::{Pages, TestSite, csat_after_seconds};

use crate::ONE_AT_A_TIME;

async fn asked() -> (Pages, TestSite, Browser) {
    let pages = Pages::serve("").await.unwrap();
    let site = TestSite::at(&pages.origin(), csat_after_seconds("/help", 0)).await.unwrap();
    let body =
        "<h1>Help</h1><a id=before href='#'>A link</a><script>document.querySelector('#before').focus()</script>";
    pages.put("/help", &site.snippet(), body);
    let browser = Browser::start().await.unwrap();
    browser.open(&format!("{}/help", pages.origin())).await.unwrap();
    browser.wait_for("heading", "How was it?").await.unwrap();
    (pages, site, browser)
}

async fn focused(browser: &Browser) -> serde_json::Value {
    browser.run("return document.activeElement.id || document.activeElement.localName").await.unwrap()
}

#[tokio::test]
async fn a_survey_that_appears_leaves_the_focus_where_it_is() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let (_pages, _site, browser) = asked().await;
    assert_eq!(focused(&browser).await, json!("before"));
}

#[tokio::test]
async fn escape_closes_the_survey_gives_the_focus_back_and_counts_as_dismissed() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let (_pages, site, browser) = asked().await;
    browser.tab_into_the_widget().await.unwrap();
    browser.press("Escape").await.unwrap();
    browser.wait_until_gone("heading", "How was it?").await.unwrap();
    assert_eq!(focused(&browser).await, json!("before"));
    let dismissed = |page: &survey::report::PageReport| page.funnel.dismissed == 1;
    site.page_within(tests::browser::SOON, "/help", dismissed).await.unwrap();
}

#[tokio::test]
async fn after_a_score_by_keyboard_one_can_type_the_comment_at_once() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let (_pages, site, browser) = asked().await;
    browser.tab_into_the_widget().await.unwrap();
    browser.tab_to("button", "5 of 5").await.unwrap();
    browser.press("Enter").await.unwrap();
    browser.wait_for("textbox", "Why?").await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    browser.type_text("All clear").await.unwrap();
    browser.tab_to("button", "Send").await.unwrap();
    browser.press("Enter").await.unwrap();
    browser.wait_for("heading", "Thank you.").await.unwrap();
    site.page_within(tests::browser::SOON, "/help", |page| page.funnel.completed == 1).await.unwrap();
    assert_eq!(site.answers().await.unwrap().answers[0].comments[0].text, "All clear");
    browser.wait_until_gone("heading", "Thank you.").await.unwrap();
}

#[tokio::test]
async fn what_appears_is_announced() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let (_pages, _site, browser) = asked().await;
    browser.wait_for("StaticText", "How was it?").await.unwrap();
    assert!(browser.told().await.unwrap().iter().any(|told| told.role == "status"));
}
