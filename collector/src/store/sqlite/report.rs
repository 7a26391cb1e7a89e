//! What reports read: counts for figures, and rows only where single answers are asked for.

use serde::de::value::StringDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use survey::definition::SiteKey;
use survey::report::build::{HistogramRow, PageFunnel};
use survey::report::{Days, Funnel};

use super::{Store, StoreError, fitting, from_json, parsed};
use crate::store::{AnswerQuery, AnswerRecord, Counts, WhichAnswers};

/// Two statements from one text, rather than one with an OR in it, which no index would serve.
macro_rules! answers_where {
    ($place:literal) => {
        concat!(
            "SELECT r.number, r.survey, r.version, r.page, r.answered_at, r.completed, r.segment, r.language, r.signal,
                    (SELECT json_group_array(json_object('question', a.question, 'point', a.point, 'text', a.text,
                            'choices', json(a.choices), 'contact', json(a.contact)))
                     FROM answers AS a WHERE a.response = r.number) AS given
             FROM responses AS r
             WHERE ",
            $place,
            " AND r.number < $3
              AND ($4 = 0 OR EXISTS (SELECT 1 FROM answers AS a WHERE a.response = r.number AND a.text IS NOT NULL))
              AND ($6 = 0 OR EXISTS (SELECT 1 FROM answers AS a WHERE a.response = r.number AND a.contact IS NOT NULL))
             ORDER BY r.number DESC LIMIT $5"
        )
    };
}

impl Store {
    /// What a report of `days` is made from. All of one moment, so that scores and funnel agree while answers arrive.
    pub async fn counts(&self, site: &SiteKey, days: Days) -> Result<Counts, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let histograms = histograms(&mut snapshot, site, days.with_before()).await?;
        let funnels = funnels(&mut snapshot, site, days).await?;
        snapshot.rollback().await?;
        Ok(Counts { histograms, funnels })
    }

    /// Single answers, newest first. Served by the indexes `responses_of_page` or `responses_of_site`, and the primary key of
    /// `answers`.
    pub async fn answers(&self, query: &AnswerQuery) -> Result<Vec<AnswerRecord>, StoreError> {
        let statement = match query.page {
            Some(_) => answers_where!("r.site = $1 AND r.page = $2"),
            None => answers_where!("r.site = $1 AND $2 IS NULL"),
        };
        let rows = sqlx::query(statement)
            .bind(query.site.as_str())
            .bind(&query.page)
            .bind(query.before.unwrap_or(i64::MAX))
            .bind(i64::from(query.which == WhichAnswers::WithComments))
            .bind(query.limit)
            .bind(i64::from(query.which == WhichAnswers::WithContact))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(answer_record).collect()
    }
}

/// Summed over what reports do not yet filter by. Served by the primary key of `histograms`.
async fn histograms(
    connection: &mut SqliteConnection,
    site: &SiteKey,
    days: Days,
) -> Result<Vec<HistogramRow>, StoreError> {
    let rows = sqlx::query(
        "SELECT page, survey, version, question, day, point, SUM(count) AS count
         FROM histograms WHERE site = $1 AND day BETWEEN $2 AND $3
         GROUP BY day, page, survey, version, question, point",
    )
    .bind(site.as_str())
    .bind(days.first)
    .bind(days.last)
    .fetch_all(connection)
    .await?;
    rows.iter().map(histogram_row).collect()
}

/// How far surveys got on each page of a site. Served by the primary key of `funnel`.
async fn funnels(connection: &mut SqliteConnection, site: &SiteKey, days: Days) -> Result<Vec<PageFunnel>, StoreError> {
    let rows = sqlx::query(
        "SELECT page, SUM(eligible) AS eligible, SUM(shown) AS shown, SUM(started) AS started,
                SUM(answered) AS answered, SUM(completed) AS completed, SUM(dismissed) AS dismissed
         FROM funnel WHERE site = $1 AND day BETWEEN $2 AND $3
         GROUP BY page",
    )
    .bind(site.as_str())
    .bind(days.first)
    .bind(days.last)
    .fetch_all(connection)
    .await?;
    rows.iter().map(page_funnel).collect()
}

fn histogram_row(row: &SqliteRow) -> Result<HistogramRow, StoreError> {
    Ok(HistogramRow {
        page: row.try_get("page")?,
        survey: parsed("a survey id", row.try_get("survey")?)?,
        version: fitting("a version", row.try_get("version")?)?,
        question: parsed("a question id", row.try_get("question")?)?,
        day: fitting("a day", row.try_get("day")?)?,
        point: fitting("a point", row.try_get("point")?)?,
        count: fitting("a count", row.try_get("count")?)?,
    })
}

fn page_funnel(row: &SqliteRow) -> Result<PageFunnel, StoreError> {
    let count = |stage: &str| fitting("a count", row.try_get(stage)?);
    let funnel = Funnel {
        eligible: count("eligible")?,
        shown: count("shown")?,
        started: count("started")?,
        answered: count("answered")?,
        completed: count("completed")?,
        dismissed: count("dismissed")?,
    };
    Ok(PageFunnel { page: row.try_get("page")?, funnel })
}

fn answer_record(row: &SqliteRow) -> Result<AnswerRecord, StoreError> {
    let segment: String = row.try_get("segment")?;
    let signal: Option<String> = row.try_get("signal")?;
    Ok(AnswerRecord {
        number: row.try_get("number")?,
        survey: parsed("a survey id", row.try_get("survey")?)?,
        version: fitting("a version", row.try_get("version")?)?,
        page: row.try_get("page")?,
        answered_at: row.try_get("answered_at")?,
        completed: row.try_get::<i64, _>("completed")? != 0,
        device: named("a device", segment)?,
        language: row.try_get("language")?,
        signal: signal.map(|signal| named("a signal", signal)).transpose()?,
        given: from_json("a response's answers", row.try_get("given")?)?,
    })
}

/// Reads a variant back from the name that it is written under.
fn named<T: DeserializeOwned>(what: &'static str, name: String) -> Result<T, StoreError> {
    let name: StringDeserializer<serde::de::value::Error> = name.into_deserializer();
    T::deserialize(name).map_err(|error| StoreError::Unreadable { what, reason: error.to_string() })
}
