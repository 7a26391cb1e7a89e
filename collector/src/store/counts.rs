//! What reports are made from: blocks of counts, and what still waits in the journal, of one moment.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use survey::definition::{SiteKey, SurveyId};
use survey::report::build::{Block, Cell};
use survey::report::{BinCount, Days, Funnel, Timeline};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::counting::count_pair;
use super::journal::{cuts, series, waiting};
use super::sql::Rows;
use super::{Connection, Store, StoreError, sql};
use crate::counts::{self, Cut, Entry, Malformed, PAGES, Series, Subject, Tile, cover, unpack};

/// What was counted in the days of a report, and in as many before them.
#[derive(Debug)]
pub struct Counts {
    days: Days,
    /// In the order of their keys.
    pages: Vec<String>,
    series: HashMap<i64, Series>,
    places: Places,
    blocks: Vec<StoredBlock>,
    /// What is not folded yet.
    changes: Vec<counts::Change>,
}

#[derive(Debug)]
struct StoredBlock {
    series: i64,
    bucket: i64,
    days: Days,
    cells: Vec<u8>,
}

/// Where the pages of each bucket stand among all pages; nowhere, if one was forgotten.
type Places = HashMap<i64, [Option<usize>; PAGES as usize]>;

/// The cells of a block, wherever they come from.
pub enum Cells<'c> {
    Packed { cells: counts::Unpacked<'c>, places: &'c [Option<usize>; PAGES as usize] },
    Changed { page: usize, bins: std::slice::Iter<'c, (Subject, u8, i64)>, subject: &'c Subject },
}

impl Iterator for Cells<'_> {
    type Item = Result<Cell, Malformed>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Packed { cells, places } => cells.find_map(|cell| match cell {
                Ok(cell) => {
                    let page = places.get(usize::from(cell.place)).copied().flatten()?;
                    Some(Ok(Cell { page, bin: cell.bin, count: i64::try_from(cell.count).unwrap_or(i64::MAX) }))
                }
                Err(malformed) => Some(Err(malformed)),
            }),
            Self::Changed { page, bins, subject } => {
                let (_, bin, by) = bins.find(|(of, ..)| of == *subject)?;
                Some(Ok(Cell { page: *page, bin: *bin, count: *by }))
            }
        }
    }
}

impl Store {
    /// A number that grows with every change of a site's counts.
    pub async fn counted_until(&self, site: &SiteKey) -> Result<i64, StoreError> {
        let ledger = sql("SELECT next_entry FROM ledgers WHERE site = $1").bind(site.as_str());
        self.database.optional(ledger).await?.map_or(Ok(0), |row| row.integer("next_entry"))
    }

    /// What visitors were told apart by so far: each dimension with its values, both in the order of the alphabet.
    pub async fn dimensions(&self, site: &SiteKey) -> Result<BTreeMap<String, BTreeSet<String>>, StoreError> {
        let cuts = self.database.snapshot(async |connection| cuts(connection, site).await).await?;
        let mut dimensions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (dimension, value) in cuts.keys().filter_map(Cut::named) {
            dimensions.entry(dimension).or_default().insert(value);
        }
        Ok(dimensions)
    }

    /// What a report is made from, as far as a part of the visitors goes. All of one moment, so that scores and funnel
    /// agree while answers arrive.
    pub async fn counts(&self, site: &SiteKey, timeline: &Timeline, cut: &Cut) -> Result<Counts, StoreError> {
        let _turn = if cut.pair().is_some() { Some(turn().await?) } else { None };
        self.database.snapshot(async |connection| read(connection, site, timeline, cut).await).await
    }
}

/// Counting answers takes a reader for seconds, where there are millions; one at a time leaves the others free.
async fn turn() -> Result<SemaphorePermit<'static>, StoreError> {
    static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);
    // Whoever has waited for so long has gone.
    const PATIENCE: Duration = Duration::from_secs(10);
    let turn = tokio::time::timeout(PATIENCE, ONE_AT_A_TIME.acquire()).await;
    turn.ok().and_then(Result::ok).ok_or(StoreError::TooSlow(PATIENCE))
}

