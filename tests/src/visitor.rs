//! A visitor without a browser: writes the events that the widget would send.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::door::{Answered, Door};

/// One meeting of one visitor with one survey.
#[derive(Clone, Debug)]
pub struct Visitor {
    door: Door,
    survey: String,
    version: u32,
    response_id: Uuid,
}

impl Visitor {
    pub(crate) fn asked(door: Door, survey: &str) -> Self {
        Self { door, survey: survey.to_owned(), version: 1, response_id: asked_a_minute_ago() }
    }

    /// Somebody else who is asked the same.
    pub fn another(&self) -> Self {
        Self { response_id: asked_a_minute_ago(), ..self.clone() }
    }

    /// The same visitor's events, about another version of the survey.
    pub fn of_version(self, version: u32) -> Self {
        Self { version, ..self }
    }

    /// Somebody who uses the response id of somebody else.
    pub fn posing_as(self, other: &Self) -> Self {
        Self { response_id: other.response_id, ..self }
    }

    /// The same visitor, who comes through another door.
    pub fn through(self, door: Door) -> Self {
        Self { door, ..self }
    }

    /// The same visitor, asked at another moment of their own clock, in milliseconds before they answer.
    pub fn asked_before(self, ms: i64) -> Self {
        let random = self.response_id.as_u128() & ((1 << 80) - 1);
        Self { response_id: Uuid::from_u128((((now_ms() - ms) as u128) << 80) | random), ..self }
    }

    pub fn response_id(&self) -> Uuid {
        self.response_id
    }

    /// Gives a score on a page.
    pub async fn answers(&self, score: i64, path: &str) -> anyhow::Result<Answered> {
        self.sends(&[self.submission(1, score, path)]).await
    }

    /// Gives a score, then writes a comment.
    pub async fn comments(&self, score: i64, comment: &str, path: &str) -> anyhow::Result<Answered> {
        self.sends(&[self.submission(1, score, path), self.commented(2, score, comment, path)]).await
    }

    /// Gets so far with a survey on a page: `shown`, say.
    pub async fn reaches(&self, stage: &str, path: &str) -> anyhow::Result<Answered> {
        self.sends(&[self.exposure(stage, path)]).await
    }

    pub async fn sends(&self, events: &[Value]) -> anyhow::Result<Answered> {
        self.door.post(batch(self.door.key(), events)).await
    }

    /// The event of a score, under a revision.
    pub fn submission(&self, rev: u32, score: i64, path: &str) -> Value {
        self.submission_of(rev, json!([{ "question": "score", "value": { "score": score } }]), path)
    }

    /// The event of a score and a comment, under a revision.
    pub fn commented(&self, rev: u32, score: i64, comment: &str, path: &str) -> Value {
        let answers = json!([
            { "question": "score", "value": { "score": score } },
            { "question": "why", "value": { "text": comment } },
        ]);
        self.submission_of(rev, answers, path)
    }

    /// The event of any answers.
    pub fn submission_of(&self, rev: u32, answers: Value, path: &str) -> Value {
        json!({ "submission": {
            "presentation": self.presentation(path), "rev": rev, "answers": answers, "completed": false,
        } })
    }

    /// The event of a stage: `shown`, say.
    pub fn exposure(&self, stage: &str, path: &str) -> Value {
        json!({ "exposure": { "stage": stage, "presentation": self.presentation(path) } })
    }

    fn presentation(&self, path: &str) -> Value {
        json!({
            "response_id": self.response_id, "survey": self.survey, "version": self.version, "at": now_ms(),
            "page": page_key(self.door.origin(), path),
            "visit": { "title": path, "device": "desktop", "language": "en", "viewport": [1280, 800] },
        })
    }
}

/// A new response id, as of somebody who has taken a minute to answer. They still follow each other in time.
pub fn asked_a_minute_ago() -> Uuid {
    Uuid::from_u128(Uuid::now_v7().as_u128() - (60_000 << 80))
}

/// By the visitor's clock.
fn now_ms() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since_epoch.as_millis() as i64
}

/// A batch as the widget writes it.
pub fn batch(site: &str, events: &[Value]) -> String {
    json!({ "v": 1, "site": site, "sent_at": now_ms(), "events": events }).to_string()
}

/// The page key of a path: its host, without scheme and port, before it.
pub(crate) fn page_key(origin: &str, path: &str) -> String {
    let host = origin.split("//").nth(1).unwrap_or_default();
    format!("{}{path}", host.split(':').next().unwrap_or_default())
}
