//! Rows that are added past the collector, because it would take visitors and teams too long.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

/// A score on every second page, each day on the others; as both databases take it.
const FILL_HISTOGRAMS: &str = "
    INSERT INTO histograms (site, day, page, survey, version, segment, question, point, count)
    WITH RECURSIVE pages (page) AS (SELECT 1 UNION ALL SELECT page + 1 FROM pages WHERE page < $2),
         days (ago) AS (SELECT 0 UNION ALL SELECT ago + 1 FROM days WHERE ago + 1 < $3)
    SELECT $1, $4 - ago, 'shop.example/filled/' || page, 'page-ces', 1, 'desktop', 'score', 1 + (page + ago) % 7, 1
    FROM pages CROSS JOIN days WHERE (page + ago) % 2 = 0";

/// Visitors with two kinds of devices on every page.
const FILL_FUNNEL: &str = "
    INSERT INTO funnel (site, day, page, survey, version, segment, eligible, shown, started, answered, completed, dismissed)
    WITH RECURSIVE pages (page) AS (SELECT 1 UNION ALL SELECT page + 1 FROM pages WHERE page < $2),
         days (ago) AS (SELECT 0 UNION ALL SELECT ago + 1 FROM days WHERE ago + 1 < $3),
         devices (device) AS (SELECT 'desktop' UNION ALL SELECT 'phone')
    SELECT $1, $4 - ago, 'shop.example/filled/' || page, 'page-ces', 1, device, 5, 2, 1, 1, 1, 1
    FROM pages CROSS JOIN days CROSS JOIN devices";

/// More sites like one, with its surveys and how often they were answered.
const FILL_SITES: [&str; 4] = [
    "INSERT INTO sites (key, name, origins, settings, demo)
     WITH RECURSIVE more (place) AS (SELECT 1 UNION ALL SELECT place + 1 FROM more WHERE place < $2)
     SELECT 'more-' || place, name, origins, settings, demo FROM sites CROSS JOIN more WHERE key = $1",
    "INSERT INTO site_keys (key, site, number, retires_at)
     WITH RECURSIVE more (place) AS (SELECT 1 UNION ALL SELECT place + 1 FROM more WHERE place < $2)
     SELECT 'more-' || place, 'more-' || place, number, retires_at FROM site_keys CROSS JOIN more WHERE site = $1",
    "INSERT INTO surveys (site, id, version, number, definition)
     WITH RECURSIVE more (place) AS (SELECT 1 UNION ALL SELECT place + 1 FROM more WHERE place < $2)
     SELECT 'more-' || place, id, version, number, definition FROM surveys CROSS JOIN more WHERE site = $1",
    "INSERT INTO answered (site, survey, count)
     WITH RECURSIVE more (place) AS (SELECT 1 UNION ALL SELECT place + 1 FROM more WHERE place < $2)
     SELECT 'more-' || place, survey, count FROM answered CROSS JOIN more WHERE site = $1",
];

/// As if something had been published.
const PUBLISH: &str = "UPDATE singles SET number = number + 1 WHERE name = 'publications'";

/// What is added past the collector, so that something takes its time.
#[derive(Clone, Copy, Debug)]
pub enum Filling {
    /// Counts, as of a shop that is answered five hundred times a day on a thousand pages: on so many pages, on each of so many
    /// days up to today.
    Counts { pages: i64, days: i64 },
    /// So many more sites like the one there is.
    Sites(i64),
    /// Nothing, but as if somebody had published something.
    Publication,
}

pub(crate) async fn fill_sqlite(database: &Path, site: &str, filling: Filling) -> anyhow::Result<()> {
    let mut connection = SqliteConnectOptions::new().filename(database).connect().await?;
    let mut all = connection.begin().await?;
    for (statement, numbers) in statements(filling)? {
        let query = numbers.into_iter().fold(sqlx::query(statement).bind(site), |query, number| query.bind(number));
        query.execute(&mut *all).await?;
    }
    sqlx::query(PUBLISH).execute(&mut *all).await?;
    all.commit().await?;
    Ok(connection.close().await?)
}

pub(crate) async fn fill_postgres(url: &str, site: &str, filling: Filling) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    let mut all = connection.begin().await?;
    for (statement, numbers) in statements(filling)? {
        let query = numbers.into_iter().fold(sqlx::query(statement).bind(site), |query, number| query.bind(number));
        query.execute(&mut *all).await?;
    }
    sqlx::query(PUBLISH).execute(&mut *all).await?;
    all.commit().await?;
    sqlx::query("ANALYZE").execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// What is bound first is the site, then come these numbers.
fn statements(filling: Filling) -> anyhow::Result<Vec<(&'static str, Vec<i64>)>> {
    Ok(match filling {
        Filling::Counts { pages, days } => {
            let today = today()?;
            [FILL_HISTOGRAMS, FILL_FUNNEL].map(|fill| (fill, vec![pages, days, today])).into()
        }
        Filling::Sites(more) => FILL_SITES.map(|fill| (fill, vec![more])).into(),
        Filling::Publication => Vec::new(),
    })
}

/// By our clock, in days since 1970.
fn today() -> anyhow::Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() / (24 * 60 * 60))?)
}
