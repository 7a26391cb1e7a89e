//! Hands: pointer, finger and keyboard.
//!
//! What they do goes through the browser's own input, so that a page hears of it as it would hear of a visitor.

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use tokio::time::{Duration, sleep};

use super::told::{Told, reference};
use super::{Browser, Engine};

/// What the visitor holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hand {
    Mouse,
    /// A phone's screen, touched. In Chromium only.
    Finger,
}

/// A phone, in CSS pixels.
pub(super) const PHONE: (u32, u32) = (390, 844);

/// What a page sees of its window at the desk, in CSS pixels.
pub(super) const WINDOW: (u32, u32) = (1280, 900);

/// The middle of an element of the page, in CSS pixels of the window, after bringing it there.
const MIDDLE: &str = "
    const element = document.querySelector(arguments[0]);
    if (!element) return null;
    element.scrollIntoView({ block: 'center', behavior: 'instant' });
    const box = element.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];";

/// How [`MIDDLE`] comes by its element.
const QUERY: &str = "document.querySelector(arguments[0])";

/// In Firefox's own window: moves the system's pointer to a point of the page, which may lie outside of it.
const MOVE_IN_FIREFOX: &str = "
    const [x, y, done] = arguments;
    const window = Services.wm.getMostRecentBrowserWindow();
    const page = window.gBrowser.selectedBrowser.getBoundingClientRect();
    const [left, top] = [window.mozInnerScreenX + page.x + x, window.mozInnerScreenY + page.y + y];
    const utils = window.windowUtils;
    utils.sendNativeMouseEvent(left, top, utils.NATIVE_MOUSE_MESSAGE_MOVE, 0, 0, window.document.documentElement, () => done());";

/// In WebKit: where the page's upper left corner is on the screen.
const CORNER: &str = "return [screenX, screenY + outerHeight - innerHeight]";

/// Two taps near to each other and sooner than that are a double tap, whatever is under the second.
const BETWEEN_TAPS: Duration = Duration::from_millis(500);

/// WebKit hears of every move of the system's pointer, if it is given the time to.
const BETWEEN_MOVES: Duration = Duration::from_millis(30);

impl Browser {
    pub async fn move_pointer(&self, x: i32, y: i32) -> anyhow::Result<()> {
        match self.engine {
            Engine::Chromium => {
                self.devtools("Input.dispatchMouseEvent", json!({ "type": "mouseMoved", "x": x, "y": y })).await?;
            }
            Engine::Firefox => {
                self.post("moz/context", json!({ "context": "chrome" })).await?;
                let moved = self.post("execute/async", json!({ "script": MOVE_IN_FIREFOX, "args": [x, y] })).await;
                self.post("moz/context", json!({ "context": "content" })).await?;
                moved?;
            }
            Engine::WebKit => {
                let corner = self.run(CORNER).await?;
                let corner = |place: usize| corner[place].as_i64().context("no corner");
                self.move_system_pointer(corner(0)? + i64::from(x), corner(1)? + i64::from(y)).await?;
            }
        }
        Ok(())
    }

    /// Moves the pointer to a point of the screen.
    pub(super) async fn move_system_pointer(&self, x: i64, y: i64) -> anyhow::Result<()> {
        let screen = self.screen.as_ref().context("it is on no screen")?;
        let mut xdotool = tokio::process::Command::new("xdotool");
        xdotool.args(["mousemove", "--", &x.to_string(), &y.to_string()]).env("DISPLAY", screen);
        let moved = xdotool.status().await.context("cannot start xdotool")?;
        ensure!(moved.success(), "xdotool: {moved}");
        sleep(BETWEEN_MOVES).await;
        Ok(())
    }

    /// Moves the pointer up and out of the window, as to the tabs.
    pub async fn leave_by_the_top(&self) -> anyhow::Result<()> {
        for y in [300, 120, 20, 2, -10] {
            self.move_pointer(640, y).await?;
        }
        Ok(())
    }

