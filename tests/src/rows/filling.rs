//! Rows that are added past the collector, because it would take visitors and teams too long.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

use super::blocks::{Change, Subject};

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

/// Numbers that look like chance: the place of an answer times an odd number, by 2^32.
macro_rules! chance {
    ($place:literal, $times:literal) => {
        concat!("(((", $place, " * ", $times, ") & 4294967295) / 4294967296.0)")
    };
}

/// What presentations and responses have in common, by the answer's place: `$2` answers, `$3` pages, `$4` days up to `$5`.
macro_rules! fill_answers {
    ($places:literal, $id:literal, $whole:literal, $number:literal) => {
        [
            concat!(
                "INSERT INTO presentations (site, response_id, survey, version, page, day, segment, stages, flags, standing, number, rev)
                 SELECT $1, ", $id, ", 'page-ces', 1, 'shop.example/filled/' || ", $whole, "$3 * ",
                chance!("place", "2654435761"), " * ", chance!("place", "2654435761"), $number, ",
                 $5 - $4 + 1 + place * $4 / ($2 + 1),
                 CASE WHEN ", chance!("place", "2246822519"), " < 0.5 THEN 'device=phone' ELSE 'device=desktop' END
                 || CASE WHEN ", chance!("place", "3266489917"), " < 0.7 THEN '&language=en' ELSE '&language=de' END
                 || '&signal=visible_seconds', 15, 0, 0, place, 1
                 FROM ", $places
            ),
            concat!(
                "INSERT INTO responses (site, number, response_id, survey, version, page, day, completed, answered_at, received_at, title,
                                        referrer, device, language, viewport_width, viewport_height, visible_ms, scroll_percent, signal)
                 SELECT $1, place, ", $id, ", 'page-ces', 1, 'shop.example/filled/' || ", $whole, "$3 * ",
                chance!("place", "2654435761"), " * ", chance!("place", "2654435761"), $number, ",
                 $5 - $4 + 1 + place * $4 / ($2 + 1), 1,
                 ($5 - $4 + 1) * 86400000 + place * $4 * 86400000 / ($2 + 1), ($5 - $4 + 1) * 86400000 + place * $4 * 86400000 / ($2 + 1),
                 'Filled', '', CASE WHEN ", chance!("place", "2246822519"), " < 0.5 THEN 'phone' ELSE 'desktop' END, 'en', 400, 800, 9000,
                 50, 'visible_seconds'
                 FROM ", $places
            ),
            concat!(
                "INSERT INTO answers (site, response, question, point)
                 SELECT $1, place, 'score', 1 + ", $whole, "7 * (1 - ", chance!("place", "1103515245"), " * ",
                chance!("place", "1103515245"), ")", $number, " FROM ", $places
            ),
            concat!(
                "INSERT INTO answers (site, response, question, text)
                 SELECT $1, place, 'comment', 'I looked for the ' || CASE place / 12 % 5 WHEN 0 THEN 'delivery table' WHEN 1 THEN 'price'
                 WHEN 2 THEN 'sizes' WHEN 3 THEN 'returns' ELSE 'search' END || ' and it took number ' || place
                 FROM ", $places, " WHERE place % 12 = 0"
            ),
            "INSERT INTO pages (site, page, first_day)
             WITH RECURSIVE pages (page) AS (SELECT 0 UNION ALL SELECT page + 1 FROM pages WHERE page + 1 < $2)
             SELECT $1, 'shop.example/filled/' || page, $3 FROM pages",
            "UPDATE ledgers SET next_number = $2 WHERE site = $1",
            "INSERT INTO singles (name, number)
             SELECT name, 1 FROM (SELECT 'counts to rebuild' AS name UNION ALL SELECT 'texts to index') AS chores WHERE $1 <> ''",
        ]
    };
}

const FILL_SQLITE: [&str; 7] = fill_answers!(
    "(WITH RECURSIVE places (place) AS (SELECT 1 UNION ALL SELECT place + 1 FROM places WHERE place < $2) SELECT place FROM places)",
    "unhex(printf('01900000%04x7%03x8%015x', place / 65536, 0, place))",
    "CAST(",
    " AS INTEGER)"
);

const FILL_POSTGRES: [&str; 7] = fill_answers!(
    "generate_series(1, $2) AS places (place)",
    "decode('01900000' || lpad(to_hex(place / 65536), 4, '0') || '70008' || lpad(to_hex(place), 15, '0'), 'hex')",
    "CAST(floor(",
    ") AS BIGINT)"
);

/// As if something had been published.
const PUBLISH: &str = "UPDATE singles SET number = number + 1 WHERE name = 'publications'";

