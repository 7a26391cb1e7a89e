//! The console's Content-Security-Policy: strict, and in nobody's way on any screen.

use serde_json::{Value, json};
use tests::browser::Browser;
use tests::{Demo, Setting};

use crate::console::signed_in;

/// Every screen, two pages of the documentation, and a heading that it has when its report is there.
const SCREENS: [(&str, &str); 21] = [
    ("/", "Pages that hurt"),
    ("/page?page=127.0.0.1/help", "Comments"),
    ("/page?page=127.0.0.1/no-such-page", "Comments"),
    ("/groups", "Page groups"),
    ("/patterns", "Heat map"),
    ("/patterns/drivers", "What goes with low scores"),
    ("/patterns/cross-table", "Two questions against each other"),
    ("/comments", "What they speak of"),
    ("/surveys", "7 surveys"),
    ("/survey?survey=cart-exit", "Leaving the cart: what stopped you?"),
    ("/install", "Install"),
    ("/settings", "Settings"),
    ("/settings/look", "How surveys look"),
    ("/team", "Team"),
    ("/account", "Your account"),
    ("/new-site", "New site"),
    ("/setup", "The first account is there"),
    ("/join", "This invitation is not good any more"),
    ("/no-such-screen", "There is nothing at this address"),
    ("/docs/", "Pagepoll"),
    ("/docs/targeting.html", "Targeting"),
];

/// Listens from before the page's own first script.
const LISTEN: &str = "window.blocked = [];
    document.addEventListener('securitypolicyviolation', (told) => blocked.push(`${told.effectiveDirective}: ${told.blockedURI} ${told.sample}`));
    addEventListener('error', (told) => blocked.push(String(told.message)));
    addEventListener('unhandledrejection', (told) => blocked.push(String(told.reason)));";

/// Shows what a screen shows only when it is asked to.
const OPEN_EVERYTHING: &str = "for (const one of document.querySelectorAll('summary, .elsewhere, .sort, .drivers-section > .button:not(.save-table)')) one.click()";

async fn listen(browser: &Browser) {
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": LISTEN })).await.unwrap();
}

async fn nothing_was_blocked(browser: &Browser, screen: &str) {
    assert_eq!(browser.run("return window.blocked").await.unwrap(), json!([]), "{screen}");
    // Whoever is signed out is told so by a 401, and whose invitation is over by a 409, which Chromium mentions.
    let is_told = |said: &String| said.contains("401 (Unauthorized)") || said.contains("409 (Conflict)");
    let said = browser.console().await.unwrap().into_iter().filter(|said| !is_told(said));
    assert_eq!(said.collect::<Vec<_>>(), [""; 0], "{screen}");
}

async fn no_screen_wants_what_the_policy_forbids(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = signed_in(setting, &demo, "/").await;
    browser.console().await.unwrap();
    listen(&browser).await;
    for (path, heading) in SCREENS {
        browser.open(&format!("{}{path}", demo.collector)).await.unwrap();
        browser.wait_for("heading", heading).await.unwrap();
        browser.wait_until("!document.querySelector('.waiting')").await.unwrap();
        browser.run(OPEN_EVERYTHING).await.unwrap();
        browser.run("return new Promise((done) => setTimeout(() => done(true), 150))").await.unwrap();
        nothing_was_blocked(&browser, path).await;
    }
    browser.open(&demo.collector).await.unwrap();
    browser.wait_for("heading", "Pages that hurt").await.unwrap();
    let share =
        "return fetch('/api/sites/demo-shop/shares', { method: 'POST', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: 'Board' }) }).then((answer) => answer.json()).then((made) => made.link)";
    let link = browser.run(share).await.unwrap();
    browser.open(link.as_str().unwrap()).await.unwrap();
    browser.wait_for("heading", "Pages that hurt").await.unwrap();
    nothing_was_blocked(&browser, "a shared link").await;
    browser.run("return fetch('/api/session', { method: 'DELETE' }).then((answer) => answer.ok)").await.unwrap();
    browser.open(&demo.collector).await.unwrap();
    browser.wait_for("button", "Sign in").await.unwrap();
    nothing_was_blocked(&browser, "the sign-in").await;
}

/// Else its silence would say nothing.
async fn what_the_policy_forbids_is_blocked_and_heard_of(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = signed_in(setting, &demo, "/install").await;
    listen(&browser).await;
    browser.reload().await.unwrap();
    browser.wait_for("heading", "Install").await.unwrap();
    let tries = "window.ran = 0;
        const attempt = (work) => { try { work(); } catch { return; } };
        const [html, inline] = ['inner' + 'HTML', document.createElement('script')];
        attempt(() => document.querySelector('h1')[html] = '<img src=x onerror=ran++>');
        attempt(() => inline.text = 'ran++'); document.head.append(inline);
        attempt(() => setTimeout('ran++'));
        attempt(() => document.querySelector('h1').setAttribute('onclick', 'ran++')); document.querySelector('h1').click();
        attempt(() => { const style = document.createElement('style'); style.textContent = 'h1 { color: red }'; document.head.append(style); });
        return new Promise((done) => setTimeout(() => done([ran, document.querySelector('h1').children.length,
            [...new Set(blocked.map((one) => one.split(':')[0]))].sort()]), 200))";
    let came = browser.run(tries).await.unwrap();
    assert_eq!((&came[0], &came[1]), (&json!(0), &json!(0)), "{came}");
    let heard: Vec<&str> = came[2].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for directive in ["require-trusted-types-for", "style-src-elem"] {
        assert!(heard.contains(&directive), "{heard:?}");
    }
}

// WebDriver's scripts run in the page before its own only in Chromium, which knows of Trusted Types.
held! {
    [mouse] no_screen_wants_what_the_policy_forbids;
    [mouse] what_the_policy_forbids_is_blocked_and_heard_of;
}
