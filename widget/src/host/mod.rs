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

use std::cell::Cell;

use survey::wire::SiteConfig;

pub use api::begin;
pub use browser::{page_origin, warn_of};

/// Whether the page is one of the site's. The collector's own stage stands for one.
#[cfg_attr(not(feature = "why"), expect(unused_variables, reason = "only the team's widget is shown on the stage"))]
pub fn is_page_of(site: &SiteConfig, collector: &str) -> bool {
    #[cfg(feature = "why")]
    if why::preview::is_on_stage(collector) {
        return true;
    }
    site.origins.contains(&page_origin())
}

/// Where this widget came from.
pub struct Installation {
    /// The collector's origin: `https://pagepoll.example`.
    pub origin: String,
    /// The address of the site's surveys below the origin; changes whenever they do.
    pub config_path: String,
    /// When the page view began on which it was started, in milliseconds since the document was opened. Taken by whoever watches
    /// first: who is told of consent once more begins then.
    pub began: Cell<Option<f64>>,
}