/// What is added past the collector, so that something takes its time.
#[derive(Clone, Copy, Debug)]
pub enum Filling {
    /// Counts, as of a shop that is answered five hundred times a day on a thousand pages: on so many pages, on each of so many
    /// days up to today.
    Counts { pages: i64, days: i64 },
    /// Answers, one a presentation, in the order of time over so many days up to today: on so many pages, of which few have most; from
    /// devices, in languages, with a comment in one of twelve. The collector counts them, and makes their
    /// comments ready to be found, when it opens the database next.
    Answers { answers: i64, pages: i64, days: i64 },
    /// So many more sites like the one there is.
    Sites(i64),
    /// Nothing, but as if somebody had published something.
    Publication,
}

pub(crate) async fn fill_sqlite(database: &Path, site: &str, filling: Filling) -> anyhow::Result<()> {
    let mut connection = SqliteConnectOptions::new().filename(database).connect().await?;
    let mut all = connection.begin_with("BEGIN IMMEDIATE").await?;
    for entry in entries(filling)? {
        let number: i64 = sqlx::query_scalar(NEXT_ENTRY).bind(site).fetch_one(&mut *all).await?;
        sqlx::query(ADD_ENTRY).bind(site).bind(number).bind(entry).execute(&mut *all).await?;
    }
    for (statement, numbers) in statements(filling, FILL_SQLITE)? {
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
    for entry in entries(filling)? {
        let number: i64 = sqlx::query_scalar(NEXT_ENTRY).bind(site).fetch_one(&mut *all).await?;
        sqlx::query(ADD_ENTRY).bind(site).bind(number).bind(entry).execute(&mut *all).await?;
    }
    for (statement, numbers) in statements(filling, FILL_POSTGRES)? {
        let query = numbers.into_iter().fold(sqlx::query(statement).bind(site), |query, number| query.bind(number));
        query.execute(&mut *all).await?;
    }
    sqlx::query(PUBLISH).execute(&mut *all).await?;
    all.commit().await?;
    sqlx::query("ANALYZE").execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// What is bound first is the site, then come these numbers.
fn statements(filling: Filling, fill_answers: [&'static str; 7]) -> anyhow::Result<Vec<(&'static str, Vec<i64>)>> {
    Ok(match filling {
        Filling::Sites(more) => FILL_SITES.map(|fill| (fill, vec![more])).into(),
        Filling::Answers { answers, pages, days } => {
            let today = today()?;
            let numbers = [
                vec![answers, pages, days, today],
                vec![answers, pages, days, today],
                vec![answers],
                vec![answers],
                vec![pages, today - days],
                vec![answers + 1],
                Vec::new(),
            ];
            fill_answers.into_iter().zip(numbers).collect()
        }
        Filling::Counts { .. } | Filling::Publication => Vec::new(),
    })
}

const NEXT_ENTRY: &str =
    "UPDATE ledgers SET next_entry = next_entry + 1 WHERE site = $1 RETURNING next_entry - 1 AS number";

const ADD_ENTRY: &str = "INSERT INTO journal (site, number, entry) VALUES ($1, $2, $3)";

/// What is to be added to a site's journal: an entry a day. The collector folds it into its counts.
fn entries(filling: Filling) -> anyhow::Result<Vec<Vec<u8>>> {
    let Filling::Counts { pages, days } = filling else { return Ok(Vec::new()) };
    let today = i32::try_from(today()?)?;
    (0..i32::try_from(days)?).map(|ago| Ok(postcard::to_allocvec(&day(pages, today - ago))?)).collect()
}

/// Visitors with two kinds of devices on every page, and a score on every second.
fn day(pages: i64, day: i32) -> Vec<Change> {
    let on_page = |page: i64| {
        let stages = [5, 2, 1, 1, 1, 1];
        let mut desktop: Vec<_> = (0..).zip(stages).map(|(stage, count)| (Subject::Funnel, stage, count)).collect();
        let phone = desktop.clone();
        if (page + i64::from(day)) % 2 == 0 {
            let point = 1 + u8::try_from((page + i64::from(day)).rem_euclid(7)).unwrap_or_default();
            desktop.push((Subject::Question("score".to_owned()), point, 1));
        }
        [("desktop", desktop), ("phone", phone)].map(|(device, bins)| Change {
            survey: "page-ces".to_owned(),
            version: 1,
            page: format!("shop.example/filled/{page}"),
            day,
            segment: format!("device={device}"),
            bins,
        })
    };
    (1..=pages).flat_map(on_page).collect()
}

/// By our clock, in days since 1970.
pub fn today() -> anyhow::Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() / (24 * 60 * 60))?)
}

/// A day as `2026-11-21`.
pub fn date(day: i64) -> String {
    survey::report::Days::up_to(i32::try_from(day).unwrap_or_default(), 1).period().first_day
}
