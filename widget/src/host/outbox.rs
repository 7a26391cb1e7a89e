//! The outbox: events are kept first, sent at once, and forgotten only when the collector has answered.
//!
//! Whatever happens in between (a closed tab, no network, a restarted collector), the event is still there when the widget
//! next runs. The collector takes everything any number of times, so sending twice does no harm.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use survey::definition::SiteKey;
use survey::wire::{BATCH_VERSION, Event, MAX_BATCH_BYTES, MAX_EVENTS, Next};
use wasm_bindgen_futures::spawn_local;

use super::browser;
use super::memory::Memory;

/// The first pause before sending again what could not be delivered; doubles, up to 64 times as much.
const RETRY_MS: u32 = 2_000;
const MAX_DOUBLINGS: u32 = 6;

/// The most events that wait. Above it, the oldest are given up.
const MAX_WAITING: usize = 200;
/// How long an event waits from when its survey showed, in milliseconds: thirty days, the oldest that the collector dates.
const MAX_AGE_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

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
    /// The most events in a batch. One, once a batch was refused whole, so that a bad event takes no other with it.
    at_most: Cell<usize>,
    retry: RefCell<Retry>,
    /// Whether delivery is about to begin.
    is_due: Cell<bool>,
    is_stopped: Cell<bool>,
}

/// The next attempt after a failure; there is never more than one.
#[derive(Default)]
struct Retry {
    failures: u32,
    timer: Option<Timeout>,
}

impl Outbox {
    /// `origin` is the collector's, with the page's ticket behind it.
    pub fn new(origin: &str, site: SiteKey, memory: Rc<Memory>) -> Rc<Self> {
        let address = format!("{origin}/v1/events");
        let at_most = Cell::new(MAX_EVENTS);
        Rc::new(Self {
            address,
            site,
            memory,
            at_most,
            retry: RefCell::default(),
            is_due: Cell::default(),
            is_stopped: Cell::default(),
        })
    }

    /// Keeps an event, and sends it at once with whatever else is waiting: several of one moment go together.
    pub fn send(self: &Rc<Self>, event: &Event) {
        if let (false, Ok(json)) = (self.is_stopped.get(), serde_json::to_string(event)) {
            self.memory.keep_event(&name_of(event), &json);
        }
        if !self.is_due.replace(true) {
            let outbox = Rc::clone(self);
            // A task of its own, so that none is long.
            browser::after(0, Box::new(move || outbox.deliver())).forget();
        }
    }

    /// Sends what is waiting. An event already on its way is sent again: if the page closes now, this may be the one that
    /// arrives.
    pub fn deliver(self: &Rc<Self>) {
        self.is_due.set(false);
        if self.is_stopped.get() {
            return;
        }
        let Batch { names, body, is_all } = self.batch();
        if names.is_empty() {
            return;
        }
        let outbox = Rc::clone(self);
        spawn_local(async move {
            match Next::after(browser::post(&outbox.address, &body).await) {
                Next::Retry => return outbox.retry_later(),
                Next::SplitUp if names.len() > 1 => {
                    outbox.at_most.set(1);
                    return outbox.deliver();
                }
                Next::Forget | Next::SplitUp => {}
            }
            names.iter().for_each(|name| outbox.memory.forget_event(name));
            outbox.retry.take();
            if is_all {
                outbox.at_most.set(MAX_EVENTS);
            } else {
                outbox.deliver();
            }
        });
    }

    /// Keeps and sends nothing any more.
    pub fn stop(&self) {
        self.is_stopped.set(true);
        self.retry.take();
    }

    /// The events that wait and are worth sending; gives up the others.
    fn waiting(&self) -> Vec<(String, String)> {
        let oldest = browser::now() - MAX_AGE_MS;
        let mut waiting = self.memory.kept_events();
        waiting.retain(|(name, _)| {
            let is_worth_sending = made_at(name).is_some_and(|at| at >= oldest);
            if !is_worth_sending {
                self.memory.forget_event(name);
            }
            is_worth_sending
        });
        while waiting.len() > MAX_WAITING {
            // Names begin with the time.
            let oldest = (0..waiting.len()).min_by_key(|index| &waiting[*index].0).unwrap_or_default();
            self.memory.forget_event(&waiting.swap_remove(oldest).0);
        }
        waiting
    }

    /// As many of the waiting events as fit. Written by hand because the events are JSON already; the shape is
    /// `survey::wire::Batch`.
    fn batch(&self) -> Batch {
        let waiting = self.waiting();
        let count = waiting.len();
        let (mut names, mut events) = (Vec::new(), String::new());
        for (name, json) in waiting {
            let fits = events.len() + json.len() + ENVELOPE_BYTES <= MAX_BATCH_BYTES;
            if names.is_empty() || (fits && names.len() < self.at_most.get()) {
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
        let again = move || {
            outbox.retry.borrow_mut().timer = None;
            outbox.deliver();
        };
        retry.timer = Some(browser::after(jittered as u32, Box::new(again)));
    }
}

/// The same event has the same name. A later revision has its own, so that one on its way is not forgotten unsent.
fn name_of(event: &Event) -> String {
    match event {
        Event::Exposure(exposure) => format!("{}.{}", exposure.presentation.response_id, exposure.stage as u8),
        Event::Submission(submission) => format!("{}.r{}", submission.presentation.response_id, submission.rev),
    }
}

/// When an event was made, in Unix milliseconds: a UUIDv7 begins with it.
fn made_at(name: &str) -> Option<i64> {
    let (high, low) = name.split_once('-')?;
    i64::from_str_radix(high, 16).ok()?.checked_mul(0x1_0000)?.checked_add(i64::from_str_radix(low.get(..4)?, 16).ok()?)
}
