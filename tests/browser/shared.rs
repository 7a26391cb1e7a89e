//! A link that was shared, in a browser: figures and no way to anything else, until it is withdrawn; and where it is made.

use serde_json::{Value, json};
use tests::browser::Browser;
use tests::{Setting, TestSite, ces_on};

use crate::acting::click;

const SHARES: &str = "/api/sites/test-site/shares";

async fn shop() -> TestSite {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for score in [7, 6, 2] {
        site.visitor().comments(score, "For our eyes only.", "/help").await.unwrap();
    }
    site
}

/// A link to the figures, and its id.
async fn share(site: &TestSite) -> (String, String) {
    let made = site.team.post(SHARES, &json!({ "name": "Board" })).await.unwrap().body;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&made["link"]), text(&made["share"]["id"]))
}

async fn reads(browser: &Browser, text: &str) {
    browser.wait_until(&format!("document.body.innerText.includes({})", json!(text))).await.unwrap();
}

async fn whoever_opens_a_link_sees_figures_and_no_way_to_anything_else(setting: Setting) {
    let browser = setting.browser().await.unwrap();
    let site = shop().await;
    let (link, _) = share(&site).await;
    let secret = link.split_once('#').unwrap().1;
    browser.open(&link).await.unwrap();
    reads(&browser, "Pages that hurt").await;
    reads(&browser, "Shared, read only").await;

    browser.run("document.querySelector('.pages tbody a').click()").await.unwrap();
    reads(&browser, "From page view to answer").await;
    browser.run("document.querySelector('input[name=days][value=\"7\"]').click()").await.unwrap();
    browser.wait_until("location.search.includes('days=7')").await.unwrap();
    let address = browser.run("return location.pathname + location.hash").await.unwrap();
    assert_eq!(address, format!("/shared/page#{secret}"), "it can be passed on");
    browser.reload().await.unwrap();
    reads(&browser, "From page view to answer").await;

    let seen = browser.run("return document.body.innerText").await.unwrap();
    for hidden in ["eyes", "Comments", "Sign", "Settings", "Surveys", "Install", "Patterns"] {
        assert!(!seen.as_str().unwrap().contains(hidden), "{hidden}: {seen}");
    }
    let ways = browser.run("return [...document.links].map((link) => link.pathname + link.hash)").await.unwrap();
    for way in ways.as_array().unwrap() {
        assert!(way.as_str().unwrap().starts_with("/shared") && way.as_str().unwrap().ends_with(secret), "{ways}");
    }
    browser.run("document.querySelector('.back').click()").await.unwrap();
    reads(&browser, "Pages that hurt").await;
    for asked in browser.loaded_from(&site.collector.origin()).await.unwrap() {
        let path = asked.split_once("/api/").map(|(_, path)| path.split('?').next().unwrap());
        assert!(
            path.is_none_or(|path| ["shared", "sites/test-site/pages", "sites/test-site/page"].contains(&path)),
            "{asked}"
        );
        assert!(!asked.contains(secret), "{asked}");
    }
}

async fn a_link_that_is_withdrawn_says_so_also_to_whoever_is_looking(setting: Setting) {
    let browser = setting.browser().await.unwrap();
    let site = shop().await;
    let (link, id) = share(&site).await;
    browser.open(&link).await.unwrap();
    reads(&browser, "Pages that hurt").await;
    site.team.delete(&format!("{SHARES}/{id}")).await.unwrap();
    reads(&browser, "This link shows nothing any more").await;
    let seen = browser.run("return document.body.innerText").await.unwrap();
    assert!(!seen.as_str().unwrap().contains("Pages that hurt"), "{seen}");
    for wrong in ["", "#", "#pf_x"] {
        // Another fragment alone is no navigation.
        browser.open("about:blank").await.unwrap();
        browser.open(&format!("{}/shared{wrong}", site.collector.origin())).await.unwrap();
        reads(&browser, "This link shows nothing any more").await;
    }
}

async fn a_link_is_made_copied_and_withdrawn_under_settings(setting: Setting) {
    let browser = setting.browser().await.unwrap();
    let site = shop().await;
    let origin = site.collector.origin();
    browser.open(&origin).await.unwrap();
    let sign_in = "return fetch('/api/session', { method: 'POST', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(arguments[0]) }).then((answer) => answer.ok)";
    let credentials = serde_json::to_value(TestSite::credentials()).unwrap();
    assert_eq!(browser.run_with(sign_in, vec![credentials]).await.unwrap(), true);
    browser.open(&format!("{origin}/settings")).await.unwrap();
    reads(&browser, "Share links").await;
    let submit = "document.querySelector('.new-item button[type=submit]').click()";
    browser.run(submit).await.unwrap();
    reads(&browser, "does not say what it is for").await;
    let fill = "const field = document.querySelector('#share-name'); field.value = 'The board';
        field.dispatchEvent(new Event('input', { bubbles: true }))";
    browser.run(fill).await.unwrap();
    browser.run(submit).await.unwrap();
    reads(&browser, "it is not shown again").await;
    let link = browser.run("return document.querySelector('.new-item code').textContent").await.unwrap();
    assert!(link.as_str().unwrap().starts_with(&format!("{origin}/shared#pf_")), "{link}");
    reads(&browser, "The board").await;
    for label in ["Withdraw", "Withdraw it"] {
        let find =
            format!("[...document.querySelectorAll('.item button')].find((one) => one.textContent == '{label}')");
        click(&browser, &find).await;
    }
    browser.wait_until("!document.querySelector('[aria-labelledby=sharing-title] .item')").await.unwrap();
    assert_eq!(site.team.get(SHARES).await.unwrap().body, json!([]));
}

held! {
    [mouse, firefox, webkit] whoever_opens_a_link_sees_figures_and_no_way_to_anything_else;
    [mouse, firefox] a_link_that_is_withdrawn_says_so_also_to_whoever_is_looking;
    [mouse] a_link_is_made_copied_and_withdrawn_under_settings;
}
