//! The journal: what each commit changed in the counts, until it is folded into blocks.
//!
//! Whoever writes to it or folds it holds the site's ledger, which numbers its entries. See [`crate::counts`].

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use survey::definition::{QuestionId, SiteKey, SurveyId};

use super::ingest::{Ledgers, hold_ledgers};
use super::sql::{Row, Rows, Statement};
use super::{Connection, Store, StoreError, sql};
use crate::counts::{Block, Cells, Cut, Entry, Grain, Numbers, Series, Subject, fold};
use crate::ingest::rollup::Changes;

/// How many entries are folded in one transaction: answers that come in meanwhile wait for it.
pub(super) const FOLDED_AT_ONCE: i64 = 32;

/// What changes of the counts come to in the journals of their sites, and what follows from it.
pub(super) struct Journaled<'c> {
    entries: Vec<(&'c SiteKey, i64, Vec<u8>)>,
    answered: BTreeMap<(&'c SiteKey, &'c SurveyId), i64>,
    /// As they are to go on.
    ledgers: Vec<(SiteKey, super::ingest::StoredLedger)>,
}

impl<'c> Journaled<'c> {
    /// `held` are the ledgers as they were read; `next_numbers` says from where some sites go on numbering answers.
    pub(super) fn of(
        changes: &'c Changes,
        held: &Ledgers,
        next_numbers: &[(SiteKey, i64)],
    ) -> Result<Self, StoreError> {
        let mut ledgers: BTreeMap<SiteKey, _> = BTreeMap::new();
        let of = |site: &SiteKey| held.get(site).copied().unwrap_or_default();
        for (site, next_number) in next_numbers {
            ledgers.entry(site.clone()).or_insert_with(|| of(site)).next_number = *next_number;
        }
        let mut entries = Vec::new();
        for (site, entry) in Entry::of_each_site(changes) {
            let ledger = ledgers.entry(site.clone()).or_insert_with(|| of(site));
            entries.push((site, ledger.next_entry, packed(&entry)?));
            ledger.next_entry += 1;
        }
        Ok(Self { entries, answered: changes.answered(), ledgers: ledgers.into_iter().collect() })
    }

    pub(super) fn written(&self) -> [Statement<'_>; 3] {
        [self.entries_added(), self.answered_written(), ledgers_written(&self.ledgers)]
    }

    fn entries_added(&self) -> Statement<'_> {
        let rows = Rows::new()
            .texts(self.entries.iter().map(|(site, ..)| site.as_str()))
            .integers(self.entries.iter().map(|(_, number, _)| *number))
            .bytes(self.entries.iter().map(|(.., entry)| entry.as_slice()));
        sql("INSERT INTO journal (site, number, entry) {rows}").rows(rows)
    }

    fn answered_written(&self) -> Statement<'_> {
        let rows = Rows::new()
            .texts(self.answered.keys().map(|(site, _)| site.as_str()))
            .texts(self.answered.keys().map(|(_, survey)| survey.as_str()))
            .integers(self.answered.values().copied());
        sql("INSERT INTO answered (site, survey, count) {rows}
             ON CONFLICT (site, survey) DO UPDATE SET count = answered.count + excluded.count")
        .rows(rows)
    }
}

fn packed(entry: &Entry) -> Result<Vec<u8>, StoreError> {
    entry.packed().map_err(|error| StoreError::Database(format!("an entry cannot be written: {error}")))
}

fn ledgers_written(ledgers: &[(SiteKey, super::ingest::StoredLedger)]) -> Statement<'_> {
    let rows = Rows::new()
        .texts(ledgers.iter().map(|(site, _)| site.as_str()))
        .integers(ledgers.iter().map(|(_, ledger)| ledger.next_number))
        .integers(ledgers.iter().map(|(_, ledger)| ledger.next_entry))
        .integers(ledgers.iter().map(|(_, ledger)| ledger.next_page));
    sql("INSERT INTO ledgers (site, next_number, next_entry, next_page) {rows}
         ON CONFLICT (site) DO UPDATE SET next_number = excluded.next_number, next_entry = excluded.next_entry,
                                          next_page = excluded.next_page")
    .rows(rows)
}

