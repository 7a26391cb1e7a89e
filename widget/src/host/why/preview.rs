//! Previews: a survey as it is being written, for somebody who has a link. Nothing of it is sent, remembered, or told to the page.

use std::rc::Rc;

use survey::definition::{PREVIEW_VERSION, StorageMode};
use survey::wire::SiteConfig;

use super::super::browser;
use super::super::outbox::Outbox;

pub fn is_one(config: &SiteConfig) -> bool {
    config.surveys.iter().any(|survey| survey.version == PREVIEW_VERSION)
}

/// Whether the page is the one that the editor shows beside its form: there, the survey is all that is wanted.
pub fn is_on_stage(collector: &str) -> bool {
    let path = browser::window().location().pathname().unwrap_or_default();
    path.starts_with("/preview/") && collector.starts_with(&browser::page_origin())
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
