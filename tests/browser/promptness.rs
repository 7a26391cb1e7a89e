//! Every action of the console answers at once, or shows within a tenth of a second that it is under way, however slow the collector is.

use serde_json::json;
use tests::{Demo, Setting};

use crate::console::sign_in;

/// The bound, in milliseconds.
const AT_ONCE: f64 = 100.0;

/// The collector as it is behind a slow line: each of its answers takes a second and a half longer. Beside it, how actions are done: `act`
/// tells how long it took until something on the screen was another, or minus one if nothing was.
const SLOW: &str = "
    const asked = window.fetch;
    window.fetch = (...request) => new Promise((go) => setTimeout(go, 1500)).then(() => asked(...request));
    window.open = () => null;
    window.found = (what) => what.startsWith('=')
        ? [...document.querySelectorAll('button, summary, a')].find((one) => (one.ariaLabel || one.innerText).trim() == what.slice(1) && !one.disabled)
        : document.querySelector(what);
    window.done = (thing, text) => {
        if (text == null) return thing.click();
        thing.value = text;
        thing.dispatchEvent(new Event(thing.tagName == 'SELECT' ? 'change' : 'input', { bubbles: true }));
    };
    window.act = (what, text) => new Promise((told) => {
        const thing = found(what), began = performance.now();
        const watch = new MutationObserver(() => { watch.disconnect(); told(performance.now() - began); });
        watch.observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
        done(thing, text);
        setTimeout(() => { watch.disconnect(); told(-1); }, 1000);
    });";

/// What somebody does on a screen, in this order: which button (`=` and its words), link or field, and what is typed or chosen there.
/// What only fills a field in on the way is marked by `…`: the browser shows that by itself.
type Actions = &'static [(&'static str, Option<&'static str>)];

const SCREENS: [(&str, &str, Actions); 15] = [
    (
        "/?days=30",
        ".pages tbody td",
        &[
            (".segments input[value=\"90\"]", None),
            (".pages thead button", None),
            (".search input", Some("help")),
            ("a[href^=\"/groups\"]", None),
        ],
    ),
    ("/?days=30", ".pages tbody td", &[(".pages tbody a", None)]),
    ("/page?page=127.0.0.1/help", ".scale", &[(".segments input[value=\"7\"]", None)]),
    ("/groups", ".pages", &[("a[href^=\"/comments\"]", None)]),
    (
        "/comments?days=90",
        ".comment",
        &[
            ("=Older comments", None),
            (".segments input[value=\"negative\"]", None),
            (".search input", Some("delivery")),
        ],
    ),
    ("/patterns?days=90", ".heat tbody td", &[("=Save as CSV", Some("…")), ("a[href^=\"/patterns/drivers\"]", None)]),
    (
        "/patterns/cross-table?days=90&survey=cart-exit",
        ".cross tbody td",
        &[(".picker.named select", Some("help-ces")), ("a[href^=\"/surveys\"]", None)],
    ),
    ("/surveys", ".survey", &[("=Make the link", None), ("=New survey", None), ("=Begin", None)]),
    (
        "/survey?survey=cart-exit",
        ".question-form textarea",
        &[
            ("#at-name", Some("Another name")),
            ("=Publish", None),
            ("=Add a rule", None),
            ("=Undo", None),
            ("=Would it show? Try a visit", None),
            ("#preview-url", Some("…https://elsewhere.example/")),
            ("=Make a link", None),
        ],
    ),
    ("/survey?survey=help-ces", ".question-form textarea", &[("=Pause", None)]),
    ("/install", "pre", &[("=Open the page and check", None)]),
    (
        "/settings",
        ".section input",
        &[
            ("#quiet-days", Some("3")),
            ("=Save settings", None),
            ("#respondent-contact", Some("…ann@home.example")),
            ("=Find their answers", None),
            ("=Make the link", None),
            ("=Save name and addresses", None),
            ("=Make a new key", None),
        ],
    ),
    (
        "/settings/look",
        ".theme-group input",
        &[("#look-light-accent", Some("#0a7d33")), ("=Save the look", None), ("=Match my site", None)],
    ),
    (
        "/team",
        ".log tbody td",
        &[
            ("#invite-email", Some("…vera@shop.example")),
            ("=Make the invitation", None),
            ("#token-name", Some("…nightly")),
            ("=Make the token", None),
            (".item select", Some("viewer")),
        ],
    ),
    (
        "/account",
        ".item",
        &[
            ("#password-old", Some("…wrong, and long enough")),
            ("#password-new", Some("…another one, long enough")),
            ("=Change the password", None),
            ("=Sign out", None),
        ],
    ),
];

async fn every_action_answers_at_once_or_shows_that_it_is_under_way(setting: Setting) {
    let browser = setting.browser_alone().await.unwrap();
    let demo = Demo::start().await.unwrap();
    sign_in(&browser, &demo, "/").await;
    let mut slowest = (0.0, String::new());
    for (path, there, actions) in SCREENS {
        browser.open(&format!("{}{path}", demo.collector)).await.unwrap();
        browser.wait_until(&format!("document.querySelector('{there}')")).await.unwrap();
        browser.run(SLOW).await.unwrap();
        for (what, text) in actions {
            let (what_told, on_the_way) = (json!(what), text.is_some_and(|text| text.starts_with('…')));
            // What still shows that an earlier action is under way shows nothing new.
            browser.wait_until("!document.querySelector('[aria-busy=true]')").await.unwrap();
            browser.wait_until(&format!("found({what_told})")).await.unwrap_or_else(|_| panic!("{path}: no {what}"));
            if on_the_way {
                let text = text.map(|text| text.trim_start_matches('…')).filter(|text| !text.is_empty());
                browser.run(&format!("done(found({what_told}), {})", json!(text))).await.unwrap();
                continue;
            }
            let took = browser.run(&format!("return act({what_told}, {})", json!(text))).await.unwrap();
            let took = took.as_f64().unwrap();
            assert!((0.0..=AT_ONCE).contains(&took), "{path}: {what} {text:?} showed nothing: {took} ms");
            if took > slowest.0 {
                slowest = (took, format!("{path}: {what}"));
            }
        }
    }
    println!("{setting:?}: the slowest to show something took {:.0} ms, {}", slowest.0, slowest.1);
}

held! {
    [mouse, firefox] every_action_answers_at_once_or_shows_that_it_is_under_way;
}
