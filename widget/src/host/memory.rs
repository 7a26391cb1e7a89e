//! What is remembered of a visitor from page to page: in the browser's local storage, or, where that is blocked or full, in
//! this page's memory. No cookie, nothing that names a person.
//!
//! Every fact has a key of its own below `pagepoll:SITE:`, so that two tabs never overwrite each other's.

use std::cell::RefCell;

use survey::definition::{SiteKey, SurveyId};
use web_sys::Storage;

use super::browser;

pub struct Memory {
    prefix: String,
    storage: Option<Storage>,
    /// What the storage would not take.
    fallback: RefCell<Vec<(String, String)>>,
}

impl Memory {
    pub fn of_site(site: &SiteKey) -> Self {
        Self {
            prefix: format!("pagepoll:{site}:"),
            storage: browser::window().local_storage().ok().flatten(),
            fallback: RefCell::default(),
        }
    }

    /// Whether the survey has been shown to this visitor.
    pub fn was_shown(&self, survey: &SurveyId) -> bool {
        self.get(&format!("shown:{survey}")).is_some()
    }

    pub fn remember_shown(&self, survey: &SurveyId, at: i64) {
        self.set(&format!("shown:{survey}"), &at.to_string());
    }

    /// Tells the loader that nothing can show until the surveys change.
    pub fn sleep_until_config_changes(&self, config_path: &str) {
        self.set("sleep", config_path);
    }

    /// Keeps an event until it has been delivered.
    pub fn keep_event(&self, name: &str, json: &str) {
        self.set(&format!("out:{name}"), json);
    }

    pub fn forget_event(&self, name: &str) {
        let key = format!("{}out:{name}", self.prefix);
        if let Some(storage) = &self.storage {
            // Fails only where reading would fail as well.
            let _ = storage.remove_item(&key);
        }
        self.fallback.borrow_mut().retain(|(kept, _)| *kept != key);
    }

    /// The events that are still to be delivered, by name.
    pub fn kept_events(&self) -> Vec<(String, String)> {
        let prefix = format!("{}out:", self.prefix);
        let named = |key: String, json: String| Some((key.strip_prefix(&prefix)?.to_owned(), json));
        let fallback = self.fallback.borrow();
        let from_memory = fallback.iter().filter_map(|(key, json)| named(key.clone(), json.clone()));
        self.stored().filter_map(|(key, json)| named(key, json)).chain(from_memory).collect()
    }

    fn stored(&self) -> impl Iterator<Item = (String, String)> {
        let length = self.storage.as_ref().and_then(|storage| storage.length().ok()).unwrap_or_default();
        (0..length).filter_map(|index| {
            let storage = self.storage.as_ref()?;
            let key = storage.key(index).ok()??;
            let value = storage.get_item(&key).ok()??;
            Some((key, value))
        })
    }

    fn get(&self, name: &str) -> Option<String> {
        let key = format!("{}{name}", self.prefix);
        let stored = self.storage.as_ref().and_then(|storage| storage.get_item(&key).ok().flatten());
        stored.or_else(|| self.fallback.borrow().iter().find(|(kept, _)| *kept == key).map(|(_, value)| value.clone()))
    }

    fn set(&self, name: &str, value: &str) {
        let key = format!("{}{name}", self.prefix);
        let stored = self.storage.as_ref().is_some_and(|storage| storage.set_item(&key, value).is_ok());
        if !stored {
            let mut fallback = self.fallback.borrow_mut();
            fallback.retain(|(kept, _)| *kept != key);
            fallback.push((key, value.to_owned()));
        }
    }
}
