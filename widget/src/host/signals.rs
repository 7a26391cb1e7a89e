//! Signals: one listener for each kind of event that some survey needs, and what it tells the page view.
//!
//! All listen at the window, before the page itself hears of the event, so nothing that the page stops is missed. They are
//! passive and take nothing away from the page.

use std::rc::Rc;

use js_sys::{Array, Object};
use survey::targeting::{Signal, Trigger};
use wasm_bindgen::JsValue;

use super::browser::{self, Callback, ask, get, number_of};
use super::watch::Watch;

/// How long after a scroll things are looked at, in milliseconds, so that a long one does not cost more than a short one.
const AFTER_SCROLL_MS: u64 = 100;

/// What a visitor types into.
const EDITABLE: &str = "input,textarea,[contenteditable]:not([contenteditable=false])";

/// Listens until it is dropped.
pub struct Listening {
    kinds: Vec<&'static str>,
    hear: Callback,
}

impl Listening {
    pub fn begin(watch: &Rc<Watch>) -> Self {
        let kinds = needed_by(watch);
        let watch = Rc::clone(watch);
        let listening = Self { kinds, hear: browser::callback(move |event| hear(&watch, &event)) };
        listening.tell_window("addEventListener");
        listening
    }

    fn tell_window(&self, method: &str) {
        let options = Object::new();
        for option in ["capture", "passive"] {
            browser::set(&options, option, &JsValue::TRUE);
        }
        for kind in &self.kinds {
            let arguments = [(*kind).into(), self.hear.as_ref().clone(), options.clone().into()];
            browser::ask(&browser::window(), method, &arguments);
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.tell_window("removeEventListener");
    }
}

/// The kinds of events that somebody waits for.
fn needed_by(watch: &Watch) -> Vec<&'static str> {
    // Whether a visitor is typing matters to all.
    let mut kinds = vec!["visibilitychange", "online", "keydown", "input"];
    watch.each_trigger(&mut |trigger| {
        kinds.extend_from_slice(match trigger {
            Trigger::ScrollPercent(_) => &["scroll", "resize"],
            Trigger::Click(_) | Trigger::FeedbackTab => &["click"],
            Trigger::InactiveSeconds(_) => ACTIVITY,
            Trigger::ExitIntent { .. } if browser::is_touch() => ACTIVITY,
            Trigger::ExitIntent { .. } => &["mouseout"],
            _ => &[],
        });
    });
    kinds
}

const ACTIVITY: &[&str] = &["scroll", "pointerdown", "pointermove", "wheel"];

fn hear(watch: &Rc<Watch>, event: &JsValue) {
    let at = browser::monotonic_ms();
    let kind = browser::text_in(event, "type");
    match kind.as_str() {
        "visibilitychange" => watch.visibility_changed(at),
        "online" => watch.deliver(),
        "resize" => watch.look_in(AFTER_SCROLL_MS),
        "mouseout" => pointer_left(watch, event, at),
        kind => {
            watch.note_activity(at);
            match kind {
                "scroll" => scrolled(watch, at),
                "click" => clicked(watch, event),
                "keydown" | "input" if is_into_text(event) => watch.note_typing(at),
                _ => {}
            }
        }
    }
}

/// Leaving by the top edge is leaving for the tabs, the address or the close button. Into an iframe the pointer goes to
/// another element; into the list of a select it leaves from that.
fn pointer_left(watch: &Rc<Watch>, event: &JsValue, at: f64) {
    let number = |name| number_of(get(event, name));
    let is_out = get(event, "relatedTarget").is_none() && number("clientY") <= 0.0 && number("buttons") == 0.0;
    if is_out && !path_of(event).first().is_some_and(|from| matches(from, "select,option")) {
        watch.note_exit(Signal::PointerLeftTop, at);
    }
}

fn scrolled(watch: &Rc<Watch>, at: f64) {
    if watch.is_fast_upward(at) {
        watch.note_exit(Signal::FastScrollUp, at);
    }
    watch.look_in(AFTER_SCROLL_MS);
}

fn clicked(watch: &Rc<Watch>, event: &JsValue) {
    let path = path_of(event);
    watch.clicked(&get(event, "target").unwrap_or_default(), &|selector| {
        path.iter().any(|element| matches(element, selector))
    });
}

fn is_into_text(event: &JsValue) -> bool {
    path_of(event).iter().any(|element| matches(element, EDITABLE))
}

/// From the innermost element outwards: through the page's own shadow roots too, where these are open.
fn path_of(event: &JsValue) -> Vec<JsValue> {
    ask(event, "composedPath", &[]).map(|path| Array::from(&path).to_vec()).unwrap_or_default()
}

/// An invalid selector matches nothing, and neither does what is no element.
fn matches(element: &JsValue, selector: &str) -> bool {
    ask(element, "matches", &[selector.into()]).is_some_and(|matches| matches.is_truthy())
}
