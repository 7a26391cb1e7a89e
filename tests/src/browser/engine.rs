//! Engines: the browsers that tests drive, how they are started, and how they end with the tests.

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, bail};
use serde_json::json;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::common::capabilities::desiredcapabilities::{Capabilities, CapabilitiesHelper};
use thirtyfour::{DesiredCapabilities, WebDriver};
use tokio::time::{Duration, Instant, sleep};

use super::SOON;
use crate::{free_port, packages};

/// What a browser needs to run as root, without a screen, and without calling home.
const CHROMIUM_ARGUMENTS: [&str; 10] = [
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

/// WebKitGTK draws on a screen: gives the driver one of its own, and notes in the profile which it is. Without a graphics card it
/// has to draw by the processor.
const ON_A_SCREEN: &str = r#"
profile=$1; shift
Xvfb -displayfd 3 -screen 0 1600x1400x24 -nolisten tcp 3>"$profile/screen" &
until read -r screen <"$profile/screen"; do sleep 0.05; done 2>/dev/null
export DISPLAY=":$screen" HOME="$profile" XDG_CACHE_HOME="$profile" XDG_CONFIG_HOME="$profile" XDG_DATA_HOME="$profile"
export LANG=en_US.UTF-8 NO_AT_BRIDGE=1 WEBKIT_SKIA_ENABLE_CPU_RENDERING=1
exec "$@"
"#;

/// Where `cargo xtask test` says that Firefox's driver is.
const GECKODRIVER: &str = "PAGEPOLL_GECKODRIVER";

/// Runs a driver in a process group of its own and waits until the tests let go of its input. Then the driver and its browser
/// end, however the tests did: also a test program that is killed, or never drops what it shares, leaves nothing behind.
const KEEPER: &str = r#"
profile=$1; shift
setsid "$@" </dev/null >/dev/null 2>&1 &
cat >/dev/null
kill -- "-$!" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 -- "-$!" 2>/dev/null || break; sleep 0.3; done
kill -9 -- "-$!" 2>/dev/null && sleep 0.5
rm -rf -- "$profile" 2>/dev/null || { sleep 1; rm -rf -- "$profile"; }
"#;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    Chromium,
    Firefox,
    /// The engine of Safari, as Debian builds it.
    WebKit,
}

impl Display for Engine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
            Self::WebKit => "WebKitGTK",
        })
    }
}

impl Engine {
    /// Why this machine cannot run it, if it cannot.
    pub fn missing(self) -> Option<String> {
        let found = match self {
            Self::Chromium => on_path("chromedriver").map(drop),
            Self::Firefox => geckodriver().and(on_path("firefox-esr").or(on_path("firefox"))).map(drop),
            // A screen to draw on, and somebody who moves the pointer there.
            Self::WebKit => on_path("WebKitWebDriver").and(on_path("Xvfb")).and(on_path("xdotool")).map(drop),
        };
        found.is_none().then(|| format!("{self} or its driver is not installed; `cargo xtask test` installs both"))
    }

    /// Starts a browser with a profile of its own.
    pub(super) async fn start(self) -> anyhow::Result<Started> {
        let (profile, port) = (tempfile::tempdir()?.keep(), free_port()?);
        let (driver, arguments) = match self {
            Self::Chromium => (PathBuf::from("env"), chromedriver_arguments(port, &profile)),
            Self::Firefox => {
                let driver = geckodriver().context("there is no geckodriver; `cargo xtask test` installs it")?;
                (driver, geckodriver_arguments(port, &profile))
            }
            Self::WebKit => (PathBuf::from("sh"), webkit_arguments(port, &profile)),
        };
        let process = Process::start(&driver, &arguments, &profile)?;
        let address = format!("http://127.0.0.1:{port}");
        let driver = connect(self, &address, &profile).await?;
        // Written before the driver was started.
        let screen = std::fs::read_to_string(profile.join("screen")).ok();
        let screen = screen.map(|number| format!(":{}", number.trim()));
        Ok(Started { driver, address, screen, process })
    }
}

/// A browser that has just been started.
pub(super) struct Started {
    pub driver: WebDriver,
    pub address: String,
    /// The X server's name for the screen it is on, if it needs one.
    pub screen: Option<String>,
    pub process: Process,
}

/// A running driver with its browser. Ends with the value.
pub(super) struct Process {
    keeper: Child,
}

