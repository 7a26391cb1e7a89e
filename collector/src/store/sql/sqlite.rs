//! SQLite: one writer, several readers, one file.
//!
//! By rusqlite, whose calls block. A statement goes to a thread for blocking work and back, as long as nobody says that the
//! present thread has nothing else to do: the one that commits answers does, because the way there and back costs more than
//! most of its statements (ARCHITECTURE.md, decision 31).

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deadpool::Runtime;
use deadpool::managed::{self, Metrics, Object, PoolError, RecycleResult};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{OpenFlags, ffi};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection as _, Row as _};

use super::rows::Column;
use super::statement::with_indices;
use super::{
    BUSY, Connection, Found, Link, Opening, Place, READERS, Row, Rows, Statement, TakeRows, Value, check_schema,
};
use crate::disk::{self, Disk};
use crate::store::StoreError;

pub(in crate::store) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// How many different statements a connection keeps prepared.
const PREPARED: usize = 256;

/// Said to each new connection.
///
/// FULL, not NORMAL: in WAL mode NORMAL does not flush at each commit, and a power cut loses acknowledged answers.
/// What a report sorts stays in memory: in a file, each look at a thousand pages wrote two megabytes to the disk.
const SETTLE: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;";

/// The pools of one file.
pub struct Pools {
    /// Of one: SQLite has one writer, and waiting in our own queue beats waiting for a lock.
    writer: managed::Pool<Opener>,
    readers: managed::Pool<Opener>,
    disk: Disk,
}

impl Pools {
    pub(super) async fn open(path: &Path, opening: Opening) -> Result<Self, StoreError> {
        let address = path.display().to_string();
        if opening == Opening::AsItIs && !path.exists() {
            return Err(StoreError::NoDatabase(address));
        }
        Self::connect(path, opening).await.map_err(|error| match error {
            // SQLite's own words name neither the file nor what is in the way.
            StoreError::Database(reason) => {
                StoreError::Open { address, reason: disk::obstacle(path).unwrap_or(reason) }
            }
            other => other,
        })
    }

    async fn connect(path: &Path, opening: Opening) -> Result<Self, StoreError> {
        bring_up_to_date(path, opening).await?;
        let writer = pool(path, OpenFlags::SQLITE_OPEN_READ_WRITE, 1)?;
        let readers = pool(path, OpenFlags::SQLITE_OPEN_READ_ONLY, READERS)?;
        Ok(Self { writer, readers, disk: Disk::of_file(path) })
    }

    pub(super) async fn reader(&self) -> Result<Connection, StoreError> {
        lend(&self.readers, Place::Elsewhere).await
    }

    /// The connection that writes, with its statements run at some place.
    pub(super) async fn writer(&self, place: Place) -> Result<Connection, StoreError> {
        lend(&self.writer, place).await
    }

    pub(super) fn check_room(&self) -> Result<(), StoreError> {
        if self.disk.is_nearly_full() { Err(StoreError::DiskFull) } else { Ok(()) }
    }

    /// The last connection folds the write-ahead log into the file.
    pub(super) async fn close(&self) {
        let (readers, writer) = (self.readers.clone(), self.writer.clone());
        let closed = tokio::task::spawn_blocking(move || {
            readers.close();
            writer.close();
        });
        // It fails only where the runtime has ended, and then everything is closed.
        let _ = closed.await;
    }
}

async fn bring_up_to_date(path: &Path, opening: Opening) -> Result<(), StoreError> {
    let creating = options(path).create_if_missing(opening == Opening::Migrate);
    let mut connection = creating.connect().await.map_err(failed)?;
    begin_a_new_log(&mut connection).await?;
    let address = path.display().to_string();
    let applied = newest_migration(&mut connection).await?;
    match (opening, check_schema(&address, &MIGRATIONS, applied)) {
        (_, Ok(())) => {}
        (Opening::Migrate, Err(StoreError::NoDatabase(_) | StoreError::OlderSchema { .. })) => {
            MIGRATIONS.run(&mut connection).await.map_err(|error| StoreError::Database(error.to_string()))?;
        }
        (_, Err(unusable)) => return Err(unusable),
    }
    connection.close().await.map_err(failed)
}

/// Folds the write-ahead log into the file before anything is added to it. After a flush that failed, the system may show a log
/// that the disk does not hold; whatever were appended to it would be lost with it at the next power cut, acknowledged or not.
/// Where another process has the database open there is nothing to mend, and SQLite leaves the log as it is.
async fn begin_a_new_log(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(connection).await.map_err(failed)?;
    Ok(())
}

