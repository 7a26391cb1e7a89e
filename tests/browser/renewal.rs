//! A session that ends while somebody writes: they sign in again above the form, and what they pressed is done.

use serde_json::json;
use tests::{Setting, Stage, TestSite, asking};

use crate::acting::{fill, press, says};
use crate::editor::go_in;

async fn opened(setting: Setting, path: &str) -> Stage {
    let stage = Stage::set(setting, &[asking("page-csat", "/page", json!(["immediately"]))]).await.unwrap();
    go_in(&stage, path, &TestSite::credentials()).await;
    stage
}

/// As time or somebody else ends it: the form is not told.
async fn session_ends(stage: &Stage) {
    let ended = "return fetch('/api/session', { method: 'DELETE' }).then((answer) => answer.ok)";
    assert_eq!(stage.run(ended).await.unwrap(), true);
}

/// Types into the dialog, which knows whose session it was.
async fn sign_in_again(stage: &Stage, password: &str) {
    stage.wait_until("document.querySelector('dialog.renewal')?.matches(':modal')").await.unwrap();
    let typed = format!(
        "const [email, password] = document.querySelectorAll('.renewal input'); password.value = {}; \
         password.form.requestSubmit(); return [email.value, document.activeElement === password]",
        json!(password)
    );
    assert_eq!(stage.run(&typed).await.unwrap(), json!([TestSite::credentials().email, true]));
}

async fn settings_are_saved_once_somebody_has_signed_in_again(setting: Setting) {
    let stage = opened(setting, "/settings").await;
    fill(&stage, "quiet-days", "7").await;
    stage.run("document.getElementById('quiet-days').focus()").await.unwrap();
    session_ends(&stage).await;
    press(&stage, "Save settings").await;
    sign_in_again(&stage, "not the password").await;
    says(&stage, "do not belong together").await;
    // Pressing Escape brings it back: without a session, nothing behind it would work.
    stage.run("document.querySelector('.renewal').close()").await.unwrap();
    sign_in_again(&stage, &TestSite::credentials().password).await;
    says(&stage, "Saved. The site’s pages follow within a minute.").await;
    stage.wait_until("document.activeElement.id == 'quiet-days'").await.unwrap();
    let settings = "return fetch('/api/sites/test-site/settings').then((answer) => answer.json())";
    assert_eq!(stage.run(settings).await.unwrap()["quiet_days"], 7);
    assert_eq!(stage.count("document.querySelectorAll('dialog').length").await.unwrap(), 0);
}

async fn a_draft_is_saved_once_somebody_has_signed_in_again(setting: Setting) {
    let stage = opened(setting, "/survey?survey=page-csat").await;
    stage.wait_until("document.getElementById('at-name')").await.unwrap();
    session_ends(&stage).await;
    fill(&stage, "at-name", "Typed after midnight").await;
    sign_in_again(&stage, &TestSite::credentials().password).await;
    says(&stage, "Ready to be published.").await;
    stage.wait_until("document.getElementById('at-name').value == 'Typed after midnight'").await.unwrap();
    let draft = "return fetch('/api/sites/test-site/surveys/page-csat').then((answer) => answer.json())";
    assert_eq!(stage.run(draft).await.unwrap()["draft"]["document"]["name"], "Typed after midnight");
}

async fn whoever_else_signs_in_sees_their_own_and_does_not_save_for_the_other(setting: Setting) {
    let stage = opened(setting, "/settings").await;
    stage.site.colleague("viewer").await.unwrap();
    fill(&stage, "quiet-days", "7").await;
    session_ends(&stage).await;
    press(&stage, "Save settings").await;
    sign_in_as_a_viewer(&stage).await;
    says(&stage, "You may read these settings.").await;
    let settings = "return fetch('/api/sites/test-site/settings').then((answer) => answer.json())";
    assert_ne!(stage.run(settings).await.unwrap()["quiet_days"], 7);
}

/// A report asks anew each second, and hears of the end by itself.
async fn whoever_else_signs_in_above_a_report_sees_it_and_is_not_asked_again(setting: Setting) {
    let stage = opened(setting, "/?days=7").await;
    stage.wait_until("document.querySelector('.navigation')").await.unwrap();
    stage.site.colleague("viewer").await.unwrap();
    session_ends(&stage).await;
    sign_in_as_a_viewer(&stage).await;
    stage.wait_until("document.querySelector('.account-email')?.innerText == 'viewer@example.com'").await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    stage.wait_until("document.querySelector('.navigation') && !document.querySelector('dialog')").await.unwrap();
}

async fn sign_in_as_a_viewer(stage: &Stage) {
    stage.wait_until("document.querySelector('dialog.renewal')?.matches(':modal')").await.unwrap();
    let viewer = TestSite::credentials_of("viewer@example.com");
    let typed = format!(
        "const [email, password] = document.querySelectorAll('.renewal input'); email.value = {}; password.value = {}; \
         password.form.requestSubmit()",
        json!(viewer.email),
        json!(viewer.password)
    );
    stage.run(&typed).await.unwrap();
}

async fn a_report_goes_on_once_somebody_has_signed_in_again(setting: Setting) {
    let stage = opened(setting, "/?days=7").await;
    stage.wait_until("document.querySelector('.navigation')").await.unwrap();
    session_ends(&stage).await;
    sign_in_again(&stage, &TestSite::credentials().password).await;
    stage.wait_until("!document.querySelector('dialog')").await.unwrap();
    stage.wait_until("location.search == '?days=7'").await.unwrap();
}

held! {
    [mouse, firefox] a_report_goes_on_once_somebody_has_signed_in_again;
    [mouse, firefox] settings_are_saved_once_somebody_has_signed_in_again;
    [mouse, firefox] a_draft_is_saved_once_somebody_has_signed_in_again;
    [mouse] whoever_else_signs_in_above_a_report_sees_it_and_is_not_asked_again;
    [mouse] whoever_else_signs_in_sees_their_own_and_does_not_save_for_the_other;
}
