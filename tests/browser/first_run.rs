//! The first run, in the browser: from a collector with nothing to the first answer in the report, without the command line.

use serde_json::{Value, json};
use tests::browser::Browser;
use tests::host_pages::SHORT;
use tests::{Collector, Pages, Setting};

use crate::acting::{fill, press, says};

const PASSWORD: &str = "correct horse battery";

/// What the console asks the collector, asked by the one who is signed in there.
async fn asked(browser: &Browser, path: &str) -> Value {
    browser.run(&format!("return fetch({}).then((answer) => answer.json())", json!(path))).await.unwrap()
}

/// Makes the account and the site whose pages these are; hands back the line to paste.
async fn set_up(browser: &Browser, collector: &Collector, pages: &Pages) -> String {
    browser.open(&collector.setup_link().await.unwrap()).await.unwrap();
    fill(browser, "setup-email", "anna@shop.example").await;
    fill(browser, "setup-password", "short").await;
    press(browser, "Make the account").await;
    says(browser, "10 characters or more").await;
    fill(browser, "setup-password", PASSWORD).await;
    press(browser, "Make the account").await;
    says(browser, "Where do your visitors go?").await;
    fill(browser, "site-name", "Shop").await;
    fill(browser, "site-origins", "not an address").await;
    press(browser, "Add the site").await;
    says(browser, "is not an origin").await;
    fill(browser, "site-origins", &format!("{}/some/page?a=b", pages.origin())).await;
    press(browser, "Add the site").await;
    says(browser, "Four steps to the first score").await;
    let sites = asked(browser, "/api/sites").await;
    assert_eq!((&sites[0]["name"], &sites[0]["origins"]), (&json!("Shop"), &json!([pages.origin()])));
    sites[0]["snippet"].as_str().unwrap().to_owned()
}

async fn from_nothing_to_the_first_answer(setting: Setting) {
    let browser = setting.browser().await.unwrap();
    let pages = Pages::serve_beginning("", "").await.unwrap();
    let collector = Collector::fresh().await.unwrap();
    let snippet = set_up(&browser, &collector, &pages).await;
    pages.put("/page", &snippet, SHORT);

    let console = collector.origin();
    browser.open(&format!("{console}/surveys")).await.unwrap();
    browser.wait_until("document.querySelector('[name=beginning][value=\"template:page-ces\"]')").await.unwrap();
    press(&browser, "Begin").await;
    says(&browser, "Ready to be published.").await;
    let id = browser.run("return new URLSearchParams(location.search).get('survey')").await.unwrap();
    let trigger = "document.querySelector('[aria-label=\"Trigger 1\"]')";
    browser.wait_until(trigger).await.unwrap();
    let change =
        format!("{trigger}.value = 'immediately'; {trigger}.dispatchEvent(new Event('change', {{ bubbles: true }}))");
    browser.run(&change).await.unwrap();
    says(&browser, "Ready to be published.").await;
    press(&browser, "Publish").await;
    says(&browser, "Version 1, as published.").await;

    let site = asked(&browser, "/api/sites").await[0]["key"].as_str().unwrap().to_owned();
    let survey = asked(&browser, &format!("/api/sites/{site}/surveys/{}", id.as_str().unwrap())).await;
    let prompt = &survey["published"]["questions"][0]["prompt"];
    let prompt = prompt.as_str().or(prompt["en"].as_str()).unwrap().to_owned();
    browser.open(&format!("{}/page", pages.origin())).await.unwrap();
    browser.wait_for("heading", &prompt).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    browser.press_on("button", "7 of 7, Strongly agree").await.unwrap();

    browser.open(&format!("{console}/")).await.unwrap();
    browser.wait_until("document.querySelector('.pages tbody')?.innerText.includes('/page')").await.unwrap();
    let report = asked(&browser, &format!("/api/sites/{site}/pages")).await;
    assert_eq!(report["site"]["funnel"]["answered"], 1, "{report}");
}

/// Opens the install check on a page; it answers to the console's tab.
async fn check(browser: &Browser, collector: &Collector, page: &str) {
    browser.open(&format!("{}/install", collector.origin())).await.unwrap();
    browser.wait_for("button", "Open the page and check").await.unwrap();
    fill(browser, "check-url", page).await;
    press(browser, "Open the page and check").await;
}

async fn the_install_check_tells_what_a_page_lacks(setting: Setting) {
    let browser = setting.browser().await.unwrap();
    let pages = Pages::serve_beginning("", "").await.unwrap();
    let collector = Collector::fresh().await.unwrap();
    let snippet = set_up(&browser, &collector, &pages).await;
    let origin = collector.origin();
    let policy =
        |directives: &str| format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{directives}\">{snippet}");
    pages.put("/good", &snippet, SHORT);
    pages.put("/no-wasm", &policy(&format!("script-src {origin}; connect-src {origin}")), SHORT);
    pages.put("/no-connect", &policy(&format!("script-src {origin} 'wasm-unsafe-eval'; connect-src 'none'")), SHORT);
    pages.put("/no-line", "", SHORT);
    for (page, told) in [
        ("/good", "It works."),
        ("/no-wasm", "needs 'wasm-unsafe-eval' in script-src"),
        ("/no-connect", "in connect-src"),
        ("/no-line", "Nothing was heard from that page"),
    ] {
        check(&browser, &collector, &format!("{}{page}", pages.origin())).await;
        let patience = if page == "/no-line" { 25 } else { 10 };
        let said = format!("document.body.innerText.includes({})", json!(told));
        for _ in 0..patience * 4 {
            if browser.run(&format!("return {said}")).await.unwrap() == true {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        }
        let seen = browser.run("return document.querySelector('.check').parentElement.innerText").await.unwrap();
        assert!(seen.as_str().unwrap().contains(told), "{page}: {seen}");
    }
    check(&browser, &collector, "https://elsewhere.example/").await;
    says(&browser, "is not on site").await;
}

held! {
    [mouse, firefox] from_nothing_to_the_first_answer;
    [mouse, firefox] the_install_check_tells_what_a_page_lacks;
}
