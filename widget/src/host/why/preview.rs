//! Previews: a survey as it is being written, for somebody who has a link. Nothing of it is sent, remembered, or told to the page.

use std::rc::Rc;

use survey::definition::{PREVIEW_VERSION, StorageMode};
use survey::wire::SiteConfig;

use super::super::outbox::Outbox;

pub fn is_one(config: &SiteConfig) -> bool {
    config.surveys.iter().any(|survey| survey.version == PREVIEW_VERSION)
}

/// Where the widget remembers what it must: nowhere beyond the page, so that the visitor in this browser stays as they were.
pub fn storage(config: &SiteConfig) -> StorageMode {
    if is_one(config) { StorageMode::Memory } else { config.storage }
}

pub fn silence(config: &SiteConfig, outbox: &Rc<Outbox>) {
    if is_one(config) {
        outbox.stop();
    }
}
