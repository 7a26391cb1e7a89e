//! Keyboard and focus: a guest on somebody's page does not push in.

use serde_json::json;
use tests::{QUESTION, Setting, Stage};

const LINK: &str =
    "<h1>Help</h1><a id=before href='#'>A link</a><script>document.querySelector('#before').focus()</script>";

async fn asked(setting: Setting) -> Stage {
    let stage = Stage::visited(setting, json!("immediately"), LINK).await.unwrap();
    stage.until_asked().await.unwrap();
    stage
}

async fn focused(stage: &Stage) -> serde_json::Value {
    stage.run("return document.activeElement.id || document.activeElement.localName").await.unwrap()
}

async fn a_survey_that_appears_leaves_the_focus_where_it_is(setting: Setting) {
    let stage = asked(setting).await;
    assert_eq!(focused(&stage).await, json!("before"));
}

async fn escape_closes_the_survey_gives_the_focus_back_and_counts_as_dismissed(setting: Setting) {
    let stage = asked(setting).await;
    stage.tab_into_the_widget().await.unwrap();
    stage.press("Escape").await.unwrap();
    stage.wait_until_gone("heading", QUESTION).await.unwrap();
    assert_eq!(focused(&stage).await, json!("before"));
    stage.page_once("/page", |page| page.funnel.dismissed == 1).await.unwrap();
}

async fn after_a_score_by_keyboard_one_can_type_the_comment_at_once(setting: Setting) {
    let stage = asked(setting).await;
    stage.tab_into_the_widget().await.unwrap();
    stage.tab_to("button", "5 of 5, Good").await.unwrap();
    stage.press("Enter").await.unwrap();
    stage.wait_for_focus("textbox", "Why?").await.unwrap();
    stage.type_text("All clear").await.unwrap();
    stage.tab_to("button", "Send").await.unwrap();
    stage.press("Enter").await.unwrap();
    stage.wait_for("heading", "Thank you.").await.unwrap();
    stage.page_once("/page", |page| page.funnel.completed == 1).await.unwrap();
    assert_eq!(stage.site.answers().await.unwrap().answers[0].comments[0].text, "All clear");
    stage.wait_until_gone("heading", "Thank you.").await.unwrap();
}

async fn what_appears_is_announced(setting: Setting) {
    let stage = asked(setting).await;
    // The card says it too; a screen reader that is elsewhere is told by the live region alone.
    stage.wait_for_text_within("status", QUESTION).await.unwrap();
}

held! {
    [mouse, firefox, webkit] a_survey_that_appears_leaves_the_focus_where_it_is;
    [mouse, firefox, webkit] escape_closes_the_survey_gives_the_focus_back_and_counts_as_dismissed;
    [mouse, firefox, webkit] after_a_score_by_keyboard_one_can_type_the_comment_at_once;
    // Only Chromium's driver tells what is in a live region.
    [mouse] what_appears_is_announced;
}