impl Process {
    fn start(driver: &Path, arguments: &[String], profile: &Path) -> anyhow::Result<Self> {
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(profile)
            .arg(driver)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}; `cargo xtask test` installs it", driver.display()))?;
        Ok(Self { keeper })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The keeper's sign to clean up. It needs nobody to wait for it.
        drop(self.keeper.stdin.take());
    }
}

/// Chromium leaves folders behind wherever temporary files go; there they end with the profile.
fn chromedriver_arguments(port: u16, profile: &Path) -> Vec<String> {
    vec![format!("TMPDIR={}", profile.display()), "chromedriver".to_owned(), format!("--port={port}")]
}

/// `--allow-system-access`, because only from the browser's own side can the pointer leave the page.
fn geckodriver_arguments(port: u16, profile: &Path) -> Vec<String> {
    let profile = profile.to_string_lossy();
    let port = port.to_string();
    let words = ["--port", &port, "--websocket-port", "0", "--allow-system-access", "--profile-root", &profile];
    words.map(str::to_owned).to_vec()
}

fn webkit_arguments(port: u16, profile: &Path) -> Vec<String> {
    let (profile, port) = (profile.to_string_lossy(), format!("--port={port}"));
    ["-c", ON_A_SCREEN, "screen", &profile, "WebKitWebDriver", &port].map(str::to_owned).to_vec()
}

/// A driver needs a moment before it listens.
async fn connect(engine: Engine, address: &str, profile: &Path) -> anyhow::Result<WebDriver> {
    let capabilities = capabilities(engine, profile)?;
    let deadline = Instant::now() + SOON * 3;
    loop {
        // No connection outlives its request: browsers are lent from test to test, and connections would end with the first.
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).build()?;
        match WebDriver::builder(address, capabilities.clone()).client(client).connect().await {
            Ok(driver) => return Ok(driver),
            Err(error) if Instant::now() > deadline => bail!("{engine} would not start: {error}"),
            Err(_) => sleep(Duration::from_millis(100)).await,
        }
    }
}

fn capabilities(engine: Engine, profile: &Path) -> anyhow::Result<Capabilities> {
    Ok(match engine {
        Engine::Chromium => {
            let mut capabilities = DesiredCapabilities::chrome();
            for argument in CHROMIUM_ARGUMENTS {
                capabilities.add_arg(argument)?;
            }
            capabilities.add_arg(&format!("--user-data-dir={}", profile.display()))?;
            capabilities.add_arg(&format!("--user-agent={}", chromium_user_agent()?))?;
            capabilities.set("goog:loggingPrefs", json!({ "performance": "ALL", "browser": "ALL" }))?;
            capabilities.into()
        }
        Engine::Firefox => {
            let mut capabilities = DesiredCapabilities::firefox();
            capabilities.set("moz:firefoxOptions", json!({ "args": ["-headless"], "prefs": quiet_preferences() }))?;
            capabilities.into()
        }
        // The driver knows by itself which browser belongs to it.
        Engine::WebKit => Capabilities::default(),
    })
}

/// As the same Chromium calls itself on a screen: without one it says that it is headless, and a visitor's browser is not.
fn chromium_user_agent() -> anyhow::Result<String> {
    let told = Command::new("chromedriver").arg("--version").output()?;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let version = told.split(' ').nth(1).and_then(|version| version.split('.').next());
    let version = version.with_context(|| format!("chromedriver does not tell its version: {told}"))?;
    Ok(format!(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
    ))
}

/// Firefox looks for experiments, portals and updates otherwise.
fn quiet_preferences() -> serde_json::Value {
    json!({
        "app.normandy.enabled": false,
        "app.update.disabledForTesting": true,
        "datareporting.policy.dataSubmissionEnabled": false,
        "network.captive-portal-service.enabled": false,
        "network.connectivity-service.enabled": false,
        "services.settings.server": "data:,#remote-settings-dummy/v1",
    })
}

fn geckodriver() -> Option<PathBuf> {
    let told = std::env::var_os(GECKODRIVER).map(PathBuf::from);
    told.filter(|place| place.is_file())
        .or_else(|| on_path("geckodriver"))
        .or_else(|| packages::cached("geckodriver", "bin/geckodriver"))
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|place| place.is_file())
}