async fn read(
    connection: &mut Connection,
    site: &SiteKey,
    timeline: &Timeline,
    cut: &Cut,
) -> Result<Counts, StoreError> {
    if let Some((one, other)) = cut.pair() {
        let changes = count_pair(connection, site, timeline, [one, other]).await?;
        return Ok(Counts::of_changes(timeline.days(), changes));
    }
    let (days, waiting) = (timeline.days(), waiting(connection, site, i64::MAX).await?);
    let changes = changes_in(waiting.into_iter().map(|(_, entry)| entry), days, cut);
    let mut blocks = Vec::new();
    if let Some(cut) = cuts(connection, site).await?.get(cut) {
        for tiles in cover(timeline.parts()) {
            blocks.extend(stored(connection, site, *cut, tiles).await?);
        }
    }
    let (pages, places) = pages(connection, site, &blocks, &changes).await?;
    // All of some pages, and then those of others: their counts stay near the processor while they are added up.
    blocks.sort_by_key(|block| (block.series, block.bucket));
    let series = series(connection, site).await?.into_iter().map(|(series, number)| (number, series)).collect();
    Ok(Counts { days, pages, series, places, blocks, changes })
}

fn changes_in(entries: impl Iterator<Item = Entry>, days: Days, cut: &Cut) -> Vec<counts::Change> {
    let read = days.with_before();
    let changes = entries.flat_map(|entry| entry.0);
    changes.filter(|change| (read.first..=read.last).contains(&change.day) && change.segment().is_of(cut)).collect()
}

