//! What must never run in the console: scripts and markup in anything that visitors or colleagues have written, on any screen that
//! shows it, and in files of answers.

use serde_json::{Value, json};
use tests::attempts::SCRIPTS;
use tests::browser::Browser;
use tests::{Pages, Setting, TestSite, Visitor, asking_everything};

use crate::acting::says;

/// Notes whatever runs that should not, and what the policy had to stop. Put in as soon as a screen is open.
const TRAP: &str = "window.caught ??= [];
    window.pwned = (...words) => { caught.push('pwned ' + words); };
    for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = () => { caught.push(name); };
    document.addEventListener('securitypolicyviolation', (told) => caught.push(told.effectiveDirective + ' ' + told.blockedURI));";

/// Elements that no view of ours makes, and attributes that run or load.
const STRANGE: &str = "return [...document.querySelectorAll('script:not([type=module]), iframe:not(#stage-frame), object, embed, base, style, img:not([src^=\"/\"])')]
    .map((one) => one.localName).concat([...document.querySelectorAll('*')].flatMap((one) => [...one.attributes]
        .filter(({ name, value }) => name.startsWith('on') || /^\\s*(javascript|data|vbscript):/i.test(value) && ['href', 'src', 'action', 'formaction', 'xlink:href'].includes(name))
        .map(({ name, value }) => `${one.localName} ${name}=${value}`)))";

fn payloads(evil: &Pages) -> Vec<String> {
    let host = evil.origin().replace("http://", "");
    SCRIPTS.iter().map(|script| script.replace("EVIL", &host)).collect()
}

/// A survey that says one of them in each of its texts.
fn survey_saying(place: usize, some: &[String]) -> Value {
    let mut survey = asking_everything("/**");
    survey["id"] = json!(format!("stored-{place}"));
    survey["name"] = json!(some[0]);
    let questions = some.iter().enumerate().map(|(number, payload)| {
        json!({ "id": format!("question-{number}"), "prompt": payload, "required": false, "kind": { "single_choice": {
            "choices": [{ "id": "a", "label": payload }, { "id": "b", "label": "B" }], "other": payload } } })
    });
    let score = json!({ "id": "score", "prompt": some[0], "kind": { "score": { "scale": "ces7", "low": some[0], "high": some[0] } } });
    let comment = json!({ "id": "comment", "prompt": some[0], "required": false, "kind": { "comment": { "placeholder": some[0] } } });
    survey["questions"] = std::iter::once(score).chain([comment]).chain(questions).collect();
    survey["endings"] = json!([{ "title": some[0], "text": some[0], "link": { "label": some[0], "url": "/new" } }]);
    survey
}

/// As much as a name takes: one line, and so many characters.
fn cut(payload: &str, most: usize) -> String {
    let name: String = payload.chars().filter(|letter| !letter.is_control()).take(most).collect();
    name.trim().to_owned()
}

/// Has everything say something that must not run.
async fn filled(evil: &Pages) -> TestSite {
    let payloads = payloads(evil);
    let surveys: Vec<Value> = payloads.chunks(17).enumerate().map(|(place, some)| survey_saying(place, some)).collect();
    let site = TestSite::with_surveys(&surveys).await.unwrap();
    let groups: Vec<Value> = payloads
        .iter()
        .enumerate()
        .map(|(place, payload)| json!({ "name": format!("{place} {}", cut(payload, 70)), "pattern": format!("/group-{place}/**") }))
        .collect();
    let path = |what: &str| format!("/api/sites/{}{what}", site.key());
    let grouped = site.team.patch(&path("/settings"), &json!({ "page_groups": groups })).await.unwrap();
    assert!(grouped.status.is_success(), "{grouped:?}");
    let theme = json!({ "css": &payloads[1], "logo": { "url": "/logo.png", "label": cut(&payloads[2], 100) } });
    let themed = site.team.patch(&path("/settings"), &json!({ "theme": theme })).await.unwrap();
    assert!(themed.status.is_success(), "{themed:?}");
    let named = json!({ "name": cut(&payloads[0], 80) });
    assert!(site.team.patch(&path(""), &named).await.unwrap().status.is_success());
    for (place, payload) in payloads.iter().enumerate() {
        let visitor: Visitor = site.visitor_asked(&format!("stored-{}", place / 17));
        let answers = json!([
            { "question": "score", "value": { "score": 1 + place % 7 } },
            { "question": "comment", "value": { "text": payload } },
            { "question": "question-0", "value": { "choices": { "picked": ["other"], "other": payload } } },
        ]);
        let mut event = visitor.submission_of(1, answers, &format!("/group-{place}/page"));
        event["submission"]["presentation"]["visit"]["title"] = json!(payload);
        let answered = site.door.post(tests::batch(site.key(), &[event])).await.unwrap();
        assert!(answered.status.is_success(), "{payload}: {answered:?}");
        if place < 20 {
            let tags = path(&format!("/answers/{}/tags", place + 1));
            site.team.put(&tags, &json!({ "tags": [cut(payload, 40)] })).await.unwrap();
            let (name, body) = (cut(payload, 60), |name: &str| json!({ "name": name, "role": "viewer" }));
            site.team.post(&path("/tokens"), &body(&name)).await.unwrap();
            site.team.post(&path("/shares"), &json!({ "name": name })).await.unwrap();
        }
    }
    site
}

