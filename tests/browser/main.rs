//! The widget and the console in a real Chromium.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod delivery;
mod focus;
mod gate;
mod host_page;
mod journey;
mod page_cost;
mod triggers;

/// Browsers share two cores: one test at a time.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
