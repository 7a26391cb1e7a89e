//! The widget and the console in a real Chromium.

mod journey;
mod timing;
mod page_cost;

/// Browsers share two cores: one at a time.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
