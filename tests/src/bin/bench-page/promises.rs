//! The bounds, as promised. They are never loosened to fit what was measured.

use std::fmt::{self, Display};

use crate::case::{CASES, Case};
use crate::view::Cost;

/// What was measured must not be above the bound.
pub struct Promise {
    pub what: String,
    measured: f64,
    bound: f64,
    decimals: usize,
}

impl Promise {
    pub fn is_held(&self) -> bool {
        self.measured <= self.bound
    }
}

impl Display for Promise {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, measured, bound, decimals } = self;
        let verdict = if self.is_held() { "held" } else { "MISSED" };
        write!(out, "{what}: {measured:.decimals$} (bound {bound}) {verdict}")
    }
}

pub fn of(costs: &[Cost; CASES.len()]) -> Vec<Promise> {
    let empty = &costs[Case::Empty as usize];
    let mut promises = Vec::new();
    for case in [Case::Nothing, Case::Armed, Case::Shown] {
        let cost = &costs[case as usize];
        let mut promise = |what: &str, measured, bound, decimals| {
            promises.push(Promise { what: format!("{}: {what}", case.name()), measured, bound, decimals });
        };
        promise("TBT ms", cost.blocked_ms, 0.0, 0);
        promise("long tasks", cost.long_tasks, 0.0, 0);
        promise("layout shift", cost.shift, 0.0, 3);
        match case {
            Case::Nothing => {
                promise("requests", cost.requests, 1.0, 0);
                promise("bytes", cost.bytes, 2_048.0, 0);
                promise("CPU ms of scripts", cost.script_ms, 2.0, 1);
                promise("CPU ms of everything", cost.task_ms, 28.0, 1);
            }
            Case::Armed => promise("CPU ms of scripts", cost.script_ms, 20.0, 1),
            _ => {
                promise("bytes", cost.bytes, 60_000.0, 0);
                promise("visible after ms", cost.visible_ms, 1_250.0, 0);
                promise("CPU ms of scripts", cost.script_ms, 20.0, 1);
                promise("CPU ms of everything", cost.task_ms, 60.0, 1);
                promise("heap + MB", cost.heap_mb - empty.heap_mb, 1.0, 2);
            }
        }
    }
    promises
}
