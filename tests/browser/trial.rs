//! Why a survey would not show, beside its rules: a visit is made up, and each rule says whether it holds.

use serde_json::json;
use tests::host_pages::SHORT;
use tests::{Setting, Stage, TestSite, asking};

use crate::acting::{fill, press, says, unfold};
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

async fn rules_are_told_in_russian_to_whoever_reads_russian(setting: Setting) {
    let survey = asking("page-csat", "/checkout", json!([{ "visible_seconds": 20 }]));
    let stage = Stage::set(setting, &[survey]).await.unwrap();
    stage.put("/page", SHORT);
    go_in(&stage, "/account", &TestSite::credentials()).await;
    press(&stage, "Русский").await;
    says(&stage, "Ваша учётная запись").await;

    stage.open(&format!("{}/surveys", stage.site.collector.origin())).await.unwrap();
    for sentence in ["путь — /checkout", "через 20 секунд на странице"] {
        says(&stage, sentence).await;
    }

    stage.open(&format!("{}/survey?survey=page-csat", stage.site.collector.origin())).await.unwrap();
    unfold(&stage, ".trial").await;
    fill(&stage, "trial-url", &format!("{}/page", stage.pages.origin())).await;
    for sentence in ["Условия не выполняются.", "путь — /checkout", "«/page»", "ещё не показывался"]
    {
        says(&stage, sentence).await;
    }
    let latin = stage.run(LATIN_RULES).await.unwrap();
    assert_eq!(latin, json!([]));

    fill(&stage, "at-questions-0--prompt", "How was checking out?").await;
    says(&stage, "вопрос «score»: текст вопроса: было «").await;
    says(&stage, "стало «How was checking out?»").await;
}

/// Rules of which some word is English: what is left once what somebody wrote is taken away.
const LATIN_RULES: &str = "return [...document.querySelectorAll('.checked li')].map((one) => one.innerText)
    .filter((text) => /[a-z]{2}/i.test(text.replaceAll('/checkout', '').replaceAll('/page', '')))";

held! {
    [mouse, firefox] rules_are_told_in_russian_to_whoever_reads_russian;
    [mouse, firefox] the_rule_that_keeps_a_survey_away_is_found_and_mended;
}
