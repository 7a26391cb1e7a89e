//! One page view, and what it cost.

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tests::browser::Browser;
use tokio::time::sleep;

use crate::case::{Case, Scene};

/// 1.6 Mbit/s.
const BYTES_PER_SECOND: f64 = 200_000.0;
const ROUND_TRIP_MS: u32 = 150;
const SLOWED: u32 = 4;

/// A new browser does chores of its own at first.
const BROWSER_SETTLES: Duration = Duration::from_millis(700);
/// Long after everything has been shown and sent.
const PAGE_SETTLES: Duration = Duration::from_millis(4_000);

/// In the page before anything else: notes when a survey is there, what blocked the page, and what moved.
const WATCH: &str = "
    window.measured = { visible: null, blocked: 0, long: 0, shift: 0 };
    new MutationObserver((_, observer) => {
        if (document.querySelector('pagepoll-survey, [class^=PostHogSurvey]')) {
            measured.visible = performance.now();
            observer.disconnect();
        }
    }).observe(document, { childList: true, subtree: true });
    new PerformanceObserver((list) => {
        for (const task of list.getEntries()) {
            measured.blocked += Math.max(0, task.duration - 50);
            measured.long += 1;
        }
    }).observe({ type: 'longtask', buffered: true });
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) measured.shift += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
";

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    Slowed,
    Full,
}

#[derive(Default)]
pub struct View {
    requests: f64,
    bytes: f64,
    visible_ms: Option<f64>,
    blocked_ms: f64,
    long_tasks: f64,
    shift: f64,
    script_ms: f64,
    task_ms: f64,
    heap_mb: f64,
}

/// All views of one case.
#[derive(Default)]
pub struct Views {
    pub slowed: Vec<View>,
    pub full: Vec<View>,
}

/// Opens the case's page in a new browser, and waits until all is done.
pub async fn of(scene: &Scene, case: Case, speed: Speed) -> anyhow::Result<View> {
    let browser = Browser::start().await?;
    sleep(BROWSER_SETTLES).await;
    prepare(&browser, speed).await?;
    browser.fetched().await?;
    browser.open(&format!("{}{}", scene.pages.origin(), case.path())).await?;
    sleep(PAGE_SETTLES).await;

    let metrics = browser.devtools("Performance.getMetrics", json!({})).await?;
    let measured = browser.run("return measured").await?;
    let (script_ms, task_ms) =
        (1_000.0 * metric(&metrics, "ScriptDuration")?, 1_000.0 * metric(&metrics, "TaskDuration")?);
    browser.devtools("HeapProfiler.collectGarbage", json!({})).await?;
    let metrics = browser.devtools("Performance.getMetrics", json!({})).await?;
    let heap_mb = metric(&metrics, "JSHeapUsedSize")? / 1e6;

    let visible_ms = measured["visible"].as_f64();
    if visible_ms.is_some() != case.shows() {
        bail!("on {} a survey was visible after {visible_ms:?} ms", case.path());
    }
    // Whatever the page did not bring itself; a browser asks for an icon of the page by itself.
    let own = scene.pages.origin();
    let fetched = browser.fetched().await?;
    let brought: Vec<_> =
        fetched.iter().filter(|one| one.url.starts_with("http") && !one.url.starts_with(&own)).collect();
    let figure = |name: &str| measured[name].as_f64().with_context(|| format!("{name} was not watched for"));
    Ok(View {
        requests: brought.len() as f64,
        bytes: brought.iter().map(|one| one.bytes).sum::<u64>() as f64,
        visible_ms,
        blocked_ms: figure("blocked")?,
        long_tasks: figure("long")?,
        shift: figure("shift")?,
        script_ms,
        task_ms,
        heap_mb,
    })
}

async fn prepare(browser: &Browser, speed: Speed) -> anyhow::Result<()> {
    browser.devtools("Network.enable", json!({})).await?;
    let line = json!({
        "offline": false, "latency": ROUND_TRIP_MS,
        "downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": BYTES_PER_SECOND,
    });
    browser.devtools("Network.emulateNetworkConditions", line).await?;
    if speed == Speed::Slowed {
        browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": SLOWED })).await?;
    }
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await?;
    browser.devtools("Performance.enable", json!({})).await?;
    Ok(())
}

fn metric(metrics: &Value, name: &str) -> anyhow::Result<f64> {
    let metrics = metrics["metrics"].as_array().context("no metrics")?;
    let metric = metrics.iter().find(|metric| metric["name"] == name).with_context(|| format!("no metric {name}"))?;
    metric["value"].as_f64().with_context(|| format!("{name} is no number"))
}

/// The medians of one case.
pub struct Cost {
    pub requests: f64,
    pub bytes: f64,
    /// Not a number where nothing shows.
    pub visible_ms: f64,
    pub blocked_ms: f64,
    pub long_tasks: f64,
    pub shift: f64,
    pub script_ms: f64,
    pub task_ms: f64,
    pub heap_mb: f64,
}

impl Cost {
    pub fn of(views: &Views) -> Self {
        Self {
            requests: median(&views.slowed, |view| view.requests),
            bytes: median(&views.slowed, |view| view.bytes),
            visible_ms: median(&views.slowed, |view| view.visible_ms.unwrap_or(f64::NAN)),
            blocked_ms: median(&views.slowed, |view| view.blocked_ms),
            long_tasks: median(&views.slowed, |view| view.long_tasks),
            shift: median(&views.slowed, |view| view.shift),
            script_ms: median(&views.full, |view| view.script_ms),
            task_ms: median(&views.full, |view| view.task_ms),
            heap_mb: median(&views.full, |view| view.heap_mb),
        }
    }
}

fn median(views: &[View], figure: impl Fn(&View) -> f64) -> f64 {
    let mut figures: Vec<f64> = views.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
