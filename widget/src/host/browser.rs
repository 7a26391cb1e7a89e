//! What the browser knows: window, time, address, device.

use survey::page::{PageKey, UrlParts};
use survey::wire::{Device, clean_text};
use uuid::{Builder, Uuid};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, VisibilityState, Window};

/// The longest title or language that is kept, in characters.
const MAX_TEXT: usize = survey::accept::MAX_VISIT_TEXT;

pub fn window() -> Window {
    js_sys::global().unchecked_into()
}

/// Wasm is only ever started by a page's script, so there is a document; if there were none, there were nothing to do.
pub fn document() -> Option<Document> {
    window().document()
}

/// Tells the site's developer what is wrong and what to do. The visitor sees nothing.
pub fn warn(message: &str) {
    warn_of(message, &JsValue::UNDEFINED);
}

/// [`warn`], with the browser's own words on the cause.
pub fn warn_of(message: &str, cause: &JsValue) {
    web_sys::console::warn_3(&JsValue::from("Pagepoll:"), &JsValue::from(message), cause);
}

/// The visitor's clock, in Unix milliseconds.
pub fn now() -> i64 {
    js_sys::Date::now() as i64
}

/// Milliseconds since the page was opened; never goes back.
pub fn monotonic_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

pub fn is_visible() -> bool {
    document().is_some_and(|document| document.visibility_state() == VisibilityState::Visible)
}

/// A new UUIDv7. Where the browser has no source of randomness there can be none, and so no survey.
pub fn new_response_id() -> Option<Uuid> {
    let mut random = [0; 10];
    window().crypto().ok()?.get_random_values_with_u8_array(&mut random).ok()?;
    Some(Builder::from_unix_timestamp_millis(now().unsigned_abs(), &random).into_uuid())
}

/// The page's key, if its address is one that can have a score.
pub fn page_key(keep_query: &[String]) -> Option<PageKey> {
    let location = window().location();
    let (host, path, query) = (location.hostname().ok()?, location.pathname().ok()?, location.search().ok()?);
    PageKey::new(UrlParts { host: &host, path: &path, query: &query }, keep_query).ok()
}

pub fn title() -> String {
    document().map(|document| clean_text(&document.title(), MAX_TEXT)).unwrap_or_default()
}

/// The origin of the page that linked here; its path and query are nobody's business.
pub fn referrer_origin() -> String {
    let referrer = document().map(|document| document.referrer()).unwrap_or_default();
    referrer.split('/').take(3).collect::<Vec<_>>().join("/")
}

pub fn language() -> String {
    window().navigator().language().unwrap_or_default()
}

pub fn viewport() -> (u32, u32) {
    let pixels = |size: Result<JsValue, JsValue>| size.ok().and_then(|size| size.as_f64()).unwrap_or_default() as u32;
    (pixels(window().inner_width()), pixels(window().inner_height()))
}

/// By how it is pointed at and how wide it is; the user agent string is not asked.
pub fn device() -> Device {
    if !media_matches("(pointer:coarse)") {
        Device::Desktop
    } else if media_matches("(min-device-width:600px) and (min-device-height:600px)") {
        Device::Tablet
    } else {
        Device::Phone
    }
}

fn media_matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|media| media.matches())
}

/// How far down the page the lower edge of the window is, in percent of what can be scrolled. A page that cannot be scrolled
/// has been read.
pub fn scroll_percent() -> u8 {
    let Some(page) = document().and_then(|document| document.scrolling_element().or(document.document_element()))
    else {
        return 0;
    };
    let scrollable = f64::from(page.scroll_height() - page.client_height());
    if scrollable <= 1.0 { 100 } else { (100.0 * f64::from(page.scroll_top()) / scrollable).round() as u8 }
}

/// The element that has the focus, seen from the page.
pub fn focused() -> Option<Element> {
    document().and_then(|document| document.active_element())
}
