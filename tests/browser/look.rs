//! How surveys look, in the console: a theme is read off a page of the site, typed, tried on, refused, saved; a survey differs from it.

use serde_json::json;
use tests::host_pages::SHORT;
use tests::{Setting, Stage, TestSite, asking};

use crate::acting::{fill, press, says, unfold};
use crate::editor::go_in;

/// A page with a look of its own.
const BRANDED: &str = "<style>
        body { font-family: Georgia, serif; color: #222; background: #fffdf7 }
        a { color: #0a7d33 } button { background: #0a7d33; color: #fff; border: 0; border-radius: 3px }
    </style>
    <h1>Fernhill</h1><p>Plants for shade. <a href='/'>All of them</a></p><button type='submit'>Buy</button>";

async fn opened(setting: Setting, path: &str) -> Stage {
    let stage = Stage::set(setting, &[asking("page-csat", "/page", json!(["immediately"]))]).await.unwrap();
    stage.put("/page", SHORT);
    stage.put("/branded", BRANDED);
    go_in(&stage, path, &TestSite::credentials()).await;
    stage
}

/// The value of a token on the survey that a page shows.
const ACCENT: &str =
    "getComputedStyle(document.querySelector('pagepoll-survey')).getPropertyValue('--pp-accent').trim()";

async fn the_look_of_a_page_is_taken_over_by_one_press(setting: Setting) {
    let stage = opened(setting, "/settings/look").await;
    fill(&stage, "match-url", &format!("{}/branded", stage.pages.origin())).await;
    press(&stage, "Match my site").await;
    says(&stage, "each as near as it can be read.").await;
    for (field, value) in [
        ("look-light-accent", "#0a7d33"),
        ("look-light-paper", "#fffdf7"),
        ("look-radius", "3"),
        ("look-mode", "light"),
    ] {
        stage.wait_until(&format!("document.getElementById('{field}').value == '{value}'")).await.unwrap();
    }
    says(&stage, "Not saved yet.").await;
    press(&stage, "Save the look").await;
    stage.wait_until("!document.body.innerText.includes('Not saved yet.')").await.unwrap();
    let theme =
        stage.run("return fetch('/api/sites/test-site/settings').then((answer) => answer.json())").await.unwrap();
    let theme = &theme["theme"];
    assert_eq!((&theme["light"]["accent"], &theme["radius"]), (&json!("#0a7d33"), &json!(3)), "{theme}");
    assert!(theme["font"].as_str().unwrap().starts_with("Georgia"), "{theme}");
}

async fn a_look_is_tried_on_before_it_is_saved_and_refused_where_it_cannot_be_read(setting: Setting) {
    let stage = opened(setting, "/settings/look").await;
    fill(&stage, "look-light-accent", "#ffcc00").await;
    says(&stage, "the nearest that would do is #").await;
    press(&stage, "Save the look").await;
    stage.wait_until("document.activeElement?.id == 'look-light-accent'").await.unwrap();
    fill(&stage, "look-light-accent", "#0a7d33").await;
    let tried = "document.querySelector('#stage-frame')?.src.includes(encodeURIComponent('#0a7d33'))";
    stage.wait_until(tried).await.unwrap();
    fill(&stage, "look-css", ".card { border-width: 2px; background: url(https://x.example/a.png) }").await;
    press(&stage, "Save the look").await;
    says(&stage, "Of the style sheet, this is not delivered:").await;
    says(&stage, "url(").await;

    fill(&stage, "look-light-accent", "").await;
    fill(&stage, "look-css", "").await;
    press(&stage, "Save the look").await;
    stage.wait_until("!document.body.innerText.includes('Not saved yet.')").await.unwrap();
    let theme =
        stage.run("return fetch('/api/sites/test-site/settings').then((answer) => answer.json())").await.unwrap();
    assert_eq!(theme["theme"], json!({}), "what was emptied is not said any more");
}

async fn the_stage_shows_the_widget_in_what_is_tried(setting: Setting) {
    let stage = opened(setting, "/settings/look").await;
    fill(&stage, "look-light-accent", "#aa0055").await;
    stage.wait_until("document.querySelector('#stage-frame')?.src.includes('aa0055')").await.unwrap();
    let address = stage.run("return document.querySelector('#stage-frame').src").await.unwrap();
    // As a tab of its own, for what is in a frame of no origin cannot be read.
    stage.open(address.as_str().unwrap()).await.unwrap();
    stage.wait_until("document.querySelector('pagepoll-survey')").await.unwrap();
    let accent = stage.run(&format!("return {ACCENT}")).await.unwrap();
    assert!(accent.as_str().unwrap().contains("#aa0055"), "{accent}");
}

async fn a_survey_differs_from_the_look_of_its_site(setting: Setting) {
    let stage = opened(setting, "/survey?survey=page-csat").await;
    unfold(&stage, ".own-theme").await;
    fill(&stage, "own-look-light-accent", "#ffcc00").await;
    says(&stage, "has a contrast of 1.51:1").await;
    fill(&stage, "own-look-light-accent", "#aa0055").await;
    says(&stage, "Ready to be published.").await;
    press(&stage, "Publish").await;
    says(&stage, "Version 2, as published.").await;
    stage.visit("/page").await.unwrap();
    stage.wait_until("document.querySelector('pagepoll-survey')").await.unwrap();
    let accent = stage.run(&format!("return {ACCENT}")).await.unwrap();
    assert!(accent.as_str().unwrap().contains("#aa0055"), "{accent}");
}

async fn settings_that_were_open_meanwhile_leave_alone_what_somebody_else_has_changed(setting: Setting) {
    let stage = opened(setting, "/settings").await;
    stage.wait_until("document.getElementById('retention-days')").await.unwrap();
    let address = "/api/sites/test-site/settings";
    let before = json!({ "theme": { "radius": 3 }, "retention_days": 400 });
    assert!(stage.site.team.patch(address, &before).await.unwrap().status.is_success());
    fill(&stage, "quiet-days", "14").await;
    press(&stage, "Save settings").await;
    says(&stage, "Saved.").await;
    let kept = async || stage.site.team.get(address).await.unwrap().body;
    let now = kept().await;
    let told = (&now["theme"], &now["quiet_days"], &now["retention_days"]);
    assert_eq!(told, (&json!({ "radius": 3 }), &json!(14), &json!(400)));
    stage.wait_until("document.getElementById('retention-days').value == '400'").await.unwrap();

    // What was left without being saved is there again, on what there is by now.
    fill(&stage, "quiet-days", "21").await;
    stage.run("document.querySelector('.navigation a[href^=\"/team\"]').click()").await.unwrap();
    stage.wait_until("!document.getElementById('quiet-days')").await.unwrap();
    assert!(stage.site.team.patch(address, &json!({ "retention_days": 90 })).await.unwrap().status.is_success());
    stage.run("document.querySelector('.navigation a[href^=\"/settings\"]').click()").await.unwrap();
    stage.wait_until("document.getElementById('quiet-days')?.value == '21'").await.unwrap();
    stage.wait_until("document.getElementById('retention-days').value == '90'").await.unwrap();
    press(&stage, "Save settings").await;
    says(&stage, "Saved.").await;
    assert_eq!((&kept().await["quiet_days"], &kept().await["retention_days"]), (&json!(21), &json!(90)));
}

async fn a_look_that_was_open_meanwhile_leaves_alone_what_somebody_else_has_changed(setting: Setting) {
    let stage = opened(setting, "/settings/look").await;
    stage.wait_until("document.getElementById('look-radius')").await.unwrap();
    let address = "/api/sites/test-site/settings";
    let theirs = json!({ "theme": { "radius": 9, "light": { "ink": "#222222" } } });
    assert!(stage.site.team.patch(address, &theirs).await.unwrap().status.is_success());
    fill(&stage, "look-light-accent", "#0a7d33").await;
    press(&stage, "Save the look").await;
    says(&stage, "Saved.").await;
    let theme = stage.site.team.get(address).await.unwrap().body["theme"].clone();
    assert_eq!(theme, json!({ "radius": 9, "light": { "accent": "#0a7d33", "ink": "#222222" } }));
    stage.wait_until("document.getElementById('look-radius').value == '9'").await.unwrap();
}

held! {
    [mouse, firefox] settings_that_were_open_meanwhile_leave_alone_what_somebody_else_has_changed;
    [mouse] a_look_that_was_open_meanwhile_leaves_alone_what_somebody_else_has_changed;
    [mouse, firefox] the_look_of_a_page_is_taken_over_by_one_press;
    [mouse, firefox] a_look_is_tried_on_before_it_is_saved_and_refused_where_it_cannot_be_read;
    [mouse, firefox] the_stage_shows_the_widget_in_what_is_tried;
    [mouse, firefox] a_survey_differs_from_the_look_of_its_site;
}
