//! Everybody can use it: axe-core finds nothing wrong with any kind of question, in any format, light or dark, in either direction; nor
//! with the console's screens.
//!
//! What no machine judges, whether one can get through it by keyboard and what a screen reader says, is in `keyboard`.

use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::{Value, json};
use tests::host_pages::{OPEN_ROOTS, STUB};
use tests::kinds::{self, PAGE, THANKS, kinds};
use tests::packages::Package;
use tests::{Demo, Setting, Stage, is_long};

use crate::console::signed_in;

/// The page in its languages: their own names, and the attributes of the topmost element.
const LANGUAGES: [(&str, &str); 2] = [("left to right", "lang=en"), ("right to left", "lang=ar dir=rtl")];

const SCHEMES: [&str; 2] = ["light", "dark"];

/// What axe finds wrong with an element in a colour scheme, in words. Whatever still moves is brought to its end first.
const JUDGE: &str = "
    const [selector, scheme] = arguments;
    const host = document.querySelector(selector);
    document.documentElement.style.colorScheme = scheme;
    for (const motion of host.shadowRoot.getAnimations?.() ?? []) motion.finish();
    return axe.run(host, { resultTypes: ['violations', 'incomplete'] }).then((judged) =>
        judged.violations.concat(judged.incomplete.filter((one) => one.id == 'color-contrast')).flatMap((rule) =>
            rule.nodes.map((node) => [rule.id, node.target.flat().join(' '), node.failureSummary.split('\\n').slice(1).join(' ')].join(': '))));";

/// Goes on without an answer.
const GO_ON: &str = "const root = document.querySelector('pagepoll-survey').shadowRoot;
    const button = root.querySelector('[part=skip]') || root.querySelector('[part=send]'); button.click(); return button.textContent";

const HEADING: &str =
    "return document.querySelector('pagepoll-survey')?.shadowRoot.querySelector('h2')?.textContent || null";

