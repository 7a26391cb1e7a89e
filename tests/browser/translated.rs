//! The console in Russian: in the browser's language or by choice, on every screen; and English without any of it.

use serde_json::json;
use tests::browser::Browser;
use tests::packages::Package;
use tests::{Demo, Setting};

use crate::access::JUDGE_PAGE;
use crate::acting::{fill, press, says};
use crate::console::signed_in;

/// The languages that the browser asks for, which Chromium alone lets its driver say.
async fn set_to(browser: &Browser, languages: &str) {
    let agent = browser.run("return navigator.userAgent").await.unwrap();
    let asked = json!({ "userAgent": agent, "acceptLanguage": languages });
    browser.devtools("Emulation.setUserAgentOverride", asked).await.unwrap();
}

/// Waits until the page says that it is in a language.
async fn speaks(browser: &Browser, language: &str) {
    browser.wait_until(&format!("document.documentElement.lang == '{language}'")).await.unwrap();
}

/// The catalogues that this page has fetched.
async fn catalogues(browser: &Browser) -> u64 {
    browser
        .count("performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.txt')).length")
        .await
        .unwrap()
}

async fn a_choice_is_kept_and_said_to_readers_of_the_page(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = setting.browser().await.unwrap();
    browser.open(&demo.collector).await.unwrap();
    browser.wait_for("button", "Sign in").await.unwrap();
    speaks(&browser, "en").await;
    assert_eq!(catalogues(&browser).await, 0, "English fetches a catalogue");
    press(&browser, "Русский").await;
    for _ in 0..2 {
        browser.wait_for("button", "Войти").await.unwrap();
        speaks(&browser, "ru").await;
        assert_eq!(catalogues(&browser).await, 1);
        assert!(left_in_latin(&browser).await.is_empty(), "{:?}", left_in_latin(&browser).await);
        browser.reload().await.unwrap();
    }
    press(&browser, "English").await;
    browser.wait_for("button", "Sign in").await.unwrap();
    speaks(&browser, "en").await;
}

async fn without_a_choice_it_is_the_browsers_language(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = setting.browser().await.unwrap();
    browser.open(&demo.collector).await.unwrap();
    for (languages, language, button) in [
        ("ru-RU,ru,en", "ru", "Войти"),
        ("de,en-GB,ru", "en", "Sign in"),
        ("de,ru", "ru", "Войти"),
        ("de", "en", "Sign in"),
    ] {
        set_to(&browser, languages).await;
        browser.reload().await.unwrap();
        browser.wait_for("button", button).await.unwrap();
        speaks(&browser, language).await;
    }
}

/// The console's screens, and what is there once each is.
const SCREENS: [(&str, &str); 16] = [
    ("/?days=90", ".pages tbody td"),
    ("/page?page=127.0.0.1/help&days=90", ".scale"),
    ("/groups?days=90", ".pages tbody td"),
    ("/comments?days=90", ".comment"),
    ("/comments?days=90&list=apart", ".comment"),
    ("/patterns?days=90", ".heat tbody td"),
    ("/patterns/drivers?days=90&survey=product-csat", ".drivers tbody td"),
    ("/patterns/cross-table?days=90&survey=cart-exit", ".cross tbody td"),
    ("/surveys", ".survey"),
    ("/survey?survey=cart-exit", ".question-form textarea"),
    ("/install", "pre"),
    ("/settings", ".settings input"),
    ("/settings/look", ".theme-fields input"),
    ("/team", ".log tbody td"),
    ("/account", ".item"),
    ("/new-site", ".narrow-form input"),
];

