//! A real Chromium, driven as a visitor would: pointer, keyboard, and what a screen reader tells.
//!
//! The widget lives in a closed shadow root, which WebDriver cannot look into. The accessibility tree can, and it is what
//! matters: what is not there does not exist for many visitors.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::common::capabilities::desiredcapabilities::CapabilitiesHelper;
use thirtyfour::{ChromeCapabilities, DesiredCapabilities, WebDriver};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use crate::free_port;

/// How long something that should happen at once may take on a busy machine.
pub const SOON: Duration = Duration::from_secs(10);

/// What a browser needs to run as root, without a screen, and without calling home.
const ARGUMENTS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,900",
];

/// A browser with a profile of its own. Ends with the value.
pub struct Browser {
    driver: WebDriver,
    address: String,
    _process: Child,
    _profile: TempDir,
}

/// Something a screen reader would tell of.
#[derive(Clone, PartialEq, Debug)]
pub struct Told {
    pub role: String,
    pub name: String,
    pub is_focused: bool,
}

/// Something fetched over the network.
#[derive(Clone, PartialEq, Debug)]
pub struct Fetched {
    pub method: String,
    pub url: String,
    /// As it came over the wire, the answer's head included.
    pub bytes: u64,
}

impl Browser {
    pub async fn start() -> anyhow::Result<Self> {
        let (profile, port) = (tempfile::tempdir()?, free_port()?);
        let address = format!("http://127.0.0.1:{port}");
        let process = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start chromedriver; `cargo xtask test` installs it")?;
        let capabilities = capabilities(profile.path())?;
        let driver = connect(&address, capabilities).await?;
        Ok(Self { driver, address, _process: process, _profile: profile })
    }

    pub async fn open(&self, url: &str) -> anyhow::Result<()> {
        Ok(self.driver.goto(url).await?)
    }

    pub async fn reload(&self) -> anyhow::Result<()> {
        Ok(self.driver.refresh().await?)
    }

    /// Runs a script in the page; `return` hands something back.
    pub async fn run(&self, script: &str) -> anyhow::Result<Value> {
        Ok(self.driver.execute(script, Vec::new()).await?.json().clone())
    }

    pub async fn screenshot(&self, file: &Path) -> anyhow::Result<()> {
        Ok(self.driver.screenshot(file).await?)
    }

    /// Speaks the DevTools protocol.
    pub async fn devtools(&self, method: &str, parameters: Value) -> anyhow::Result<Value> {
        Ok(self.driver.cdp().send_raw(method, parameters).await?)
    }

    pub async fn move_pointer(&self, x: i32, y: i32) -> anyhow::Result<()> {
        self.devtools("Input.dispatchMouseEvent", json!({ "type": "mouseMoved", "x": x, "y": y })).await?;
        Ok(())
    }

    /// Moves the pointer up and out of the window, as to the tabs.
    pub async fn leave_by_the_top(&self) -> anyhow::Result<()> {
        for y in [300, 120, 20, 2, -10] {
            self.move_pointer(640, y).await?;
        }
        Ok(())
    }

