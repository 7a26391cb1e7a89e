//! The feedback tab: a button at the edge of the window, for visitors who have something to say.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

use super::{add_to_page, browser, shadow_of};

/// A tab on the screen, until it is dropped. Presses are heard by whoever listens for clicks: they come from its element.
pub struct Tab {
    /// The survey that it is for, by its place.
    pub place: usize,
    host: HtmlElement,
}

impl Tab {
    /// Nothing, if the browser would not.
    pub fn put_up(place: usize, label: &str) -> Option<Self> {
        let (host, shadow) = shadow_of("pagepoll-tab").ok()?;
        let button: HtmlElement = browser::document()?.create_element("button").ok()?.unchecked_into();
        button.set_class_name("tab");
        button.set_text_content(Some(label));
        let _ = button.set_attribute("part", "tab");
        shadow.append_child(&button).ok()?;
        add_to_page(&host).ok()?;
        Some(Self { place, host })
    }

    pub fn is(&self, target: &JsValue) -> bool {
        self.host.unchecked_ref::<JsValue>() == target
    }

    /// Out of sight, while a survey is on the screen.
    pub fn set_aside(&self) {
        self.host.set_hidden(true);
    }

    pub fn bring_back(&self) {
        self.host.set_hidden(false);
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        self.host.remove();
    }
}
