//! The outbox: events are kept first, sent at once, and forgotten only when the collector has answered.
//!
//! Whatever happens in between (a closed tab, no network, a restarted collector), the event is still there when the widget
//! next runs. The collector takes everything any number of times, so sending twice does no harm.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use survey::definition::SiteKey;
use survey::wire::{BATCH_VERSION, Event, MAX_BATCH_BYTES};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{RequestCredentials, RequestInit, Response};

use super::browser;
use super::memory::Memory;

/// The first pause before sending again what could not be delivered; doubles, up to 64 times as much.
const RETRY_MS: u32 = 2_000;
const MAX_DOUBLINGS: u32 = 6;

struct Batch {
    names: Vec<String>,
    body: String,
    /// Whether nothing had to wait for the next batch.
    is_all: bool,
}

/// Room in a batch for what surrounds its events.
const ENVELOPE_BYTES: usize = 256;

pub struct Outbox {
    address: String,
    site: SiteKey,
    memory: Rc<Memory>,
    retry: RefCell<Retry>,
}

/// The next attempt after a failure; there is never more than one.
#[derive(Default)]
struct Retry {
    failures: u32,
    timer: Option<Timeout>,
}

impl Outbox {
    pub fn new(origin: &str, site: SiteKey, memory: Rc<Memory>) -> Rc<Self> {
        Rc::new(Self { address: format!("{origin}/v1/events"), site, memory, retry: RefCell::default() })
    }

    /// Keeps an event and sends it at once, with whatever else is waiting.
    pub fn send(self: &Rc<Self>, event: &Event) {
        if let Ok(json) = serde_json::to_string(event) {
            self.memory.keep_event(&name_of(event), &json);
        }
        self.deliver();
    }

    /// Sends what is waiting. An event already on its way is sent again: if the page closes now, this may be the one that
    /// arrives.
    pub fn deliver(self: &Rc<Self>) {
        let Batch { names, body, is_all } = self.batch();
        if names.is_empty() {
            return;
        }
        let outbox = Rc::clone(self);
        spawn_local(async move {
            if !outbox.post(&body).await {
                return outbox.retry_later();
            }
            names.iter().for_each(|name| outbox.memory.forget_event(name));
            outbox.retry.take();
            if !is_all {
                outbox.deliver();
            }
        });
    }

    /// As many of the waiting events as fit. Written by hand because the events are JSON already; the shape is
    /// `survey::wire::Batch`.
    fn batch(&self) -> Batch {
        let waiting = self.memory.kept_events();
        let count = waiting.len();
        let (mut names, mut events) = (Vec::new(), String::new());
        for (name, json) in waiting {
            if events.len() + json.len() + ENVELOPE_BYTES <= MAX_BATCH_BYTES {
                if !events.is_empty() {
                    events.push(',');
                }
                events.push_str(&json);
                names.push(name);
            }
        }
        let (site, sent_at) = (&self.site, browser::now());
        let body = format!(r#"{{"v":{BATCH_VERSION},"site":"{site}","sent_at":{sent_at},"events":[{events}]}}"#);
        Batch { is_all: names.len() == count, names, body }
    }

    /// Whether the collector has answered for good: stored, or refused in a way that will not change.
    async fn post(&self, body: &str) -> bool {
        let request = RequestInit::new();
        request.set_method("POST");
        // A string body goes as text/plain, which needs no preflight.
        request.set_body(&JsValue::from_str(body));
        request.set_credentials(RequestCredentials::Omit);
        // Outlives the page. Not every web-sys has a setter for it.
        let _ = js_sys::Reflect::set(&request, &"keepalive".into(), &JsValue::TRUE);
        let answer = JsFuture::from(browser::window().fetch_with_str_and_init(&self.address, &request)).await;
        let Some(response) = answer.ok().and_then(|answer| answer.dyn_into::<Response>().ok()) else { return false };
        match response.status() {
            200..=299 => true,
            // About the event itself: sending it again would change nothing.
            400 | 409 | 413 | 422 => true,
            // About the site (an unknown key, a foreign origin) or the moment: kept until that is put right.
            _ => false,
        }
    }

    fn retry_later(self: &Rc<Self>) {
        let mut retry = self.retry.borrow_mut();
        if retry.timer.is_some() {
            return;
        }
        let pause = RETRY_MS << retry.failures.min(MAX_DOUBLINGS);
        // Jitter, so that a thousand visitors do not come back at the same moment.
        let jittered = f64::from(pause) * (0.5 + js_sys::Math::random());
        retry.failures += 1;
        let outbox = Rc::clone(self);
        retry.timer = Some(Timeout::new(jittered as u32, move || {
            // Running now: dropping it is no longer cancelling it.
            outbox.retry.borrow_mut().timer.take().map(Timeout::forget);
            outbox.deliver();
        }));
    }
}

/// The same event has the same name. A later revision has its own, so that one on its way is not forgotten unsent.
fn name_of(event: &Event) -> String {
    match event {
        Event::Exposure(exposure) => format!("{}.{}", exposure.presentation.response_id, exposure.stage as u8),
        Event::Submission(submission) => format!("{}.r{}", submission.presentation.response_id, submission.rev),
    }
}
