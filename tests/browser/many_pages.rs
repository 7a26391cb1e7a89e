//! A site with very many pages, in the console: its report scrolls, and shows more, without the browser being held up.

use std::time::Duration;

use serde_json::json;
use tests::{Filling, Setting, TestSite, ces_on};

use crate::acting::says;

const PAGES: i64 = 5_000;

/// Notes whatever holds the page up for longer than 50 ms, from now on.
const WATCH: &str = "window.held = [];
    new PerformanceObserver((list) => list.getEntries().forEach((task) => held.push(Math.round(task.duration)))).observe({ type: 'longtask' })";

/// Scrolls from the top to the end and back, a screen at a time, as fast as frames are drawn.
const SCROLL: &str = "return new Promise((done) => {
        let step = innerHeight / 2;
        const go = () => {
            const before = scrollY;
            scrollBy(0, step);
            if (scrollY != before) return requestAnimationFrame(go);
            if (step < 0) return done(document.documentElement.scrollHeight);
            step = -step;
            requestAnimationFrame(go);
        };
        go();
    })";

async fn filled() -> anyhow::Result<TestSite> {
    let mut site = TestSite::with_survey(ces_on("/help")).await?;
    site.collector.stop().await?;
    site.collector.fill(site.key(), Filling::Counts { pages: PAGES, days: 7 }).await?;
    site.collector.restart().await?;
    for _ in 0..600 {
        if site.collector.number("SELECT COUNT(*) FROM journal").await? == 0 {
            return Ok(site);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("it is not counted within a minute")
}

async fn five_thousand_pages_scroll_without_a_long_task(setting: Setting) {
    let browser = setting.browser_alone().await.unwrap();
    let site = filled().await.unwrap();
    browser.open(&site.collector.origin()).await.unwrap();
    browser.wait_for("button", "Sign in").await.unwrap();
    let sign_in = format!(
        "return fetch('/api/session', {{ method: 'POST', headers: {{ 'Content-Type': 'application/json' }}, body: JSON.stringify({}) }})
         .then(answer => answer.ok)",
        json!(TestSite::credentials())
    );
    assert_eq!(browser.run(&sign_in).await.unwrap(), true);
    browser.open(&format!("{}/?days=30", site.collector.origin())).await.unwrap();
    says(&browser, "Show more").await;
    // The other screens' modules are there by then.
    tokio::time::sleep(Duration::from_secs(5)).await;
    browser.run(WATCH).await.unwrap();
    let height = browser.run(SCROLL).await.unwrap();
    let held = browser.run("return held").await.unwrap();
    println!("5,000 pages: {height} px of table scrolled, long tasks: {held}");
    assert!(height.as_f64().is_some_and(|height| height > 1_500.0), "{height}");
    assert_eq!(held, json!([]), "scrolling held the page up, in ms");
}

// Only Chromium tells of long tasks.
held! {
    [mouse] five_thousand_pages_scroll_without_a_long_task;
}
