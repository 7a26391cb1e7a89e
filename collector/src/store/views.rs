//! Page views that told of themselves, counted by what they have in common.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use survey::definition::SiteKey;
use survey::report::{Days, OTHERS};

use super::sql::{Row, Rows};
use super::{Connection, Store, StoreError, sql};
use crate::clock::Day;

/// The most different rows of one site and day; what comes on top is counted as other pages.
const MAX_ROWS: u64 = 2_000;

/// What page views have in common that are counted together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
pub struct ViewKey {
    pub site: SiteKey,
    pub day: Day,
    /// A page key without a query.
    pub page: String,
    /// An origin; empty if there was none.
    pub referrer: String,
    pub device: String,
    pub browser: String,
    pub os: String,
    /// The first part of a tag; empty if the browser tells none.
    pub language: String,
}

impl ViewKey {
    /// The same, as one of too many to be told apart.
    pub fn other(self) -> Self {
        let empty = String::new;
        let (page, site, day) = (OTHERS.to_owned(), self.site, self.day);
        Self { site, day, page, referrer: empty(), device: empty(), browser: empty(), os: empty(), language: empty() }
    }

    pub fn is_other(&self) -> bool {
        self.page == OTHERS
    }
}

/// How many page views told of themselves, and for how many they stand.
#[derive(Clone, Copy, PartialEq, Debug, Default, serde::Serialize)]
pub struct ViewCount {
    pub sampled: u64,
    pub stands_for: f64,
}

impl std::ops::AddAssign for ViewCount {
    fn add_assign(&mut self, more: Self) {
        self.sampled += more.sampled;
        self.stands_for += more.stands_for;
    }
}

impl Store {
    /// Adds to the counts.
    pub async fn add_page_views(&self, views: Vec<(ViewKey, ViewCount)>) -> Result<(), StoreError> {
        self.database
            .write(async |connection| {
                let known = known_keys(connection, &views).await?;
                let rows = row_counts(connection, &views).await?;
                write_views(connection, within_bounds(views, &known, rows)).await
            })
            .await
    }

    /// What is counted of some days. Served by the primary key of `page_views`.
    pub async fn page_views(&self, site: &SiteKey, days: Days) -> Result<Vec<(ViewKey, ViewCount)>, StoreError> {
        let views = sql("SELECT site, MAX(day) AS day, page, referrer, device, browser, os, language,
                                CAST(SUM(sampled) AS BIGINT) AS sampled, SUM(stands_for) AS stands_for
                         FROM page_views WHERE site = $1 AND day BETWEEN $2 AND $3
                         GROUP BY site, page, referrer, device, browser, os, language")
        .bind(site.as_str())
        .bind(days.first)
        .bind(days.last);
        let count = |row: &Row| {
            let count = ViewCount { sampled: row.number("sampled")?, stands_for: row.real("stands_for")? };
            Ok((view_key(row)?, count))
        };
        self.database.all(views).await?.iter().map(count).collect()
    }

    /// Forgets what lies before a day. Served by the index `page_views_by_day`.
    pub async fn forget_page_views(&self, before: Day) -> Result<(), StoreError> {
        self.database.change(sql("DELETE FROM page_views WHERE day < $1").bind(before)).await?;
        Ok(())
    }
}

fn view_key(row: &Row) -> Result<ViewKey, StoreError> {
    Ok(ViewKey {
        site: row.parsed("site")?,
        day: row.number("day")?,
        page: row.text("page")?,
        referrer: row.text("referrer")?,
        device: row.text("device")?,
        browser: row.text("browser")?,
        os: row.text("os")?,
        language: row.text("language")?,
    })
}

/// The columns of keys, in the order of the primary key.
fn keys<'a>(keys: impl Iterator<Item = &'a ViewKey> + Clone) -> Rows<'a> {
    Rows::new()
        .texts(keys.clone().map(|key| key.site.as_str()))
        .integers(keys.clone().map(|key| i64::from(key.day)))
        .texts(keys.clone().map(|key| key.page.as_str()))
        .texts(keys.clone().map(|key| key.referrer.as_str()))
        .texts(keys.clone().map(|key| key.device.as_str()))
        .texts(keys.clone().map(|key| key.browser.as_str()))
        .texts(keys.clone().map(|key| key.os.as_str()))
        .texts(keys.map(|key| key.language.as_str()))
}

