//! How a survey stands on the page: above it, over it, or within it.
//!
//! The page may do to its own elements whatever it likes; what is ours is in the browser's top layer, where no z-index, transform
//! or overflow of the page reaches it, and undoes a zoom that it inherits. (Browsers without popovers show it by
//! `position: fixed`.)

use js_sys::{Array, Object};
use survey::script::{Frame, Script};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleSheet, Document, Element, HtmlElement, ShadowRoot};

use super::browser::{self, Callback, ask, get, number_of, read};

/// The panel's own elements.
pub struct Attached {
    pub host: HtmlElement,
    /// Tells screen readers what has come up.
    pub status: Element,
    /// What is heard of.
    root: HtmlElement,
    /// Where the card is mounted.
    pub stage: HtmlElement,
}

/// Where a survey in this frame is added to the page; nothing, where its place is not there.
pub fn place_of(frame: &Frame) -> Option<Element> {
    match frame {
        Frame::Inline(selector) => browser::elements(selector).into_iter().next().map(JsCast::unchecked_into),
        _ => read("document.body").map(JsCast::unchecked_into),
    }
}

impl Attached {
    /// Adds the host element to the page, and a place to mount into below it; or leaves the page as it was.
    pub fn to(place: &Element, script: &Script) -> Result<Self, JsValue> {
        let (host, shadow) = shadow_with("pagepoll-survey", &script.style)?;
        let status = make("p")?;
        status.set_attribute("role", "status")?;
        shadow.append_child(&status)?;
        let root = speaking(script)?;
        shadow.append_child(&root)?;
        let stage = if script.frame == Frame::Modal { make("dialog")? } else { root.clone() };
        if script.frame == Frame::Modal {
            stage.set_attribute("aria-labelledby", "title")?;
            root.append_child(&stage)?;
        }
        let [root, stage] = [root, stage].map(JsCast::unchecked_into);
        let attached = Self { host, status, root, stage };
        attached.show(place, &script.frame).inspect_err(|_| attached.host.remove())?;
        Ok(attached)
    }

    fn show(&self, place: &Element, frame: &Frame) -> Result<(), JsValue> {
        match frame {
            Frame::Inline(_) => drop(place.append_child(&self.host)?),
            Frame::Floating => put_above(&self.host, place)?,
            Frame::Modal => {
                place.append_child(&self.host)?;
                browser::call(&self.stage, "showModal", &[])?;
            }
        }
        undo_zoom(&self.host);
        Ok(())
    }

    /// What in it matches a selector.
    pub fn all(&self, selector: &str) -> Vec<JsValue> {
        browser::elements_in(&self.root, selector)
    }

    /// Begins or ends to listen. In the capture phase, because not everything bubbles.
    pub fn tell(&self, method: &str, events: &[&str], listener: &Callback) {
        let listen = |target: &JsValue, event: &str| {
            ask(target, method, &[event.into(), listener.as_ref().clone(), JsValue::TRUE]);
        };
        for event in events {
            listen(&self.root, event);
        }
        if let Some(viewport) = read("visualViewport") {
            listen(&viewport, "resize");
            listen(&viewport, "scroll");
        }
    }

    /// Tells the style sheet what an on-screen keyboard leaves of the window. Whoever has zoomed in by two fingers looks at
    /// what they chose.
    pub fn keep_in_sight(&self) {
        let Some(viewport) = read("visualViewport") else { return };
        let [scale, height, top] = ["scale", "height", "offsetTop"].map(|name| number_of(get(&viewport, name)));
        let whole = number_of(read("innerHeight"));
        let hidden = if scale > 1.0 { 0.0 } else { (whole - height - top).max(0.0) };
        set_style(&self.host, "--pp-hidden", &format!("{}px", hidden as i32).into());
    }
}

/// Above all of the page.
pub fn put_above(host: &HtmlElement, place: &Element) -> Result<(), JsValue> {
    host.set_attribute("popover", "manual")?;
    place.append_child(host)?;
    if js_sys::Reflect::has(host, &"showPopover".into())? {
        browser::call(host, "showPopover", &[])?;
    }
    Ok(())
}

/// What the page has been zoomed by would be zoomed twice. Added up by hand: WebKit has no `currentCSSZoom`.
pub fn undo_zoom(host: &HtmlElement) {
    let (mut zoom, mut above) = (1.0, get(host, "parentElement"));
    while let Some(element) = above {
        let style = ask(&browser::window(), "getComputedStyle", std::slice::from_ref(&element));
        // "normal", and whatever else is no number, comes to nothing.
        let own: f64 = style.and_then(|style| get(&style, "zoom")?.try_into().ok()).unwrap_or_default();
        if own > 0.0 {
            zoom *= own;
        }
        above = get(&element, "parentElement");
    }
    if zoom != 1.0 {
        set_style(host, "--pp-zoom", &(1.0 / zoom).into());
    }
}

fn set_style(host: &HtmlElement, name: &str, value: &JsValue) {
    if let Some(style) = get(host, "style") {
        ask(&style, "setProperty", &[name.into(), value.clone()]);
    }
}

/// An element in the script's language.
pub fn speaking(script: &Script) -> Result<Element, JsValue> {
    let element = make("div")?;
    element.set_attribute("lang", &script.language)?;
    element.set_attribute("dir", if script.is_rtl { "rtl" } else { "ltr" })?;
    Ok(element)
}

pub fn make(name: &str) -> Result<Element, JsValue> {
    document()?.create_element(name)
}

fn document() -> Result<Document, JsValue> {
    browser::document().ok_or_else(|| "there is no document".into())
}

/// A new element with a closed shadow root.
pub fn shadow_with(name: &str, style: &str) -> Result<(HtmlElement, ShadowRoot), JsValue> {
    let host: HtmlElement = make(name)?.unchecked_into();
    let init = Object::new();
    browser::set(&init, "mode", &"closed".into());
    // So that the focus can go back to what is in it.
    browser::set(&init, "delegatesFocus", &(name == "pagepoll-tab").into());
    let shadow: ShadowRoot = browser::call(&host, "attachShadow", &[init.into()])?.unchecked_into();
    dress(&shadow, style)?;
    Ok((host, shadow))
}

/// A constructed style sheet is allowed even where the page's policy forbids inline styles.
fn dress(shadow: &ShadowRoot, style: &str) -> Result<(), JsValue> {
    let sheet = CssStyleSheet::new()?;
    browser::call(&sheet, "replaceSync", &[style.into()])?;
    let sheets = Array::new();
    sheets.push(&sheet);
    browser::set(shadow, "adoptedStyleSheets", &sheets);
    Ok(())
}
