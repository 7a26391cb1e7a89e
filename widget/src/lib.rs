//! The visitor's side: asks one short question at the right moment, and never gets in the way.
//!
//! The loader (`loader.js`) starts it once, after the page's own `load`, where some survey could show. From then on
//! `host::visit` gathers facts, `survey::targeting` decides, `host::panel` asks, and `host::outbox` delivers. What needs no
//! browser is in `conversation`; every call into the browser is in `host`.

mod conversation;
mod host;

use survey::wire::SiteConfig;
use wasm_bindgen::prelude::wasm_bindgen;

/// Starts the widget. `origin` is the collector's, `config_path` names this version of the site's surveys, and `config` is
/// what stands there. Never throws: what goes wrong is one warning in the console.
#[wasm_bindgen]
pub fn start(origin: String, config_path: String, config: &[u8]) {
    match SiteConfig::from_bytes(config) {
        Ok(site) => host::visit::begin(host::Installation { origin, config_path }, site),
        Err(_) => host::warn("the site's surveys could not be read; publish them again"),
    }
}
