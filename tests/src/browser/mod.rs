//! Real browsers, driven as a visitor would: pointer, finger, keyboard, and what a screen reader tells.

mod engine;
mod hand;
mod heard;
mod lent;
mod soon;
mod told;

use std::path::Path;

use anyhow::{Context, ensure};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use thirtyfour::WebDriver;

pub use engine::Engine;
use engine::{Process, Started};
pub use hand::{Elsewhere, Hand};
pub use heard::Fetched;
pub use lent::Lent;
pub use soon::SOON;
use soon::soon;
pub use told::Told;

/// A browser with a profile of its own. Ends with the value.
pub struct Browser {
    engine: Engine,
    hand: Hand,
    driver: WebDriver,
    client: Client,
    address: String,
    /// The X server's name for the screen that it is on, if it needs one.
    screen: Option<String>,
    _process: Process,
}

impl Browser {
    /// A Chromium that nothing else has used.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_engine(Engine::Chromium).await
    }

    pub async fn start_engine(engine: Engine) -> anyhow::Result<Self> {
        let Started { driver, address, screen, process } = engine.start().await?;
        let client = Client::builder().pool_max_idle_per_host(0).build()?;
        Ok(Self { engine, hand: Hand::Mouse, driver, client, address, screen, _process: process })
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    pub fn hand(&self) -> Hand {
        self.hand
    }

    pub async fn open(&self, url: &str) -> anyhow::Result<()> {
        Ok(self.driver.goto(url).await?)
    }

    pub async fn reload(&self) -> anyhow::Result<()> {
        Ok(self.driver.refresh().await?)
    }

    pub async fn back(&self) -> anyhow::Result<()> {
        Ok(self.driver.back().await?)
    }

    /// Runs a script in the page; `return` hands something back.
    pub async fn run(&self, script: &str) -> anyhow::Result<Value> {
        self.run_with(script, Vec::new()).await
    }

    /// The same with `arguments`.
    pub async fn run_with(&self, script: &str, arguments: Vec<Value>) -> anyhow::Result<Value> {
        Ok(self.driver.execute(script, arguments).await?.json().clone())
    }

    /// A number that an expression comes to, also on pages where nothing else can be relied on to get out of them.
    pub async fn count(&self, expression: &str) -> anyhow::Result<u64> {
        let number = match self.engine {
            Engine::Chromium => {
                let asked = json!({ "expression": expression, "returnByValue": true });
                self.devtools("Runtime.evaluate", asked).await?["result"]["value"].take()
            }
            Engine::Firefox | Engine::WebKit => self.run(&format!("return {expression}")).await?,
        };
        number.as_u64().with_context(|| format!("{expression} is {number}"))
    }

    /// Waits until the script's expression is true in the page.
    pub async fn wait_until(&self, expression: &str) -> anyhow::Result<()> {
        let script = format!("return !!({expression})");
        let looked = async || Ok((self.run(&script).await? == true).then_some(()));
        soon(looked, || format!("it is not so that {expression}")).await
    }

    /// What is in the window, as a PNG.
    pub async fn picture(&self) -> anyhow::Result<Vec<u8>> {
        Ok(self.driver.screenshot_as_png().await?)
    }

    pub async fn screenshot(&self, file: &Path) -> anyhow::Result<()> {
        Ok(self.driver.screenshot(file).await?)
    }

    /// Speaks the DevTools protocol, which Chromium alone knows.
    pub async fn devtools(&self, method: &str, parameters: Value) -> anyhow::Result<Value> {
        ensure!(self.engine == Engine::Chromium, "{method}: {} does not speak the DevTools protocol", self.engine);
        Ok(self.driver.cdp().send_raw(method, parameters).await?)
    }

    /// Cuts or mends the network. In Chromium only.
    pub async fn network(&self, is_up: bool) -> anyhow::Result<()> {
        let line = json!({ "offline": !is_up, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.devtools("Network.emulateNetworkConditions", line).await.map(drop)
    }

    /// A new tab in place of all others, for a hand, with nothing heard yet.
    async fn begin_anew(&mut self, hand: Hand) -> anyhow::Result<()> {
        self.hand = hand;
        let old = self.get("window/handles").await?;
        // WebKit keeps a tab that its driver has made behind the others.
        let kind = if self.engine == Engine::WebKit { "window" } else { "tab" };
        let new = self.post("window/new", json!({ "type": kind })).await?;
        for handle in old.as_array().into_iter().flatten() {
            self.post("window", json!({ "handle": handle })).await?;
            self.delete("window").await?;
        }
        self.post("window", json!({ "handle": new["handle"] })).await?;
        match self.engine {
            Engine::Firefox | Engine::WebKit => {
                ensure!(hand == Hand::Mouse, "{} has no touch emulation for its drivers", self.engine);
                self.place_window(hand::WINDOW).await?;
            }
            Engine::Chromium => {
                if hand == Hand::Finger {
                    self.become_a_phone().await?;
                }
                self.devtools("Network.clearBrowserCookies", json!({})).await?;
                self.fetched().await?;
                self.console().await?;
            }
        }
        Ok(())
    }

    /// Gives the page a window of this size, in CSS pixels. Chromium alone makes it narrower than some 450.
    pub async fn resize(&self, width: u32, height: u32) -> anyhow::Result<()> {
        if self.engine != Engine::Chromium {
            return self.place_window((width, height)).await;
        }
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", screen).await.map(drop)
    }

    /// Sizes and places the window itself, so that the page in it has this size.
    async fn place_window(&self, (width, height): (u32, u32)) -> anyhow::Result<()> {
        let frame = self.run("return [outerWidth - innerWidth, outerHeight - innerHeight]").await?;
        let frame = |place: usize| frame[place].as_u64().unwrap_or_default();
        // Not in the screen's corner: beyond each side of the window there is room for the pointer.
        let wanted = json!({ "x": 100, "y": 50,
            "width": u64::from(width) + frame(0), "height": u64::from(height) + frame(1) });
        self.post("window/rect", wanted).await.map(drop)
    }

    async fn become_a_phone(&self) -> anyhow::Result<()> {
        let (width, height) = hand::PHONE;
        self.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": true, "maxTouchPoints": 5 })).await?;
        let screen = json!({ "width": width, "height": height, "screenWidth": width, "screenHeight": height,
            "deviceScaleFactor": 2, "mobile": true });
        self.devtools("Emulation.setDeviceMetricsOverride", screen).await.map(drop)
    }

    /// WebDriver commands for which the driver's crate has no word.
    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.command(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        self.command(Method::POST, path, Some(body)).await
    }

    async fn delete(&self, path: &str) -> anyhow::Result<Value> {
        self.command(Method::DELETE, path, None).await
    }

    async fn command(&self, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        let address = format!("{}/session/{}/{path}", self.address, self.driver.session_id());
        let request = self.client.request(method, address);
        let answer = body.iter().fold(request, |request, body| request.json(body)).send().await?;
        let is_success = answer.status().is_success();
        let mut answer: Value = answer.json().await.with_context(|| format!("{path}: not JSON"))?;
        let value = answer["value"].take();
        ensure!(is_success, "{path}: {value}");
        Ok(value)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver's own way to end, without `await`, takes two minutes; the process below takes none.
        let _ = self.driver.clone().leak();
    }
}
