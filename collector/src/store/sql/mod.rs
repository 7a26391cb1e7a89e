//! The databases, behind one way of speaking to them.
//!
//! A verb of the store is written once, as a [`Statement`] with `$1` for what is bound, and runs on SQLite and on PostgreSQL.
//! What the two do not share is here and nowhere else: how they are opened, what a transaction begins with, what their errors
//! mean, and how rows travel (`{rows}`): one by one to SQLite, which is called by rusqlite; as arrays to PostgreSQL, by sqlx.
//!
//! Not sqlx's own `Any`: it has neither arrays nor transactions that begin as writers.

mod postgres;
mod rows;
pub(super) mod sqlite;
mod statement;
pub mod tables;
pub mod words;

use std::time::Duration;

use sqlx::Postgres;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;

pub use rows::{Found, Row, Rows};
use statement::composed;
pub use statement::{Statement, TakeRows, Value, run_together, sql};

use super::{DatabaseAddress, StoreError};
use sqlite::Lent;

/// How long to wait for a connection, or for another process that writes. Senders are told to come back after that.
const BUSY: Duration = Duration::from_millis(1_500);

/// Reports run beside each other and beside the writer.
const READERS: usize = 4;

/// An open database: one connection that commits answers, and several that read. What else is written goes by the same one in SQLite,
/// and by another in PostgreSQL.
///
/// One that commits, because a group gains nothing from a second: what waits meanwhile goes into the next group.
pub enum Database {
    Sqlite(sqlite::Pools),
    Postgres(postgres::Pools),
}

/// Where a transaction's work is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// By the thread that asks for it, which has nothing else to do: SQLite has it stand still, and what PostgreSQL answers comes to
    /// it alone.
    Here,
    /// Wherever it keeps nobody from working.
    Elsewhere,
}

/// What to do about a schema that is not this version's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Opening {
    /// Make the database if it is not there, and bring its schema up to date.
    Migrate,
    /// Use it only as it should be.
    AsItIs,
}

impl Database {
    pub async fn open(address: &DatabaseAddress, opening: Opening) -> Result<Self, StoreError> {
        match address {
            DatabaseAddress::SqliteFile(path) => Ok(Self::Sqlite(sqlite::Pools::open(path, opening).await?)),
            DatabaseAddress::Postgres(url) => Ok(Self::Postgres(postgres::Pools::open(url, opening).await?)),
        }
    }

    async fn reader(&self) -> Result<Connection, StoreError> {
        match self {
            Self::Sqlite(pools) => pools.reader().await,
            Self::Postgres(pools) => pools.reader().await,
        }
    }

    /// Every row that a single statement finds.
    pub async fn all(&self, statement: Statement<'_>) -> Result<Vec<Row>, StoreError> {
        statement.all(&mut self.reader().await?).await
    }

    /// Hands every row that a single statement finds to somebody, and gives them back.
    pub async fn each<T: TakeRows>(&self, statement: Statement<'_>, taker: T) -> Result<T, StoreError> {
        statement.each(&mut self.reader().await?, taker).await
    }

    /// The first row that a single statement finds, if any.
    pub async fn optional(&self, statement: Statement<'_>) -> Result<Option<Row>, StoreError> {
        statement.optional(&mut self.reader().await?).await
    }

    /// The one row that there must be.
    pub async fn one(&self, statement: Statement<'_>) -> Result<Row, StoreError> {
        statement.one(&mut self.reader().await?).await
    }

    /// Makes a single change; tells how many rows it changed. Returns once it is on disk.
    pub async fn change(&self, statement: Statement<'_>) -> Result<u64, StoreError> {
        self.write(async |connection| statement.run(connection).await).await
    }

    /// Does `work` in one transaction, all or nothing. Returns once it is on disk.
    pub async fn write<T>(
        &self,
        work: impl AsyncFnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.decide(work).await
    }

    /// The same, for the one thread that has nothing else to do.
    pub async fn write_here<T>(
        &self,
        work: impl AsyncFnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.transact(Place::Here, work).await
    }

    /// The same for what may also be refused: a refusal changes nothing.
    pub async fn decide<T, E: From<StoreError>>(
        &self,
        work: impl AsyncFnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transact(Place::Elsewhere, work).await
    }

    async fn transact<T, E: From<StoreError>>(
        &self,
        place: Place,
        work: impl AsyncFnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        match self {
            // IMMEDIATE: a transaction that began as a reader could not be sure to become a writer.
            Self::Sqlite(pools) => pools.writer(place).await?.transact("BEGIN IMMEDIATE", work).await,
            Self::Postgres(pools) => pools.writer(place).await?.transact("BEGIN", work).await,
        }
    }

    /// Whether there is room for more answers, as far as it can be told beforehand.
    pub fn check_room(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(pools) => pools.check_room(),
            // A server's disk is for the server to watch over.
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Reads, all of one moment.
    pub async fn snapshot<T>(
        &self,
        work: impl AsyncFnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let begin = match self {
            Self::Sqlite(_) => "BEGIN",
            Self::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        self.reader().await?.transact(begin, work).await
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pools) => pools.close().await,
            Self::Postgres(pools) => pools.close().await,
        }
    }
}

/// A connection that is lent by a pool.
pub struct Connection {
    link: Link,
    /// Whether no transaction is open, so that the next one may have it.
    is_settled: bool,
}

enum Link {
    Sqlite(Lent),
    /// With how long one statement may take before the connection is given up.
    Postgres(PoolConnection<Postgres>, Duration),
}

impl Connection {
    fn new(link: Link) -> Self {
        Self { link, is_settled: true }
    }

    async fn transact<T, E: From<StoreError>>(
        mut self,
        begin: &'static str,
        work: impl AsyncFnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        // Whoever does not get to the end, by an error or because nobody waits any more, leaves a connection that is closed:
        // that rolls back, whatever state it is in.
        self.is_settled = false;
        sql(begin).run_unprepared(&mut self).await?;
        let done = work(&mut self).await?;
        sql("COMMIT").run_unprepared(&mut self).await?;
        self.is_settled = true;
        Ok(done)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if !self.is_settled {
            match &mut self.link {
                Link::Sqlite(connection) => connection.give_up(),
                Link::Postgres(connection, _) => connection.close_on_drop(),
            }
        }
    }
}

/// Compares the schema of a database with this version's. `applied` is its newest migration, 0 for none.
fn check_schema(address: &str, migrations: &Migrator, applied: i64) -> Result<(), StoreError> {
    let known = migrations.iter().map(|migration| migration.version).max().unwrap_or_default();
    let address = address.to_owned();
    match applied {
        0 => Err(StoreError::NoDatabase(address)),
        newer if newer > known => Err(StoreError::NewerSchema { address, found: newer, known }),
        older if older < known => Err(StoreError::OlderSchema { address, found: older, known }),
        _ => Ok(()),
    }
}