    /// Clicks or taps what the selector finds in the page.
    pub async fn press_on_page(&self, selector: &str) -> anyhow::Result<()> {
        let middle = self.run_with(MIDDLE, vec![json!(selector)]).await?;
        let (Some(x), Some(y)) = (middle[0].as_f64(), middle[1].as_f64()) else { bail!("the page has no {selector}") };
        self.press_at(x, y).await
    }

    /// Waits for something that a screen reader tells of, then clicks or taps it.
    pub async fn press_on(&self, role: &str, name: &str) -> anyhow::Result<()> {
        let Told { handle, .. } = self.awaited(role, name).await?;
        match self.engine {
            Engine::Chromium => {
                let (x, y) = self.middle_of(handle).await?;
                self.press_at(x, y).await
            }
            Engine::Firefox => {
                let id = reference(&handle).context("no reference")?;
                self.post(&format!("element/{id}/click"), json!({})).await.map(drop)
            }
            // Its driver does not look for elements in closed roots.
            Engine::WebKit => {
                let middle = self.run_with(&MIDDLE.replace(QUERY, "arguments[0]"), vec![handle]).await?;
                self.press_at(middle[0].as_f64().context("no shape")?, middle[1].as_f64().context("no shape")?).await
            }
        }
    }

    /// Waits for something likewise, then double-clicks it. In Chromium.
    pub async fn press_twice_on(&self, role: &str, name: &str) -> anyhow::Result<()> {
        let Told { handle, .. } = self.awaited(role, name).await?;
        let (x, y) = self.middle_of(handle).await?;
        self.click_at(x, y, 1).await?;
        self.click_at(x, y, 2).await
    }

    /// Of something in Chromium, once it is in the window.
    async fn middle_of(&self, handle: Value) -> anyhow::Result<(f64, f64)> {
        let node = json!({ "backendNodeId": handle });
        self.devtools("DOM.scrollIntoViewIfNeeded", node.clone()).await?;
        let shape = self.devtools("DOM.getBoxModel", node).await?;
        let corner = |place: usize| shape["model"]["border"][place].as_f64().context("no shape");
        // Corners go around clockwise from the upper left one.
        Ok(((corner(0)? + corner(2)?) / 2.0, (corner(1)? + corner(5)?) / 2.0))
    }

