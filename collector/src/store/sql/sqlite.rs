//! SQLite: one writer, several readers, one file.

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Arguments, ConnectOptions, Connection as _, Row as _, SqlitePool};

use super::rows::Column;
use super::{BUSY, Connection, Link, Opening, READERS, Rows, Statement, Value, check_schema};
use crate::disk::Disk;
use crate::store::StoreError;

pub(in crate::store) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// A disk takes as long as it takes. This only ends what would never end.
const PATIENCE: Duration = Duration::from_secs(600);

/// How many different statements a connection keeps prepared. Each number of rows makes one of its own: see [`turns`].
const PREPARED: usize = 256;

/// Rows travel in turns of these sizes, largest first, so that there are few different statements to prepare.
const TURN_SIZES: [usize; 5] = [256, 64, 16, 4, 1];

/// The pools of one file.
pub struct Pools {
    /// Of one: SQLite has one writer, and waiting in our own queue beats waiting for a lock.
    writer: SqlitePool,
    readers: SqlitePool,
    disk: Disk,
}

impl Pools {
    pub(super) async fn open(path: &Path, opening: Opening) -> Result<Self, StoreError> {
        let address = path.display().to_string();
        if opening == Opening::AsItIs && !path.exists() {
            return Err(StoreError::NoDatabase(address));
        }
        Self::connect(path, opening).await.map_err(|error| match error {
            // SQLite's own words do not name the file.
            StoreError::Database(reason) => StoreError::Open { address, reason },
            other => other,
        })
    }

    async fn connect(path: &Path, opening: Opening) -> Result<Self, StoreError> {
        let options = options(path);
        let creating = options.clone().create_if_missing(opening == Opening::Migrate);
        let writer = pool(1).connect_with(creating).await.map_err(error)?;
        begin_a_new_log(&writer).await?;
        let address = path.display().to_string();
        let applied = newest_migration(&writer).await?;
        match (opening, check_schema(&address, &MIGRATIONS, applied)) {
            (_, Ok(())) => {}
            (Opening::Migrate, Err(StoreError::NoDatabase(_) | StoreError::OlderSchema { .. })) => {
                MIGRATIONS.run(&writer).await.map_err(|error| StoreError::Database(error.to_string()))?;
            }
            (_, Err(unusable)) => return Err(unusable),
        }
        let readers = pool(READERS).connect_with(options.read_only(true)).await.map_err(error)?;
        Ok(Self { writer, readers, disk: Disk::of_file(path) })
    }

    pub(super) async fn reader(&self) -> Result<Connection, StoreError> {
        Ok(Connection::new(Link::Sqlite(self.readers.acquire().await.map_err(error)?), PATIENCE))
    }

    pub(super) async fn writer(&self) -> Result<Connection, StoreError> {
        Ok(Connection::new(Link::Sqlite(self.writer.acquire().await.map_err(error)?), PATIENCE))
    }

    pub(super) fn check_room(&self) -> Result<(), StoreError> {
        if self.disk.is_nearly_full() { Err(StoreError::DiskFull) } else { Ok(()) }
    }

    /// The last connection folds the write-ahead log into the file.
    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Folds the write-ahead log into the file before anything is added to it. After a flush that failed, the system may show a log
/// that the disk does not hold; whatever were appended to it would be lost with it at the next power cut, acknowledged or not.
/// Where another process has the database open there is nothing to mend, and SQLite leaves the log as it is.
async fn begin_a_new_log(writer: &SqlitePool) -> Result<(), StoreError> {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(writer).await.map_err(error)?;
    Ok(())
}

/// Writes all that is committed in a database into another file, as of one moment, beside whoever writes. The file must be empty,
/// or not there.
pub(in crate::store) async fn write_copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let mut connection = options(from).read_only(true).connect().await.map_err(error)?;
    sqlx::query("VACUUM INTO $1").bind(to.to_string_lossy()).execute(&mut connection).await.map_err(error)?;
    connection.close().await.map_err(error)
}

async fn newest_migration(pool: &SqlitePool) -> Result<i64, StoreError> {
    let table = sqlx::query("SELECT 1 FROM sqlite_schema WHERE name = '_sqlx_migrations'");
    if table.fetch_optional(pool).await.map_err(error)?.is_none() {
        return Ok(0);
    }
    let row = sqlx::query("SELECT COALESCE(MAX(version), 0) AS version FROM _sqlx_migrations").fetch_one(pool).await;
    row.and_then(|row| row.try_get("version")).map_err(error)
}

pub(in crate::store) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL, not NORMAL: in WAL mode NORMAL does not flush at each commit, and a power cut loses acknowledged answers.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .statement_cache_capacity(PREPARED)
        .busy_timeout(BUSY)
}

