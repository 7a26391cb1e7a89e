//! Pages that are forgotten: those on which nothing is counted any more.
//!
//! Which ones those are is read beside whoever writes. Each is looked at once more in the short transaction that deletes it, with the site's
//! ledger held: somebody may have answered there meanwhile.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;

use survey::definition::SiteKey;

use super::ingest::hold_ledgers;
use super::journal::waiting;
use super::sql::{Found, Rows, TakeRows};
use super::{Connection, Store, StoreError, sql};
use crate::clock::Day;
use crate::counts::{Cut, Grain, PAGES, unpack};

/// How many pages are forgotten in one transaction: answers that come in meanwhile wait for it.
const AT_ONCE: usize = 500;

/// The longest blocks, which are the fewest: what is counted is counted in one of these, too.
const LONGEST: Grain = Grain::FourWeeks;

impl Store {
    /// Forgets pages that were new before a day and on which nothing is counted any more: otherwise made-up addresses would be
    /// remembered for ever. Tells how many those were.
    pub async fn forget_pages(&self, site: &SiteKey, day: Day) -> Result<u64, StoreError> {
        // What waits to be taken back would keep its page.
        while self.fold(site).await? {}
        let mut forgotten = 0;
        for pages in self.uncounted_pages(site, day).await?.chunks(AT_ONCE) {
            forgotten += self.forget_uncounted(site, pages).await?;
        }
        Ok(forgotten)
    }

    /// Pages that were new before a day and on which no block counts anything: of one moment, and in the order of their numbers. Served by
    /// the primary key of `counts` and the index `pages_by_day`.
    async fn uncounted_pages(&self, site: &SiteKey, day: Day) -> Result<Vec<String>, StoreError> {
        self.database
            .snapshot(async |connection| {
                let mut counted = CountedPages::default();
                if let Some(all) = number_of_all(connection, site).await? {
                    let blocks = sql("SELECT bucket, cells FROM counts WHERE site = $1 AND cut = $2 AND grain = $3");
                    let blocks = blocks.bind(site.as_str()).bind(all).bind(LONGEST.code());
                    counted = blocks.each(connection, counted).await?;
                }
                let old = sql("SELECT page, number FROM pages WHERE site = $1 AND first_day < $2");
                let uncounted = UncountedPages { counted, pages: BTreeSet::new() };
                let uncounted = old.bind(site.as_str()).bind(day).each(connection, uncounted).await?;
                Ok(uncounted.pages.into_iter().map(|(_, page)| page).collect())
            })
            .await
    }

    /// Forgets those of some pages on which nothing is counted now either.
    pub(super) async fn forget_uncounted(&self, site: &SiteKey, pages: &[String]) -> Result<u64, StoreError> {
        self.database
            .write(async |connection| {
                hold_ledgers(connection, &BTreeSet::from([site])).await?;
                let mut left = numbers_of(connection, site, pages).await?;
                let CountedPages(counted) = counted_among(connection, site, left.values().flatten()).await?;
                left.retain(|_, number| number.is_none_or(|number| !counted.contains(&number)));
                let waiting = waiting(connection, site, i64::MAX).await?;
                for change in waiting.iter().flat_map(|(_, entry)| &entry.0) {
                    left.remove(&change.page);
                }
                let rows = page_rows(site, left.keys().map(String::as_str));
                sql("DELETE FROM pages WHERE (site, page) IN ({rows})").rows(rows).run(connection).await
            })
            .await
    }
}

/// The numbers of those pages on which some blocks count something. Takes their buckets and cells.
#[derive(Default)]
struct CountedPages(HashSet<i64>);

impl TakeRows for CountedPages {
    fn take(&mut self, row: &Found<'_>) -> Result<ControlFlow<()>, StoreError> {
        self.add(row.integer(0)?, row.bytes(1)?)?;
        Ok(ControlFlow::Continue(()))
    }
}

impl CountedPages {
    fn add(&mut self, bucket: i64, cells: &[u8]) -> Result<(), StoreError> {
        for cell in unpack(cells) {
            self.0.insert(bucket * PAGES + i64::from(cell?.place));
        }
        Ok(())
    }
}

/// All other pages, by their numbers. Takes pages and numbers.
struct UncountedPages {
    counted: CountedPages,
    pages: BTreeSet<(Option<i64>, String)>,
}

