//! Who did what on a site. A line is written in the transaction of the change that it tells of, so neither is there without the
//! other.

use std::fmt;

use serde_json::Value;
pub use survey::api::people::Deed;
use survey::definition::SiteKey;

use super::sites::hold_if_there;
use super::{Connection, Store, StoreError, sql};
use crate::clock::UnixMs;

/// How many lines are kept of a site; the oldest go first.
const KEPT: i64 = 10_000;

/// The longest text about a change, in characters.
const MAX_DETAILS: usize = 500;

/// Somebody who changes something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Actor {
    /// An account, by its address.
    Account(String),
    /// A program, by its token's name.
    Token(String),
    CommandLine,
}

impl fmt::Display for Actor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(email) => out.write_str(email),
            Self::Token(name) => write!(out, "token {name}"),
            Self::CommandLine => out.write_str("command line"),
        }
    }
}

/// Who changes something, and when.
#[derive(Clone, Debug)]
pub struct By {
    pub actor: Actor,
    pub at: UnixMs,
}

impl By {
    /// By the command line. Whoever can open the database can do everything, so no name is asked for.
    pub fn command_line(at: UnixMs) -> Self {
        Self { actor: Actor::CommandLine, at }
    }
}

/// A line before it is written: what was done, to what, and what was before and after in a few words. No secrets.
pub struct Note<'a> {
    pub deed: Deed,
    pub subject: &'a str,
    pub details: String,
}

/// A line of the log.
#[derive(Clone, Debug)]
pub struct LogLine {
    pub number: i64,
    pub done_at: UnixMs,
    pub actor: String,
    pub deed: String,
    pub subject: String,
    pub details: String,
}

impl Store {
    /// The newest lines of a site, or those before the one with a number. Served by the primary key of `audit_log`.
    pub async fn log(&self, site: &SiteKey, before: Option<i64>, limit: u32) -> Result<Vec<LogLine>, StoreError> {
        let lines = sql("SELECT number, done_at, actor, deed, subject, details FROM audit_log
                         WHERE site = $1 AND number < $2 ORDER BY number DESC LIMIT $3")
        .bind(site.as_str())
        .bind(before.unwrap_or(i64::MAX))
        .bind(limit);
        let line = |row: &super::sql::Row| {
            Ok(LogLine {
                number: row.integer("number")?,
                done_at: row.integer("done_at")?,
                actor: row.text("actor")?,
                deed: row.text("deed")?,
                subject: row.text("subject")?,
                details: row.text("details")?,
            })
        };
        self.database.all(lines).await?.iter().map(line).collect()
    }
}

/// Writes a line into a site's log, if the site is still there.
pub(super) async fn note(
    connection: &mut Connection,
    site: &SiteKey,
    by: &By,
    Note { deed, subject, details }: Note<'_>,
) -> Result<(), StoreError> {
    // Held, so that no two lines get the same number.
    if !hold_if_there(connection, site).await? {
        return Ok(());
    }
    let number = sql("SELECT COALESCE(MAX(number), 0) + 1 AS number FROM audit_log WHERE site = $1");
    let number = number.bind(site.as_str()).one(connection).await?.integer("number")?;
    sql("INSERT INTO audit_log (site, number, done_at, actor, deed, subject, details) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(site.as_str())
        .bind(number)
        .bind(by.at)
        .bind(by.actor.to_string())
        .bind(deed.as_str())
        .bind(subject)
        .bind(shortened(&details))
        .run(connection)
        .await?;
    let forget = sql("DELETE FROM audit_log WHERE site = $1 AND number <= $2");
    forget.bind(site.as_str()).bind(number - KEPT).run(connection).await?;
    Ok(())
}

fn shortened(details: &str) -> String {
    if details.chars().count() <= MAX_DETAILS {
        return details.to_owned();
    }
    details.chars().take(MAX_DETAILS - 1).chain(['…']).collect()
}

/// The members of an object that have changed: `quiet_days: 0 → 30, storage: "local" → "memory"`.
pub(super) fn difference(before: &Value, after: &Value) -> String {
    const MAX_VALUE: usize = 80;
    let shown = |value: Option<&Value>| match value {
        None | Some(Value::Null) => "none".to_owned(),
        Some(value) => {
            let text = value.to_string();
            if text.chars().count() > MAX_VALUE { "(long)".to_owned() } else { text }
        }
    };
    let changed = after.as_object().into_iter().flatten().filter(|(name, value)| before.get(name) != Some(*value));
    let words = changed.map(|(name, value)| format!("{name}: {} → {}", shown(before.get(name)), shown(Some(value))));
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_names_what_has_changed_and_nothing_else() {
        let before = json!({ "quiet_days": 0, "storage": "local", "retention_days": null });
        let after = json!({ "quiet_days": 30, "storage": "local", "retention_days": 90 });
        assert_eq!(difference(&before, &after), "quiet_days: 0 → 30, retention_days: none → 90");
        assert_eq!(difference(&after, &after), "");
        let long = json!({ "theme": "x".repeat(200) });
        assert_eq!(difference(&json!({ "theme": {} }), &long), "theme: {} → (long)");
    }

    #[test]
    fn a_long_text_is_shortened_by_whole_characters() {
        let shortened = shortened(&"é".repeat(600));
        assert_eq!((shortened.chars().count(), shortened.chars().last()), (500, Some('…')));
    }
}
