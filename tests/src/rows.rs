//! What is on disk, read past the collector: the rows themselves, and a recount of them.
//!
//! The collector keeps counts so that reports need not look at rows. Here they are counted anew, in SQL of our own, so that a
//! mistake in its arithmetic cannot repeat itself in the test.

mod blocks;
pub mod filling;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ColumnIndex, ConnectOptions, Connection, Decode, PgConnection, Row, Type};
use uuid::Uuid;

use blocks::{CountKey, Counts, Span};

/// All that the collector has stored.
#[derive(Debug, Default)]
pub struct Rows {
    pub responses: Vec<StoredResponse>,
    /// How many showings are known, answered or not.
    pub presentations: i64,
    /// How many entries wait to be folded into the counts.
    pub waiting: usize,
    /// What reports read.
    pub counts: Counts,
    /// What that must be: answers, and stages of showings, counted.
    pub recounted: Counts,
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
    /// What is in an SQLite file.
    pub async fn of(database: &Path) -> anyhow::Result<Self> {
        let mut connection = SqliteConnectOptions::new().filename(database).read_only(true).connect().await?;
        // Within one transaction, so that all of it is of one moment.
        let mut moment = connection.begin().await?;
        let mut tables = Vec::new();
        for statement in statements(SQLITE) {
            let rows = sqlx::query(AssertSqlSafe(statement)).fetch_all(&mut *moment).await?;
            tables.push(rows.iter().map(texts).collect::<anyhow::Result<Table>>()?);
        }
        moment.commit().await?;
        connection.close().await?;
        Self::read(tables)
    }

    /// What is in a PostgreSQL database.
    pub async fn of_postgres(url: &str) -> anyhow::Result<Self> {
        let mut connection = PgConnection::connect(url).await?;
        let mut moment = connection.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let mut tables = Vec::new();
        for statement in statements(POSTGRES) {
            let rows = sqlx::query(AssertSqlSafe(statement)).fetch_all(&mut *moment).await?;
            tables.push(rows.iter().map(texts).collect::<anyhow::Result<Table>>()?);
        }
        moment.commit().await?;
        connection.close().await?;
        Self::read(tables)
    }

    fn read(tables: Vec<Table>) -> anyhow::Result<Self> {
        let tables: [Table; 7] = tables.try_into().map_err(|_| anyhow::anyhow!("there are seven statements"))?;
        let [responses, presentations, blocks, pages, journal, histograms, funnel] = tables;
        Ok(Self {
            responses: responses.into_iter().map(response).collect::<anyhow::Result<_>>()?,
            presentations: number(presentations)?,
            waiting: journal.len(),
            counts: blocks::read(blocks, pages, journal)?,
            recounted: blocks::recounted(histograms.into_iter().chain(funnel))?,
        })
    }

    /// Whether nothing at all is stored of any visitor.
    pub fn are_empty(&self) -> bool {
        self.responses.is_empty() && self.presentations == 0 && self.counts.is_empty()
    }

    /// On which days something is counted, by how often: each point that was answered.
    fn points(&self) -> impl Iterator<Item = (i32, i64)> {
        self.counts.iter().filter_map(|(CountKey { span, cut, spot }, count)| match span {
            Span::Day(day) if cut.is_empty() && !spot.question.is_empty() => Some((*day, *count)),
            _ => None,
        })
    }

    /// How many answers to questions are counted.
    pub fn counted(&self) -> i64 {
        self.points().map(|(_, count)| count).sum()
    }

    /// The days on which they are.
    pub fn days(&self) -> BTreeSet<i32> {
        self.points().map(|(day, _)| day).collect()
    }

    pub fn response(&self, id: Uuid) -> Option<&StoredResponse> {
        self.responses.iter().find(|response| response.id == id)
    }