/// Which of these are counted already. Served by the primary key of `page_views`.
async fn known_keys(
    connection: &mut Connection,
    views: &[(ViewKey, ViewCount)],
) -> Result<HashSet<ViewKey>, StoreError> {
    let known = sql("WITH wanted (site, day, page, referrer, device, browser, os, language) AS ({rows})
         SELECT v.site, v.day, v.page, v.referrer, v.device, v.browser, v.os, v.language
         FROM wanted AS w JOIN page_views AS v
         ON v.site = w.site AND v.day = w.day AND v.page = w.page AND v.referrer = w.referrer
            AND v.device = w.device AND v.browser = w.browser AND v.os = w.os AND v.language = w.language")
    .rows(keys(views.iter().map(|(key, _)| key)));
    known.all(connection).await?.iter().map(view_key).collect()
}

/// How many rows each site and day has. Served by the primary key of `page_views`.
async fn row_counts(
    connection: &mut Connection,
    views: &[(ViewKey, ViewCount)],
) -> Result<HashMap<(SiteKey, Day), u64>, StoreError> {
    let places: BTreeSet<(&str, Day)> = views.iter().map(|(key, _)| (key.site.as_str(), key.day)).collect();
    let places =
        Rows::new().texts(places.iter().map(|(site, _)| *site)).integers(places.iter().map(|(_, day)| i64::from(*day)));
    let counts = sql("WITH wanted (site, day) AS ({rows})
         SELECT v.site, v.day, COUNT(*) AS rows FROM wanted AS w
         JOIN page_views AS v ON v.site = w.site AND v.day = w.day
         GROUP BY v.site, v.day")
    .rows(places);
    let count = |row: &Row| Ok(((row.parsed("site")?, row.number("day")?), row.number("rows")?));
    counts.all(connection).await?.iter().map(count).collect()
}

/// Lets rows in until their site and day are full. `known` are those that are there already.
fn within_bounds(
    views: Vec<(ViewKey, ViewCount)>,
    known: &HashSet<ViewKey>,
    mut rows: HashMap<(SiteKey, Day), u64>,
) -> BTreeMap<ViewKey, ViewCount> {
    let mut bounded: BTreeMap<ViewKey, ViewCount> = BTreeMap::new();
    for (key, count) in views {
        let rows = rows.entry((key.site.clone(), key.day)).or_default();
        let is_there = known.contains(&key) || bounded.contains_key(&key) || key.is_other();
        let key = if is_there || *rows < MAX_ROWS { key } else { key.other() };
        if !is_there && !key.is_other() {
            *rows += 1;
        }
        *bounded.entry(key).or_default() += count;
    }
    bounded
}

async fn write_views(connection: &mut Connection, views: BTreeMap<ViewKey, ViewCount>) -> Result<(), StoreError> {
    // A count of page views fits: the sample of one day is counted in thousands.
    let sampled = views.values().map(|count| i64::try_from(count.sampled).unwrap_or(i64::MAX));
    sql("INSERT INTO page_views (site, day, page, referrer, device, browser, os, language, sampled, stands_for) {rows}
         ON CONFLICT (site, day, page, referrer, device, browser, os, language)
         DO UPDATE SET sampled = page_views.sampled + excluded.sampled,
                       stands_for = page_views.stands_for + excluded.stands_for")
    .rows(keys(views.keys()).integers(sampled).reals(views.values().map(|count| count.stands_for)))
    .run(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop() -> ViewKey {
        let [page, referrer, device, browser, os, language] = [const { String::new() }; 6];
        ViewKey { site: "shop".parse().unwrap(), day: 1, page, referrer, device, browser, os, language }
    }

    fn view(page: usize) -> (ViewKey, ViewCount) {
        let key = ViewKey { page: format!("a.b/{page}"), ..shop().other() };
        (key, ViewCount { sampled: 1, stands_for: 100.0 })
    }

    #[test]
    fn a_day_has_two_thousand_rows_and_the_rest_are_other_pages() {
        let views: Vec<_> = (0..2_500).map(view).collect();
        let bounded = within_bounds(views.clone(), &HashSet::new(), HashMap::new());
        assert_eq!(bounded.len(), 2_001);
        assert_eq!(bounded[&shop().other()], ViewCount { sampled: 500, stands_for: 50_000.0 });

        let full = HashMap::from([(("shop".parse().unwrap(), 1), MAX_ROWS)]);
        let bounded = within_bounds(views, &HashSet::from([view(7).0]), full);
        assert_eq!(bounded.len(), 2, "what is counted already goes on being counted");
        assert_eq!(bounded[&view(7).0].sampled, 1);
    }
}
