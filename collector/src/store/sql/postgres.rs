//! PostgreSQL: one primary, several collectors.
//!
//! A group commit takes a dozen round trips on one connection. Nothing here trusts the network: a statement that is not answered
//! in time costs the connection, and the group is tried again by those who sent it.

use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgArguments, PgConnectOptions};
use sqlx::{Arguments, Executor, PgConnection, PgPool, Row as _};

use super::rows::Column;
use super::{BUSY, Connection, Link, Opening, READERS, Rows, Statement, Value, check_schema};
use crate::store::{PostgresUrl, StoreError};

pub(in crate::store) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a statement of a commit may go unanswered.
const WRITE_PATIENCE: Duration = Duration::from_secs(2);

/// How long a statement of a report may.
const READ_PATIENCE: Duration = Duration::from_secs(30);

/// Said to each new connection. `synchronous_commit` may ask for more than the local disk (quorum), never for less: `off` would
/// acknowledge what a crash of the server loses.
const SETTLE: &str = "SELECT set_config('synchronous_commit', 'on', false)
                      WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/// The pools of one database.
pub struct Pools {
    writer: PgPool,
    readers: PgPool,
}

impl Pools {
    pub(super) async fn open(url: &PostgresUrl, opening: Opening) -> Result<Self, StoreError> {
        let address = url.to_string();
        Self::connect(url, opening).await.map_err(|error| match error {
            StoreError::Database(reason) | StoreError::Unreachable(reason) => StoreError::Open { address, reason },
            // A connection that is refused is tried again until the pool's patience ends.
            StoreError::Busy => StoreError::Open { address, reason: "no server answers there".to_owned() },
            other => other,
        })
    }

    async fn connect(url: &PostgresUrl, opening: Opening) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url.expose()).map_err(error)?.application_name("pagepoll");
        let writer = pool(1).connect_with(options.clone()).await.map_err(error)?;
        let applied = newest_migration(&writer).await?;
        match (opening, check_schema(&url.to_string(), &MIGRATIONS, applied)) {
            (_, Ok(())) => {}
            // Of several collectors that start at once, one migrates and the others wait: sqlx holds an advisory lock.
            (Opening::Migrate, Err(StoreError::NoDatabase(_) | StoreError::OlderSchema { .. })) => {
                MIGRATIONS.run(&writer).await.map_err(|error| StoreError::Database(error.to_string()))?;
            }
            (_, Err(unusable)) => return Err(unusable),
        }
        warn_of_unsafe_settings(&writer).await?;
        let readers = pool(READERS as u32).connect_with(options).await.map_err(error)?;
        Ok(Self { writer, readers })
    }

    pub(super) async fn reader(&self) -> Result<Connection, StoreError> {
        Ok(Connection::new(Link::Postgres(self.readers.acquire().await.map_err(error)?, READ_PATIENCE)))
    }

    pub(super) async fn writer(&self) -> Result<Connection, StoreError> {
        Ok(Connection::new(Link::Postgres(self.writer.acquire().await.map_err(error)?, WRITE_PATIENCE)))
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// What was acknowledged on a server that does not flush is gone with its machine; that is for the operator to know.
async fn warn_of_unsafe_settings(pool: &PgPool) -> Result<(), StoreError> {
    let row = sqlx::query("SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS pages")
        .fetch_one(pool)
        .await
        .map_err(error)?;
    let (fsync, pages): (String, String) = (row.try_get("fsync").map_err(error)?, row.try_get("pages").map_err(error)?);
    if fsync != "on" || pages != "on" {
        tracing::warn!(
            fsync,
            full_page_writes = pages,
            "this PostgreSQL can lose what it has committed; set both to on"
        );
    }
    Ok(())
}

async fn newest_migration(pool: &PgPool) -> Result<i64, StoreError> {
    let table = sqlx::query("SELECT 1 WHERE to_regclass('_sqlx_migrations') IS NOT NULL");
    if table.fetch_optional(pool).await.map_err(error)?.is_none() {
        return Ok(0);
    }
    let row = sqlx::query("SELECT COALESCE(MAX(version), 0) AS version FROM _sqlx_migrations").fetch_one(pool).await;
    row.and_then(|row| row.try_get("version")).map_err(error)
}

fn pool(connections: u32) -> PoolOptions<sqlx::Postgres> {
    PoolOptions::new().max_connections(connections).acquire_timeout(BUSY).after_connect(
        |connection: &mut PgConnection, _| {
            Box::pin(async move {
                connection.execute(SETTLE).await?;
                Ok(())
            })
        },
    )
}

/// A statement as PostgreSQL takes it: in one turn, or in none if its rows are none.
pub(super) fn prepare(statement: Statement<'_>) -> Result<Option<(String, PgArguments)>, StoreError> {
    let text = statement.text.replace("{lock}", "FOR UPDATE");
    match statement.rows {
        Some(rows) if rows.is_empty() => Ok(None),
        Some(rows) => arrays(&text, rows).map(Some),
        None => Ok(Some((text, arguments(statement.values)?))),
    }
}

fn arguments(values: Vec<Value<'_>>) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
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

/// Each column of rows travels as one array.
fn arrays(text: &str, rows: Rows<'_>) -> Result<(String, PgArguments), StoreError> {
    let (mut arrays, mut arguments) = (Vec::with_capacity(rows.columns.len()), PgArguments::default());
    for (column, number) in rows.columns.into_iter().zip(1..) {
        let (kind, added) = match column {
            Column::Integers(values) => ("bigint", arguments.add(values)),
            Column::Reals(values) => ("float8", arguments.add(values)),
            Column::Texts(values) => ("text", arguments.add(borrowed(&values))),
            Column::Bytes(values) => ("bytea", arguments.add(borrowed(&values))),
        };
        added.map_err(not_bound)?;
        arrays.push(format!("${number}::{kind}[]"));
    }
    let rows = format!("SELECT * FROM unnest({})", arrays.join(","));
    Ok((text.replace("{rows}", &rows), arguments))
}

fn borrowed<'a, T: ?Sized + ToOwned>(values: &'a [Option<std::borrow::Cow<'a, T>>]) -> Vec<Option<&'a T>> {
    values.iter().map(Option::as_deref).collect()
}

/// What an error of PostgreSQL's means to the store. SQLSTATE classes
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
pub(super) fn error(error: sqlx::Error) -> StoreError {
    let sqlx::Error::Database(database) = &error else {
        return match error {
            sqlx::Error::PoolTimedOut => StoreError::Busy,
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::PoolClosed => {
                StoreError::Unreachable(error.to_string())
            }
            other => StoreError::Database(other.to_string()),
        };
    };
    match database.code().as_deref().unwrap_or_default() {
        "53100" => StoreError::DiskFull,
        // Serialisation and deadlock, too many connections, a lock that was not to be had.
        "40001" | "40P01" | "53300" | "55P03" => StoreError::Busy,
        // Going down, going up, not the primary any more.
        code if code.starts_with("08") || code.starts_with("57P") || code == "25006" => {
            StoreError::Unreachable(error.to_string())
        }
        _ => StoreError::Database(error.to_string()),
    }
}
