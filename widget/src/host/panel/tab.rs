//! The feedback tab: a button at the edge of the window, for visitors who have something to say.

use survey::script::{Frame, Script};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

use super::browser;
use super::frame::{make, place_of, put_above, shadow_with, speaking, undo_zoom};

/// A tab on the screen, until it is dropped. Presses are heard by whoever listens for clicks: they come from its element.
pub struct Tab {
    /// The survey that it is for, by its place.
    pub place: usize,
    host: HtmlElement,
}

impl Tab {
    /// Nothing, if the browser would not.
    pub fn put_up(place: usize, script: &Script) -> Option<Self> {
        let (host, shadow) = shadow_with("pagepoll-tab", &script.style).ok()?;
        let root = speaking(script).ok()?;
        let button = make("button").ok()?;
        for name in ["class", "part"] {
            button.set_attribute(name, "tab").ok()?;
        }
        browser::set(&button, "textContent", &script.words.tab.as_str().into());
        root.append_child(&button).ok()?;
        shadow.append_child(&root).ok()?;
        let tab = Self { place, host };
        // Dropped, it leaves the page as it was.
        put_above(&tab.host, &place_of(&Frame::Floating)?).ok()?;
        undo_zoom(&tab.host);
        Some(tab)
    }

    pub fn is(&self, target: &JsValue) -> bool {
        self.host.unchecked_ref::<JsValue>() == target
    }

    pub fn is_on_page(&self) -> bool {
        browser::holds(&self.host, "isConnected")
    }

    /// Out of sight, while a survey is on the screen.
    pub fn set_aside(&self) {
        browser::set(&self.host, "hidden", &JsValue::TRUE);
    }

    pub fn bring_back(&self) {
        browser::set(&self.host, "hidden", &JsValue::FALSE);
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        self.host.remove();
    }
}
