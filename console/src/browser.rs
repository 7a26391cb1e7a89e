//! The browser: the only room of the console that names it. Everything else asks here, in the console's own words.

mod focus;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use gloo_events::{EventListener, EventListenerOptions};
use gloo_net::http::Request;
use js_sys::{Function, Object, Reflect};
use leptos::prelude::{document, request_animation_frame, set_timeout, window};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, FocusOptions, HtmlAnchorElement, HtmlElement, MessageEvent, Storage, Url};

pub use focus::never_lose_focus;

/// The time in Unix milliseconds.
pub fn now() -> i64 {
    // Whole milliseconds, far below 2^53.
    js_sys::Date::now() as i64
}

/// Runs something beside all else, also before Leptos has begun, which then has its own way.
pub fn run(task: impl Future<Output = ()> + 'static) {
    wasm_bindgen_futures::spawn_local(task);
}

/// Writes to the browser's own console that something is broken.
pub fn log_error(message: &str) {
    web_sys::console::error_1(&message.into());
}

/// Has the browser ask before a string becomes markup (Trusted Types); it refuses what is not harmless. Browsers that do not know of it
/// ask nobody.
pub fn let_markup_through(is_harmless: fn(&str) -> bool) {
    let Ok(types) = Reflect::get(&window(), &"trustedTypes".into()) else { return };
    let Ok(create) = Reflect::get(&types, &"createPolicy".into()).and_then(JsCast::dyn_into::<Function>) else {
        return;
    };
    let judge =
        Closure::<dyn Fn(String) -> Option<String>>::new(move |markup: String| is_harmless(&markup).then_some(markup));
    let rules = Object::new();
    // It cannot fail on an object that was just made.
    let _ = Reflect::set(&rules, &"createHTML".into(), &judge.into_js_value());
    if create.call2(&types, &"default".into(), &rules).is_err() {
        log_error("the browser takes no policy for markup");
    }
}

/// The languages that the browser is set to, the dearest first.
pub fn languages() -> Vec<String> {
    window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect()
}

/// Says to whoever reads aloud which language the page is in.
pub fn set_language(tag: &str) {
    if let Some(page) = document().document_element() {
        // It fails only for what is no name of an attribute.
        let _ = page.set_attribute("lang", tag);
    }
}

/// Where the console's texts in a language are, as its page says.
pub fn catalogue_address(tag: &str) -> Option<String> {
    let named = document().query_selector(&format!("meta[name=\"texts-{tag}\"]")).ok().flatten();
    named?.get_attribute("content")
}

/// Where this console lives: `https://polls.example`.
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// What stands behind the `#` of the address, with it.
pub fn hash() -> String {
    window().location().hash().unwrap_or_default()
}

/// Leaves for another address, which is loaded anew.
pub fn go(address: &str) {
    // It fails only for what is no address.
    let _ = window().location().assign(address);
}

/// Opens an address in another tab, which may say something to this one. Tells whether the browser did: it may want a click on a link.
pub fn open_tab(address: String, told: impl FnOnce(bool) + 'static) {
    // From a task of its own: Firefox runs others meanwhile, which must not find ours half done.
    set_timeout(
        move || {
            let opened = window().open_with_url_and_target(&address, "_blank");
            told(opened.is_ok_and(|tab| tab.is_some()));
        },
        Duration::ZERO,
    );
}

/// Listens for what other tabs say to this one, with the origins that they are of, for as long as what it hands back is kept.
pub fn on_message(mut told: impl FnMut(&str, &str) + 'static) -> EventListener {
    EventListener::new(&window(), "message", move |event| {
        let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
        if let Some(said) = event.data().as_string() {
            told(&event.origin(), &said);
        }
    })
}

/// A moment as a field for day and time has it, by the clock of this computer: `2026-12-01T09:30`. Nothing for what is no moment.
pub fn local_time(moment: &str) -> Option<String> {
    let at = js_sys::Date::new(&moment.into());
    (!at.get_time().is_nan()).then(|| {
        let (year, month, day) = (at.get_full_year(), at.get_month() + 1, at.get_date());
        format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}", at.get_hours(), at.get_minutes())
    })
}

/// What such a field has, as a moment: `2026-12-01T08:30:00Z`.
pub fn moment(local_time: &str) -> Option<String> {
    let at = js_sys::Date::new(&local_time.into());
    let written = (!at.get_time().is_nan()).then(|| String::from(at.to_iso_string()))?;
    Some(format!("{}Z", written.split('.').next().unwrap_or_default()))
}

/// Has the browser keep a file, where it keeps what is downloaded.
pub fn save_file(name: &str, kind: &str, content: &[u8]) {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(content));
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options);
    let Ok(address) = blob.and_then(|blob| Url::create_object_url_with_blob(&blob)) else {
        return log_error("the browser makes no file");
    };
    if let Some(link) = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) {
        link.set_href(&address);
        link.set_download(name);
        link.click();
    }
    // Firefox asks for it a while after the press.
    set_timeout(
        move || {
            // It fails for no address that was made here.
            let _ = Url::revoke_object_url(&address);
        },
        Duration::from_secs(60),
    );
}

