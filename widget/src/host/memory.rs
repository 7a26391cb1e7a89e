//! What is remembered of a visitor from page to page: in the browser's storage, or, where that is blocked, full or not wanted,
//! in this page's memory. No cookie, nothing that names a person.
//!
//! Every fact has a key of its own below `pagepoll:SITE:`, so that two tabs never overwrite each other's. No other key is ever
//! read.

use std::cell::RefCell;

use survey::definition::{SiteKey, StorageMode, SurveyId};
use survey::targeting::Meeting;
use wasm_bindgen::JsCast;
use web_sys::Storage;

use super::browser;

pub struct Memory {
    prefix: String,
    storage: Option<Storage>,
    /// What the storage would not take; newer than what it has.
    fallback: RefCell<Vec<(String, String)>>,
}

impl Memory {
    pub fn of_site(site: &SiteKey, mode: StorageMode) -> Self {
        let storage = match mode {
            StorageMode::Local => browser::read("localStorage"),
            StorageMode::Session => browser::read("sessionStorage"),
            StorageMode::Memory => None,
        };
        let storage = storage.map(JsCast::unchecked_into);
        Self { prefix: format!("pagepoll:{site}:"), storage, fallback: RefCell::default() }
    }

    /// How often and when the survey was shown to this visitor, if it was.
    pub fn meeting(&self, survey: &SurveyId) -> Option<Meeting> {
        let met = self.get(&met(survey))?;
        let mut parts = met.split(' ');
        Some(Meeting {
            survey: survey.clone(),
            shown: whole(parts.next()?)? as u32,
            last_shown: whole(parts.next()?)?,
            answered: parts.next() == Some(ANSWERED),
        })
    }

    pub fn remember_shown(&self, survey: &SurveyId, at: i64) {
        let before = self.meeting(survey);
        let times = before.as_ref().map_or(0, |meeting| meeting.shown).saturating_add(1);
        let answered = if before.is_some_and(|meeting| meeting.answered) { ANSWERED } else { "" };
        self.set(&met(survey), &format!("{times} {at} {answered}"));
    }

    /// When any survey was shown that may not follow another at once.
    pub fn last_asked(&self) -> Option<i64> {
        whole(&self.get(ASKED)?)
    }

    pub fn remember_asked(&self, at: i64) {
        self.set(ASKED, &at.to_string());
    }

    pub fn remember_answered(&self, survey: &SurveyId) {
        if let Some(Meeting { shown, last_shown, answered: false, .. }) = self.meeting(survey) {
            self.set(&met(survey), &format!("{shown} {last_shown} {ANSWERED}"));
        }
    }

    /// The number that sampling goes by. It is drawn at the first need, and means nothing.
    pub fn visitor(&self) -> u64 {
        const KEY: &str = "visitor";
        if let Some(known) = self.get(KEY).and_then(|number| whole(&number)) {
            return known as u64;
        }
        let drawn = i64::from_le_bytes(browser::random_bytes().unwrap_or_default());
        self.set(KEY, &drawn.to_string());
        drawn as u64
    }

    /// How often something was told of in the visit that began at `visit`.
    pub fn count_of(&self, event: &str, visit: &str) -> u32 {
        let counted = self.get(&format!("event:{event}"));
        let in_visit = |counted: String| whole(counted.strip_prefix(visit)?.strip_prefix(' ')?);
        counted.and_then(in_visit).unwrap_or_default() as u32
    }

    pub fn count(&self, event: &str, visit: &str) {
        let count = self.count_of(event, visit).saturating_add(1);
        self.set(&format!("event:{event}"), &format!("{visit} {count}"));
    }

    /// Tells the loader that nothing can show before some time, until the surveys change.
    pub fn sleep(&self, config_path: &str, until: i64) {
        self.set("sleep", &format!("{config_path} {until}"));
    }

    /// Keeps an event until it has been delivered.
    pub fn keep_event(&self, name: &str, json: &str) {
        self.set(&format!("out:{name}"), json);
    }

    pub fn forget_event(&self, name: &str) {
        self.forget(&format!("out:{name}"));
    }

    pub fn forget(&self, name: &str) {
        let key = self.key(name);
        if let Some(storage) = &self.storage {
            // Fails only where reading would fail as well.
            let _ = storage.remove_item(&key);
        }
        self.fallback.borrow_mut().retain(|(kept, _)| *kept != key);
    }

    /// The events that are still to be delivered, by name.
    pub fn kept_events(&self) -> Vec<(String, String)> {
        let prefix = self.key("out:");
        let name = |key: &str| key.strip_prefix(prefix.as_str()).map(str::to_owned);
        let fallback = self.fallback.borrow();
        let mut events: Vec<_> = fallback.iter().filter_map(|(key, json)| Some((name(key)?, json.clone()))).collect();
        if let Some(storage) = &self.storage {
            let keys = (0..storage.length().unwrap_or_default()).filter_map(|index| storage.key(index).ok().flatten());
            events.extend(keys.filter_map(|key| Some((name(&key)?, storage.get_item(&key).ok()??))));
        }
        events
    }

    /// Forgets the visitor, as far as this page's memory knows them; the loader clears the storage. What is still to be
    /// delivered stays.
    pub fn forget_visitor(&self) {
        let outgoing = self.key("out:");
        self.fallback.borrow_mut().retain(|(key, _)| key.strip_prefix(outgoing.as_str()).is_some());
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    pub fn get(&self, name: &str) -> Option<String> {
        let key = self.key(name);
        let newer = self.fallback.borrow().iter().find(|(kept, _)| *kept == key).map(|(_, value)| value.clone());
        newer.or_else(|| self.storage.as_ref()?.get_item(&key).ok()?)
    }

    pub fn set(&self, name: &str, value: &str) {
        let key = self.key(name);
        let is_stored = self.storage.as_ref().is_some_and(|storage| storage.set_item(&key, value).is_ok());
        let mut fallback = self.fallback.borrow_mut();
        fallback.retain(|(kept, _)| *kept != key);
        if !is_stored {
            fallback.push((key, value.to_owned()));
        }
    }
}

/// Reads a whole number, of any kind: to read each kind in its own way costs each visitor more.
pub fn whole(text: &str) -> Option<i64> {
    text.parse().ok()
}

const ANSWERED: &str = "answered";
const ASKED: &str = "asked";

fn met(survey: &SurveyId) -> String {
    format!("met:{survey}")
}