/// What waits in a site's journal, oldest first. Served by its primary key.
pub(super) async fn waiting(
    connection: &mut Connection,
    site: &SiteKey,
    most: i64,
) -> Result<Vec<(i64, Entry)>, StoreError> {
    let waiting = sql("SELECT number, entry FROM journal WHERE site = $1 ORDER BY number LIMIT $2");
    let rows = waiting.bind(site.as_str()).bind(most).all(connection).await?;
    rows.iter().map(|row| Ok((row.integer("number")?, entry(row)?))).collect()
}

fn entry(row: &Row) -> Result<Entry, StoreError> {
    Entry::read(&row.bytes("entry")?)
        .map_err(|error| StoreError::Unreadable { column: "entry".into(), reason: error.to_string() })
}

impl Store {
    /// Those sites of which something waits in the journal. Reads the journal's keys, and there are few.
    pub async fn sites_with_journal(&self) -> Result<Vec<SiteKey>, StoreError> {
        let rows = self.database.all(sql("SELECT DISTINCT site FROM journal")).await?;
        rows.iter().map(|row| row.parsed("site")).collect()
    }

    /// Folds what has waited longest in a site's journal into its blocks. Tells whether there may be more.
    pub async fn fold(&self, site: &SiteKey) -> Result<bool, StoreError> {
        self.database.write(async |connection| fold_some(connection, site).await).await
    }
}

pub(super) async fn fold_some(connection: &mut Connection, site: &SiteKey) -> Result<bool, StoreError> {
    let held = hold_ledgers(connection, &BTreeSet::from([site])).await?;
    let waiting = waiting(connection, site, FOLDED_AT_ONCE).await?;
    let (Some(mut ledger), Some((last, _))) = (held.get(site).copied(), waiting.last()) else { return Ok(false) };
    let entries: Vec<&Entry> = waiting.iter().map(|(_, entry)| entry).collect();
    let mut numbers = numbers(connection, site, &entries, ledger.next_page).await?;
    let mut blocks = fold(entries, &mut numbers);
    add_stored(connection, site, &mut blocks).await?;
    write_numbers(connection, site, &numbers).await?;
    write_blocks(connection, site, &blocks).await?;
    ledger.next_page = numbers.next_page();
    ledgers_written(&[(site.clone(), ledger)]).run(connection).await?;
    let delete = sql("DELETE FROM journal WHERE site = $1 AND number <= $2");
    delete.bind(site.as_str()).bind(*last).run(connection).await?;
    Ok(waiting.len() as i64 == FOLDED_AT_ONCE)
}

/// All numbers of a site.
pub(super) async fn all_numbers(connection: &mut Connection, site: &SiteKey) -> Result<Numbers, StoreError> {
    let rows = sql("SELECT page, number FROM pages WHERE site = $1 AND number IS NOT NULL");
    let rows = rows.bind(site.as_str()).all(connection).await?;
    let pages = rows.iter().map(|row| Ok((row.text("page")?, row.integer("number")?)));
    let pages = pages.collect::<Result<HashMap<_, _>, StoreError>>()?;
    let next_page = pages.values().max().map_or(0, |last| last + 1);
    let (cuts, series) = (cuts(connection, site).await?, series(connection, site).await?);
    Ok(Numbers::known(pages, cuts, series, next_page))
}

/// All of a site's blocks.
pub(super) async fn every_block(
    connection: &mut Connection,
    site: &SiteKey,
) -> Result<Vec<(Block, Cells)>, StoreError> {
    let all = sql("SELECT cut, grain, start, series, bucket, cells FROM counts WHERE site = $1");
    let rows = all.bind(site.as_str()).all(connection).await?;
    rows.iter()
        .map(|row| {
            let mut cells = Cells::default();
            cells.add_packed(&row.bytes("cells")?)?;
            Ok((block(row)?, cells))
        })
        .collect()
}

