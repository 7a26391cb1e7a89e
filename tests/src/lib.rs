//! Tests through the public door: the real `pagepoll` program, real browsers, real files.
//!
//! `api/` speaks HTTP, `browser/` drives Chromium, Firefox and WebKitGTK, `faults/` breaks things. What they share is here: a
//! [`Collector`] process, perhaps on a [`Postgres`](postgres::Postgres) of its own, a [`TestSite`] on it, a [`Visitor`] who answers, and a [`Stage`] with a visitor in a browser.

pub mod attempts;
pub mod bounds;
pub mod browser;
mod collector;
mod databases;
mod demo;
mod door;
pub mod host_pages;
pub mod kinds;
mod lodging;
pub mod packages;
pub mod patroni;
mod picture;
pub mod postgres;
pub mod process;
pub mod proxy;
pub mod raw;
mod rows;
mod server;
mod site;
mod stage;
mod surveys;
mod visitor;

pub use collector::{Chore, Collector, Prepared, program};
pub use databases::DatabaseKind;
pub use demo::Demo;
pub use door::{Answered, BROWSER, Door, Team};
pub use picture::{Area, Picture};
pub use process::resident_bytes;
pub use rows::filling::{Filling, date, today};
pub use rows::{Hold, Rows, StoredResponse, change_past_the_collector, damage, publish_past_the_collector};
pub use server::{Pages, free_port};
pub use site::TestSite;
pub use stage::{QUESTION, Setting, Stage, asking, called, with};
pub use surveys::{asking_everything, ces_on, csat_after_seconds, nps_at_depth};
pub use visitor::{Visitor, asked_a_minute_ago, batch};

/// Whether tests may take long: `cargo xtask test --long`.
pub fn is_long() -> bool {
    std::env::var_os("PAGEPOLL_LONG").is_some()
}
