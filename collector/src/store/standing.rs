//! What becomes of answers after they are stored: whether they count, and when they go.
//!
//! All of it is the roll-up's one law: whatever a presentation adds to the counts is taken back, and what it adds now is added.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use survey::definition::SiteKey;

use super::ingest::{Ledgers, hold_ledgers, presentations, presentations_written};
use super::journal::Journaled;
use super::log::{By, Deed, Note, note};
use super::sql::{Found, Rows, TakeRows, run_together};
use super::{Connection, Store, StoreError, sql};
use crate::clock::Day;
use crate::ingest::rollup::{Changes, Presentation, ResponseKey, Standing};

/// How many presentations are forgotten in one transaction: answers that come in meanwhile wait for it.
const AT_ONCE: u32 = 1_000;

impl Store {
    /// Says whether answers are in the figures. Tells how many were found.
    pub async fn settle(
        &self,
        site: &SiteKey,
        numbers: &[i64],
        standing: Standing,
        by: &By,
    ) -> Result<usize, StoreError> {
        self.database
            .write(async |connection| {
                let held = hold_ledgers(connection, &BTreeSet::from([site])).await?;
                let keys = keys_of(connection, site, numbers).await?;
                change(connection, &held, &keys, |presentation| presentation.with_standing(standing)).await?;
                if !keys.is_empty() {
                    note_answers(connection, site, by, (Deed::AnswersSettled, numbers, in_words(standing))).await?;
                }
                Ok(keys.len())
            })
            .await
    }

    /// Erases answers for good, with all that was said in them. What stays is a number that keeps them from coming back. Tells how
    /// many were found.
    pub async fn erase(&self, site: &SiteKey, numbers: &[i64], by: &By) -> Result<usize, StoreError> {
        self.database
            .write(async |connection| {
                let held = hold_ledgers(connection, &BTreeSet::from([site])).await?;
                let keys = keys_of(connection, site, numbers).await?;
                change(connection, &held, &keys, Presentation::erased).await?;
                delete_responses(connection, site, numbers).await?;
                if !keys.is_empty() {
                    note_answers(connection, site, by, (Deed::AnswersErased, numbers, "")).await?;
                }
                Ok(keys.len())
            })
            .await
    }

