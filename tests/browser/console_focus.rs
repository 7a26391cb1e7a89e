//! The focus in the console: whatever a press takes off the screen, whoever works by keyboard goes on from near there.

use serde_json::{Value, json};
use tests::host_pages::SHORT;
use tests::{Setting, Stage, TestSite, asking};

use crate::acting::{fill, press, says};
use crate::editor::go_in;

async fn opened(setting: Setting, path: &str) -> Stage {
    let stage = Stage::set(setting, &[asking("page-csat", "/page", json!(["immediately"]))]).await.unwrap();
    stage.put("/page", SHORT);
    go_in(&stage, path, &TestSite::credentials()).await;
    stage
}

/// Gives the focus to a button by what it says, and presses it there.
async fn press_by_keyboard(stage: &Stage, button: &str) {
    let focus = format!(
        "(() => {{ const one = [...document.querySelectorAll('button, summary')].find((one) => one.innerText.trim() == {}); \
         one?.focus(); return one && document.activeElement == one; }})()",
        json!(button)
    );
    stage.wait_until(&focus).await.unwrap();
    stage.press("Enter").await.unwrap();
}

/// Waits until what has the focus says this.
async fn focus_is_on(stage: &Stage, text: &str) {
    stage.wait_until(&format!("document.activeElement.innerText?.trim() == {}", json!(text))).await.unwrap();
}

async fn what_becomes_of_a_survey_leaves_the_focus_on_its_button(setting: Setting) {
    let stage = opened(setting, "/survey?survey=page-csat").await;
    fill(&stage, "at-questions-0--prompt", "How easy was it?").await;
    says(&stage, "Ready to be published.").await;
    press_by_keyboard(&stage, "Publish").await;
    says(&stage, "Version 2").await;
    focus_is_on(&stage, "Publish").await;
    press_by_keyboard(&stage, "Pause").await;
    focus_is_on(&stage, "Resume").await;
    press_by_keyboard(&stage, "Archive").await;
    focus_is_on(&stage, "Take out of the archive").await;
}

async fn a_question_is_added_by_keyboard_and_has_a_name_of_its_own(setting: Setting) {
    let stage = opened(setting, "/survey?survey=page-csat").await;
    press(&stage, "Ask whom to write back to, ending 1").await;
    press_by_keyboard(&stage, "Add a question …").await;
    press_by_keyboard(&stage, "Contact form").await;
    stage.wait_until("document.activeElement.id == 'at-questions-2--prompt'").await.unwrap();
    fill(&stage, "at-questions-2--prompt", "Whom may we write to?").await;
    fill(&stage, "at-endings-0--form-prompt", "May we write?").await;
    says(&stage, "Ready to be published.").await;
}

async fn what_asks_first_keeps_the_focus_and_what_goes_hands_it_on(setting: Setting) {
    let stage = opened(setting, "/team").await;
    fill(&stage, "token-name", "nightly").await;
    press(&stage, "Make the token").await;
    press_by_keyboard(&stage, "Revoke").await;
    focus_is_on(&stage, "Keep it").await;
    stage.press("Enter").await.unwrap();
    focus_is_on(&stage, "Revoke").await;
    stage.press("Enter").await.unwrap();
    focus_is_on(&stage, "Keep it").await;
    press_by_keyboard(&stage, "Revoke it").await;
    focus_is_on(&stage, "Tokens for programs").await;
    says(&stage, "oken revoked").await;
}

async fn what_deletes_or_cuts_off_is_said_before_it_is_done(setting: Setting) {
    let stage = opened(setting, "/settings").await;
    let settings = async || -> Value { stage.site.team.get("/api/sites/test-site/settings").await.unwrap().body };
    fill(&stage, "retention-days", "30").await;
    press(&stage, "Save settings").await;
    says(&stage, "Answers older than 30 days will be deleted within the hour").await;
    assert_eq!(settings().await["retention_days"], Value::Null);
    fill(&stage, "retention-days", "3").await;
    press(&stage, "Save settings").await;
    says(&stage, "Answers older than 3 days").await;
    press(&stage, "Save settings").await;
    says(&stage, "Saved. The site’s pages follow within a minute.").await;
    assert_eq!(settings().await["retention_days"], 3);

    fill(&stage, "key-overlap_days", "0").await;
    press(&stage, "Make a new key").await;
    says(&stage, "stops asking at once").await;
    let keys =
        "[...document.querySelectorAll('#keys-title ~ .items code:first-child')].map((one) => one.innerText).join()";
    let before = stage.run(&format!("return {keys}")).await.unwrap();
    let stored = stage.site.team.get("/api/sites/test-site/keys").await.unwrap().body;
    assert_eq!(stored.as_array().unwrap().len(), 1, "nothing has been done yet");
    press(&stage, "Make a new key").await;
    stage.wait_until(&format!("{keys} && {keys} != {before}")).await.unwrap();
}

held! {
    [mouse, firefox] what_becomes_of_a_survey_leaves_the_focus_on_its_button;
    [mouse, firefox] a_question_is_added_by_keyboard_and_has_a_name_of_its_own;
    [mouse, firefox] what_asks_first_keeps_the_focus_and_what_goes_hands_it_on;
    [mouse, firefox] what_deletes_or_cuts_off_is_said_before_it_is_done;
}
