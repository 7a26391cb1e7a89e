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

/// Where the browser keeps what one person typed into one survey. Whoever else signs in there neither sees it nor saves it as theirs.
#[derive(Clone, PartialEq, Debug)]
pub struct Drawer(String);

impl Drawer {
    pub fn of(site: &str, survey: &str, email: &str) -> Self {
        Self(format!("pagepoll:typed:{site}:{survey}:{email}"))
    }

    pub fn keep(&self, revision: Option<u32>, document: &Document) {
        let kept = Kept { revision, document: document.value().clone() };
        if let Ok(kept) = serde_json::to_string(&kept) {
            browser::keep(&self.0, &kept);
        }
    }

    pub fn forget(&self) {
        browser::forget(&self.0);
    }

    /// What an earlier visit to this survey could not save.
    pub fn find(&self) -> Option<(Option<u32>, Document)> {
        let kept: Kept = serde_json::from_str(&browser::kept(&self.0)?).ok()?;
        Some((kept.revision, Document::of(kept.document)))
    }
}
