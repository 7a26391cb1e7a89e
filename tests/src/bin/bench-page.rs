//! What a page pays for having the snippet, and what it pays when a survey is shown.
//!
//! A minimal product page, three times: without the snippet, with the snippet where nothing can be shown, and with an NPS
//! question that is shown at once. Every run has a browser of its own, so every cache is cold, on a line of 1.6 Mbit/s and
//! 150 ms. Times are taken with the processor slowed four times; processor time and memory at full speed, because noise
//! moves those least. The three pages are measured in turns, so that a change in the machine's mood meets them all.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tests::browser::Browser;
use tests::{Pages, TestSite, nps_at_depth};
use tokio::time::sleep;

const RUNS: usize = 7;

/// 1.6 Mbit/s.
const BYTES_PER_SECOND: f64 = 200_000.0;
const ROUND_TRIP_MS: u32 = 150;
const SLOWED: u32 = 4;

/// A new browser does chores of its own at first.
const BROWSER_SETTLES: Duration = Duration::from_millis(700);
/// Long after everything has been shown and sent.
const PAGE_SETTLES: Duration = Duration::from_millis(3_500);

/// What the page without the snippet took where the bounds were set.
const USUAL_TASK_MS: u32 = 25;

/// In the page before anything else: notes when a survey is there, and what blocked the page.
const WATCH: &str = "
    window.measured = { visible: null, blocked: 0 };
    new MutationObserver((_, observer) => {
        if (document.querySelector('pagepoll-survey')) {
            measured.visible = performance.now();
            observer.disconnect();
        }
    }).observe(document, { childList: true, subtree: true });
    new PerformanceObserver((list) => {
        for (const task of list.getEntries()) measured.blocked += Math.max(0, task.duration - 50);
    }).observe({ type: 'longtask', buffered: true });
";

const PRODUCT: &str = "
    <header><a href='#'>Fernhill</a></header>
    <main><h1>Boston fern</h1><p>Likes shade and a damp bathroom.</p><p>24.00</p>
    <form><label>How many <input type=number value=1></label> <button type=button>Add to the cart</button></form></main>";

#[derive(Clone, Copy, PartialEq)]
enum Case {
    Without,
    NothingShown,
    Shown,
}

const CASES: [Case; 3] = [Case::Without, Case::NothingShown, Case::Shown];

