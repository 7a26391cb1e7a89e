//! Looking after a database: whether it answers, and whether what it holds is whole.

use std::collections::{BTreeMap, BTreeSet};

use survey::definition::{SiteKey, SurveyId};

use super::ingest::{hold_ledgers, presentations};
use super::journal::{FOLDED_AT_ONCE, Journaled, all_numbers, every_block, fold_some, waiting};
use super::sql::{Database, Row, run_together};
use super::{Connection, Store, StoreError, sql};
use crate::clock::UnixMs;
use crate::counts::{Block, Entry, fold};
use crate::ingest::rollup::{Changes, ResponseKey};

/// How many presentations are recounted at a time.
const AT_ONCE: u32 = 2_000;

/// What counting a site's answers anew came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recount {
    /// How many presentations were looked at.
    pub presentations: u64,
    /// Counts that are not what the rows say, in words.
    pub differences: Vec<String>,
}

impl Store {
    /// Whether it answers at all, and would take what is written.
    pub async fn is_usable(&self) -> Result<(), StoreError> {
        self.database.one(sql("SELECT number FROM singles WHERE name = 'publications'")).await?;
        let Database::Postgres(_) = self.database else { return Ok(()) };
        let asked = self.database.one(sql("SELECT current_setting('transaction_read_only') AS it")).await?;
        match asked.text("it")?.as_str() {
            "off" => Ok(()),
            _ => Err(StoreError::Unreachable("it can only be read: another server is the primary now".to_owned())),
        }
    }

