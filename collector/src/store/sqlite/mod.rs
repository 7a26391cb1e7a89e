//! The SQLite back end: one writer, several readers, one file.
//!
//! Statements stand in the files beside this one, by subject. Rows that are written in numbers travel as one JSON array
//! (`json_each`), so the number of statements in a commit does not grow with the number of rows.

mod accounts;
mod ingest;
mod report;
mod sessions;
mod sites;
mod surveys;
mod views;

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection, SqlitePool};

use super::{DatabaseAddress, StoreError};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// Reports run beside each other and beside the writer; WAL lets them.
const READERS: u32 = 4;

/// How long a statement waits for another process that writes. Senders are told to come back after that.
const BUSY: Duration = Duration::from_millis(1_500);

/// The open database.
pub struct Store {
    /// A pool of one: SQLite has one writer, and waiting in our own queue beats waiting for a lock.
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Store {
    /// Opens the database, creates it if it is not there, and brings it up to this version's schema.
    pub async fn open(address: &DatabaseAddress) -> Result<Self, StoreError> {
        let DatabaseAddress::SqliteFile(path) = address;
        Self::connect(path).await.map_err(|error| match error {
            // SQLite's own words do not name the file.
            StoreError::Database(reason) => StoreError::Open { path: path.clone(), reason },
            other => other,
        })
    }

    /// Opens a database that is there already, so that a mistyped name is told and not created.
    pub async fn open_existing(address: &DatabaseAddress) -> Result<Self, StoreError> {
        let DatabaseAddress::SqliteFile(path) = address;
        if !path.exists() {
            return Err(StoreError::NoDatabase(path.clone()));
        }
        Self::open(address).await
    }

    async fn connect(path: &Path) -> Result<Self, StoreError> {
        let options = options(path);
        let writer = pool(1).connect_with(options.clone().create_if_missing(true)).await?;
        MIGRATIONS.run(&writer).await.map_err(|error| StoreError::Database(error.to_string()))?;
        let readers = pool(READERS).connect_with(options.read_only(true)).await?;
        Ok(Self { writer, readers })
    }

    /// Does `work` in one transaction, all or nothing. Returns once it is on disk.
    async fn write<T>(
        &self,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.writer.acquire().await?;
        let done = in_transaction(&mut connection, work).await;
        if done.is_err() {
            // Where a disk is full, SQLite rolls back by itself; sqlx does not notice, and would refuse to begin again on this
            // connection. The next write gets a new one.
            connection.close_on_drop();
        }
        done
    }

    /// Closes every connection; the last one folds the write-ahead log into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

async fn in_transaction<T>(
    connection: &mut SqliteConnection,
    work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    // IMMEDIATE: a transaction that began as a reader could not be sure to become a writer.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let done = work(&mut transaction).await?;
    transaction.commit().await?;
    Ok(done)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL, not NORMAL: in WAL mode NORMAL does not flush at each commit, and a power cut loses acknowledged answers.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
}

fn pool(connections: u32) -> PoolOptions<sqlx::Sqlite> {
    PoolOptions::new().max_connections(connections).acquire_timeout(BUSY)
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let sqlx::Error::Database(database) = &error else {
            return match error {
                sqlx::Error::PoolTimedOut => Self::Busy,
                other => Self::Database(other.to_string()),
            };
        };
        // Extended result codes (https://www.sqlite.org/rescode.html); their low byte is the primary code.
        let code = database.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or_default();
        match (code, code & 0xff) {
            (IOERR_FSYNC | IOERR_DIR_FSYNC, _) => Self::Durability(error.to_string()),
            (_, BUSY_CODE | LOCKED_CODE) => Self::Busy,
            (_, FULL_CODE) => Self::DiskFull,
            _ => Self::Database(error.to_string()),
        }
    }
}

const BUSY_CODE: u32 = 5;
const LOCKED_CODE: u32 = 6;
const FULL_CODE: u32 = 13;
const IOERR_FSYNC: u32 = 1_034;
const IOERR_DIR_FSYNC: u32 = 1_290;

/// Reads a stored text as what it was before it was stored.
fn parsed<T>(what: &'static str, text: &str) -> Result<T, StoreError>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    text.parse().map_err(|error: T::Err| StoreError::Unreadable { what, reason: error.to_string() })
}

fn from_json<T: serde::de::DeserializeOwned>(what: &'static str, json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::Unreadable { what, reason: error.to_string() })
}

/// Writes a value of ours as JSON. Only maps with keys that are not texts, and failing `Serialize`s, cannot be; we have neither.
fn to_json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Database(error.to_string()))
}

fn fitting<T: TryFrom<i64>>(what: &'static str, number: i64) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| StoreError::Unreadable { what, reason: format!("{number} is out of range") })
}

