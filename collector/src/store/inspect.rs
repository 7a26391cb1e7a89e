//! Looking after a database: whether it answers, and whether what it holds is whole.

use std::collections::{BTreeMap, BTreeSet};

use survey::definition::SiteKey;

use super::ingest::presentations;
use super::sql::{Database, Row};
use super::{Connection, Store, StoreError, sql};
use crate::clock::UnixMs;
use crate::ingest::rollup::{Anchor, Changes, ResponseKey};

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
                let (presentations, recounted) = contributions(connection, site).await?;
                let mut counts = Counts::of(site, &recounted);
                counts.take_away(connection, site).await?;
                Ok(Recount { presentations, differences: counts.differences() })
            })
            .await
    }
}

/// What all of a site's presentations add to the counts. Served by the primary key of `presentations`.
async fn contributions(connection: &mut Connection, site: &SiteKey) -> Result<(u64, Changes), StoreError> {
    let (mut count, mut changes, mut after) = (0, Changes::default(), Vec::new());
    loop {
        let next = sql("SELECT response_id FROM presentations WHERE site = $1 AND response_id > $2
             ORDER BY response_id LIMIT $3")
        .bind(site.as_str())
        .bind(after.as_slice())
        .bind(AT_ONCE);
        let rows = next.all(connection).await?;
        let key = |row: &Row| Ok(ResponseKey { site: site.clone(), id: row.id("response_id")? });
        let keys = rows.iter().map(key).collect::<Result<BTreeSet<_>, StoreError>>()?;
        let Some(last) = keys.last() else { return Ok((count, changes)) };
        after = last.id.into_bytes().to_vec();
        count += keys.len() as u64;
        for presentation in presentations(connection, &keys).await?.values() {
            changes.replace(None, presentation);
        }
    }
}

/// Counts by what they are of, in words. What is left after taking away what is stored is wrong.
struct Counts(BTreeMap<String, i64>);

const STAGES: [&str; 6] = ["eligible", "shown", "started", "answered", "completed", "dismissed"];

impl Counts {
    fn of(site: &SiteKey, changes: &Changes) -> Self {
        let place = |anchor: &Anchor| {
            let Anchor { day, page, survey, version, segment, .. } = anchor;
            format!("day {day}, {page}, {survey} version {version}, {segment}")
        };
        let mut counts = BTreeMap::new();
        for (key, count) in changes.points() {
            counts.insert(format!("{}, {} point {}", place(&key.anchor), key.question, key.point), count);
        }
        for (anchor, reached) in changes.funnel() {
            for (stage, count) in STAGES.iter().zip(reached) {
                counts.insert(format!("{}, {stage}", place(anchor)), *count);
            }
        }
        for ((_, survey), count) in changes.answered().into_iter().filter(|((of, _), _)| *of == site) {
            counts.insert(format!("all of {survey}"), count);
        }
        Self(counts)
    }

    fn take(&mut self, what: String, count: i64) {
        *self.0.entry(what).or_default() -= count;
    }

    /// Served by the primary keys of `histograms`, `funnel` and `answered`.
    async fn take_away(&mut self, connection: &mut Connection, site: &SiteKey) -> Result<(), StoreError> {
        let place = |row: &Row| {
            let (day, page, survey) = (row.integer("day")?, row.text("page")?, row.text("survey")?);
            let (version, segment) = (row.integer("version")?, row.text("segment")?);
            Ok::<_, StoreError>(format!("day {day}, {page}, {survey} version {version}, {segment}"))
        };
        let histograms = sql("SELECT day, page, survey, version, segment, question, point, count
             FROM histograms WHERE site = $1 AND count <> 0");
        for row in histograms.bind(site.as_str()).all(connection).await? {
            let what = format!("{}, {} point {}", place(&row)?, row.text("question")?, row.integer("point")?);
            self.take(what, row.integer("count")?);
        }
        let funnel =
            sql("SELECT day, page, survey, version, segment, eligible, shown, started, answered, completed, dismissed
             FROM funnel WHERE site = $1");
        for row in funnel.bind(site.as_str()).all(connection).await? {
            for stage in STAGES {
                self.take(format!("{}, {stage}", place(&row)?), row.integer(stage)?);
            }
        }
        let answered = sql("SELECT survey, count FROM answered WHERE site = $1");
        for row in answered.bind(site.as_str()).all(connection).await? {
            self.take(format!("all of {}", row.text("survey")?), row.integer("count")?);
        }
        Ok(())
    }

    fn differences(self) -> Vec<String> {
        let wrong = self.0.into_iter().filter(|(_, missing)| *missing != 0);
        wrong
            .map(|(what, missing)| match missing {
                1.. => format!("{what}: {missing} too few"),
                _ => format!("{what}: {} too many", -missing),
            })
            .collect()
    }
}
