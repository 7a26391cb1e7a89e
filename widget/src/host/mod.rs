//! The browser: every call into it is below this module, and nowhere else.

mod api;
mod browser;
mod facts;
mod memory;
mod outbox;
mod panel;
mod signals;
mod watch;
#[cfg(feature = "why")]
mod why;

pub use api::begin;
pub use browser::{page_origin, warn_of};

/// Where this widget came from.
pub struct Installation {
    /// The collector's origin: `https://pagepoll.example`.
    pub origin: String,
    /// The address of the site's surveys below the origin; changes whenever they do.
    pub config_path: String,
    /// When the page view began on which it was started, in milliseconds since the document was opened.
    pub began: f64,
}
