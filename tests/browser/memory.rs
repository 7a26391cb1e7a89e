//! What is remembered of a visitor, and where: in the storage that the site chose, or nowhere, whatever the browser thinks of it.

use serde_json::json;
use tests::host_pages::{BLOCKED_STORAGE, FULL_STORAGE, SHORT, WATCH};
use tests::{Setting, Stage, asking};

async fn asking_at_once(setting: Setting, head: &str) -> Stage {
    let stage = Stage::set(setting, &[asking("page-csat", "/page", json!(["immediately"]))]).await.unwrap();
    stage.put_behind(&format!("{WATCH}{head}"), "/page", SHORT);
    stage
}

async fn nothing_kept_in(stage: &Stage, storage: &str) {
    assert_eq!(stage.kept(storage).await.unwrap(), [""; 0], "{storage}");
}

async fn a_visitor_who_was_asked_is_not_asked_again_and_no_cookie_is_set(setting: Setting) {
    let stage = asking_at_once(setting, "").await;
    stage.visit("/page").await.unwrap();
    stage.until_asked().await.unwrap();
    stage.reload().await.unwrap();
    stage.stays_quiet().await.unwrap();
    let kept = stage.kept("localStorage").await.unwrap();
    assert!(!kept.is_empty() && kept.iter().all(|key| key.starts_with("pagepoll:test-site:")), "{kept:?}");
    assert_eq!(stage.run("return document.cookie").await.unwrap(), "");
}

async fn in_session_storage_it_is_remembered_until_the_tab_is_closed(setting: Setting) {
    let stage = asking_at_once(setting, "").await;
    stage.site.settle(&json!({ "storage": "session" })).await.unwrap();
    stage.visit("/page").await.unwrap();
    stage.until_asked().await.unwrap();
    stage.reload().await.unwrap();
    stage.stays_quiet().await.unwrap();
    nothing_kept_in(&stage, "localStorage").await;
    assert!(!stage.kept("sessionStorage").await.unwrap().is_empty());
}

async fn in_memory_alone_nothing_is_kept_and_the_next_page_asks_again(setting: Setting) {
    let stage = asking_at_once(setting, "").await;
    stage.site.settle(&json!({ "storage": "memory" })).await.unwrap();
    for _ in 0..2 {
        stage.visit("/page").await.unwrap();
        stage.until_asked().await.unwrap();
        stage.answers_four().await.unwrap();
        nothing_kept_in(&stage, "localStorage").await;
        nothing_kept_in(&stage, "sessionStorage").await;
    }
}

async fn with_storage_blocked_the_survey_shows_and_its_answer_arrives(setting: Setting) {
    let stage = asking_at_once(setting, BLOCKED_STORAGE).await;
    stage.visit("/page").await.unwrap();
    stage.until_asked().await.unwrap();
    stage.answers_four().await.unwrap();
    assert_eq!(stage.errors().await.unwrap(), json!([]));
    assert_eq!(stage.warnings().await.unwrap(), [""; 0]);
}

async fn with_storage_full_the_survey_shows_and_its_answer_arrives(setting: Setting) {
    let stage = asking_at_once(setting, FULL_STORAGE).await;
    stage.visit("/page").await.unwrap();
    stage.until_asked().await.unwrap();
    stage.answers_four().await.unwrap();
    assert_eq!(stage.errors().await.unwrap(), json!([]));
    assert_eq!(stage.warnings().await.unwrap(), [""; 0]);
    nothing_kept_in(&stage, "localStorage").await;
}

async fn what_was_kept_before_the_site_chose_another_storage_goes_with_consent(setting: Setting) {
    let stage = asking_at_once(setting, "").await;
    stage.site.settle(&json!({ "storage": "session" })).await.unwrap();
    stage.visit("/page").await.unwrap();
    stage.until_asked().await.unwrap();
    stage.run("localStorage['pagepoll:test-site:met:old'] = '1 1 '; localStorage.others = 1").await.unwrap();
    stage.run("pagepoll('consent', false)").await.unwrap();
    nothing_kept_in(&stage, "localStorage").await;
    nothing_kept_in(&stage, "sessionStorage").await;
    assert_eq!(stage.run("return localStorage.others").await.unwrap(), "1");
}

held! {
    [mouse, firefox, webkit] a_visitor_who_was_asked_is_not_asked_again_and_no_cookie_is_set;
    [mouse, firefox, webkit] in_session_storage_it_is_remembered_until_the_tab_is_closed;
    [mouse, firefox, webkit] in_memory_alone_nothing_is_kept_and_the_next_page_asks_again;
    [mouse, firefox, webkit] with_storage_blocked_the_survey_shows_and_its_answer_arrives;
    [mouse, firefox, webkit] with_storage_full_the_survey_shows_and_its_answer_arrives;
    [mouse, firefox, webkit] what_was_kept_before_the_site_chose_another_storage_goes_with_consent;
}