#[cfg(test)]
mod tests {
    use sqlx::ConnectOptions;
    use survey::definition::SiteKey;
    use survey::targeting::Trigger;

    use super::*;
    use crate::store::{AnswerQuery, WhichAnswers};

    /// The schema as it was before a migration.
    fn up_to(version: i64) -> Migrator {
        let mut earlier = Migrator::DEFAULT;
        earlier.migrations = MIGRATIONS.iter().filter(|migration| migration.version <= version).cloned().collect();
        earlier
    }

    #[tokio::test]
    async fn a_database_from_before_targeting_keeps_its_sites_and_knows_its_answers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pagepoll.db");
        let mut connection = options(&path).create_if_missing(true).connect().await.unwrap();
        up_to(2).run(&mut connection).await.unwrap();
        let earlier = "INSERT INTO sites (key, name, origins, keep_query, demo)
                       VALUES ('shop', 'Shop', '[\"https://shop.example\"]', '[\"q\"]', 0);
                       INSERT INTO funnel SELECT 'shop', day.value, 'a.b/', 'help', 1, 'phone', 9, 8, 7, 6, 5, 4
                       FROM json_each('[1, 2]') AS day;";
        sqlx::raw_sql(earlier).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();

        let store = Store::open(&DatabaseAddress::SqliteFile(path)).await.unwrap();
        let key: SiteKey = "shop".parse().unwrap();
        let site = store.site(&key).await.unwrap().unwrap();
        assert_eq!(site.settings.keep_query, ["q"]);
        assert_eq!(site.settings.page_view_sample_percent, 1.0);
        assert_eq!(store.answered().await.unwrap()[&(key, "help".parse().unwrap())], 12);
        store.close().await;
    }

    /// As the version before wrote it: with thanks for everybody, and the tab's label within the trigger.
    const EARLIER_DEFINITION: &str = r#"{
        "id": "help", "version": 1, "name": "Help", "when": {"path": {"glob": "/help/**"}},
        "triggers": ["immediately", {"feedback_tab": {"label": "Your \"view\""}}, {"visible_seconds": 5}],
        "frequency": "once", "sample_percent": 100.0, "priority": 0,
        "questions": [{"id": "ease", "prompt": "Easy?", "kind": {"score": {
                          "scale": {"metric": "ces", "first": 1, "values": [1, 2, 3, 4, 5, 6, 7],
                                    "direction": "higher_is_better", "positive": [5, 6, 7], "negative": [1, 2, 3]},
                          "look": "numbers", "low": "No", "high": "Yes"}}},
                      {"id": "why", "prompt": "Why?", "kind": {"comment": {"placeholder": ""}}}],
        "thanks": {"title": "Thanks", "text": "We read it."}}"#;

    #[tokio::test]
    async fn a_database_from_before_endings_keeps_its_surveys_and_its_answers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pagepoll.db");
        let mut connection = options(&path).create_if_missing(true).connect().await.unwrap();
        up_to(3).run(&mut connection).await.unwrap();
        let earlier = "INSERT INTO sites (key, name, origins, demo) VALUES ('shop', 'Shop', '[]', 0);
                       INSERT INTO presentations VALUES (x'01', 'shop', 'help', 1, 'a.b/', 1, 'phone', 15);
                       INSERT INTO responses VALUES (1, x'01', 'shop', 'help', 1, 'a.b/', 1, 'phone', 1, 0, 0, 0,
                                                     '', '', 'en', 1, 1, 1, 1, NULL);
                       INSERT INTO answers VALUES (1, 'ease', 6, NULL), (1, 'why', NULL, 'Clear');";
        sqlx::raw_sql(earlier).execute(&mut connection).await.unwrap();
        sqlx::query("INSERT INTO surveys (site, id, version, definition) VALUES ('shop', 'help', 1, $1)")
            .bind(EARLIER_DEFINITION)
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();

        let store = Store::open(&DatabaseAddress::SqliteFile(path)).await.unwrap();
        let published = store.published().await.unwrap().remove(0);
        let survey = published.surveys[0].definition.clone().unwrap();
        assert_eq!(survey.own(&survey.endings()[0].title), "Thanks");
        assert_eq!(survey.tab_label().map(|label| survey.own(label)), Some("Your \"view\""));
        let expected = [Trigger::Immediately, Trigger::FeedbackTab, Trigger::VisibleSeconds(5)];
        assert_eq!(survey.triggers(), expected);

        let site = "shop".parse().unwrap();
        let query = AnswerQuery { site, page: None, which: WhichAnswers::WithComments, before: None, limit: 9 };
        let given = store.answers(&query).await.unwrap().remove(0).given;
        assert_eq!((given[0].point, given[1].text.as_deref()), (Some(6), Some("Clear")));
        store.close().await;
    }
}