/// Writes all that is committed in a database into another file, as of one moment, beside whoever writes. The file must be empty,
/// or not there.
pub(in crate::store) async fn write_copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let mut connection = options(from).read_only(true).connect().await.map_err(failed)?;
    sqlx::query("VACUUM INTO $1").bind(to.to_string_lossy()).execute(&mut connection).await.map_err(failed)?;
    connection.close().await.map_err(failed)
}

async fn newest_migration(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    let table = sqlx::query("SELECT 1 FROM sqlite_schema WHERE name = '_sqlx_migrations'");
    if table.fetch_optional(&mut *connection).await.map_err(failed)?.is_none() {
        return Ok(0);
    }
    let newest = sqlx::query("SELECT COALESCE(MAX(version), 0) AS version FROM _sqlx_migrations");
    newest.fetch_one(connection).await.and_then(|row| row.try_get("version")).map_err(failed)
}

/// How sqlx opens a file, to bring its schema up to date.
pub(in crate::store) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).pragma("journal_mode", "WAL").foreign_keys(true).busy_timeout(BUSY)
}

/// Opens connections to one file, for a pool.
struct Opener {
    path: PathBuf,
    access: OpenFlags,
}

impl managed::Manager for Opener {
    /// Shared with the thread that a statement may still be running on when nobody waits for it any more.
    type Type = Arc<Mutex<rusqlite::Connection>>;
    type Error = StoreError;

    async fn create(&self) -> Result<Self::Type, StoreError> {
        let (path, access) = (self.path.clone(), self.access);
        elsewhere(move || open(&path, access)).await.map(|connection| Arc::new(Mutex::new(connection)))
    }

    async fn recycle(&self, _: &mut Self::Type, _: &Metrics) -> RecycleResult<StoreError> {
        // What was left unsettled has not been given back.
        Ok(())
    }
}

fn open(path: &Path, access: OpenFlags) -> rusqlite::Result<rusqlite::Connection> {
    // A lock around each connection is ours already.
    let connection = rusqlite::Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    connection.execute_batch(SETTLE)?;
    Ok(connection)
}

fn pool(path: &Path, access: OpenFlags, connections: usize) -> Result<managed::Pool<Opener>, StoreError> {
    let pool = managed::Pool::builder(Opener { path: path.to_owned(), access });
    pool.max_size(connections)
        .wait_timeout(Some(BUSY))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| StoreError::Database(error.to_string()))
}

async fn lend(pool: &managed::Pool<Opener>, place: Place) -> Result<Connection, StoreError> {
    match pool.get().await {
        Ok(connection) => Ok(Connection::new(Link::Sqlite(Lent { connection: Some(connection), place }))),
        Err(PoolError::Timeout(_)) => Err(StoreError::Busy),
        Err(PoolError::Backend(refused)) => Err(refused),
        Err(other) => Err(StoreError::Database(other.to_string())),
    }
}

/// A connection that the pool has lent.
pub(super) struct Lent {
    /// There until it is given up.
    connection: Option<Object<Opener>>,
    place: Place,
}

impl Lent {
    pub(super) async fn call<T: Send + 'static>(
        &self,
        statement: Statement<'_>,
        work: impl FnOnce(&rusqlite::Connection, &Statement<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let Some(connection) = &self.connection else { return Err(StoreError::Busy) };
        let connection = Arc::clone(connection);
        match self.place {
            Place::Here => work(&hold(&connection), &statement).map_err(error),
            Place::Elsewhere => {
                let statement = statement.into_owned();
                elsewhere(move || work(&hold(&connection), &statement)).await
            }
        }
    }

    /// Closes it, whatever state it is in: that rolls back what was begun.
    pub(super) fn give_up(&mut self) {
        drop(self.connection.take().map(Object::take));
    }
}

fn hold(connection: &Mutex<rusqlite::Connection>) -> MutexGuard<'_, rusqlite::Connection> {
    // Whoever panicked left a transaction at most, and its connection is given up.
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn elsewhere<T: Send + 'static>(
    work: impl FnOnce() -> rusqlite::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(error),
        Err(ended) => Err(StoreError::Database(format!("the thread of a statement has ended: {ended}"))),
    }
}

/// Runs a statement for its effect, once for each of its rows; tells how many rows it changed.
pub(super) fn run(connection: &rusqlite::Connection, statement: &Statement<'_>) -> rusqlite::Result<u64> {
    let mut prepared = connection.prepare_cached(&text_of(statement))?;
    let Some(rows) = &statement.rows else {
        bind_values(&mut prepared, &statement.values)?;
        return Ok(prepared.raw_execute()? as u64);
    };
    let mut changed = 0;
    for row in 0..rows.len() {
        bind_row(&mut prepared, rows, row)?;
        changed += prepared.raw_execute()? as u64;
    }
    Ok(changed)
}