/// A site that asks everything in these formats, with a page in each language.
async fn stage_with(setting: Setting, formats: &[(&'static str, Value)]) -> Stage {
    let surveys: Vec<Value> = formats.iter().map(|(name, format)| kinds::asking_everything(name, format)).collect();
    let stage = Stage::set(setting, &surveys).await.unwrap();
    stage.pages.put_file("/axe.js", "Content-Type: text/javascript\r\n", Package::AxeCore.read().unwrap());
    for (place, (_, attributes)) in LANGUAGES.iter().enumerate() {
        let head = format!("{OPEN_ROOTS}{STUB}<script src=/axe.js></script>{}", stage.site.snippet());
        stage.pages.put_in(attributes, &format!("/{place}"), &head, PAGE);
    }
    stage
}

async fn judged(stage: &Stage, element: &str, scheme: &str) -> anyhow::Result<Vec<String>> {
    Ok(serde_json::from_value(stage.run_with(JUDGE, vec![json!(element), json!(scheme)]).await?)?)
}

/// Waits until another heading is up; hands it back.
async fn heading_after(stage: &Stage, before: &Value) -> anyhow::Result<Value> {
    let deadline = Instant::now() + tests::browser::SOON;
    loop {
        let heading = stage.run(HEADING).await?;
        if !heading.is_null() && heading != *before {
            return Ok(heading);
        }
        ensure!(Instant::now() < deadline, "nothing comes after {before}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Goes through a whole survey; hands back what is wrong, and how often it was looked at.
async fn wrongs_of(stage: &Stage, survey: &str, page: usize, schemes: &[&str]) -> anyhow::Result<(Vec<String>, usize)> {
    stage.visit(&format!("/{page}")).await?;
    stage.run(&format!("pagepoll('show', '{survey}')")).await?;
    let (mut wrongs, mut looks) = (Vec::new(), 0);
    let mut heading = heading_after(stage, &Value::Null).await?;
    let names = kinds().into_iter().map(|kind| kind.name).chain(["ending"]);
    for (place, name) in names.enumerate() {
        if place > 0 {
            stage.run(GO_ON).await?;
            heading = heading_after(stage, &heading).await?;
        }
        for scheme in schemes {
            let found = judged(stage, "pagepoll-survey", scheme).await?;
            wrongs.extend(
                found.iter().map(|wrong| format!("{survey}, {name}, {scheme}, {}: {wrong}", LANGUAGES[page].0)),
            );
            looks += 1;
        }
    }
    ensure!(page > 0 || heading == THANKS, "the survey ends with {heading}");
    Ok((wrongs, looks))
}

async fn axe_finds_nothing(setting: Setting) {
    let started = Instant::now();
    // One engine looks at everything; the others, where there is little time, see every kind in every format once in each
    // direction. The formats on other sides have nothing of their own to look at.
    let everything = setting == Setting::Mouse || is_long();
    let formats = kinds::main_formats();
    let stage = stage_with(setting, &formats).await;
    let (mut wrongs, mut looks) = (Vec::new(), 0);
    for (place, (survey, _)) in formats.iter().enumerate() {
        for page in 0..LANGUAGES.len() {
            let schemes = if everything { &SCHEMES[..] } else { &SCHEMES[(place + page) % 2..][..1] };
            let (found, looked) = wrongs_of(&stage, survey, page, schemes).await.unwrap();
            wrongs.extend(found);
            looks += looked;
        }
    }
    println!("axe-core looked {looks} times in {:.1} s", started.elapsed().as_secs_f64());
    assert!(wrongs.is_empty(), "{} wrongs:\n{}", wrongs.len(), wrongs.join("\n"));
}

/// Else its silence would say nothing.
async fn axe_looks_into_the_widget(setting: Setting) {
    let stage = stage_with(setting, &kinds::main_formats()[..1]).await;
    stage.visit("/0").await.unwrap();
    stage.run("pagepoll('show', 'corner')").await.unwrap();
    heading_after(&stage, &Value::Null).await.unwrap();
    let spoil = "const root = document.querySelector('pagepoll-survey').shadowRoot;
        root.querySelector('.close').removeAttribute('aria-label'); root.querySelector('h2').style.color = '#ccc'";
    stage.run(spoil).await.unwrap();
    let wrongs = judged(&stage, "pagepoll-survey", "light").await.unwrap();
    for rule in ["button-name", "color-contrast"] {
        assert!(wrongs.iter().any(|wrong| wrong.starts_with(rule)), "{rule} is not among {wrongs:?}");
    }
}

async fn axe_finds_nothing_in_the_feedback_tab(setting: Setting) {
    let mut survey = kinds::asking_everything("tab", &json!({ "side": "right" }));
    survey["triggers"] = json!(["feedback_tab"]);
    survey["tab_label"] = json!({ "en": "Your opinion", "ar": "رأيك" });
    let stage = Stage::set(setting, &[survey]).await.unwrap();
    stage.pages.put_file("/axe.js", "Content-Type: text/javascript\r\n", Package::AxeCore.read().unwrap());
    for (language, attributes) in LANGUAGES {
        let head = format!("{OPEN_ROOTS}<script src=/axe.js></script>{}", stage.site.snippet());
        stage.pages.put_in(attributes, "/page", &head, PAGE);
        stage.visit("/page").await.unwrap();
        stage.wait_until("document.querySelector('pagepoll-tab')").await.unwrap();
        for scheme in SCHEMES {
            let wrongs = judged(&stage, "pagepoll-tab", scheme).await.unwrap();
            assert!(wrongs.is_empty(), "{language}, {scheme}: {}", wrongs.join("\n"));
        }
    }
}

/// The console's screens. What is not there yet is nothing that anybody could fail to read.
const CONSOLE: [(&str, &str); 20] = [
    ("/?days=90", ".pages tbody td"),
    ("/page?page=127.0.0.1/help&days=90", ".scale"),
    ("/comments?days=90", ".comment"),
    ("/comments?days=90&list=apart", ".comment"),
    ("/surveys", ".survey"),
    ("/survey?survey=cart-exit", ".question-form textarea"),
    ("/install", "pre"),
    ("/settings", ".settings input"),
    ("/settings/look", ".theme-group input"),
    ("/team", ".log tbody td"),
    ("/account", ".item"),
    ("/new-site", ".narrow-form input"),
    ("/setup#none", "h1"),
    ("/join#pi_none", "h1"),
    ("/groups?days=90", ".pages tbody td"),
    ("/patterns?days=90", ".heat tbody td"),
    ("/patterns/drivers?days=90&survey=product-csat", ".drivers tbody td"),
    ("/patterns/cross-table?days=90&survey=cart-exit", ".cross tbody td"),
    ("/docs/", "main table"),
    ("/docs/quick-start.html", "main pre"),
];

pub const JUDGE_PAGE: &str = "
    document.documentElement.style.colorScheme = arguments[0];
    for (const motion of document.getAnimations()) motion.finish();
    return axe.run(document, { resultTypes: ['violations'] }).then((judged) => judged.violations.flatMap((rule) =>
        rule.nodes.map((node) => [rule.id, node.target.flat().join(' '), node.failureSummary.split('\\n').slice(1).join(' ')].join(': '))));";

async fn axe_finds_nothing_on_any_screen_of_the_console(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = signed_in(setting, &demo, "/").await;
    // The console runs no script but its own, so axe comes along with each question.
    let judge = format!("{};{JUDGE_PAGE}", Package::AxeCore.read().unwrap());
    for (path, report) in CONSOLE {
        browser.open(&format!("{}{path}", demo.collector)).await.unwrap();
        browser.wait_until(&format!("document.querySelector('{report}')")).await.unwrap();
        for scheme in SCHEMES {
            let wrongs: Vec<String> =
                serde_json::from_value(browser.run_with(&judge, vec![json!(scheme)]).await.unwrap()).unwrap();
            assert!(wrongs.is_empty(), "{path}, {scheme}: {}", wrongs.join("\n"));
        }
    }
}

held! {
    [mouse, firefox] axe_finds_nothing_on_any_screen_of_the_console;
    [mouse, firefox, webkit] axe_looks_into_the_widget;
    [mouse, firefox, webkit] axe_finds_nothing;
    [mouse, firefox, webkit] axe_finds_nothing_in_the_feedback_tab;
}
