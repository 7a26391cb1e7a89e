//! Why a survey would not show, beside its rules: a visit is made up, and each rule says whether it holds.

use serde_json::json;
use tests::host_pages::SHORT;
use tests::{Setting, Stage, TestSite, asking};

use crate::acting::{fill, says, unfold};
use crate::editor::go_in;

async fn the_rule_that_keeps_a_survey_away_is_found_and_mended(setting: Setting) {
    let stage = Stage::set(setting, &[asking("page-csat", "/checkout", json!(["immediately"]))]).await.unwrap();
    stage.put("/page", SHORT);
    go_in(&stage, "/survey?survey=page-csat", &TestSite::credentials()).await;
    unfold(&stage, ".trial").await;
    fill(&stage, "trial-url", &format!("{}/page", stage.pages.origin())).await;
    says(&stage, "It would not show.").await;
    let wrong = "[...document.querySelectorAll('.checked li')].filter((one) => one.innerText.startsWith('✗')).map((one) => one.innerText).join()";
    stage
        .wait_until(&format!("({wrong}).includes('path is /checkout') && ({wrong}).includes('“/page”')"))
        .await
        .unwrap();

    let value = "document.querySelector('.rule-value')";
    let change = format!("{value}.value = '/page'; {value}.dispatchEvent(new Event('input', {{ bubbles: true }}))");
    stage.run(&change).await.unwrap();
    says(&stage, "It would show.").await;
    fill(&stage, "trial-scrolled", "half").await;
    says(&stage, "scroll_percent: ").await;
}

held! {
    [mouse, firefox] the_rule_that_keeps_a_survey_away_is_found_and_mended;
}
