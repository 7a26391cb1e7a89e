//! The time, for saying how long ago something was.

use gloo_timers::callback::Interval;
use leptos::prelude::*;

/// "4 min ago" need not be right to the second.
const TICK_MS: u32 = 15_000;

/// The time in Unix milliseconds. Ticks for as long as the screen that asked is there.
pub fn now() -> ReadSignal<i64> {
    let (now, set_now) = signal(read());
    let ticking = Interval::new(TICK_MS, move || {
        set_now.try_set(read());
    });
    StoredValue::new_local(ticking);
    now
}

fn read() -> i64 {
    // Whole milliseconds, far below 2^53.
    js_sys::Date::now() as i64
}
