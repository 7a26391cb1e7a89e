//! What the browser knows: window, time, address, device.
//!
//! Pages patch what they find: `fetch`, `Date`, `JSON`, prototypes. So whatever could throw is called in a way that catches,
//! and a page that breaks something breaks it for itself.

use std::cell::RefCell;

use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Object, Promise, Reflect};
use survey::page::{PageKey, UrlParts};
use survey::wire::{Device, clean_text};
use uuid::{Builder, Uuid};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Window};

/// The longest title or language that is kept, in characters.
const MAX_TEXT: usize = survey::accept::MAX_VISIT_TEXT;

thread_local! {
    /// What has been warned of on this page.
    static WARNED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// What the browser calls back. All are of this one type: each type would bring code of its own.
pub type Callback = Closure<dyn Fn(JsValue)>;

pub fn callback(act: impl Fn(JsValue) + 'static) -> Callback {
    Closure::wrap(Box::new(act))
}

pub fn window() -> Window {
    js_sys::global().unchecked_into()
}

/// Wasm is only ever started by a page's script, so there is a document; if there were none, there were nothing to do.
pub fn document() -> Option<Document> {
    window().document()
}

/// Tells the site's developer what is wrong and what to do, once a page. The visitor sees nothing.
pub fn warn(message: &'static str) {
    warn_of(message, &JsValue::UNDEFINED);
}

/// [`warn`], with the browser's own words on the cause.
pub fn warn_of(message: &'static str, cause: &JsValue) {
    let is_new = WARNED.with_borrow_mut(|warned| {
        let is_new = !warned.contains(&message);
        warned.push(message);
        is_new
    });
    if is_new {
        web_sys::console::warn_3(&JsValue::from("Pagepoll:"), &JsValue::from(message), cause);
    }
}

/// A property, unless it is absent, null, or a getter that throws.
pub fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

/// What stands at the end of a way of properties, like `location.pathname`.
pub fn walk(from: JsValue, way: &str) -> Option<JsValue> {
    way.split('.').try_fold(from, |object, name| get(&object, name))
}

/// What stands at the end of a way from the window.
pub fn read(way: &str) -> Option<JsValue> {
    walk(window().into(), way)
}

/// As a text; empty if there is none.
pub fn read_text(way: &str) -> String {
    text_or_none(read(way))
}

/// A property as a text; empty if there is none.
pub fn text_in(object: &JsValue, name: &str) -> String {
    text_or_none(get(object, name))
}

fn text_or_none(value: Option<JsValue>) -> String {
    value.and_then(|value| value.as_string()).unwrap_or_default()
}

/// Whether a property is there and holds.
pub fn holds(object: &JsValue, name: &str) -> bool {
    get(object, name).is_some_and(|value| value.is_truthy())
}

/// As a number; 0 if there is none.
pub fn number_of(value: Option<JsValue>) -> f64 {
    value.and_then(|value| value.as_f64()).unwrap_or_default()
}

/// Calls a method that may be absent, patched or throwing.
pub fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let list = Array::new();
    for argument in arguments {
        list.push(argument);
    }
    let method: Function = Reflect::get(object, &method.into())?.dyn_into()?;
    Reflect::apply(&method, object, &list)
}

/// [`call`], where only success matters.
pub fn ask(object: &JsValue, method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    call(object, method, arguments).ok().filter(|answer| !answer.is_undefined() && !answer.is_null())
}

pub fn set(object: &JsValue, name: &str, value: &JsValue) {
    // Fails for what is frozen, which nothing of ours is.
    let _ = Reflect::set(object, &name.into(), value);
}

/// Runs something later, unless what comes back is dropped before.
pub fn after(ms: u32, act: Box<dyn FnOnce()>) -> Timeout {
    Timeout::new(ms, act)
}

/// The visitor's clock, in Unix milliseconds.
pub fn now() -> i64 {
    number_of(read("Date").and_then(|date| ask(&date, "now", &[]))) as i64
}

/// Milliseconds since the page was opened; never goes back.
pub fn monotonic_ms() -> f64 {
    number_of(read("performance").and_then(|performance| ask(&performance, "now", &[])))
}

pub fn is_visible() -> bool {
    read_text("document.visibilityState") == "visible"
}

/// Unforeseeable bytes, where the browser has a source of them.
pub fn random_bytes<const COUNT: usize>() -> Option<[u8; COUNT]> {
    let mut random = [0; COUNT];
    window().crypto().ok()?.get_random_values_with_u8_array(&mut random).ok()?;
    Some(random)
}

/// A new UUIDv7. Where the browser has no source of randomness there can be none, and so no survey.
pub fn new_response_id() -> Option<Uuid> {
    let random = random_bytes()?;
    Some(Builder::from_unix_timestamp_millis(now().unsigned_abs(), &random).into_uuid())
}

/// The page's key, if its address is one that can have a score.
pub fn page_key(keep_query: &[String]) -> Option<PageKey> {
    let [host, path, query] = ["location.hostname", "location.pathname", "location.search"].map(read_text);
    PageKey::new(UrlParts { host: &host, path: &path, query: &query }, keep_query).ok()
}

pub fn title() -> String {
    clean_text(&read_text("document.title"), MAX_TEXT)
}

/// Says something to the tab that opened this one, if that is of the collector: the console's install check listens. Nobody else is told.
#[cfg(feature = "why")]
pub fn tell_opener(said: &str, collector: &str) {
    let origin: String = collector.split('/').take(3).collect::<Vec<_>>().join("/");
    let Some(opener) = window().opener().ok().filter(|opener| !opener.is_null()) else { return };
    // Not asked whether it is a window: that of another origin says no. It fails only for what cannot be sent, and a text can.
    let _ = opener.unchecked_into::<Window>().post_message(&said.into(), &origin);
}

