//! Assets: the built files that a collector carries, embedded in a release and read from disk in development.
//!
//! `cargo xtask dist` lays them out in `dist/embed/`: a manifest, the loader and the widget under `w/`, its style sheets under
//! `style/`, the console and the demo shop. They are read once, at start. A build without them runs, and says what is missing when asked for it.

use std::collections::HashMap;

use actix_web::web::Bytes;
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;

use crate::representation::Representation;

#[derive(RustEmbed)]
#[folder = "../dist/embed"]
#[allow_missing = true]
struct Embedded;

/// Every built file by its path under `dist/embed/`: `w/widget.0123456789abcdef.js`.
#[derive(Debug, Default)]
pub struct Assets {
    files: HashMap<String, Representation>,
    widget: Option<WidgetFiles>,
    styles: Styles,
}

/// The widget's own style sheets, by name: see `widget/style`.
#[derive(Debug, Default)]
pub struct Styles(HashMap<String, String>);

impl Styles {
    /// Nothing in a build without it: a survey without style is better than none.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

/// What the loader is made from.
#[derive(Debug)]
pub struct WidgetFiles {
    pub loader_template: String,
    pub js: String,
    pub wasm: String,
    /// The widget that explains itself; none in a build without it.
    pub why: Option<WhyFiles>,
}

/// The names of the widget that explains itself, under `w/`.
#[derive(Debug)]
pub struct WhyFiles {
    pub js: String,
    pub wasm: String,
}

#[derive(Deserialize)]
struct Manifest {
    widget_js: String,
    widget_wasm: String,
    why_js: Option<String>,
    why_wasm: Option<String>,
}

impl Assets {
    pub fn load() -> Self {
        let plain = Embedded::iter().filter(|path| !is_compressed_sibling(path));
        let files = plain.filter_map(|path| Some((path.to_string(), representation(&path)?))).collect();
        Self { widget: widget_files(), styles: styles(), files }
    }

    /// None where `cargo xtask dist` has not been run.
    pub fn widget(&self) -> Option<&WidgetFiles> {
        self.widget.as_ref()
    }

    pub fn styles(&self) -> &Styles {
        &self.styles
    }

    pub fn file(&self, path: &str) -> Option<&Representation> {
        self.files.get(path)
    }
}

fn widget_files() -> Option<WidgetFiles> {
    let manifest: Manifest = serde_json::from_slice(&Embedded::get("manifest.json")?.data).ok()?;
    let loader_template = String::from_utf8(Embedded::get("w/loader.js")?.data.into_owned()).ok()?;
    let why = manifest.why_js.zip(manifest.why_wasm).map(|(js, wasm)| WhyFiles { js, wasm });
    Some(WidgetFiles { loader_template, js: manifest.widget_js, wasm: manifest.widget_wasm, why })
}

fn styles() -> Styles {
    let read = |path: std::borrow::Cow<'static, str>| {
        let name = path.strip_prefix("style/")?.strip_suffix(".css")?.to_owned();
        Some((name, String::from_utf8(Embedded::get(&path)?.data.into_owned()).ok()?))
    };
    Styles(Embedded::iter().filter_map(read).collect())
}

fn representation(path: &str) -> Option<Representation> {
    let sibling = |extension: &str| Embedded::get(&format!("{path}.{extension}")).map(bytes);
    let plain = bytes(Embedded::get(path)?);
    Some(Representation::precompressed(content_type(path), plain, sibling("br"), sibling("gz")))
}

fn bytes(file: EmbeddedFile) -> Bytes {
    match file.data {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
    }
}

fn is_compressed_sibling(path: &str) -> bool {
    path.ends_with(".br") || path.ends_with(".gz")
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        // TypeScript declarations: `text/plain`, so that a browser shows them. ".ts" alone would be a video.
        Some("ts") => "text/plain; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