/// The numbers that a site's pages, cuts and series have. Served by the primary keys of `pages`, `cuts` and `series`.
async fn numbers(
    connection: &mut Connection,
    site: &SiteKey,
    entries: &[&Entry],
    next_page: i64,
) -> Result<Numbers, StoreError> {
    let wanted: HashSet<&str> = entries.iter().flat_map(|entry| &entry.0).map(|change| change.page.as_str()).collect();
    let rows = Rows::new().texts(wanted.iter().map(|_| site.as_str())).texts(wanted.iter().copied());
    let pages = sql("WITH wanted (site, page) AS ({rows})
         SELECT p.page, p.number FROM wanted AS w JOIN pages AS p ON p.site = w.site AND p.page = w.page
         WHERE p.number IS NOT NULL")
    .rows(rows)
    .all(connection)
    .await?;
    let pages = pages.iter().map(|row| Ok((row.text("page")?, row.integer("number")?)));
    let pages = pages.collect::<Result<HashMap<_, _>, StoreError>>()?;
    let (cuts, series) = (cuts(connection, site).await?, series(connection, site).await?);
    Ok(Numbers::known(pages, cuts, series, next_page))
}

/// By what they are cut from all visitors.
pub(super) async fn cuts(connection: &mut Connection, site: &SiteKey) -> Result<HashMap<Cut, i64>, StoreError> {
    let rows = sql("SELECT cut, number FROM cuts WHERE site = $1").bind(site.as_str()).all(connection).await?;
    rows.iter().map(|row| Ok((Cut::stored(row.text("cut")?), row.integer("number")?))).collect()
}

pub(super) async fn series(connection: &mut Connection, site: &SiteKey) -> Result<HashMap<Series, i64>, StoreError> {
    let rows = sql("SELECT survey, version, question, number FROM series WHERE site = $1");
    let rows = rows.bind(site.as_str()).all(connection).await?;
    rows.iter().map(|row| Ok((series_of(row)?, row.integer("number")?))).collect()
}

/// No question has an empty name.
fn series_of(row: &Row) -> Result<Series, StoreError> {
    let subject = match row.text("question")?.as_str() {
        "" => Subject::Funnel,
        _ => Subject::Question(row.parsed::<QuestionId>("question")?),
    };
    Ok(Series { survey: row.parsed("survey")?, version: row.number("version")?, subject })
}

fn block_rows<'a>(site: &'a SiteKey, blocks: impl Iterator<Item = &'a Block> + Clone) -> Rows<'a> {
    Rows::new()
        .texts(blocks.clone().map(|_| site.as_str()))
        .integers(blocks.clone().map(|block| block.cut))
        .integers(blocks.clone().map(|block| block.grain.code()))
        .integers(blocks.clone().map(|block| i64::from(block.start)))
        .integers(blocks.clone().map(|block| block.series))
        .integers(blocks.map(|block| block.bucket))
}

/// Adds what is stored of some blocks. Served by the primary key of `counts`.
async fn add_stored(
    connection: &mut Connection,
    site: &SiteKey,
    blocks: &mut BTreeMap<Block, Cells>,
) -> Result<(), StoreError> {
    let stored = sql("WITH wanted (site, cut, grain, start, series, bucket) AS ({rows})
         SELECT c.cut, c.grain, c.start, c.series, c.bucket, c.cells FROM wanted AS w
         JOIN counts AS c ON c.site = w.site AND c.cut = w.cut AND c.grain = w.grain AND c.start = w.start
                             AND c.series = w.series AND c.bucket = w.bucket")
    .rows(block_rows(site, blocks.keys()))
    .all(connection)
    .await?;
    for row in stored {
        let cells = blocks.entry(block(&row)?).or_default();
        cells.add_packed(&row.bytes("cells")?)?;
    }
    Ok(())
}

fn block(row: &Row) -> Result<Block, StoreError> {
    let grain = row.integer("grain")?;
    let unknown = || StoreError::Unreadable { column: "grain".into(), reason: format!("{grain} means nothing") };
    Ok(Block {
        cut: row.integer("cut")?,
        grain: Grain::from_code(grain).ok_or_else(unknown)?,
        start: row.number("start")?,
        series: row.integer("series")?,
        bucket: row.integer("bucket")?,
    })
}

/// In the place of what is stored; what counts nothing any more goes.
async fn write_blocks(
    connection: &mut Connection,
    site: &SiteKey,
    blocks: &BTreeMap<Block, Cells>,
) -> Result<(), StoreError> {
    let packed: Vec<(&Block, Vec<u8>)> = blocks.iter().map(|(block, cells)| (block, cells.packed())).collect();
    let (gone, kept): (Vec<_>, Vec<_>) = packed.into_iter().partition(|(_, cells)| cells.is_empty());
    let rows = block_rows(site, kept.iter().map(|(block, _)| *block)).bytes(kept.iter().map(|(_, cells)| &**cells));
    sql("INSERT INTO counts (site, cut, grain, start, series, bucket, cells) {rows}
         ON CONFLICT (site, cut, grain, start, series, bucket) DO UPDATE SET cells = excluded.cells")
    .rows(rows)
    .run(connection)
    .await?;
    sql("DELETE FROM counts WHERE (site, cut, grain, start, series, bucket) IN ({rows})")
        .rows(block_rows(site, gone.iter().map(|(block, _)| *block)))
        .run(connection)
        .await?;
    forget_cuts(connection, site, gone.iter().map(|(block, _)| block.cut).collect()).await
}

/// Forgets those values by which nobody is told apart any more: they may be all that is left of a visitor. Served by the primary key of
/// `counts`.
async fn forget_cuts(connection: &mut Connection, site: &SiteKey, doubtful: BTreeSet<i64>) -> Result<(), StoreError> {
    let doubtful = Rows::new().texts(doubtful.iter().map(|_| site.as_str())).integers(doubtful.iter().copied());
    sql("DELETE FROM cuts WHERE (site, number) IN ({rows})
         AND NOT EXISTS (SELECT 1 FROM counts AS c WHERE c.site = cuts.site AND c.cut = cuts.number)")
    .rows(doubtful)
    .run(connection)
    .await?;
    Ok(())
}

async fn write_numbers(connection: &mut Connection, site: &SiteKey, numbers: &Numbers) -> Result<(), StoreError> {
    let new = numbers.new_ones();
    let pages = Rows::new()
        .texts(new.pages.iter().map(|_| site.as_str()))
        .texts(new.pages.iter().map(|(page, _)| page.as_str()))
        .integers(new.pages.iter().map(|(_, number)| *number));
    // A page that was forgotten and is counted again: its first day was long ago.
    sql("INSERT INTO pages (site, page, number, first_day) SELECT w.*, 0 FROM ({rows}) AS w WHERE true
         ON CONFLICT (site, page) DO UPDATE SET number = excluded.number")
    .rows(pages)
    .run(connection)
    .await?;
    let cuts = Rows::new()
        .texts(new.cuts.iter().map(|_| site.as_str()))
        .texts(new.cuts.iter().map(|(cut, _)| cut.as_str()))
        .integers(new.cuts.iter().map(|(_, number)| *number));
    sql("INSERT INTO cuts (site, cut, number) {rows}").rows(cuts).run(connection).await?;
    let question = |series: &Series| match &series.subject {
        Subject::Funnel => String::new(),
        Subject::Question(question) => question.to_string(),
    };
    let series = Rows::new()
        .texts(new.series.iter().map(|_| site.as_str()))
        .texts(new.series.iter().map(|(series, _)| series.survey.as_str()))
        .integers(new.series.iter().map(|(series, _)| i64::from(series.version)))
        .made_texts(new.series.iter().map(|(series, _)| question(series)))
        .integers(new.series.iter().map(|(_, number)| *number));
    sql("INSERT INTO series (site, survey, version, question, number) {rows}").rows(series).run(connection).await?;
    Ok(())
}