/// Every row that a statement finds, for each of its own rows.
pub(super) fn all(connection: &rusqlite::Connection, statement: &Statement<'_>) -> rusqlite::Result<Vec<Row>> {
    let mut prepared = connection.prepare_cached(&text_of(statement))?;
    let names: Arc<[String]> = prepared.column_names().into_iter().map(str::to_owned).collect();
    let mut found = Vec::new();
    let Some(rows) = &statement.rows else {
        bind_values(&mut prepared, &statement.values)?;
        collect(&mut prepared, &names, &mut found)?;
        return Ok(found);
    };
    for row in 0..rows.len() {
        bind_row(&mut prepared, rows, row)?;
        collect(&mut prepared, &names, &mut found)?;
    }
    Ok(found)
}

/// Hands every row to somebody, until they have enough; gives them back, or says why they would not take a row.
pub(super) fn each<T: TakeRows>(
    connection: &rusqlite::Connection,
    statement: &Statement<'_>,
    mut taker: T,
) -> rusqlite::Result<Result<T, StoreError>> {
    let mut prepared = connection.prepare_cached(&text_of(statement))?;
    bind_values(&mut prepared, &statement.values)?;
    let mut rows = prepared.raw_query();
    while let Some(row) = rows.next()? {
        match taker.take(&Found::Sqlite(row)) {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(())) => break,
            Err(refused) => return Ok(Err(refused)),
        }
    }
    Ok(Ok(taker))
}

/// Runs what cannot be prepared.
pub(super) fn run_unprepared(connection: &rusqlite::Connection, statement: &Statement<'_>) -> rusqlite::Result<()> {
    connection.execute_batch(&statement.text)
}

fn collect(
    prepared: &mut rusqlite::Statement<'_>,
    names: &Arc<[String]>,
    found: &mut Vec<Row>,
) -> rusqlite::Result<()> {
    let mut rows = prepared.raw_query();
    while let Some(row) = rows.next()? {
        let values = (0..names.len()).map(|at| row.get(at)).collect::<Result<_, _>>()?;
        found.push(Row::Sqlite(FoundRow { names: names.clone(), values }));
    }
    Ok(())
}

/// A statement as SQLite takes it. Its rows go one by one: running a prepared statement again costs less than preparing one of
/// many rows.
fn text_of(statement: &Statement<'_>) -> String {
    // A transaction that writes holds the whole file.
    let text = with_indices(&statement.text, |index| format!("INDEXED BY {index}")).replace("{lock}", "");
    match &statement.rows {
        Some(rows) => text.replace("{rows}", &format!("VALUES ({})", vec!["?"; rows.columns.len()].join(","))),
        None => text,
    }
}

/// SQLite takes `$1` for a name, and numbers names in the order in which they first stand.
fn bind_values(prepared: &mut rusqlite::Statement<'_>, values: &[Value<'_>]) -> rusqlite::Result<()> {
    for place in 1..=prepared.parameter_count() {
        let name = prepared.parameter_name(place).and_then(|name| name.strip_prefix('$'));
        let number = name.and_then(|number| number.parse().ok()).unwrap_or(place);
        let value = values.get(number - 1).ok_or(rusqlite::Error::InvalidParameterCount(values.len(), number))?;
        prepared.raw_bind_parameter(place, value)?;
    }
    Ok(())
}

fn bind_row(prepared: &mut rusqlite::Statement<'_>, rows: &Rows<'_>, row: usize) -> rusqlite::Result<()> {
    for (column, place) in rows.columns.iter().zip(1..) {
        prepared.raw_bind_parameter(place, Cell(column, row))?;
    }
    Ok(())
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Integer(value) => integer(*value),
            Self::Real(value) => real(*value),
            Self::Text(value) => text(value.as_deref()),
            Self::Bytes(value) => bytes(value.as_deref()),
        }))
    }
}

/// The value of a column in one of its rows.
struct Cell<'c>(&'c Column<'c>, usize);

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let Cell(column, row) = self;
        Ok(ToSqlOutput::Borrowed(match column {
            Column::Integers(values) => integer(values[*row]),
            Column::Reals(values) => real(values[*row]),
            Column::Texts(values) => text(values[*row].as_deref()),
            Column::Bytes(values) => bytes(values[*row].as_deref()),
        }))
    }
}

fn integer(value: Option<i64>) -> ValueRef<'static> {
    value.map_or(ValueRef::Null, ValueRef::Integer)
}

fn real(value: Option<f64>) -> ValueRef<'static> {
    value.map_or(ValueRef::Null, ValueRef::Real)
}

fn text(value: Option<&str>) -> ValueRef<'_> {
    value.map_or(ValueRef::Null, |text| ValueRef::Text(text.as_bytes()))
}

fn bytes(value: Option<&[u8]>) -> ValueRef<'_> {
    value.map_or(ValueRef::Null, ValueRef::Blob)
}