async fn goes_in(browser: &Browser, site: &TestSite) {
    browser.open(&site.collector.origin()).await.unwrap();
    browser.wait_for("button", "Sign in").await.unwrap();
    let sign_in = format!(
        "return fetch('/api/session', {{ method: 'POST', headers: {{ 'Content-Type': 'application/json' }}, body: JSON.stringify({}) }})
         .then(answer => answer.ok)",
        serde_json::to_string(&TestSite::credentials()).unwrap()
    );
    assert_eq!(browser.run(&sign_in).await.unwrap(), true);
}

async fn nothing_that_is_stored_runs_on_any_screen(setting: Setting) {
    let browser = setting.browser().await.unwrap();
    let evil = Pages::serve("").await.unwrap();
    let site = filled(&evil).await;
    goes_in(&browser, &site).await;
    let page = format!("{}%2Fgroup-11%2Fpage", site.page_key("/").trim_end_matches('/'));
    for (path, there) in [
        ("/", "pwned"),
        ("/groups", "pwned"),
        (&format!("/page?page={page}"), "pwned"),
        ("/comments", "pwned"),
        ("/surveys", "pwned"),
        ("/survey?survey=stored-1", "pwned"),
        ("/patterns", "Heat map"),
        ("/patterns/drivers?survey=stored-0", "What goes with low scores"),
        ("/patterns/cross-table?survey=stored-0&rows=score&columns=question-0", "Two questions"),
        ("/settings", "pwned"),
        ("/settings/look", "How surveys look"),
        ("/team", "pwned"),
        ("/install", "Install"),
    ] {
        browser.open(&format!("{}{path}", site.collector.origin())).await.unwrap();
        browser.run(TRAP).await.unwrap();
        says(&browser, there).await;
        browser.wait_until("!document.querySelector('.waiting')").await.unwrap();
        browser.run("for (const one of document.querySelectorAll('summary')) one.click()").await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        assert_eq!(browser.run("return caught").await.unwrap(), json!([]), "{path}");
        assert_eq!(browser.run(STRANGE).await.unwrap(), json!([]), "{path}");
    }
    assert_eq!(evil.asked_for(), [""; 0]);
}

/// Files are downloaded, and what they are is not guessed; a cell that a spreadsheet would work out is text.
async fn nothing_that_is_stored_runs_in_a_file_of_answers(setting: Setting) {
    let _one_is_enough = setting;
    let evil = Pages::serve("").await.unwrap();
    let site = filled(&evil).await;
    for format in ["csv", "csv_wide", "ndjson"] {
        let path = format!("/api/sites/{}/export?format={format}", site.key());
        let answer = site.team.request(reqwest::Method::GET, &path).send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert!(header("content-disposition").unwrap_or_default().starts_with("attachment"), "{format}");
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"), "{format}");
        assert!(!header("content-type").unwrap_or_default().contains("html"), "{format}");
        let file = answer.text().await.unwrap();
        assert!(file.contains("pwned"), "{format}: {file:.200}");
        if format != "ndjson" {
            let begins = |cell: &str| cell.trim_start_matches('"').starts_with(['=', '+', '-', '@', '\t', '\r']);
            assert!(!file.lines().any(|line| line.split(',').any(begins)), "{format}");
        }
    }
}

held! {
    [mouse, firefox] nothing_that_is_stored_runs_on_any_screen;
    [mouse] nothing_that_is_stored_runs_in_a_file_of_answers;
}