    /// With Chromium's mouse; `count` is the click's place among quick ones.
    async fn click_at(&self, x: f64, y: f64, count: u8) -> anyhow::Result<()> {
        for (kind, button, count) in
            [("mouseMoved", "none", 0), ("mousePressed", "left", count), ("mouseReleased", "left", count)]
        {
            let event = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": count });
            self.devtools("Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }

    /// Presses the mouse's button, or touches, at a point of the window.
    pub async fn press_at(&self, x: f64, y: f64) -> anyhow::Result<()> {
        match (self.engine, self.hand) {
            (Engine::Chromium, Hand::Mouse) => self.click_at(x, y, 1).await,
            (Engine::Chromium, Hand::Finger) => {
                sleep(BETWEEN_TAPS).await;
                self.touch("touchStart", Some((x, y))).await?;
                self.touch("touchEnd", None).await
            }
            (Engine::Firefox | Engine::WebKit, _) => {
                let press = json!({ "actions": [{ "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" },
                    "actions": [
                        { "type": "pointerMove", "duration": 0, "x": x.round() as i64, "y": y.round() as i64 },
                        { "type": "pointerDown", "button": 0 },
                        { "type": "pointerUp", "button": 0 },
                    ] }] });
                self.post("actions", press).await.map(drop)
            }
        }
    }

    /// Flicks a finger from one height of the window to another: up the screen to get down the page.
    pub async fn swipe(&self, from: f64, to: f64) -> anyhow::Result<()> {
        const STEPS: u32 = 10;
        let x = f64::from(PHONE.0) / 2.0;
        self.touch("touchStart", Some((x, from))).await?;
        for step in 1..=STEPS {
            let y = from + (to - from) * f64::from(step) / f64::from(STEPS);
            self.touch("touchMove", Some((x, y))).await?;
        }
        self.touch("touchEnd", None).await
    }

    /// Waits until the page has come to rest after a flick: a tap before that stops it, and is no more than that.
    pub async fn until_still(&self) -> anyhow::Result<()> {
        // More than once, because a busy machine stands still, too.
        const LOOKS: u32 = 3;
        let (mut before, mut alike) = (self.run("return scrollY").await?, 0);
        while alike < LOOKS {
            sleep(Duration::from_millis(100)).await;
            let here = self.run("return scrollY").await?;
            alike = if here == before { alike + 1 } else { 0 };
            before = here;
        }
        Ok(())
    }

    async fn touch(&self, kind: &str, at: Option<(f64, f64)>) -> anyhow::Result<()> {
        let points: Vec<Value> = at.into_iter().map(|(x, y)| json!({ "x": x, "y": y })).collect();
        self.devtools("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points })).await?;
        Ok(())
    }

    /// Scrolls so that this many CSS pixels of the page are above the window.
    pub async fn scroll_to(&self, y: u32) -> anyhow::Result<()> {
        self.run(&format!("scrollTo({{ top: {y}, behavior: 'instant' }})")).await?;
        Ok(())
    }

    /// Presses a key: a name such as `Tab` or `Enter`.
    pub async fn press(&self, key: &str) -> anyhow::Result<()> {
        let (code, letter, text) = match key {
            "Tab" => (9, "\u{e004}", ""),
            "Enter" => (13, "\u{e007}", "\r"),
            "Escape" => (27, "\u{e00c}", ""),
            " " => (32, " ", " "),
            "ArrowLeft" => (37, "\u{e012}", ""),
            "ArrowUp" => (38, "\u{e013}", ""),
            "ArrowRight" => (39, "\u{e014}", ""),
            "ArrowDown" => (40, "\u{e015}", ""),
            _ => bail!("no key {key}"),
        };
        if self.engine != Engine::Chromium {
            return self.strike(letter).await;
        }
        let event = |kind: &str| json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": if kind == "keyDown" { text } else { "" } });
        self.devtools("Input.dispatchKeyEvent", event("keyDown")).await?;
        self.devtools("Input.dispatchKeyEvent", event("keyUp")).await?;
        Ok(())
    }

    /// Types into what has the focus.
    pub async fn type_text(&self, text: &str) -> anyhow::Result<()> {
        match self.engine {
            Engine::Chromium => {
                self.devtools("Input.insertText", json!({ "text": text })).await?;
            }
            Engine::Firefox | Engine::WebKit => self.strike(text).await?,
        }
        Ok(())
    }

    async fn strike(&self, letters: &str) -> anyhow::Result<()> {
        let both = |letter: char| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": letter }));
        let strokes: Vec<Value> = letters.chars().flat_map(both).collect();
        self.post("actions", json!({ "actions": [{ "type": "key", "id": "keys", "actions": strokes }] }))
            .await
            .map(drop)
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

    /// Goes to another tab, so that the page cannot be seen.
    pub async fn look_away(&self) -> anyhow::Result<Elsewhere<'_>> {
        let page = self.get("window").await?;
        if self.engine == Engine::WebKit {
            // A tab that is made by the driver stays behind the page.
            self.post("window/minimize", json!({})).await?;
            sleep(Duration::from_millis(300)).await;
            return Ok(Elsewhere { browser: self, page });
        }
        let other = self.post("window/new", json!({ "type": "tab" })).await?;
        self.post("window", json!({ "handle": other["handle"] })).await?;
        // A browser that is driven runs a page's timers while it is hidden, as others do; but it needs a moment to hide it.
        sleep(Duration::from_millis(300)).await;
        Ok(Elsewhere { browser: self, page })
    }
}

/// Another tab than the page's.
#[must_use = "the page stays hidden until one comes back to it"]
pub struct Elsewhere<'a> {
    browser: &'a Browser,
    page: Value,
}

impl Elsewhere<'_> {
    /// Closes the other tab and is on the page again.
    pub async fn come_back(self) -> anyhow::Result<()> {
        if self.browser.engine == Engine::WebKit {
            return self.browser.place_window(WINDOW).await;
        }
        self.browser.delete("window").await?;
        self.browser.post("window", json!({ "handle": self.page })).await?;
        Ok(())
    }
}
