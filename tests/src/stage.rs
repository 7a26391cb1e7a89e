//! A stage for browser tests: a customer's pages, a site with surveys, and one visitor with one browser.

use std::ops::Deref;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use survey::definition::Scale;
use survey::report::{AnswerReport, PageReport};
use tokio::time::{Instant, sleep};

use crate::browser::{Browser, Engine, Hand, Lent, SOON};
use crate::host_pages::PEEPHOLE;
use crate::server::Pages;
use crate::site::TestSite;
pub use crate::surveys::QUESTION;
use crate::surveys::asking_on;

/// For how long nothing must appear after something that must not set a survey off.
const QUIET: Duration = Duration::from_millis(700);

/// How long a visitor looks at a question before doing anything. Who answers at once is taken for a program.
const READING: Duration = Duration::from_millis(300);

const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What tells why a widget does not start.
const WHAT_THERE_IS: &str = "return { address: location.href, page: document.readyState, tab: document.visibilityState,
    loader: typeof window.pagepoll, time: performance.now(), storage: { ...localStorage },
    loaded: performance.getEntriesByType('resource').map((one) => [one.name, one.startTime, one.responseEnd, one.responseStatus]) }";

/// How a visitor comes: in which browser, with what in the hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setting {
    Mouse,
    /// On a phone: Chromium with touch emulation.
    Finger,
    Firefox,
    WebKit,
}

impl Setting {
    fn engine(self) -> Engine {
        match self {
            Self::Mouse | Self::Finger => Engine::Chromium,
            Self::Firefox => Engine::Firefox,
            Self::WebKit => Engine::WebKit,
        }
    }

    fn hand(self) -> Hand {
        match self {
            Self::Mouse | Self::Firefox | Self::WebKit => Hand::Mouse,
            Self::Finger => Hand::Finger,
        }
    }

    /// Whether this machine has what it takes. If not, says that the test is skipped, and why.
    pub fn is_here(self) -> bool {
        match self.engine().missing() {
            None => true,
            Some(reason) => {
                eprintln!("skipped: {reason}");
                false
            }
        }
    }

    /// A browser, as this visitor has it.
    pub async fn browser(self) -> anyhow::Result<Lent> {
        Browser::lend(self.engine(), self.hand()).await
    }

    /// The same, with no other beside it: for tests that hold how long something takes.
    pub async fn browser_alone(self) -> anyhow::Result<Lent> {
        Browser::lend_alone(self.engine(), self.hand()).await
    }
}

/// Reads as its browser: most of what a test does, the visitor does.
pub struct Stage {
    pub pages: Pages,
    pub site: TestSite,
    browser: Lent,
}

impl Stage {
    /// A site with these surveys. Its pages are still to be put.
    pub async fn set(setting: Setting, surveys: &[Value]) -> anyhow::Result<Self> {
        // First the browser: whoever waits for one holds no other processes meanwhile.
        let browser = setting.browser().await?;
        let first = if setting == Setting::WebKit { PEEPHOLE } else { "" };
        let pages = Pages::serve_beginning("", first).await?;
        let site = TestSite::asking(&pages.origin(), surveys).await?;
        Ok(Self { pages, site, browser })
    }

    /// A visitor on `/page`, whose body this is, where one survey with this trigger could show.
    pub async fn visited(setting: Setting, trigger: Value, body: &str) -> anyhow::Result<Self> {
        let stage = Self::set(setting, &[asking("page-csat", "/page", json!([trigger]))]).await?;
        stage.put("/page", body);
        stage.visit("/page").await?;
        Ok(stage)
    }

    /// Puts a page with the snippet.
    pub fn put(&self, path: &str, body: &str) {
        self.pages.put(path, &self.site.snippet(), body);
    }

    /// Puts a page with something in its head before the snippet.
    pub fn put_behind(&self, head: &str, path: &str, body: &str) {
        self.pages.put(path, &format!("{head}{}", self.site.snippet()), body);
    }

    /// Opens a page of the site, and waits until the page's own load is over.
    pub async fn visit(&self, path: &str) -> anyhow::Result<()> {
        self.browser.open(&format!("{}{path}", self.pages.origin())).await
    }

    /// Has the page show a survey, and waits until it asks this.
    pub async fn show(&self, survey: &str, prompt: &str) -> anyhow::Result<()> {
        self.browser.run(&format!("pagepoll('show', {})", json!(survey))).await?;
        self.browser.wait_for("heading", prompt).await.with_context(|| format!("the survey {survey} does not show"))?;
        sleep(READING).await;
        Ok(())
    }

    pub async fn is_asked(&self) -> anyhow::Result<bool> {
        self.browser.tells_of("heading", QUESTION).await
    }

    pub async fn until_asked(&self) -> anyhow::Result<()> {
        self.browser.wait_for("heading", QUESTION).await?;
        sleep(READING).await;
        Ok(())
    }

    /// Fails if the visitor is asked within a moment.
    pub async fn stays_quiet(&self) -> anyhow::Result<()> {
        self.stays_quiet_for(QUIET).await
    }

