//! What was typed and is not saved yet, as the browser keeps it: neither a reload nor a closed tab loses anything while the collector
//! cannot be reached.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::document::Document;
use crate::browser;

/// A document, and which revision of the draft it was made from.
#[derive(Serialize, Deserialize)]
struct Kept {
    revision: Option<u32>,
    document: Value,
}

fn name(site: &str, survey: &str) -> String {
    format!("pagepoll:typed:{site}:{survey}")
}

pub fn keep(site: &str, survey: &str, revision: Option<u32>, document: &Document) {
    let kept = Kept { revision, document: document.value().clone() };
    if let Ok(kept) = serde_json::to_string(&kept) {
        browser::keep(&name(site, survey), &kept);
    }
}

pub fn forget(site: &str, survey: &str) {
    browser::forget(&name(site, survey));
}

/// What an earlier visit to this survey could not save.
pub fn find(site: &str, survey: &str) -> Option<(Option<u32>, Document)> {
    let kept: Kept = serde_json::from_str(&browser::kept(&name(site, survey))?).ok()?;
    Some((kept.revision, Document::of(kept.document)))
}
