//! The visitor's side: asks one short question at the right moment, and never gets in the way.
//!
//! The loader (`loader.js`) starts it once, after the page's own `load`, where some survey could show. From then on
//! `host::signals` hears what the visitor does, `page_view` remembers it for as long as they stay on the page, `host::facts`
//! gathers what rules ask about, `survey::targeting` decides, `host::panel` asks, and `host::outbox` delivers; `host::watch`
//! holds them together, and `host::api` speaks with the page. What needs no browser is in `conversation` and `page_view`;
//! every call into the browser is in `host`.

mod conversation;
mod host;
mod page_view;

use survey::wire::SiteConfig;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// A free list, where the standard library brings an allocator for servers. Size before speed.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());

/// Starts the widget; hands back the function that takes the calls of `pagepoll()`.
///
/// `origin` is the collector's, `config_path` names this version of the site's surveys, and `config` is what stands there. The
/// page view `began` so many milliseconds after the document was opened; `visited` is what the loader counted. Never throws:
/// what goes wrong is one warning in the console.
#[wasm_bindgen]
pub fn start(origin: String, config_path: String, config: &[u8], began: f64, visited: &str) -> JsValue {
    match SiteConfig::from_bytes(config) {
        Ok(site) if !host::is_page_of(&site, &origin) => {
            host::warn_of(
                "this page is not one of the site's; add its origin with `pagepoll site add`",
                &host::page_origin().into(),
            );
            JsValue::UNDEFINED
        }
        Ok(site) => host::begin(host::Installation { origin, config_path, began: Some(began).into() }, site, visited),
        Err(_) => {
            // Whatever is wrong with them, there is one way out; each word of an error costs every visitor.
            host::warn_of("these surveys are not for this widget; the next page has both", &config_path.into());
            JsValue::UNDEFINED
        }
    }
}
