//! Page views that told of themselves, counted by what they have in common.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;
use sqlx::{Row, SqliteConnection};
use survey::definition::SiteKey;
use survey::report::Days;

use super::{Store, StoreError, fitting, parsed, to_json};
use crate::clock::Day;
use crate::store::{ViewCount, ViewKey};

/// The most different rows of one site and day; what comes on top is counted as other pages.
const MAX_ROWS: u64 = 2_000;

impl Store {
    /// Adds to the counts.
    pub async fn add_page_views(&self, views: Vec<(ViewKey, ViewCount)>) -> Result<(), StoreError> {
        self.write(async |connection| {
            let known = known_keys(connection, &views).await?;
            let rows = row_counts(connection, &views).await?;
            write_views(connection, within_bounds(views, &known, rows)).await
        })
        .await
    }

    /// What is counted of some days. Served by the primary key of `page_views`.
    pub async fn page_views(&self, site: &SiteKey, days: Days) -> Result<Vec<(ViewKey, ViewCount)>, StoreError> {
        let rows = sqlx::query(
            "SELECT page, referrer, device, browser, os, language, SUM(sampled) AS sampled, SUM(stands_for) AS stands_for
             FROM page_views WHERE site = $1 AND day BETWEEN $2 AND $3
             GROUP BY page, referrer, device, browser, os, language",
        )
        .bind(site.as_str())
        .bind(days.first)
        .bind(days.last)
        .fetch_all(&self.readers)
        .await?;
        let views = rows.iter().map(|row| {
            let key = ViewKey {
                site: site.clone(),
                day: days.last,
                page: row.try_get("page")?,
                referrer: row.try_get("referrer")?,
                device: row.try_get("device")?,
                browser: row.try_get("browser")?,
                os: row.try_get("os")?,
                language: row.try_get("language")?,
            };
            let sampled = fitting("a count", row.try_get("sampled")?)?;
            Ok((key, ViewCount { sampled, stands_for: row.try_get("stands_for")? }))
        });
        views.collect()
    }

    /// Forgets what lies before a day. Served by the index `page_views_by_day`.
    pub async fn forget_page_views(&self, before: Day) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM page_views WHERE day < $1").bind(before).execute(&self.writer).await?;
        Ok(())
    }
}

/// Which of these are counted already. Served by the primary key of `page_views`.
async fn known_keys(
    connection: &mut SqliteConnection,
    views: &[(ViewKey, ViewCount)],
) -> Result<HashSet<usize>, StoreError> {
    let keys: Vec<&ViewKey> = views.iter().map(|(key, _)| key).collect();
    let rows = sqlx::query(
        "SELECT wanted.key AS place FROM json_each($1) AS wanted
         CROSS JOIN page_views AS v
         ON v.site = wanted.value ->> 'site' AND v.day = wanted.value ->> 'day' AND v.page = wanted.value ->> 'page'
            AND v.referrer = wanted.value ->> 'referrer' AND v.device = wanted.value ->> 'device'
            AND v.browser = wanted.value ->> 'browser' AND v.os = wanted.value ->> 'os'
            AND v.language = wanted.value ->> 'language'",
    )
    .bind(to_json(&keys)?)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| fitting("a place", row.try_get("place")?)).collect()
}

/// How many rows each site and day has. Served by the primary key of `page_views`.
async fn row_counts(
    connection: &mut SqliteConnection,
    views: &[(ViewKey, ViewCount)],
) -> Result<HashMap<(SiteKey, Day), u64>, StoreError> {
    let places: HashSet<(&str, Day)> = views.iter().map(|(key, _)| (key.site.as_str(), key.day)).collect();
    let rows = sqlx::query(
        "SELECT v.site, v.day, COUNT(*) AS rows FROM json_each($1) AS wanted
         CROSS JOIN page_views AS v ON v.site = wanted.value ->> '$[0]' AND v.day = wanted.value ->> '$[1]'
         GROUP BY v.site, v.day",
    )
    .bind(to_json(&places)?)
    .fetch_all(connection)
    .await?;
    let counts = rows.iter().map(|row| {
        let place = (parsed("a site key", row.try_get("site")?)?, fitting("a day", row.try_get("day")?)?);
        Ok((place, fitting("a count", row.try_get("rows")?)?))
    });
    counts.collect()
}

/// Lets rows in until their site and day are full. `known` has the places of those that are there already.
fn within_bounds(
    views: Vec<(ViewKey, ViewCount)>,
    known: &HashSet<usize>,
    mut rows: HashMap<(SiteKey, Day), u64>,
) -> BTreeMap<ViewKey, ViewCount> {
    let mut bounded: BTreeMap<ViewKey, ViewCount> = BTreeMap::new();
    for (place, (key, count)) in views.into_iter().enumerate() {
        let rows = rows.entry((key.site.clone(), key.day)).or_default();
        let fits = known.contains(&place) || bounded.contains_key(&key) || key.is_other() || *rows < MAX_ROWS;
        let key = if fits { key } else { key.other() };
        if fits && !known.contains(&place) && !bounded.contains_key(&key) && !key.is_other() {
            *rows += 1;
        }
        *bounded.entry(key).or_default() += count;
    }
    bounded
}

async fn write_views(connection: &mut SqliteConnection, views: BTreeMap<ViewKey, ViewCount>) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct Row {
        #[serde(flatten)]
        key: ViewKey,
        #[serde(flatten)]
        count: ViewCount,
    }
    let rows: Vec<Row> = views.into_iter().map(|(key, count)| Row { key, count }).collect();
    sqlx::query(
        "INSERT INTO page_views (site, day, page, referrer, device, browser, os, language, sampled, stands_for)
         SELECT value ->> 'site', value ->> 'day', value ->> 'page', value ->> 'referrer', value ->> 'device',
                value ->> 'browser', value ->> 'os', value ->> 'language', value ->> 'sampled', value ->> 'stands_for'
         FROM json_each($1) WHERE true
         ON CONFLICT (site, day, page, referrer, device, browser, os, language)
         DO UPDATE SET sampled = sampled + excluded.sampled, stands_for = stands_for + excluded.stands_for",
    )
    .bind(to_json(&rows)?)
    .execute(connection)
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
        let bounded = within_bounds(views, &HashSet::from([7]), full);
        assert_eq!(bounded.len(), 2, "what is counted already goes on being counted");
        assert_eq!(bounded[&view(7).0].sampled, 1);
    }
}
