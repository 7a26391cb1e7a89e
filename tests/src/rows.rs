//! What is on disk, read past the collector: the rows themselves, and a recount of them.
//!
//! The collector keeps counts so that reports need not look at rows. Here they are counted anew, in SQL of our own, so that a
//! mistake in its arithmetic cannot repeat itself in the test.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{ConnectOptions, Connection, Row};
use uuid::Uuid;

/// A place in which something is counted, and how often.
pub type Counts = BTreeMap<String, i64>;

/// All that the collector has stored.
#[derive(Debug, Default)]
pub struct Rows {
    pub responses: Vec<StoredResponse>,
    /// How many showings are known, answered or not.
    pub presentations: i64,
    pub histograms: Counts,
    /// What the histograms must be: the rows of answers, counted.
    pub recounted_histograms: Counts,
    pub funnel: Counts,
    /// What the funnel must be: the stages of the showings, counted.
    pub recounted_funnel: Counts,
}

/// One response as it is stored.
#[derive(Clone, PartialEq, Debug)]
pub struct StoredResponse {
    pub id: Uuid,
    pub rev: i64,
    pub page: String,
    pub point: Option<i64>,
    pub comment: Option<String>,
}

impl Rows {
    pub async fn of(database: &Path) -> anyhow::Result<Self> {
        let mut connection = SqliteConnectOptions::new().filename(database).read_only(true).connect().await?;
        // Within one transaction, so that all of it is of one moment.
        let mut moment = connection.begin().await?;
        let rows = Self {
            responses: responses(&mut moment).await?,
            presentations: sqlx::query("SELECT COUNT(*) FROM presentations")
                .fetch_one(&mut *moment)
                .await?
                .try_get(0)?,
            histograms: counts(&mut moment, HISTOGRAMS).await?,
            recounted_histograms: counts(&mut moment, RECOUNTED_HISTOGRAMS).await?,
            funnel: counts(&mut moment, FUNNEL).await?,
            recounted_funnel: counts(&mut moment, RECOUNTED_FUNNEL).await?,
        };
        moment.commit().await?;
        connection.close().await?;
        Ok(rows)
    }

    /// Whether nothing at all is stored of any visitor.
    pub fn are_empty(&self) -> bool {
        self.responses.is_empty() && self.presentations == 0 && self.histograms.is_empty() && self.funnel.is_empty()
    }

    pub fn response(&self, id: Uuid) -> Option<&StoredResponse> {
        self.responses.iter().find(|response| response.id == id)
    }

    /// Fails unless every count is what a recount of the rows gives.
    #[track_caller]
    pub fn assert_counted_right(&self) {
        assert_eq!(self.histograms, self.recounted_histograms, "the histograms are not a recount of the answers");
        assert_eq!(self.funnel, self.recounted_funnel, "the funnel is not a recount of the showings");
    }
}

/// What SQLite finds wrong with a database file; nothing, if all is well.
pub async fn damage(database: &Path) -> anyhow::Result<Vec<String>> {
    let mut connection = SqliteConnectOptions::new().filename(database).read_only(true).connect().await?;
    let found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut connection).await?;
    connection.close().await?;
    Ok(found.into_iter().filter(|line| line != "ok").collect())
}

/// Keeps another process's hand on the database: nobody else can write until it is dropped.
pub struct Hold {
    _connection: SqliteConnection,
}

impl Hold {
    pub async fn on(database: &Path) -> anyhow::Result<Self> {
        let mut connection = SqliteConnectOptions::new().filename(database).connect().await?;
        sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await?;
        Ok(Self { _connection: connection })
    }
}

/// Publishes a survey past the collector, as a newer version of it would: with whatever rules there will be.
pub async fn publish_past_the_collector(database: &Path, site: &str, definition: &Value) -> anyhow::Result<()> {
    let mut connection = SqliteConnectOptions::new().filename(database).connect().await?;
    sqlx::query("INSERT INTO surveys (site, id, version, definition) VALUES ($1, $2, 1, $3)")
        .bind(site)
        .bind(definition["id"].as_str())
        .bind(definition.to_string())
        .execute(&mut connection)
        .await?;
    sqlx::query("UPDATE settings SET value = value + 1 WHERE name = 'publications'").execute(&mut connection).await?;
    Ok(connection.close().await?)
}

const RESPONSES: &str = "
    SELECT r.response_id, r.rev, r.page,
           (SELECT point FROM answers WHERE response = r.number AND point IS NOT NULL) AS point,
           (SELECT text FROM answers WHERE response = r.number AND text IS NOT NULL) AS comment
    FROM responses AS r ORDER BY r.number";

const HISTOGRAMS: &str = "
    SELECT concat_ws(' ', site, day, page, survey, version, segment, question, point), count
    FROM histograms WHERE count <> 0";

/// A score is counted at its point; each choice at its place, and whoever picked any once more under 255.
const RECOUNTED_HISTOGRAMS: &str = "
    SELECT concat_ws(' ', r.site, r.day, r.page, r.survey, r.version, r.segment, a.question, a.bin), COUNT(*)
    FROM (SELECT response, question, point AS bin FROM answers WHERE point IS NOT NULL UNION ALL
          SELECT response, question, picked.value FROM answers, json_each(choices) AS picked UNION ALL
          SELECT response, question, 255 FROM answers WHERE choices IS NOT NULL) AS a
    JOIN responses AS r ON r.number = a.response GROUP BY 1";

const FUNNEL: &str = "
    SELECT concat_ws(' ', site, day, page, survey, version, segment, stage), SUM(count) FROM (
        SELECT *, 'eligible' AS stage, eligible AS count FROM funnel UNION ALL
        SELECT *, 'shown', shown FROM funnel UNION ALL
        SELECT *, 'started', started FROM funnel UNION ALL
        SELECT *, 'answered', answered FROM funnel UNION ALL
        SELECT *, 'completed', completed FROM funnel UNION ALL
        SELECT *, 'dismissed', dismissed FROM funnel)
    WHERE count <> 0 GROUP BY 1";

/// The bits of `stages` are those of the schema. That somebody answered is counted from the responses instead.
const RECOUNTED_FUNNEL: &str = "
    SELECT concat_ws(' ', site, day, page, survey, version, segment, stage), COUNT(*) FROM (
        SELECT *, 'eligible' AS stage FROM presentations WHERE stages & 1 UNION ALL
        SELECT *, 'shown' FROM presentations WHERE stages & 2 UNION ALL
        SELECT *, 'started' FROM presentations WHERE stages & 4 UNION ALL
        SELECT *, 'answered' FROM presentations WHERE response_id IN (SELECT response_id FROM responses) UNION ALL
        SELECT *, 'completed' FROM presentations WHERE stages & 16 UNION ALL
        SELECT *, 'dismissed' FROM presentations WHERE stages & 32)
    GROUP BY 1";

async fn responses(connection: &mut SqliteConnection) -> anyhow::Result<Vec<StoredResponse>> {
    let rows = sqlx::query(RESPONSES).fetch_all(connection).await?;
    rows.iter().map(response).collect()
}

fn response(row: &SqliteRow) -> anyhow::Result<StoredResponse> {
    Ok(StoredResponse {
        id: Uuid::from_slice(row.try_get("response_id")?)?,
        rev: row.try_get("rev")?,
        page: row.try_get("page")?,
        point: row.try_get("point")?,
        comment: row.try_get("comment")?,
    })
}

async fn counts(connection: &mut SqliteConnection, statement: &'static str) -> anyhow::Result<Counts> {
    let rows = sqlx::query(statement).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}