/// A row that was found, taken out of the connection.
pub struct FoundRow {
    names: Arc<[String]>,
    values: Vec<rusqlite::types::Value>,
}

impl FoundRow {
    /// The value of a column.
    pub(super) fn get<T: rusqlite::types::FromSql>(&self, column: &str) -> Result<T, StoreError> {
        let place = self.names.iter().position(|name| name == column);
        let value = place.and_then(|place| self.values.get(place));
        let value = value.ok_or_else(|| StoreError::Database(format!("no column {column:?} was asked for")))?;
        T::column_result(value.into()).map_err(|error| StoreError::unreadable(column, error))
    }
}

/// What an error of SQLite's means to the store.
fn error(error: rusqlite::Error) -> StoreError {
    match &error {
        rusqlite::Error::SqliteFailure(failure, _) => meaning(failure.extended_code, error.to_string()),
        other => StoreError::Database(other.to_string()),
    }
}

/// The same, as sqlx tells of it.
fn failed(error: sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(|error| error.code()?.parse().ok());
    meaning(code.unwrap_or(ffi::SQLITE_ERROR), error.to_string())
}

/// Extended result codes (<https://www.sqlite.org/rescode.html>); their low byte is the primary code.
fn meaning(code: i32, reason: String) -> StoreError {
    match (code, code & 0xff) {
        (ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC, _) => StoreError::Durability(reason),
        (_, ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED) => StoreError::Busy,
        (_, ffi::SQLITE_FULL) => StoreError::DiskFull,
        _ => StoreError::Database(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sql;
    use super::*;

    #[test]
    fn an_index_of_few_rows_is_taken_where_it_is_named() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let tables = "CREATE TABLE t (a INTEGER, b INTEGER, c TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
                      CREATE INDEX few ON t (a, b) WHERE c IS NOT NULL";
        connection.execute_batch(tables).unwrap();
        let plan = |explained: &'static str| {
            let found = all(&connection, &sql(explained)).unwrap();
            found[0].text("detail").unwrap()
        };
        let by_itself = plan("EXPLAIN QUERY PLAN SELECT a FROM t WHERE a = 1 AND b < 9 AND c IS NOT NULL");
        assert!(by_itself.contains("PRIMARY KEY"), "{by_itself}: nothing needs to be named any more");
        let told = plan("EXPLAIN QUERY PLAN SELECT a FROM t {by few} WHERE a = 1 AND b < 9 AND c IS NOT NULL");
        assert!(told.contains("INDEX few"), "{told}");
    }

    #[test]
    fn rows_travel_one_by_one_and_values_by_their_numbers() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (a INTEGER, b TEXT)").unwrap();
        let rows = Rows::new().integers(0..3_i64).texts(["x", "y", "z"]);
        assert_eq!(run(&connection, &sql("INSERT INTO t (a, b) {rows}").rows(rows)).unwrap(), 3);
        let between = sql("SELECT b FROM t WHERE a < $2 AND a > $1").bind(0_i64).bind(2_i64);
        let found = all(&connection, &between).unwrap();
        assert_eq!(found.iter().map(|row| row.text("b").unwrap()).collect::<Vec<_>>(), ["y"]);
        assert!(run(&connection, &sql("DELETE FROM t WHERE a = $1")).is_err(), "a value is missing");
    }

    #[tokio::test]
    async fn the_writer_flushes_at_every_commit() {
        let folder = tempfile::tempdir().unwrap();
        let pools = Pools::open(&folder.path().join("pagepoll.db"), Opening::Migrate).await.unwrap();
        let mut writer = pools.writer(Place::Here).await.unwrap();
        let row = sql("SELECT synchronous AS it FROM pragma_synchronous").one(&mut writer).await.unwrap();
        assert_eq!(row.integer("it").unwrap(), 2, "FULL");
    }

    #[tokio::test]
    async fn what_was_begun_and_not_finished_is_rolled_back() {
        let folder = tempfile::tempdir().unwrap();
        let pools = Pools::open(&folder.path().join("pagepoll.db"), Opening::Migrate).await.unwrap();
        for place in [Place::Here, Place::Elsewhere] {
            let begun = pools.writer(place).await.unwrap().transact("BEGIN IMMEDIATE", async |connection| {
                sql("INSERT INTO ledgers (site, next_number) VALUES ('shop', 1)").run(connection).await?;
                Err::<(), _>(StoreError::DiskFull)
            });
            assert!(matches!(begun.await, Err(StoreError::DiskFull)));
            let mut writer = pools.writer(place).await.unwrap();
            let row = sql("SELECT COUNT(*) AS it FROM ledgers").one(&mut writer).await.unwrap();
            assert_eq!(row.integer("it").unwrap(), 0);
        }
    }
}
