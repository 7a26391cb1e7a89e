//! The console's modules that come after the first: it does without them at first, has them before anybody asks, and says so when it cannot
//! have one.

use serde_json::{Value, json};
use tests::browser::Browser;
use tests::{Demo, Setting};

use crate::console::signed_in;

/// Every module but the first.
async fn cut_off(browser: &Browser, patterns: &[&str]) {
    browser.devtools("Network.enable", json!({})).await.unwrap();
    browser.devtools("Network.setBlockedURLs", json!({ "urls": patterns })).await.unwrap();
}

const OTHERS: [&str; 4] = ["*/reports.*", "*/setup.*", "*/editor.*", "*/chunk_*"];

async fn modules(browser: &Browser) -> Vec<String> {
    let script = "return performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.wasm') && one.responseStatus == 200)
        .map((one) => one.name.split('/').pop().split('.')[0])";
    let found = browser.run(script).await.unwrap();
    found.as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

async fn follow(browser: &Browser, entry: &str) {
    let follow = format!("[...document.querySelectorAll('nav a')].find((one) => one.innerText == '{entry}').click()");
    browser.run(&follow).await.unwrap();
}

async fn the_first_screen_needs_no_other_module_and_what_cannot_be_fetched_is_said_with_a_way_out(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = signed_in(setting, &demo, "/install").await;
    cut_off(&browser, &OTHERS).await;
    browser.devtools("Network.clearBrowserCache", json!({})).await.unwrap();
    browser.open(&demo.collector).await.unwrap();
    browser.wait_for("heading", "Pages that hurt").await.unwrap();
    browser.wait_until("document.querySelector('.pages tbody tr')").await.unwrap();
    assert_eq!(modules(&browser).await, ["console"]);

    follow(&browser, "Settings").await;
    browser.wait_for_focus("heading", "This screen could not be loaded").await.unwrap();
    browser.wait_for("button", "Reload the page").await.unwrap();
    follow(&browser, "Pages").await;
    browser.wait_for("heading", "Pages that hurt").await.unwrap();
    follow(&browser, "Settings").await;
    browser.wait_for("button", "Try again").await.unwrap();
    cut_off(&browser, &[]).await;
    browser
        .run("[...document.querySelectorAll('button')].find((one) => one.innerText == 'Try again').click()")
        .await
        .unwrap();
    browser.wait_for_focus("heading", "Settings").await.unwrap();
}

async fn screens_that_were_fetched_ahead_open_without_a_connection(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = signed_in(setting, &demo, "/").await;
    browser.wait_for("heading", "Pages that hurt").await.unwrap();
    let is_here =
        "performance.getEntriesByType('resource').some((one) => one.name.includes('/editor.') && one.responseEnd > 0)";
    browser.wait_until(is_here).await.unwrap();
    browser.network(false).await.unwrap();
    follow(&browser, "Install").await;
    browser.wait_for_focus("heading", "Install").await.unwrap();
    browser.wait_for("heading", "1. Paste this line").await.unwrap();
    browser.network(true).await.unwrap();
}

held! {
    [mouse] the_first_screen_needs_no_other_module_and_what_cannot_be_fetched_is_said_with_a_way_out;
    [mouse] screens_that_were_fetched_ahead_open_without_a_connection;
}