/// The pages that blocks and changes may speak of, and where those with numbers stand. Whatever else the site ever had is not read: served
/// by the index `pages_by_bucket`, which has the same expression, with as many pages in a bucket as [`PAGES`].
async fn pages(
    connection: &mut Connection,
    site: &SiteKey,
    blocks: &[StoredBlock],
    changes: &[counts::Change],
) -> Result<(Vec<String>, Places), StoreError> {
    let buckets: BTreeSet<i64> = blocks.iter().map(|block| block.bucket).collect();
    let wanted = Rows::new().texts(buckets.iter().map(|_| site.as_str())).integers(buckets.iter().copied());
    let of_buckets = sql("WITH wanted (site, bucket) AS ({rows})
         SELECT p.page, p.number FROM wanted AS w JOIN pages AS p ON p.site = w.site AND p.number / 32 = w.bucket");
    let rows = of_buckets.rows(wanted).all(connection).await?;
    let mut numbers: BTreeMap<String, Option<i64>> = changes.iter().map(|change| (change.page.clone(), None)).collect();
    for row in rows {
        numbers.insert(row.text("page")?, row.optional_integer("number")?);
    }
    let mut places = Places::new();
    for (place, number) in numbers.values().enumerate() {
        if let Some(number) = number {
            places.entry(number.div_euclid(PAGES)).or_default()[number.rem_euclid(PAGES) as usize] = Some(place);
        }
    }
    Ok((numbers.into_keys().collect(), places))
}

/// Served by the primary key of `counts`.
async fn stored(
    connection: &mut Connection,
    site: &SiteKey,
    cut: i64,
    Tile { grain, first, last }: Tile,
) -> Result<Vec<StoredBlock>, StoreError> {
    let rows = sql("SELECT start, series, bucket, cells FROM counts
         WHERE site = $1 AND cut = $2 AND grain = $3 AND start BETWEEN $4 AND $5")
    .bind(site.as_str())
    .bind(cut)
    .bind(grain.code())
    .bind(first)
    .bind(last)
    .all(connection)
    .await?;
    let block = |row: &super::Row| {
        let (start, cells) = (row.number("start")?, row.bytes("cells")?);
        let days = Days { first: start, last: start + grain.days() - 1 };
        Ok(StoredBlock { series: row.integer("series")?, bucket: row.integer("bucket")?, days, cells })
    };
    rows.iter().map(block).collect()
}

impl Counts {
    fn of_changes(days: Days, changes: Vec<counts::Change>) -> Self {
        let pages: BTreeSet<&String> = changes.iter().map(|change| &change.page).collect();
        let pages = pages.into_iter().cloned().collect();
        Self { days, pages, series: HashMap::new(), places: Places::new(), blocks: Vec::new(), changes }
    }

    /// The pages that cells speak of, by their places.
    pub fn pages(&self) -> &[String] {
        &self.pages
    }

    /// Those in a survey's sample stand for themselves alone: what the samples are is not known here.
    pub fn blocks(&self) -> impl Iterator<Item = Block<'_, Cells<'_>>> {
        let stored = self.blocks.iter().filter_map(|block| {
            let cells = Cells::Packed { cells: unpack(&block.cells), places: self.places.get(&block.bucket)? };
            Some(of_series(self.series.get(&block.series)?, block.days, cells))
        });
        stored.chain(self.changes.iter().flat_map(|change| self.changed(change)))
    }

    fn changed<'c>(&'c self, change: &'c counts::Change) -> impl Iterator<Item = Block<'c, Cells<'c>>> {
        let page = self.pages.binary_search(&change.page).ok();
        let subjects: BTreeSet<&Subject> = change.bins.iter().map(|(subject, ..)| subject).collect();
        subjects.into_iter().filter_map(move |subject| {
            let cells = Cells::Changed { page: page?, bins: change.bins.iter(), subject };
            let question = question_of(subject);
            let days = Days { first: change.day, last: change.day };
            Some(Block { survey: &change.survey, version: change.version, question, days, stands_for: 1.0, cells })
        })
    }

    /// How many visitors answered a survey in the days of the report.
    pub fn answered(&self, survey: &SurveyId) -> Result<u64, Malformed> {
        let mut stages = [0; Funnel::STAGES];
        let is_asked_for = |block: &Block<_>| block.survey == survey && block.question.is_none();
        for block in self.blocks().filter(|block| is_asked_for(block) && self.days.first <= block.days.first) {
            for cell in block.cells {
                let cell = cell?;
                if let Some(stage) = stages.get_mut(usize::from(cell.bin)) {
                    *stage += cell.count;
                }
            }
        }
        Ok(Funnel::of_stages(&stages, 0.0).answered)
    }

    /// What was answered on one page in the days of the report.
    pub fn of_page(&self, page: &str) -> Result<Vec<BinCount>, Malformed> {
        let (place, mut counts) = (self.pages.iter().position(|known| known == page), BTreeMap::new());
        for block in self.blocks().filter(|block| self.days.first <= block.days.first) {
            let Some(question) = block.question else { continue };
            for cell in block.cells {
                let cell = cell?;
                if Some(cell.page) == place {
                    *counts.entry((block.survey, block.version, question, cell.bin)).or_insert(0) += cell.count;
                }
            }
        }
        let count = |((survey, version, question, bin), count): ((&_, _, &_, _), i64)| BinCount {
            survey: Clone::clone(survey),
            version,
            question: Clone::clone(question),
            bin,
            count: u64::try_from(count).unwrap_or_default(),
        };
        Ok(counts.into_iter().map(count).collect())
    }
}

fn of_series<C>(series: &Series, days: Days, cells: C) -> Block<'_, C> {
    let question = question_of(&series.subject);
    Block { survey: &series.survey, version: series.version, question, days, stands_for: 1.0, cells }
}

fn question_of(subject: &Subject) -> Option<&survey::definition::QuestionId> {
    match subject {
        Subject::Funnel => None,
        Subject::Question(question) => Some(question),
    }
}