impl TakeRows for UncountedPages {
    fn take(&mut self, row: &Found<'_>) -> Result<ControlFlow<()>, StoreError> {
        let number = row.optional_integer(1)?;
        if number.is_none_or(|number| !self.counted.0.contains(&number)) {
            self.pages.insert((number, row.text(0)?.to_owned()));
        }
        Ok(ControlFlow::Continue(()))
    }
}

fn page_rows<'a>(site: &'a SiteKey, pages: impl Iterator<Item = &'a str> + Clone) -> Rows<'a> {
    Rows::new().texts(pages.clone().map(|_| site.as_str())).texts(pages)
}

/// The number of the cut that is all visitors; none where nothing was ever counted. Served by the primary key of `cuts`.
async fn number_of_all(connection: &mut Connection, site: &SiteKey) -> Result<Option<i64>, StoreError> {
    let all = Cut::all();
    let number = sql("SELECT number FROM cuts WHERE site = $1 AND cut = $2").bind(site.as_str()).bind(all.as_str());
    number.optional(connection).await?.map(|row| row.integer("number")).transpose()
}

/// The numbers that some pages have now, of those that there still are. Served by the primary key of `pages`.
async fn numbers_of(
    connection: &mut Connection,
    site: &SiteKey,
    pages: &[String],
) -> Result<HashMap<String, Option<i64>>, StoreError> {
    let numbers = sql("WITH wanted (site, page) AS ({rows})
         SELECT p.page, p.number FROM wanted AS w JOIN pages AS p ON p.site = w.site AND p.page = w.page")
    .rows(page_rows(site, pages.iter().map(String::as_str)));
    numbers.all(connection).await?.iter().map(|row| Ok((row.text("page")?, row.optional_integer("number")?))).collect()
}

/// Those numbers of pages, and of their neighbours, by which somebody is counted. Whoever is has reached some stage, so funnels are all
/// that is looked into; served by the primary key of `counts`, from the first bucket to the last in each.
async fn counted_among(
    connection: &mut Connection,
    site: &SiteKey,
    numbers: impl Iterator<Item = &i64> + Clone,
) -> Result<CountedPages, StoreError> {
    let mut counted = CountedPages::default();
    let ends = numbers.clone().min().zip(numbers.max());
    let (Some((first, last)), Some(all)) = (ends, number_of_all(connection, site).await?) else { return Ok(counted) };
    let funnels = funnels(connection, site, all).await?;
    let rows = Rows::new()
        .texts(funnels.iter().map(|_| site.as_str()))
        .integers(funnels.iter().map(|_| all))
        .integers(funnels.iter().map(|_| LONGEST.code()))
        .integers(funnels.iter().map(|(start, _)| *start))
        .integers(funnels.iter().map(|(_, series)| *series))
        .integers(funnels.iter().map(|_| first.div_euclid(PAGES)))
        .integers(funnels.iter().map(|_| last.div_euclid(PAGES)));
    let blocks = sql("WITH wanted (site, cut, grain, start, series, first, last) AS ({rows})
         SELECT c.bucket, c.cells FROM wanted AS w
         JOIN counts AS c ON c.site = w.site AND c.cut = w.cut AND c.grain = w.grain AND c.start = w.start
                             AND c.series = w.series AND c.bucket BETWEEN w.first AND w.last");
    for row in blocks.rows(rows).all(connection).await? {
        counted.add(row.integer("bucket")?, &row.bytes("cells")?)?;
    }
    Ok(counted)
}

/// Of each funnel every time that it may be counted in: when that begins, and the number of its series. Served by the primary keys of
/// `counts` and `series`.
async fn funnels(connection: &mut Connection, site: &SiteKey, all: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    let ends = sql("SELECT (SELECT MIN(start) FROM counts WHERE site = $1 AND cut = $2 AND grain = $3) AS first,
                           (SELECT MAX(start) FROM counts WHERE site = $1 AND cut = $2 AND grain = $3) AS last");
    let ends = ends.bind(site.as_str()).bind(all).bind(LONGEST.code()).one(connection).await?;
    let Some((first, last)) = ends.optional_integer("first")?.zip(ends.optional_integer("last")?) else {
        return Ok(Vec::new());
    };
    // No question has an empty name.
    let series = sql("SELECT number FROM series WHERE site = $1 AND question = ''").bind(site.as_str());
    let mut funnels = Vec::new();
    for row in series.all(connection).await? {
        let series = row.integer("number")?;
        funnels.extend((first..=last).step_by(LONGEST.days() as usize).map(|start| (start, series)));
    }
    Ok(funnels)
}
