//! Tests through the public door: the real `pagepoll` program, real browsers, real files.
//!
//! `api/` speaks HTTP, `browser/` drives Chromium, `faults/` breaks things. What they share is here: a [`Collector`] process,
//! a [`TestSite`] on it, and a [`Visitor`] who answers.

pub mod browser;
mod collector;
mod demo;
mod door;
mod rows;
mod server;
mod site;
mod surveys;
mod visitor;

pub use collector::{Chore, Collector, Prepared};
pub use demo::Demo;
pub use door::{Answered, Door, Team};
pub use rows::{Hold, Rows, StoredResponse};
pub use server::{Pages, free_port};
pub use site::TestSite;
pub use surveys::{ces_on, csat_after_seconds, nps_at_depth};
pub use visitor::{Visitor, batch};