    /// Fails if the visitor is asked within this time.
    pub async fn stays_quiet_for(&self, time: Duration) -> anyhow::Result<()> {
        ensure!(!self.is_asked_within(time).await?, "the visitor is asked");
        Ok(())
    }

    async fn is_asked_within(&self, time: Duration) -> anyhow::Result<bool> {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline {
            if self.is_asked().await? {
                sleep(READING).await;
                return Ok(true);
            }
            sleep(LOOK_AGAIN).await;
        }
        Ok(false)
    }

    /// Waits until the widget runs on the page: from now on, what does not happen is not merely late.
    pub async fn until_awake(&self) -> anyhow::Result<()> {
        let asked_for = "['bin', 'wasm'].every((kind) => performance.getEntriesByType('resource').some(
            (one) => RegExp('/w/[^/]+\\\\.' + kind + '(\\\\?|$)').test(one.name) && one.responseEnd))";
        if let Err(error) = self.browser.wait_until(asked_for).await {
            let found = self.browser.run(WHAT_THERE_IS).await.unwrap_or_else(|error| json!(error.to_string()));
            return Err(error.context(format!("the widget was never started: {found}")));
        }
        // From the arrival of the surveys to the first look at the page.
        sleep(Duration::from_millis(300)).await;
        Ok(())
    }

    /// Everything that the page loaded from the collector, without its origin.
    pub async fn loaded(&self) -> anyhow::Result<Vec<String>> {
        let origin = self.site.collector.origin();
        let loaded = self.browser.loaded_from(&origin).await?;
        Ok(loaded.into_iter().map(|address| address[origin.len()..].to_owned()).collect())
    }

    /// Whether the page loaded nothing from the collector but the loader.
    pub async fn loaded_the_loader_alone(&self) -> anyhow::Result<bool> {
        Ok(self.loaded().await? == [format!("/w/{}.js", self.site.key())])
    }

    /// Gives four points of five, then waits until that is stored; hands back what is.
    pub async fn answers_four(&self) -> anyhow::Result<AnswerReport> {
        let before = self.site.answers().await?.answers.len();
        self.browser.press_on("button", "4 of 5").await?;
        let deadline = Instant::now() + SOON;
        loop {
            let answers = self.site.answers().await?.answers;
            if answers.len() > before {
                return answers.into_iter().next().context("the newest answer");
            }
            if Instant::now() > deadline {
                bail!("no answer is stored within {SOON:?}");
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    /// Waits to be asked, answers, and hands back the stored name of what set the survey off.
    pub async fn signal(&self) -> anyhow::Result<String> {
        self.until_asked().await?;
        let answer = self.answers_four().await?;
        Ok(answer.signal.map(|signal| signal.as_str().to_owned()).unwrap_or_default())
    }

    /// Closes the survey by its cross, and waits until it is gone.
    pub async fn closes(&self) -> anyhow::Result<()> {
        self.browser.press_on("button", "Close").await?;
        self.browser.wait_until_gone("heading", QUESTION).await
    }

    /// Closes whatever survey there is by its cross.
    pub async fn closes_any(&self) -> anyhow::Result<()> {
        self.browser.press_on("button", "Close").await?;
        self.browser.wait_until("!document.querySelector('pagepoll-survey')").await
    }

    /// What is known of a page, once it is as wanted.
    pub async fn page_once(&self, path: &str, wanted: impl Fn(&PageReport) -> bool) -> anyhow::Result<PageReport> {
        self.site.page_within(SOON, path, wanted).await
    }

    /// What the browser keeps for the site, in a storage: `localStorage`, say.
    pub async fn kept(&self, storage: &str) -> anyhow::Result<Vec<String>> {
        let script = format!("return Object.keys({storage}).filter((key) => key.startsWith('pagepoll:')).sort()");
        Ok(serde_json::from_value(self.browser.run(&script).await?)?)
    }

    /// Errors that would reach the page's own reporting; needs [`crate::host_pages::WATCH`] in its head.
    pub async fn errors(&self) -> anyhow::Result<Value> {
        self.browser.run("return window.errors").await
    }

    /// Our warnings; needs [`crate::host_pages::WATCH`] in the page's head.
    pub async fn warnings(&self) -> anyhow::Result<Vec<String>> {
        let ours = self.browser.run("return window.warned.filter((one) => one.includes('Pagepoll'))").await?;
        Ok(serde_json::from_value(ours)?)
    }
}

impl Deref for Stage {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}

/// A survey of one score of five points and a comment, on pages like `path`.
pub fn asking(id: &str, path: &str, triggers: Value) -> Value {
    asking_on(id, Scale::csat5(), path, triggers)
}

/// The survey with another prompt, to tell it from others on the same page.
pub fn called(prompt: &str, mut survey: Value) -> Value {
    survey["questions"][0]["prompt"] = json!(prompt);
    survey
}

/// The survey with one of its parts set.
pub fn with(name: &str, value: Value, mut survey: Value) -> Value {
    survey[name] = value;
    survey
}