    /// Presses a key: a name such as `Tab` or `Enter`.
    pub async fn press(&self, key: &str) -> anyhow::Result<()> {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            " " => 32,
            _ => bail!("no key {key}"),
        };
        let text = match key {
            "Enter" => "\r",
            " " => " ",
            _ => "",
        };
        let event = |kind: &str| json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": if kind == "keyDown" { text } else { "" } });
        self.devtools("Input.dispatchKeyEvent", event("keyDown")).await?;
        self.devtools("Input.dispatchKeyEvent", event("keyUp")).await?;
        Ok(())
    }

    /// Types into what has the focus.
    pub async fn type_text(&self, text: &str) -> anyhow::Result<()> {
        self.devtools("Input.insertText", json!({ "text": text })).await?;
        Ok(())
    }

    /// Everything that a screen reader would tell of, in order.
    pub async fn told(&self) -> anyhow::Result<Vec<Told>> {
        let tree = self.devtools("Accessibility.getFullAXTree", json!({})).await?;
        let nodes = tree["nodes"].as_array().context("no accessibility tree")?;
        let told = nodes.iter().filter(|node| node["ignored"] != true).map(|node| Told {
            role: text_of(&node["role"]),
            name: text_of(&node["name"]),
            is_focused: is_focused(node),
        });
        Ok(told.collect())
    }

    pub async fn tells_of(&self, role: &str, name: &str) -> anyhow::Result<bool> {
        Ok(self.told().await?.iter().any(|told| told.role == role && told.name == name))
    }

    /// Waits until a screen reader would tell of it.
    pub async fn wait_for(&self, role: &str, name: &str) -> anyhow::Result<()> {
        let deadline = Instant::now() + SOON;
        while !self.tells_of(role, name).await? {
            if Instant::now() > deadline {
                bail!("no {role} {name:?} within {SOON:?}; there is {:?}", self.told().await?);
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Waits until a screen reader would no longer tell of it.
    pub async fn wait_until_gone(&self, role: &str, name: &str) -> anyhow::Result<()> {
        let deadline = Instant::now() + SOON;
        while self.tells_of(role, name).await? {
            if Instant::now() > deadline {
                bail!("{role} {name:?} is still there after {SOON:?}");
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Presses Tab until something in the widget has the focus.
    pub async fn tab_into_the_widget(&self) -> anyhow::Result<()> {
        for _ in 0..300 {
            if self.run("return document.activeElement.localName").await? == "pagepoll-survey" {
                return Ok(());
            }
            self.press("Tab").await?;
        }
        bail!("300 presses of Tab do not reach the widget")
    }

    /// Presses Tab until it has the focus.
    pub async fn tab_to(&self, role: &str, name: &str) -> anyhow::Result<()> {
        for _ in 0..50 {
            if self.told().await?.iter().any(|told| told.is_focused && told.role == role && told.name == name) {
                return Ok(());
            }
            self.press("Tab").await?;
        }
        bail!("50 presses of Tab do not reach the {role} {name:?}")
    }

    /// Everything fetched since it was last asked.
    pub async fn fetched(&self) -> anyhow::Result<Vec<Fetched>> {
        let events = self.log("performance").await?;
        let messages: Vec<Value> = events
            .iter()
            .filter_map(|entry| serde_json::from_str(entry["message"].as_str()?).ok())
            .map(|message: Value| message["message"].clone())
            .collect();
        let of = |method: &'static str| messages.iter().filter(move |message| message["method"] == method);
        let fetched = of("Network.requestWillBeSent").map(|sent| {
            let id = &sent["params"]["requestId"];
            let end = of("Network.loadingFinished").find(|end| end["params"]["requestId"] == *id);
            Fetched {
                method: text(&sent["params"]["request"]["method"]),
                url: text(&sent["params"]["request"]["url"]),
                bytes: end.and_then(|end| end["params"]["encodedDataLength"].as_f64()).unwrap_or_default() as u64,
            }
        });
        Ok(fetched.collect())
    }

    /// What the page's console has said since it was last asked.
    pub async fn console(&self) -> anyhow::Result<Vec<String>> {
        Ok(self.log("browser").await?.iter().map(|entry| text(&entry["message"])).collect())
    }

    async fn log(&self, kind: &str) -> anyhow::Result<Vec<Value>> {
        let address = format!("{}/session/{}/se/log", self.address, self.driver.session_id());
        let answer: Value =
            reqwest::Client::new().post(address).json(&json!({ "type": kind })).send().await?.json().await?;
        answer["value"].as_array().cloned().with_context(|| format!("no {kind} log: {answer}"))
    }
}

impl Drop for Browser {
    /// Also where a test has failed, ChromeDriver is asked to end Chromium. By hand, because the driver's own way, without
    /// `await`, takes two minutes.
    fn drop(&mut self) {
        let ask = || -> std::io::Result<usize> {
            let mut stream = TcpStream::connect(self.address.trim_start_matches("http://"))?;
            write!(stream, "DELETE /session/{} HTTP/1.1\r\nHost: localhost\r\n\r\n", self.driver.session_id())?;
            stream.read(&mut [0; 64])
        };
        // Its own way is the one not taken, so that it were ended twice does not matter.
        let _ = self.driver.clone().leak();
        if let Err(error) = ask() {
            eprintln!("the browser of {} may still be running: {error}", self.address);
        }
    }
}

fn capabilities(profile: &Path) -> anyhow::Result<ChromeCapabilities> {
    let mut capabilities = DesiredCapabilities::chrome();
    for argument in ARGUMENTS {
        capabilities.add_arg(argument)?;
    }
    capabilities.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    capabilities.set("goog:loggingPrefs", json!({ "performance": "ALL", "browser": "ALL" }))?;
    Ok(capabilities)
}

/// ChromeDriver needs a moment before it listens.
async fn connect(address: &str, capabilities: ChromeCapabilities) -> anyhow::Result<WebDriver> {
    let deadline = Instant::now() + SOON * 3;
    loop {
        match WebDriver::new(address, capabilities.clone()).await {
            Ok(driver) => return Ok(driver),
            Err(error) if Instant::now() > deadline => bail!("chromedriver would not start a browser: {error}"),
            Err(_) => sleep(Duration::from_millis(100)).await,
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn text_of(property: &Value) -> String {
    text(&property["value"])
}

fn is_focused(node: &Value) -> bool {
    let properties = node["properties"].as_array();
    properties.is_some_and(|all| all.iter().any(|one| one["name"] == "focused" && one["value"]["value"] == true))
}