/// Texts without a Russian letter, but for what is a name, stands so in every language, or is what visitors and the collector say.
const LATIN: &str = r"
    const own = 'noscript, bdi, code, pre, [dir=auto], [lang]:not(html), .brand, datalist, .word, .log tbody bdi, .beginnings, .account-email, .item strong, .visitors optgroup option';
    const known = [/^[\w.]+\/[\w\/-]*$/, /^(CES|CSAT|NPS|CSS)( |$)/, /^n\s/, /^\d\. (Choose|Buy)$/, /Fernhill/, /^https?:/, /^[^?]*\? \//, /^de …$/, /^\//, /^[a-z]{2}(-[A-Z]{2})?(, [a-z]{2}(-[A-Z]{2})?)*$/];
    const site = (await (await fetch('/api/sites')).json())[0]?.key;
    const told = site ? await (await fetch(`/api/sites/${site}/surveys`)).text() : '';
    const said = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; node = walker.nextNode();) if (!node.parentElement.closest(own)) said.push(node.data);
    for (const name of ['aria-label', 'title', 'placeholder']) {
        for (const at of document.querySelectorAll(`[${name}]`)) if (!at.closest(own)) said.push(at.getAttribute(name));
    }
    const isLeft = (text) => /[a-z]{2}/i.test(text) && !/[а-яё]/i.test(text) && !known.some((form) => form.test(text));
    return said.map((text) => text.trim()).filter((text) => isLeft(text) && !told.includes(JSON.stringify(text)))";

async fn left_in_latin(browser: &Browser) -> Vec<String> {
    serde_json::from_value(browser.run(&format!("return (async () => {{{LATIN}}})()")).await.unwrap()).unwrap()
}

async fn every_screen_is_in_russian_and_axe_finds_nothing(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = signed_in(setting, &demo, "/account").await;
    press(&browser, "Русский").await;
    says(&browser, "Ваша учётная запись").await;
    let judge = format!("{};{JUDGE_PAGE}", Package::AxeCore.read().unwrap());
    let mut wrongs = Vec::new();
    for (path, there) in SCREENS {
        browser.open(&format!("{}{path}", demo.collector)).await.unwrap();
        browser.wait_until(&format!("document.querySelector('{there}')")).await.unwrap();
        speaks(&browser, "ru").await;
        wrongs.extend(left_in_latin(&browser).await.into_iter().map(|text| format!("{path}: {text}")));
        let found: Vec<String> =
            serde_json::from_value(browser.run_with(&judge, vec![json!("light")]).await.unwrap()).unwrap();
        wrongs.extend(found.into_iter().map(|wrong| format!("{path}: {wrong}")));
    }
    assert!(wrongs.is_empty(), "{} wrongs:\n{}", wrongs.len(), wrongs.join("\n"));
}

async fn what_is_refused_is_said_in_russian_too(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = signed_in(setting, &demo, "/account").await;
    press(&browser, "Русский").await;
    says(&browser, "Ваша учётная запись").await;
    fill(&browser, "password-old", "not the one").await;
    fill(&browser, "password-new", "a long enough password").await;
    press(&browser, "Сменить пароль").await;
    says(&browser, "это не пароль вашей учётной записи").await;

    browser.open(&format!("{}/settings", demo.collector)).await.unwrap();
    fill(&browser, "quiet-days", "400").await;
    press(&browser, "Сохранить настройки").await;
    says(&browser, "400 — больше года; не больше 366").await;

    browser.open(&format!("{}/survey?survey=cart-exit", demo.collector)).await.unwrap();
    fill(&browser, "at-questions-0--prompt", "").await;
    says(&browser, "здесь от 1 до 4000 знаков, а в тексте 0").await;
}

async fn the_log_is_told_in_russian(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = signed_in(setting, &demo, "/account").await;
    press(&browser, "Русский").await;
    says(&browser, "Ваша учётная запись").await;
    browser.open(&format!("{}/settings", demo.collector)).await.unwrap();
    fill(&browser, "quiet-days", "9").await;
    press(&browser, "Сохранить настройки").await;
    says(&browser, "Сохранено").await;
    browser.open(&format!("{}/team", demo.collector)).await.unwrap();
    for told in [
        "настройки изменены",
        "дней между любыми двумя опросами: ",
        "опрос опубликован",
        "командная строка",
        "версия 1: ",
    ] {
        says(&browser, told).await;
    }
}

held! {
    [mouse, firefox] the_log_is_told_in_russian;
    [mouse, firefox] a_choice_is_kept_and_said_to_readers_of_the_page;
    [mouse] without_a_choice_it_is_the_browsers_language;
    [mouse] what_is_refused_is_said_in_russian_too;
    [mouse, firefox] every_screen_is_in_russian_and_axe_finds_nothing;
}
