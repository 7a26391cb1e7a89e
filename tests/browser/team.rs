//! A team, in the browser: an owner invites a viewer, who joins and can change nothing; keys, tokens, one person's data, the log.

use serde_json::json;
use tests::browser::Browser;
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

/// Whether a control that changes something is offered.
async fn offers(browser: &Browser, selector: &str) -> bool {
    browser.run(&format!("return !!document.querySelector({})", json!(selector))).await.unwrap() == true
}

async fn an_owner_invites_a_viewer_who_can_change_nothing(setting: Setting) {
    let stage = opened(setting, "/team").await;
    fill(&stage, "invite-email", "nobody").await;
    press(&stage, "Make the invitation").await;
    says(&stage, "is not an e-mail address").await;
    fill(&stage, "invite-email", "vera@shop.example").await;
    press(&stage, "Make the invitation").await;
    stage.wait_until("document.querySelector('.new-item code')").await.unwrap();
    let link = stage.run("return document.querySelector('.new-item code').textContent").await.unwrap();
    says(&stage, "Invited as viewer").await;

    stage.run("return fetch('/api/session', { method: 'DELETE' }).then((answer) => answer.ok)").await.unwrap();
    stage.open(link.as_str().unwrap()).await.unwrap();
    says(&stage, "change nothing").await;
    fill(&stage, "join-password", "correct horse battery").await;
    press(&stage, "Join").await;
    stage.wait_until("document.querySelector('.account-email')?.innerText == 'vera@shop.example'").await.unwrap();
    let console = stage.site.collector.origin();
    for (path, there, offered) in [
        ("/settings", "You may read these settings.", ".save button"),
        ("/surveys", "1 survey", ".new-survey"),
        ("/survey?survey=page-csat", "You may", ".editor-acts button"),
        ("/team", "are for its owners", "form"),
    ] {
        stage.open(&format!("{console}{path}")).await.unwrap();
        says(&stage, there).await;
        assert!(!offers(&stage, offered).await, "{path} offers {offered}");
    }
    let refused = "return fetch('/api/sites/test-site/settings', { method: 'PATCH', headers: { 'Content-Type': 'application/json' },
        body: '{\"quiet_days\":1}' }).then((answer) => answer.status)";
    assert_eq!(stage.run(refused).await.unwrap(), 403);

    stage.open("about:blank").await.unwrap();
    stage.open(link.as_str().unwrap()).await.unwrap();
    says(&stage, "This invitation is not good any more").await;
}

async fn an_owner_changes_roles_makes_tokens_and_reads_who_did_what(setting: Setting) {
    let stage = opened(setting, "/team").await;
    stage.site.colleague("viewer").await.unwrap();
    stage.reload().await.unwrap();
    let whose = "[...document.querySelectorAll('.item')].find((one) => one.innerText.includes('viewer@'))?.querySelector('select')";
    stage.wait_until(whose).await.unwrap();
    let change = format!(
        "const role = {whose}; role.value = 'editor'; role.dispatchEvent(new Event('change', {{ bubbles: true }}))"
    );
    stage.run(&change).await.unwrap();
    says(&stage, "Done.").await;
    let owner = "document.querySelector('.item select')";
    assert_eq!(stage.run(&format!("return {owner}.value")).await.unwrap(), "owner");
    let step_down =
        format!("{owner}.value = 'viewer'; {owner}.dispatchEvent(new Event('change', {{ bubbles: true }}))");
    stage.run(&step_down).await.unwrap();
    says(&stage, "is the only owner").await;
    stage.wait_until(&format!("{owner}?.value == 'owner' && {whose}?.value == 'editor'")).await.unwrap();

    fill(&stage, "token-days", "soon").await;
    fill(&stage, "token-name", "nightly").await;
    press(&stage, "Make the token").await;
    says(&stage, "Write a whole number of days").await;
    fill(&stage, "token-days", "30").await;
    press(&stage, "Make the token").await;
    stage
        .wait_until("[...document.querySelectorAll('code')].some((one) => one.textContent.startsWith('pp_'))")
        .await
        .unwrap();
    press(&stage, "Revoke: nightly").await;
    press(&stage, "Revoke it").await;
    stage
        .wait_until("![...document.querySelectorAll('.item strong')].some((one) => one.innerText == 'nightly')")
        .await
        .unwrap();
    stage.reload().await.unwrap();
    says(&stage, "token revoked").await;
    says(&stage, "role changed").await;
}

async fn an_owner_finds_and_erases_what_somebody_said_and_renews_the_key(setting: Setting) {
    let stage = opened(setting, "/settings").await;
    fill(&stage, "respondent-contact", "ann@home.example").await;
    press(&stage, "Find their answers").await;
    says(&stage, "Nobody who left this has answered here.").await;
    fill(&stage, "site-name", "").await;
    press(&stage, "Save name and addresses").await;
    says(&stage, "1 to 80 characters").await;
    fill(&stage, "site-name", "Renamed").await;
    press(&stage, "Save name and addresses").await;
    says(&stage, "Saved. The site’s pages follow within a minute.").await;
    fill(&stage, "key-overlap_days", "7").await;
    press(&stage, "Make a new key").await;
    stage.wait_until("document.querySelectorAll('#keys-title ~ .items .item').length == 2").await.unwrap();
    says(&stage, "Works until").await;
    stage.run("document.querySelector('.danger summary').click()").await.unwrap();
    fill(&stage, "removal-confirm", "another").await;
    press(&stage, "Delete it for good").await;
    says(&stage, "write test-site to show that this site is meant").await;
    fill(&stage, "removal-confirm", "test-site").await;
    press(&stage, "Delete it for good").await;
    says(&stage, "Where do your visitors go?").await;
}

held! {
    [mouse, firefox] an_owner_invites_a_viewer_who_can_change_nothing;
    [mouse, firefox] an_owner_changes_roles_makes_tokens_and_reads_who_did_what;
    [mouse, firefox] an_owner_finds_and_erases_what_somebody_said_and_renews_the_key;
}
