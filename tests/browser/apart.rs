//! Answers that are set apart, in the browser: an editor sees why, counts one, sets another apart and takes that back, each time where it was
//! decided; a viewer sees the same and decides nothing.

use serde_json::json;
use tests::browser::Browser;
use tests::{Setting, TestSite};

use crate::acting::{press, says};
use crate::tags::{opened, shop};

/// Two honest answers, 1 and 2, and one of a program, 3.
async fn shop_with_a_program() -> TestSite {
    let site = shop().await;
    let program = site.visitor().through(site.door.called("curl/8.9.1").unwrap());
    program.comments(1, "BUY NOW", "/a").await.unwrap();
    site
}

async fn figures_have(site: &TestSite, answers: u64) {
    let has = |page: &survey::report::PageReport| page.scores.first().is_some_and(|score| score.figures.n == answers);
    site.page_within(tests::browser::SOON, "/a", has).await.unwrap();
}

/// What stands below a comment says this.
async fn is_said_below(browser: &Browser, comment: &str, text: &str) {
    let below = format!(
        "[...document.querySelectorAll('.comment')].find((one) => one.innerText.includes({}))?.innerText.includes({})",
        json!(comment),
        json!(text)
    );
    browser.wait_until(&below).await.unwrap();
}

async fn an_editor_counts_what_a_program_is_said_to_have_sent(setting: Setting) {
    let site = shop_with_a_program().await;
    figures_have(&site, 2).await;
    let browser = opened(setting, &site, "editor", "/comments").await;
    says(&browser, "Fast delivery!").await;
    assert_eq!(browser.run("return document.querySelectorAll('.comment').length").await.unwrap(), 2);
    browser.open(&format!("{}/comments?list=apart", site.collector.origin())).await.unwrap();
    is_said_below(&browser, "BUY NOW", "In no figure: sent by a program").await;
    says(&browser, "Why answers are set apart").await;

    press(&browser, "Count answer 3").await;
    browser.wait_for("button", "Set apart answer 3").await.unwrap();
    figures_have(&site, 3).await;
    is_said_below(&browser, "BUY NOW", "Set apart").await;
    browser.reload().await.unwrap();
    says(&browser, "Nothing is set apart").await;
}

async fn an_editor_sets_an_answer_apart_and_takes_that_back_where_it_stands(setting: Setting) {
    let site = shop_with_a_program().await;
    figures_have(&site, 2).await;
    let browser = opened(setting, &site, "editor", "/comments").await;
    browser.wait_for("button", "Set apart answer 1").await.unwrap();
    browser.run("document.querySelector('[aria-label=\"Set apart answer 1\"]').focus()").await.unwrap();
    browser.press("Enter").await.unwrap();
    is_said_below(&browser, "slow", "In no figure: somebody of your team set it apart.").await;
    figures_have(&site, 1).await;
    browser.wait_until("document.activeElement.ariaLabel == 'Count answer 1'").await.unwrap();
    // It stays, also when the list has been fetched anew.
    site.visitor().comments(5, "All is well.", "/a").await.unwrap();
    says(&browser, "All is well.").await;
    is_said_below(&browser, "slow", "In no figure").await;

    press(&browser, "Count answer 1").await;
    browser.wait_for("button", "Set apart answer 1").await.unwrap();
    figures_have(&site, 3).await;
}

async fn a_viewer_sees_why_and_decides_nothing(setting: Setting) {
    let site = shop_with_a_program().await;
    let browser = opened(setting, &site, "viewer", "/comments?list=apart").await;
    is_said_below(&browser, "BUY NOW", "In no figure: sent by a program").await;
    assert_eq!(browser.run("return document.querySelectorAll('.answer-standing button').length").await.unwrap(), 0);
    let settle = format!(
        "return fetch('/api/sites/{}/answers/3/standing', {{ method: 'PUT', headers: {{ 'Content-Type': 'application/json' }},
         body: '{{\"standing\":\"counted\"}}' }}).then((answer) => answer.status)",
        site.key()
    );
    assert_eq!(browser.run(&settle).await.unwrap(), 403);
}

held! {
    [mouse, firefox] an_editor_counts_what_a_program_is_said_to_have_sent;
    [mouse] an_editor_sets_an_answer_apart_and_takes_that_back_where_it_stands;
    [mouse] a_viewer_sees_why_and_decides_nothing;
}