    /// The numbers of those answers in which somebody left a contact detail, letter case aside. Served by the index
    /// `answers_with_contact`.
    pub async fn answers_of(&self, site: &SiteKey, contact: &str) -> Result<Vec<i64>, StoreError> {
        let left = sql("SELECT response, contact FROM answers {by answers_with_contact}
                        WHERE site = $1 AND contact IS NOT NULL ORDER BY response");
        let leaving = Leaving { wanted: contact.trim().to_lowercase(), numbers: BTreeSet::new() };
        let leaving = self.database.each(left.bind(site.as_str()), leaving).await?;
        Ok(leaving.numbers.into_iter().collect())
    }

    /// Forgets what was presented before a day, with its answers and its counts, some at a time. Tells how many it forgot: if
    /// none, there was nothing left. What stays of each keeps it from coming back: see [`Store::forget_erased`].
    pub async fn forget_before(&self, site: &SiteKey, day: Day) -> Result<usize, StoreError> {
        self.database
            .write(async |connection| {
                let held = hold_ledgers(connection, &BTreeSet::from([site])).await?;
                let old = old_presentations(connection, site, day).await?;
                let keys: BTreeSet<ResponseKey> = old.iter().map(|(key, _)| key.clone()).collect();
                change(connection, &held, &keys, Presentation::erased).await?;
                let numbers: Vec<i64> = old.iter().filter_map(|(_, number)| *number).collect();
                delete_responses(connection, site, &numbers).await?;
                Ok(keys.len())
            })
            .await
    }

    /// Forgets what kept erased answers from coming back, of those from before a day, some at a time. Tells how many it forgot: if none,
    /// there was nothing left. Served by the index `presentations_erased`.
    pub async fn forget_erased(&self, site: &SiteKey, day: Day) -> Result<u64, StoreError> {
        self.database
            .write(async |connection| {
                hold_ledgers(connection, &BTreeSet::from([site])).await?;
                let delete = sql(concat!(
                    "DELETE FROM presentations WHERE (site, response_id) IN (
                         SELECT p.site, p.response_id FROM presentations AS p
                         WHERE p.site = $1 AND p.day < $2 AND ",
                    erased!(),
                    " LIMIT $3)"
                ));
                delete.bind(site.as_str()).bind(day).bind(AT_ONCE).run(connection).await
            })
            .await
    }
}

/// The numbers of those answers in which a contact detail was left. Takes numbers and contact details, and keeps none of the latter.
struct Leaving {
    wanted: String,
    numbers: BTreeSet<i64>,
}

impl TakeRows for Leaving {
    fn take(&mut self, row: &Found<'_>) -> Result<ControlFlow<()>, StoreError> {
        let unreadable =
            |error: serde_json::Error| StoreError::Unreadable { column: "contact".into(), reason: error.to_string() };
        let fields: Vec<(String, String)> = serde_json::from_str(row.text(1)?).map_err(unreadable)?;
        if fields.iter().any(|(_, text)| text.trim().to_lowercase() == self.wanted) {
            self.numbers.insert(row.integer(0)?);
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Names answers by their numbers alone: nothing of what is erased may live on in the log.
async fn note_answers(
    connection: &mut Connection,
    site: &SiteKey,
    by: &By,
    (deed, numbers, details): (Deed, &[i64], &str),
) -> Result<(), StoreError> {
    const NAMED: usize = 10;
    let named: Vec<String> = numbers.iter().take(NAMED).map(i64::to_string).collect();
    let more = if numbers.len() > NAMED { format!(" and {} more", numbers.len() - NAMED) } else { String::new() };
    let subject = format!("{}{more}", named.join(", "));
    note(connection, site, by, Note { deed, subject: &subject, details: details.to_owned() }).await
}

fn in_words(standing: Standing) -> &'static str {
    match standing {
        Standing::ByDoubts => "counted unless there are doubts",
        Standing::Counted => "counted",
        Standing::Apart => "set apart",
        Standing::Erased => "erased",
    }
}

/// Served by the primary key of `responses`.
async fn keys_of(
    connection: &mut Connection,
    site: &SiteKey,
    numbers: &[i64],
) -> Result<BTreeSet<ResponseKey>, StoreError> {
    let found = sql("WITH wanted (site, number) AS ({rows})
         SELECT r.site, r.response_id FROM wanted AS w JOIN responses AS r ON r.site = w.site AND r.number = w.number")
    .rows(number_rows(site, numbers));
    let rows = found.all(connection).await?;
    rows.iter().map(|row| Ok(ResponseKey { site: row.parsed("site")?, id: row.id("response_id")? })).collect()
}

fn number_rows<'a>(site: &'a SiteKey, numbers: &[i64]) -> Rows<'a> {
    Rows::new().texts(numbers.iter().map(|_| site.as_str())).integers(numbers.iter().copied())
}

/// Changes presentations, and the counts by the difference.
async fn change(
    connection: &mut Connection,
    held: &Ledgers,
    keys: &BTreeSet<ResponseKey>,
    into: impl Fn(Presentation) -> Presentation,
) -> Result<(), StoreError> {
    let mut changes = Changes::default();
    let mut changed = BTreeMap::new();
    for (key, before) in presentations(connection, keys).await? {
        let after = into(before.clone());
        changes.replace(Some(&before), &after);
        changed.insert(key, after);
    }
    let (changed, journaled) = (changed.into_iter().collect::<Vec<_>>(), Journaled::of(&changes, held, &[])?);
    let mut writes = vec![presentations_written(&changed)];
    writes.extend(journaled.written());
    run_together(writes, connection).await
}

/// Served by the primary keys of `tags`, `texts`, `answers` and `responses`.
async fn delete_responses(connection: &mut Connection, site: &SiteKey, numbers: &[i64]) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM tags WHERE (site, response) IN ({rows})",
        "DELETE FROM texts WHERE (site, response) IN ({rows})",
        "DELETE FROM answers WHERE (site, response) IN ({rows})",
        "DELETE FROM responses WHERE (site, number) IN ({rows})",
    ] {
        sql(statement).rows(number_rows(site, numbers)).run(connection).await?;
    }
    Ok(())
}

/// Some presentations from before a day that are not forgotten yet. Served by the index `presentations_by_day`.
async fn old_presentations(
    connection: &mut Connection,
    site: &SiteKey,
    day: Day,
) -> Result<Vec<(ResponseKey, Option<i64>)>, StoreError> {
    let old = sql(concat!(
        "SELECT p.response_id, p.number FROM presentations AS p WHERE p.site = $1 AND p.day < $2 AND NOT ",
        erased!(),
        " ORDER BY p.day LIMIT $3"
    ))
    .bind(site.as_str())
    .bind(day)
    .bind(AT_ONCE);
    let rows = old.all(connection).await?;
    let numbered = |row: &super::sql::Row| {
        let key = ResponseKey { site: site.clone(), id: row.id("response_id")? };
        Ok((key, row.optional_integer("number")?))
    };
    rows.iter().map(numbered).collect()
}
