//! Stands in for `wasm-streams`, which Leptos brings along for streaming server functions. Pagepoll has none of those, but the
//! real crate exports JavaScript classes, and whatever is exported stays in the module: 4 kB of every visitor's download.
//! This has the four functions that `server_fn` names; they throw, should anything ever call them.

use futures_util::stream::{Empty, Stream, empty};
use wasm_bindgen::{JsValue, throw_str};

const WAY_OUT: &str = "streaming server functions are left out; see widget/patches/wasm-streams";

pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    pub fn from_stream(_: impl Stream<Item = Result<JsValue, JsValue>> + 'static) -> Self {
        throw_str(WAY_OUT)
    }

    pub fn into_stream(self) -> Empty<Result<JsValue, JsValue>> {
        drop(self);
        empty()
    }
}