/// Names the tab.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// Listens for the tab being hidden and shown again, for as long as what it hands back is kept.
pub fn on_visibility_change(mut told: impl FnMut() + 'static) -> EventListener {
    EventListener::new(&document(), "visibilitychange", move |_| told())
}

/// Has the browser ask whether the tab may really be left, while there is something to lose.
pub fn ask_before_leaving(has_something_to_lose: fn() -> bool) {
    let options = EventListenerOptions::enable_prevent_default();
    let asking = EventListener::new_with_options(&window(), "beforeunload", options, move |event| {
        if has_something_to_lose() {
            event.prevent_default();
        }
    });
    asking.forget();
}

/// Whether nobody can see the tab.
pub fn is_hidden() -> bool {
    document().hidden()
}

/// Whether the focus is in a field that takes text.
pub fn is_typing() -> bool {
    let focused = document().active_element().map(|element| element.tag_name());
    focused.is_some_and(|tag| matches!(tag.as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}

thread_local! {
    /// Set while a title should have the focus that is not there yet.
    static IS_TITLE_MISSED: Cell<bool> = const { Cell::new(false) };
}

/// Focuses the screen's title, once the screen is drawn.
pub fn focus_title() {
    request_animation_frame(|| {
        let title = document().query_selector("main h1").ok().flatten();
        IS_TITLE_MISSED.set(title.is_none());
        if let Some(title) = title {
            // It cannot fail: titles of screens can have the focus.
            let _ = title.unchecked_into::<HtmlElement>().focus();
        }
    });
}

/// Makes up for a title that was not there when it should have got the focus.
pub fn focus_missed_title() {
    if IS_TITLE_MISSED.get() {
        focus_title();
    }
}

/// A request and its copy: what one carries can be sent once only.
pub fn twice(request: Request) -> (Request, Option<Request>) {
    let request = web_sys::Request::from(request);
    // It fails only after the request was sent.
    let copy = request.clone().ok();
    (request.into(), copy.map(Request::from))
}

/// Begins anew, with the files that are current.
pub fn reload() {
    // It fails only where a page may not navigate itself.
    let _ = window().location().reload();
}

/// Focuses the element of this name, once what has changed is drawn.
pub fn focus(id: &str) {
    let id = id.to_owned();
    request_animation_frame(move || {
        if let Some(Ok(element)) = document().get_element_by_id(&id).map(JsCast::dyn_into::<HtmlElement>) {
            // It fails only on what cannot have the focus, and callers name fields.
            let _ = element.focus();
        }
    });
}

/// Gives the focus to what is on the screen.
pub fn focus_on(element: &HtmlElement) {
    // It fails only on what cannot have the focus, and callers name buttons and fields.
    let _ = element.focus();
}

/// Has the browser keep a text under a name, beyond this page. Where it is full, or keeps nothing, nothing is kept.
pub fn keep(name: &str, text: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(name, text);
    }
}

/// What the browser keeps under a name.
pub fn kept(name: &str) -> Option<String> {
    storage()?.get_item(name).ok().flatten()
}

pub fn forget(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(name);
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Gives the focus back to whoever types while the frame of this name takes it, unless that is where the pointer is: a survey in it may
/// want the focus each time it is shown anew. For as long as what it hands back is kept.
pub fn keep_focus_from(frame: &'static str) -> [EventListener; 2] {
    let last = Rc::new(RefCell::new(None::<HtmlElement>));
    let seen = Rc::clone(&last);
    let focused = EventListener::new(&document(), "focusin", move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        *seen.borrow_mut() = target.filter(|element| element.id() != frame);
    });
    let lost = EventListener::new(&window(), "blur", move |_| {
        let taken = document().active_element().filter(|element| element.id() == frame);
        let is_meant = taken.as_ref().is_none_or(|frame| frame.matches(":hover").unwrap_or(true));
        if let Some(last) = last.borrow().as_ref().filter(|last| !is_meant && last.is_connected()) {
            // It fails only on an element that cannot have the focus, and this one had it.
            let _ = last.focus();
        }
    });
    [focused, lost]
}

/// Makes a change, and gives the focus back to whoever lost it by being moved to another place in a list.
pub fn keeping_focus(change: impl FnOnce()) {
    let focused = document().active_element();
    change();
    let Some(focused) = focused.and_then(|element| element.dyn_into::<HtmlElement>().ok()) else { return };
    request_animation_frame(move || {
        let lost = document().active_element().is_none_or(|now| now.tag_name() == "BODY");
        if lost && focused.is_connected() {
            let options = FocusOptions::new();
            options.set_prevent_scroll(true);
            // It fails only on an element that cannot have the focus, and this one had it.
            let _ = focused.focus_with_options(&options);
        }
    });
}

/// Whether the clipboard took it. Browsers have none on pages that came over plain HTTP from another machine.
pub async fn copied(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    if clipboard.is_undefined() {
        return false;
    }
    JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

/// Selects all that an element holds.
pub fn select(shown: &HtmlElement) {
    let Ok(Some(selection)) = window().get_selection() else { return };
    // It fails only for nodes of other documents.
    let _ = selection.select_all_children(shown.unchecked_ref());
}