impl Case {
    fn path(self) -> &'static str {
        match self {
            Self::Without => "/without",
            Self::NothingShown => "/nothing",
            Self::Shown => "/product",
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Speed {
    Slowed,
    Full,
}

/// One page view.
#[derive(Default)]
struct View {
    requests: f64,
    bytes: f64,
    visible_ms: Option<f64>,
    blocked_ms: f64,
    script_ms: f64,
    task_ms: f64,
    heap_mb: f64,
}

/// All views of one case.
#[derive(Default)]
struct Views {
    slowed: Vec<View>,
    full: Vec<View>,
}

/// Where the pages are.
struct Stage {
    pages: Pages,
    site: TestSite,
}

impl Stage {
    async fn set() -> anyhow::Result<Self> {
        let pages = Pages::serve("").await?;
        let mut survey = nps_at_depth(Case::Shown.path(), 0);
        survey["triggers"] = json!([{ "visible_seconds": 0 }]);
        let site = TestSite::at(&pages.origin(), survey).await?;
        for case in CASES {
            let snippet = if case == Case::Without { String::new() } else { site.snippet() };
            pages.put(case.path(), &snippet, PRODUCT);
        }
        Ok(Self { pages, site })
    }

    async fn view(&self, case: Case, speed: Speed) -> anyhow::Result<View> {
        let browser = Browser::start().await?;
        sleep(BROWSER_SETTLES).await;
        prepare(&browser, speed).await?;
        browser.fetched().await?;
        browser.open(&format!("{}{}", self.pages.origin(), case.path())).await?;
        sleep(PAGE_SETTLES).await;

        let metrics = browser.devtools("Performance.getMetrics", json!({})).await?;
        let measured = browser.run("return measured").await?;
        let (script_ms, task_ms) =
            (1_000.0 * metric(&metrics, "ScriptDuration")?, 1_000.0 * metric(&metrics, "TaskDuration")?);
        browser.devtools("HeapProfiler.collectGarbage", json!({})).await?;
        let metrics = browser.devtools("Performance.getMetrics", json!({})).await?;
        let heap_mb = metric(&metrics, "JSHeapUsedSize")? / 1e6;

        let visible_ms = measured["visible"].as_f64();
        if visible_ms.is_some() != (case == Case::Shown) {
            bail!("on {} a survey was visible after {visible_ms:?} ms", case.path());
        }
        let ours = self.site.collector.origin();
        let fetched: Vec<_> = browser.fetched().await?.into_iter().filter(|one| one.url.starts_with(&ours)).collect();
        Ok(View {
            requests: fetched.len() as f64,
            bytes: fetched.iter().map(|one| one.bytes).sum::<u64>() as f64,
            visible_ms,
            blocked_ms: measured["blocked"].as_f64().context("no long tasks were watched for")?,
            script_ms,
            task_ms,
            heap_mb,
        })
    }
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
struct Cost {
    requests: f64,
    bytes: f64,
    visible_ms: f64,
    blocked_ms: f64,
    script_ms: f64,
    task_ms: f64,
    heap_mb: f64,
}

impl Cost {
    fn of(views: &Views) -> Self {
        Self {
            requests: median(&views.slowed, |view| view.requests),
            bytes: median(&views.slowed, |view| view.bytes),
            visible_ms: median(&views.slowed, |view| view.visible_ms.unwrap_or(f64::NAN)),
            blocked_ms: median(&views.slowed, |view| view.blocked_ms),
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

/// One promise: what was measured must not be above the bound.
struct Promise {
    what: &'static str,
    measured: f64,
    bound: f64,
    decimals: usize,
}

impl Promise {
    fn is_held(&self) -> bool {
        self.measured <= self.bound
    }
}

fn promises(without: &Cost, nothing: &Cost, shown: &Cost) -> Vec<Promise> {
    let promise = |what, measured, bound, decimals| Promise { what, measured, bound, decimals };
    vec![
        promise("nothing shown: requests", nothing.requests, 1.0, 0),
        promise("nothing shown: bytes", nothing.bytes, 2_048.0, 0),
        promise("nothing shown: TBT ms", nothing.blocked_ms, 0.0, 0),
        promise("nothing shown: CPU ms of scripts", nothing.script_ms, 2.0, 1),
        promise("nothing shown: CPU ms of everything", nothing.task_ms, 28.0, 1),
        promise("survey shown: bytes", shown.bytes, 60_000.0, 0),
        promise("survey shown: visible after ms", shown.visible_ms, 1_250.0, 0),
        promise("survey shown: TBT ms", shown.blocked_ms, 0.0, 0),
        promise("survey shown: CPU ms of scripts", shown.script_ms, 20.0, 1),
        promise("survey shown: CPU ms of everything", shown.task_ms, 60.0, 1),
        promise("survey shown: heap + MB", shown.heap_mb - without.heap_mb, 1.0, 2),
    ]
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    if cfg!(debug_assertions) {
        bail!("this build is not optimised; measure with `cargo xtask bench page`");
    }
    let stage = Stage::set().await?;
    let mut views: [Views; 3] = Default::default();
    for run in 1..=RUNS {
        eprintln!("run {run} of {RUNS}");
        for (case, views) in CASES.into_iter().zip(&mut views) {
            views.slowed.push(stage.view(case, Speed::Slowed).await?);
            views.full.push(stage.view(case, Speed::Full).await?);
        }
    }
    let [without, nothing, shown] = views.each_ref().map(Cost::of);
    print_table(&[&without, &nothing, &shown]);
    println!(
        "The page without the snippet takes {:.0} ms of CPU by itself; it was {USUAL_TASK_MS} where the bounds were set. Far more means a \
         busy machine: measure again.",
        without.task_ms
    );
    let promises = promises(&without, &nothing, &shown);
    for Promise { what, measured, bound, decimals } in &promises {
        let verdict = if measured <= bound { "held" } else { "MISSED" };
        println!("{what}: {measured:.decimals$} (bound {bound}) {verdict}");
    }
    Ok(if promises.iter().all(Promise::is_held) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print_table(costs: &[&Cost; 3]) {
    let row = |name: &str, decimals: usize, figure: fn(&Cost) -> f64| {
        let figures = costs.map(|cost| Some(figure(cost)).filter(|figure| figure.is_finite()));
        let figures = figures.map(|figure| figure.map_or("–".to_owned(), |figure| format!("{figure:.decimals$}")));
        println!("{name:<24} {:>12} {:>14} {:>14}", figures[0], figures[1], figures[2]);
    };
    println!("{:<24} {:>12} {:>14} {:>14}", "medians", "no snippet", "nothing shown", "survey shown");
    row("requests", 0, |cost| cost.requests);
    row("bytes, with heads", 0, |cost| cost.bytes);
    row("visible after ms", 0, |cost| cost.visible_ms);
    row("TBT ms", 0, |cost| cost.blocked_ms);
    row("CPU ms of scripts", 1, |cost| cost.script_ms);
    row("CPU ms of everything", 1, |cost| cost.task_ms);
    row("heap MB", 2, |cost| cost.heap_mb);
}
