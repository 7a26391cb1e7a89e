//! The time, for saying how long ago something was.

use gloo_timers::callback::Interval;
use leptos::prelude::*;

use crate::browser;

/// "4 min ago" need not be right to the second.
const TICK_MS: u32 = 15_000;

/// The time in Unix milliseconds. Ticks for as long as the screen that asked is there.
pub fn now() -> ReadSignal<i64> {
    let (now, set_now) = signal(browser::now());
    let ticking = Interval::new(TICK_MS, move || {
        set_now.try_set(browser::now());
    });
    StoredValue::new_local(ticking);
    now
}