fn pool(connections: u32) -> PoolOptions<sqlx::Sqlite> {
    PoolOptions::new().max_connections(connections).acquire_timeout(BUSY)
}

/// A statement as SQLite takes it, in one turn or several.
pub(super) fn prepare(statement: Statement<'_>) -> Result<Vec<(String, SqliteArguments)>, StoreError> {
    // A transaction that writes holds the whole file.
    let text = statement.text.replace("{lock}", "");
    match statement.rows {
        Some(rows) => turns(&text, &rows),
        None => Ok(vec![(text, arguments(statement.values)?)]),
    }
}

fn arguments(values: Vec<Value<'_>>) -> Result<SqliteArguments, StoreError> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        match value {
            Value::Integer(value) => arguments.add(value),
            Value::Real(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value.as_deref()),
            Value::Bytes(value) => arguments.add(value.as_deref()),
        }
        .map_err(not_bound)?;
    }
    Ok(arguments)
}

fn not_bound(reason: sqlx::error::BoxDynError) -> StoreError {
    StoreError::Database(format!("a value cannot be bound: {reason}"))
}

/// One statement for each turn of rows. Anonymous `?`, because SQLite looks for each numbered one among all others.
fn turns(text: &str, rows: &Rows<'_>) -> Result<Vec<(String, SqliteArguments)>, StoreError> {
    let (mut turns, mut done) = (Vec::new(), 0);
    while done < rows.len() {
        let left = rows.len() - done;
        let size = TURN_SIZES.into_iter().find(|size| *size <= left).unwrap_or(1);
        let arguments = cells(&rows.columns, done..done + size)?;
        turns.push((text.replace("{rows}", &value_list(size, rows.columns.len())), arguments));
        done += size;
    }
    Ok(turns)
}

/// `VALUES (?,?),(?,?)`
fn value_list(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    format!("VALUES {}", vec![row.as_str(); rows].join(","))
}

fn cells(columns: &[Column<'_>], rows: std::ops::Range<usize>) -> Result<SqliteArguments, StoreError> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(columns.len() * rows.len(), 0);
    for row in rows {
        for column in columns {
            match column {
                Column::Integers(values) => arguments.add(values[row]),
                Column::Reals(values) => arguments.add(values[row]),
                Column::Texts(values) => arguments.add(values[row].as_deref()),
                Column::Bytes(values) => arguments.add(values[row].as_deref()),
            }
            .map_err(not_bound)?;
        }
    }
    Ok(arguments)
}

/// What an error of SQLite's means to the store. Extended result codes (<https://www.sqlite.org/rescode.html>); their low byte
/// is the primary code.
pub(super) fn error(error: sqlx::Error) -> StoreError {
    let sqlx::Error::Database(database) = &error else {
        return match error {
            sqlx::Error::PoolTimedOut => StoreError::Busy,
            other => StoreError::Database(other.to_string()),
        };
    };
    let code = database.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or_default();
    match (code, code & 0xff) {
        (IOERR_FSYNC | IOERR_DIR_FSYNC, _) => StoreError::Durability(error.to_string()),
        (_, BUSY_CODE | LOCKED_CODE) => StoreError::Busy,
        (_, FULL_CODE) => StoreError::DiskFull,
        _ => StoreError::Database(error.to_string()),
    }
}

const BUSY_CODE: u32 = 5;
const LOCKED_CODE: u32 = 6;
const FULL_CODE: u32 = 13;
const IOERR_FSYNC: u32 = 1_034;
const IOERR_DIR_FSYNC: u32 = 1_290;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_rows_travel_in_few_sizes() {
        let rows = Rows::new().integers(0..330_i64).texts((0..330).map(|_| "a"));
        let turns = turns("INSERT INTO t (a, b) {rows}", &rows).unwrap();
        let sizes: Vec<usize> = turns.iter().map(|(_, arguments)| arguments.len() / 2).collect();
        assert_eq!(sizes, [256, 64, 4, 4, 1, 1]);
        assert!(turns[4].0.ends_with("VALUES (?,?)"), "{}", turns[4].0);
    }

    #[tokio::test]
    async fn the_writer_flushes_at_every_commit() {
        let folder = tempfile::tempdir().unwrap();
        let pools = Pools::open(&folder.path().join("pagepoll.db"), Opening::Migrate).await.unwrap();
        let row =
            sqlx::query("SELECT synchronous AS it FROM pragma_synchronous").fetch_one(&pools.writer).await.unwrap();
        assert_eq!(row.get::<i64, _>("it"), 2, "FULL");
        pools.close().await;
    }
}