    /// What the database itself finds wrong with its pages and references. PostgreSQL looks after its own: see its checksums.
    pub async fn damages(&self) -> Result<Vec<String>, StoreError> {
        if let Database::Postgres(_) = self.database {
            return Ok(Vec::new());
        }
        let mut damages = Vec::new();
        for row in self.database.all(sql("SELECT quick_check AS told FROM pragma_quick_check")).await? {
            damages.push(row.text("told")?);
        }
        damages.retain(|told| told != "ok");
        let strays = sql("SELECT \"table\" || ' refers to a row of ' || parent || ' that is not there' AS told
             FROM pragma_foreign_key_check GROUP BY 1");
        for row in self.database.all(strays).await? {
            damages.push(row.text("told")?);
        }
        Ok(damages)
    }

    /// When the newest answer came in, by the clock of the collector that took it. Served by the primary key of `responses`.
    pub async fn newest_answer(&self, site: &SiteKey) -> Result<Option<UnixMs>, StoreError> {
        let newest = sql("SELECT received_at FROM responses WHERE site = $1 ORDER BY number DESC LIMIT 1");
        let row = self.database.optional(newest.bind(site.as_str())).await?;
        row.map(|row| row.integer("received_at")).transpose()
    }

    /// Counts a site's answers anew, and compares with what reports read. All of one moment.
    pub async fn recount(&self, site: &SiteKey) -> Result<Recount, StoreError> {
        self.database
            .snapshot(async |connection| {
                let (mut presentations, mut answered, mut entries) = (0, BTreeMap::new(), Vec::new());
                let mut after = Vec::new();
                while let Some((count, changes)) = contributions(connection, site, &mut after).await? {
                    presentations += count;
                    for ((_, survey), count) in changes.answered() {
                        *answered.entry(survey.clone()).or_default() += count;
                    }
                    entries.extend(Entry::of_each_site(&changes).into_values());
                }
                let mut differences = differences_in_blocks(connection, site, &entries).await?;
                differences.extend(differences_in_answered(connection, site, answered).await?);
                Ok(Recount { presentations, differences })
            })
            .await
    }

    /// Makes a site's counts anew from its rows; tells how many presentations that were.
    pub async fn rebuild_counts(&self, site: &SiteKey) -> Result<u64, StoreError> {
        self.database.write(async |connection| rebuild(connection, site).await).await
    }

    /// After an upgrade from a version that counted otherwise. Whatever stops it, the next start goes on.
    pub(super) async fn rebuild_counts_if_needed(&self) -> Result<(), StoreError> {
        const NEEDED: &str = "counts to rebuild";
        let needed = sql("SELECT number FROM singles WHERE name = $1").bind(NEEDED);
        if self.database.optional(needed).await?.is_none() {
            return Ok(());
        }
        for row in self.database.all(sql("SELECT key FROM sites ORDER BY key")).await? {
            let site: SiteKey = row.parsed("key")?;
            let presentations = self.rebuild_counts(&site).await?;
            tracing::info!(%site, presentations, "its answers are counted anew, as this version does it");
        }
        self.database.change(sql("DELETE FROM singles WHERE name = $1").bind(NEEDED)).await?;
        Ok(())
    }
}

/// The journal gets an entry for each portion of the presentations.
async fn rebuild(connection: &mut Connection, site: &SiteKey) -> Result<u64, StoreError> {
    hold_ledgers(connection, &BTreeSet::from([site])).await?;
    for statement in [
        "DELETE FROM counts WHERE site = $1",
        "DELETE FROM cuts WHERE site = $1",
        "DELETE FROM journal WHERE site = $1",
        "DELETE FROM answered WHERE site = $1",
    ] {
        sql(statement).bind(site.as_str()).run(connection).await?;
    }
    let (mut presentations, mut after) = (0, Vec::new());
    while let Some((count, changes)) = contributions(connection, site, &mut after).await? {
        presentations += count;
        let held = hold_ledgers(connection, &BTreeSet::from([site])).await?;
        run_together(Journaled::of(&changes, &held, &[])?.written().into(), connection).await?;
        // As soon as it is worth it, so that the journal of millions stays short.
        if held.get(site).is_some_and(|ledger| ledger.next_entry % FOLDED_AT_ONCE == 0) {
            fold_some(connection, site).await?;
        }
    }
    Ok(presentations)
}

/// What the next presentations of a site add to the counts, and how many they are; nothing at the end. `after` is the last response
/// id so far. Served by the primary key of `presentations`.
async fn contributions(
    connection: &mut Connection,
    site: &SiteKey,
    after: &mut Vec<u8>,
) -> Result<Option<(u64, Changes)>, StoreError> {
    let next = sql("SELECT response_id FROM presentations WHERE site = $1 AND response_id > $2
         ORDER BY response_id LIMIT $3")
    .bind(site.as_str())
    .bind(after.as_slice())
    .bind(AT_ONCE);
    let rows = next.all(connection).await?;
    let key = |row: &Row| Ok(ResponseKey { site: site.clone(), id: row.id("response_id")? });
    let keys = rows.iter().map(key).collect::<Result<BTreeSet<_>, StoreError>>()?;
    let Some(last) = keys.last() else { return Ok(None) };
    *after = last.id.into_bytes().to_vec();
    let mut changes = Changes::default();
    for presentation in presentations(connection, &keys).await?.values() {
        changes.replace(None, presentation);
    }
    Ok(Some((keys.len() as u64, changes)))
}

/// What blocks and journal count otherwise than the rows, in words.
async fn differences_in_blocks(
    connection: &mut Connection,
    site: &SiteKey,
    recounted: &[Entry],
) -> Result<Vec<String>, StoreError> {
    let waiting: Vec<Entry> = waiting(connection, site, i64::MAX).await?.into_iter().map(|(_, entry)| entry).collect();
    let mut numbers = all_numbers(connection, site).await?;
    let mut missing = fold(recounted, &mut numbers);
    let mut take = |block: Block, place, bin, count: i64| missing.entry(block).or_default().add(place, bin, -count);
    for (block, cells) in fold(&waiting, &mut numbers) {
        cells.iter().for_each(|(place, bin, count)| take(block, place, bin, count));
    }
    for (block, cells) in every_block(connection, site).await? {
        cells.iter().for_each(|(place, bin, count)| take(block, place, bin, count));
    }
    let names = numbers.names();
    let wrong = missing.iter().flat_map(|(block, cells)| cells.iter().map(move |cell| (block, cell)));
    Ok(wrong
        .filter(|(_, (.., count))| *count != 0)
        .map(|(block, (place, bin, count))| difference(names.in_words(block, place, bin), count))
        .collect())
}

async fn differences_in_answered(
    connection: &mut Connection,
    site: &SiteKey,
    mut missing: BTreeMap<SurveyId, i64>,
) -> Result<Vec<String>, StoreError> {
    let answered = sql("SELECT survey, count FROM answered WHERE site = $1");
    for row in answered.bind(site.as_str()).all(connection).await? {
        *missing.entry(row.parsed("survey")?).or_default() -= row.integer("count")?;
    }
    let wrong = missing.into_iter().filter(|(_, count)| *count != 0);
    Ok(wrong.map(|(survey, count)| difference(format!("all of {survey}"), count)).collect())
}

fn difference(what: String, missing: i64) -> String {
    match missing {
        1.. => format!("{what}: {missing} too few"),
        _ => format!("{what}: {} too many", -missing),
    }
}