/// The origin of the page: `https://shop.example`.
pub fn page_origin() -> String {
    read_text("location.origin")
}

/// The origin of the page that linked here; its path and query are nobody's business.
pub fn referrer_origin() -> String {
    read_text("document.referrer").split('/').take(3).collect::<Vec<_>>().join("/")
}

pub fn language() -> String {
    read_text("navigator.language")
}

pub fn viewport() -> (u32, u32) {
    let pixels = |way| number_of(read(way)) as u32;
    (pixels("innerWidth"), pixels("innerHeight"))
}

/// By how it is pointed at and how wide it is; the user agent string is not asked.
pub fn device() -> Device {
    if !is_touch() {
        Device::Desktop
    } else if media_matches("(min-device-width:600px) and (min-device-height:600px)") {
        Device::Tablet
    } else {
        Device::Phone
    }
}

/// Whether the visitor touches the screen, rather than point at it.
pub fn is_touch() -> bool {
    media_matches("(pointer:coarse)")
}

pub fn media_matches(query: &str) -> bool {
    let media = ask(&window(), "matchMedia", &[query.into()]);
    media.is_some_and(|media| holds(&media, "matches"))
}

/// How far down the page the lower edge of the window is, in percent of what can be scrolled. A page that cannot be scrolled
/// has been read.
pub fn scroll_percent() -> f64 {
    let Some(page) = read("document.scrollingElement") else { return 0.0 };
    let [whole, window, top] = ["scrollHeight", "clientHeight", "scrollTop"].map(|name| number_of(get(&page, name)));
    let scrollable = whole - window;
    if scrollable <= 1.0 { 100.0 } else { (100.0 * top / scrollable).round() }
}

/// Whether the visitor came to this document by the browser's own "back" or "forward".
pub fn came_back() -> bool {
    let entries = read("performance").and_then(|it| ask(&it, "getEntriesByType", &["navigation".into()]));
    entries.and_then(|entries| walk(entries, "0.type")).is_some_and(|kind| kind == "back_forward")
}

/// Of the page's elements that the selector matches, those that are looked at. An invalid selector matches none.
pub fn elements(selector: &str) -> Vec<JsValue> {
    read("document").map(|document| elements_in(&document, selector)).unwrap_or_default()
}

/// The same of what is below `parent`.
pub fn elements_in(parent: &JsValue, selector: &str) -> Vec<JsValue> {
    const MOST: u32 = 50;
    let found = ask(parent, "querySelectorAll", &[selector.into()]);
    let found: Array = found.map(|found| Array::from(&found)).unwrap_or_default();
    (0..found.length().min(MOST)).map(|index| found.get(index)).collect()
}

/// Whether at least half of an element is in the window; of one larger than that, as much as fills half of the window.
pub fn is_half_in_sight(element: &JsValue) -> bool {
    let Some(area) = ask(element, "getBoundingClientRect", &[]) else { return false };
    let share = |start: &str, end: &str, room: &str| {
        let [start, end] = [start, end].map(|edge| number_of(get(&area, edge)));
        let room = number_of(read(room));
        // An empty place counts as one pixel, so that it can be seen.
        let end = end.max(start + 1.0);
        (end.min(room) - start.max(0.0)).max(0.0) / (end - start).min(room)
    };
    share("left", "right", "innerWidth") * share("top", "bottom", "innerHeight") >= 0.5 && is_rendered(element)
}

/// Whether an element can be seen, as far as its styles go.
pub fn is_rendered(element: &JsValue) -> bool {
    let options = Object::new();
    for name in ["checkOpacity", "checkVisibilityCSS"] {
        set(&options, name, &JsValue::TRUE);
    }
    let is_visible = ask(element, "checkVisibility", &[options.into()]);
    let area = ask(element, "getBoundingClientRect", &[]);
    // Older browsers cannot tell.
    is_visible.is_none_or(|is_visible| is_visible.is_truthy())
        && area.is_some_and(|area| number_of(get(&area, "width")) > 0.0)
}

/// Posts a text; hands back the answer's status, if there is one. Outlives the page.
pub async fn post(address: &str, body: &str) -> Option<u16> {
    let request = Object::new();
    // A string body goes as text/plain, which needs no preflight.
    for (name, value) in [("method", "POST"), ("body", body), ("credentials", "omit")] {
        set(&request, name, &value.into());
    }
    set(&request, "keepalive", &JsValue::TRUE);
    let response = settled(call(&window(), "fetch", &[address.into(), request.into()])).await?;
    Some(get(&response, "status")?.as_f64()? as u16)
}

/// The text behind an address, if it is answered with one.
pub async fn text_of(address: &str) -> Option<String> {
    let response = settled(call(&window(), "fetch", &[address.into()])).await?;
    let text = get(&response, "ok")?.is_truthy().then(|| call(&response, "text", &[]))?;
    settled(text).await?.as_string()
}

/// What a promise comes to, if it was made and comes to anything.
async fn settled(promise: Result<JsValue, JsValue>) -> Option<JsValue> {
    JsFuture::from(Promise::resolve(&promise.ok()?)).await.ok()
}

/// Leaves the page for another.
pub fn go_to(address: &str) {
    if let Some(location) = read("location") {
        ask(&location, "assign", &[address.into()]);
    }
}

/// The element that has the focus, seen from the page.
pub fn focused() -> Option<JsValue> {
    read("document.activeElement")
}