    /// Fails unless every count is what a recount of the rows gives.
    #[track_caller]
    pub fn assert_counted_right(&self) {
        assert_eq!(self.counts, self.recounted, "the counts are not a recount of the rows");
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

/// Changes rows past the collector, as a defect would; or adds so many that something takes its time.
pub async fn change_past_the_collector(database: &Path, statement: &'static str) -> anyhow::Result<u64> {
    let mut connection = SqliteConnectOptions::new().filename(database).connect().await?;
    let changed = sqlx::query(statement).execute(&mut connection).await?.rows_affected();
    connection.close().await?;
    Ok(changed)
}

/// Publishes a survey past the collector, as a newer version of it would: with whatever rules there will be.
pub async fn publish_past_the_collector(database: &Path, site: &str, definition: &Value) -> anyhow::Result<()> {
    let mut connection = SqliteConnectOptions::new().filename(database).connect().await?;
    sqlx::query("INSERT INTO surveys (site, id, version, number, definition) VALUES ($1, $2, 1, 99, $3)")
        .bind(site)
        .bind(definition["id"].as_str())
        .bind(definition.to_string())
        .execute(&mut connection)
        .await?;
    sqlx::query("UPDATE singles SET number = number + 1 WHERE name = 'publications'").execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// How large an SQLite database is, its write-ahead log folded in.
pub(crate) async fn bytes_in_sqlite(database: &Path) -> anyhow::Result<u64> {
    let mut connection = SqliteConnectOptions::new().filename(database).read_only(true).connect().await?;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut connection).await?;
    let page_bytes: i64 = sqlx::query_scalar("PRAGMA page_size").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(u64::try_from(pages * page_bytes)?)
}

/// A whole number that a statement finds.
pub(crate) async fn number_in_sqlite(database: &Path, statement: &str) -> anyhow::Result<i64> {
    let mut connection = SqliteConnectOptions::new().filename(database).read_only(true).connect().await?;
    let number = sqlx::query_scalar(AssertSqlSafe(statement.to_owned())).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(number)
}

pub(crate) async fn number_in_postgres(url: &str, statement: &str) -> anyhow::Result<i64> {
    let mut connection = PgConnection::connect(url).await?;
    let number = sqlx::query_scalar(AssertSqlSafe(statement.to_owned())).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(number)
}

/// How large a PostgreSQL database is, as the server says.
pub(crate) async fn bytes_in_postgres(url: &str) -> anyhow::Result<u64> {
    let mut connection = PgConnection::connect(url).await?;
    let bytes: i64 =
        sqlx::query_scalar("SELECT pg_database_size(current_database())").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(u64::try_from(bytes)?)
}

/// What the two databases do not share.
struct Dialect {
    /// A response id in hexadecimal digits.
    id: &'static str,
    /// The places that were picked, of answers `a`.
    picked: &'static str,
    /// Packed counts, and an entry, in hexadecimal digits.
    cells: &'static str,
    entry: &'static str,
}

const SQLITE: Dialect = Dialect {
    id: "hex(r.response_id)",
    picked: "json_each(a.choices) AS picked",
    cells: "hex(cells)",
    entry: "hex(entry)",
};

const POSTGRES: Dialect = Dialect {
    id: "encode(r.response_id, 'hex')",
    picked: "jsonb_each_text(a.choices::jsonb) AS picked",
    cells: "encode(cells, 'hex')",
    entry: "encode(entry, 'hex')",
};

/// Every column is a text, so that both databases are read alike.
fn statements(dialect: Dialect) -> Vec<String> {
    let all = [RESPONSES, PRESENTATIONS, BLOCKS, PAGES, JOURNAL, RECOUNTED_HISTOGRAMS, RECOUNTED_FUNNEL];
    let spelt = |statement: &str| {
        let statement = statement.replace("{id}", dialect.id).replace("{picked}", dialect.picked);
        let statement = statement.replace("{cells}", dialect.cells).replace("{entry}", dialect.entry);
        statement.replace("{is counted}", IS_COUNTED)
    };
    all.into_iter().map(spelt).collect()
}

/// Doubtful ones are in no figure, unless somebody says that they count; nor is what somebody has set apart or erased.
const IS_COUNTED: &str = "(p.standing = 1 OR (p.standing = 0 AND p.flags = 0))";

const RESPONSES: &str = "
    SELECT {id}, CAST(p.rev AS TEXT), r.page,
           (SELECT CAST(point AS TEXT) FROM answers AS a
            WHERE a.site = r.site AND a.response = r.number AND point IS NOT NULL
            ORDER BY a.question LIMIT 1),
           (SELECT text FROM answers AS a
            WHERE a.site = r.site AND a.response = r.number AND text IS NOT NULL
            ORDER BY a.question LIMIT 1)
    FROM responses AS r JOIN presentations AS p ON p.site = r.site AND p.response_id = r.response_id
    ORDER BY r.site, r.number";

const PRESENTATIONS: &str = "SELECT CAST(COUNT(*) AS TEXT) FROM presentations";

const BLOCKS: &str = "
    SELECT c.site, u.cut, CAST(c.grain AS TEXT), CAST(c.start AS TEXT), s.survey, CAST(s.version AS TEXT), s.question,
           CAST(c.bucket AS TEXT), {cells}
    FROM counts AS c JOIN cuts AS u ON u.site = c.site AND u.number = c.cut
    JOIN series AS s ON s.site = c.site AND s.number = c.series";

const PAGES: &str = "SELECT site, page, CAST(number AS TEXT) FROM pages WHERE number IS NOT NULL";

const JOURNAL: &str = "SELECT site, {entry} FROM journal";

/// Joined in this order, by primary keys: SQLite's planner, which knows no sizes, would try each with each.
/// A score is counted at its point; each choice at its place, and whoever picked any once more under 255.
const RECOUNTED_HISTOGRAMS: &str = "
    SELECT p.site, CAST(p.day AS TEXT), p.page, p.survey, CAST(p.version AS TEXT), p.segment, a.question, a.bin,
           CAST(COUNT(*) AS TEXT)
    FROM (SELECT site, response, question, CAST(point AS TEXT) AS bin FROM answers WHERE point IS NOT NULL UNION ALL
          SELECT a.site, a.response, a.question, CAST(picked.value AS TEXT) FROM answers AS a, {picked} UNION ALL
          SELECT site, response, question, '255' FROM answers WHERE choices IS NOT NULL) AS a
    CROSS JOIN responses AS r CROSS JOIN presentations AS p
    WHERE r.site = a.site AND r.number = a.response AND p.site = r.site AND p.response_id = r.response_id
          AND {is counted} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8";

/// The bits of `stages` are those of the schema. That somebody answered is counted from the responses instead.
const RECOUNTED_FUNNEL: &str = "
    SELECT site, CAST(day AS TEXT), page, survey, CAST(version AS TEXT), segment, '' AS question, stage,
           CAST(COUNT(*) AS TEXT) FROM (
        SELECT p.*, '0' AS stage FROM presentations AS p WHERE stages & 1 <> 0 UNION ALL
        SELECT p.*, '1' FROM presentations AS p WHERE stages & 2 <> 0 UNION ALL
        SELECT p.*, '2' FROM presentations AS p WHERE stages & 4 <> 0 UNION ALL
        SELECT p.*, '3' FROM presentations AS p
        WHERE EXISTS (SELECT 1 FROM responses AS r WHERE r.site = p.site AND r.number = p.number) UNION ALL
        SELECT p.*, '4' FROM presentations AS p WHERE stages & 16 <> 0 UNION ALL
        SELECT p.*, '5' FROM presentations AS p WHERE stages & 32 <> 0) AS p
    WHERE {is counted} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8";

type Line = Vec<Option<String>>;
type Table = Vec<Line>;

fn texts<'r, R: Row>(row: &'r R) -> anyhow::Result<Line>
where
    usize: ColumnIndex<R>,
    Option<String>: Decode<'r, R::Database> + Type<R::Database>,
{
    (0..row.len()).map(|place| Ok(row.try_get(place)?)).collect()
}

fn response(line: Line) -> anyhow::Result<StoredResponse> {
    let [id, rev, page, point, comment]: [Option<String>; 5] =
        line.try_into().map_err(|line| anyhow::anyhow!("{line:?} is no response"))?;
    Ok(StoredResponse {
        id: id.context("a response without an id")?.parse()?,
        rev: rev.context("a response without a revision")?.parse()?,
        page: page.context("a response without a page")?,
        point: point.map(|point| point.parse()).transpose()?,
        comment,
    })
}

fn number(table: Table) -> anyhow::Result<i64> {
    let cell = table.into_iter().flatten().next().flatten();
    Ok(cell.context("there is one row of one number")?.parse()?)
}
