//! PostgreSQL: one primary, several collectors.
//!
//! A group commit takes half a dozen round trips on one connection. Nothing here trusts the network: a statement that is not answered
//! in time costs the connection, and the group is tried again by those who sent it.

use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgArguments, PgConnectOptions};
use sqlx::{Arguments, Executor, PgConnection, PgPool, Row as _};

use super::rows::Column;
use super::statement::with_indices;
use super::{BUSY, Connection, Link, Opening, Place, READERS, Rows, Statement, Value, check_schema};
use crate::store::StoreError;
use crate::store::address::PostgresUrl;

pub(in crate::store) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a statement of a commit may go unanswered.
const COMMIT_PATIENCE: Duration = Duration::from_secs(2);

/// How long any other may. Some read or delete all of a site, and whoever gives up on one of those begins anew and gets no further.
const PATIENCE: Duration = Duration::from_secs(30);

/// Said to each new connection. `synchronous_commit` may ask for more than the local disk (quorum), never for less: `off` would
/// acknowledge what a crash of the server loses.
const SETTLE: &str = "SELECT set_config('synchronous_commit', 'on', false)
                      WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/// Said to those that write, too: a collector that vanishes within a transaction must not hold its sites' ledgers until the network
/// notices, which takes hours.
const LET_GO: &str = "SET idle_in_transaction_session_timeout = '5s'";

/// Said to the connection that commits, too. All that it asks for it finds by a key; but of a table that has grown since it was last
/// analysed PostgreSQL believes that it is small, and reads the whole of it for each group.
const BY_KEY: &str = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; \
                      SET enable_material = off; SET jit = off";

/// The pools of one database.
pub struct Pools {
    /// Of one, for the thread that commits answers: what comes over the network reaches a connection by the runtime that opened it, and
    /// so without going through another thread.
    committer: PgPool,
    writer: PgPool,
    readers: PgPool,
}

impl Pools {
    pub(super) async fn open(url: &PostgresUrl, opening: Opening) -> Result<Self, StoreError> {
        let address = url.to_string();
        Self::connect(url, opening).await.map_err(|error| match error {
            StoreError::Database(reason) | StoreError::Unreachable(reason) => StoreError::Open { address, reason },
            // A connection that is refused is tried again until the pool's patience ends.
            StoreError::TooSlow(_) => StoreError::Open { address, reason: "no server answers there".to_owned() },
            other => other,
        })
    }

    async fn connect(url: &PostgresUrl, opening: Opening) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url.expose()).map_err(error)?.application_name("pagepoll");
        let writer = pool(1, &[SETTLE, LET_GO]).connect_with(options.clone()).await.map_err(error)?;
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
        let readers = pool(READERS as u32, &[SETTLE]).connect_with(options.clone()).await.map_err(error)?;
        Ok(Self { committer: pool(1, &[SETTLE, LET_GO, BY_KEY]).connect_lazy_with(options), writer, readers })
    }

    pub(super) async fn reader(&self) -> Result<Connection, StoreError> {
        Ok(Connection::new(Link::Postgres(self.readers.acquire().await.map_err(error)?, PATIENCE)))
    }

    pub(super) async fn writer(&self, place: Place) -> Result<Connection, StoreError> {
        let (pool, patience) = match place {
            Place::Here => (&self.committer, COMMIT_PATIENCE),
            Place::Elsewhere => (&self.writer, PATIENCE),
        };
        Ok(Connection::new(Link::Postgres(pool.acquire().await.map_err(error)?, patience)))
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
        self.committer.close().await;
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

/// Connections that have been told this.
fn pool(connections: u32, said: &'static [&'static str]) -> PoolOptions<sqlx::Postgres> {
    PoolOptions::new().max_connections(connections).acquire_timeout(BUSY).after_connect(
        move |connection: &mut PgConnection, _| {
            Box::pin(async move {
                for statement in said {
                    connection.execute(*statement).await?;
                }
                Ok(())
            })
        },
    )
}

/// A statement as PostgreSQL takes it: in one turn, or in none if its rows are none.
pub(super) fn prepare(statement: Statement<'_>) -> Result<Option<(String, PgArguments)>, StoreError> {
    let text = with_indices(&statement.text, |_| String::new()).replace("{lock}", "FOR UPDATE");
    match statement.rows {
        Some(rows) if rows.is_empty() => Ok(None),
        Some(rows) => {
            let mut arguments = PgArguments::default();
            let text = arrays(&text, rows, &mut arguments)?;
            Ok(Some((text, arguments)))
        }
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

/// Several statements as one, each in a common table expression; none if none brings rows. PostgreSQL carries out all of them, on one
/// snapshot and in no order (<https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING>).
pub(super) fn prepare_together(statements: Vec<Statement<'_>>) -> Result<Option<(String, PgArguments)>, StoreError> {
    let (mut parts, mut arguments) = (Vec::new(), PgArguments::default());
    for statement in statements {
        debug_assert!(statement.rows.is_some(), "only what brings rows goes together");
        if let Some(rows) = statement.rows.filter(|rows| !rows.is_empty()) {
            let text = arrays(&statement.text, rows, &mut arguments)?;
            parts.push(format!("part_{} AS ({text})", parts.len()));
        }
    }
    Ok((!parts.is_empty()).then(|| (format!("WITH {} SELECT 1", parts.join(", ")), arguments)))
}

/// Each column of rows travels as one array, behind whatever arguments there are.
fn arrays(text: &str, rows: Rows<'_>, arguments: &mut PgArguments) -> Result<String, StoreError> {
    let mut arrays = Vec::with_capacity(rows.columns.len());
    for column in rows.columns {
        let (kind, added) = match column {
            Column::Integers(values) => ("bigint", arguments.add(values)),
            Column::Reals(values) => ("float8", arguments.add(values)),
            Column::Texts(values) => ("text", arguments.add(borrowed(&values))),
            Column::Bytes(values) => ("bytea", arguments.add(borrowed(&values))),
        };
        added.map_err(not_bound)?;
        arrays.push(format!("${}::{kind}[]", arguments.len()));
    }
    Ok(text.replace("{rows}", &format!("SELECT * FROM unnest({})", arrays.join(","))))
}

fn borrowed<'a, T: ?Sized + ToOwned>(values: &'a [Option<std::borrow::Cow<'a, T>>]) -> Vec<Option<&'a T>> {
    values.iter().map(Option::as_deref).collect()
}

/// What an error of PostgreSQL's means to the store. SQLSTATE classes
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
pub(super) fn error(error: sqlx::Error) -> StoreError {
    let sqlx::Error::Database(database) = &error else {
        return match error {
            sqlx::Error::PoolTimedOut => StoreError::TooSlow(BUSY),
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
