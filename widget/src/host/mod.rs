//! The browser: every call into it is below this module, and nowhere else.

mod browser;
mod memory;
mod outbox;
mod panel;
pub mod visit;

pub use browser::warn;

/// Where this widget came from.
pub struct Installation {
    /// The collector's origin: `https://pagepoll.example`.
    pub origin: String,
    /// The address of the site's surveys below the origin; changes whenever they do.
    pub config_path: String,
}
