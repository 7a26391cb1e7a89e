//! Statements: a text, what is bound to it, and how it is run.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Executor};

use super::{Connection, Found, Link, Row, Rows, postgres, sqlite};
use crate::store::StoreError;

/// A value that is bound to a statement. Nothing is typed, because PostgreSQL wants to know what it is that is not there.
#[derive(Clone, PartialEq, Debug)]
pub enum Value<'a> {
    Integer(Option<i64>),
    Real(Option<f64>),
    Text(Option<Cow<'a, str>>),
    Bytes(Option<Cow<'a, [u8]>>),
}

/// A statement of either kind of database. `{rows}` stands for rows that are bound, `{lock}` for holding what is read until the
/// transaction ends, and `{by NAME}` behind a table for an index that SQLite is told to take: it keeps no statistics, and would rather have
/// a primary key than an index of few rows.
pub struct Statement<'a> {
    pub(super) text: Cow<'static, str>,
    pub(super) values: Vec<Value<'a>>,
    pub(super) rows: Option<Rows<'a>>,
}

/// Takes rows as they are found, so that nobody has to hold them all.
pub trait TakeRows: Send + 'static {
    /// Takes one, and says whether there may be more.
    fn take(&mut self, row: &Found<'_>) -> Result<ControlFlow<()>, StoreError>;
}

pub fn sql<'a>(text: &'static str) -> Statement<'a> {
    Statement { text: Cow::Borrowed(text), values: Vec::new(), rows: None }
}

/// A statement that is put together from names of the database's own catalogue, and never from what anybody sends.
pub(super) fn composed<'a>(text: String) -> Statement<'a> {
    Statement { text: Cow::Owned(text), values: Vec::new(), rows: None }
}

/// A text with something in the place of each `{by NAME}`.
pub(super) fn with_indices(text: &str, said: impl Fn(&str) -> String) -> String {
    let mut pieces = text.split("{by ");
    let mut written = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (index, rest) = piece.split_once('}').unwrap_or((piece, ""));
        written.extend([&said(index), rest]);
    }
    written
}

impl<'a> Statement<'a> {
    /// Binds the next `$n`.
    pub fn bind(mut self, value: impl Into<Value<'a>>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Binds `{rows}`. They may go one by one, so the statement must mean the same row by row; and it has no `$n`.
    pub fn rows(mut self, rows: Rows<'a>) -> Self {
        debug_assert!(self.values.is_empty(), "either rows or values");
        self.rows = Some(rows);
        self
    }

    /// The same, holding all that is bound to it.
    pub(super) fn into_owned(self) -> Statement<'static> {
        let values = self.values.into_iter().map(Value::into_owned).collect();
        Statement { text: self.text, values, rows: self.rows.map(Rows::into_owned) }
    }

    /// Runs it for its effect; tells how many rows it changed.
    pub async fn run(self, connection: &mut Connection) -> Result<u64, StoreError> {
        match &mut connection.link {
            Link::Sqlite(link) => link.call(self, sqlite::run).await,
            Link::Postgres(link, patience) => {
                let Some((text, arguments)) = postgres::prepare(self)? else { return Ok(0) };
                let query = sqlx::query_with(AssertSqlSafe(text), arguments);
                let done = within(*patience, query.execute(&mut **link)).await?.map_err(postgres::error)?;
                Ok(done.rows_affected())
            }
        }
    }

    /// Every row that it finds.
    pub async fn all(self, connection: &mut Connection) -> Result<Vec<Row>, StoreError> {
        match &mut connection.link {
            Link::Sqlite(link) => link.call(self, sqlite::all).await,
            Link::Postgres(link, patience) => {
                let Some((text, arguments)) = postgres::prepare(self)? else { return Ok(Vec::new()) };
                let query = sqlx::query_with(AssertSqlSafe(text), arguments);
                let found = within(*patience, query.fetch_all(&mut **link)).await?.map_err(postgres::error)?;
                Ok(found.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    /// Hands every row that it finds to somebody, where it lies, until they say that they have enough. Gives them back.
    pub async fn each<T: TakeRows>(self, connection: &mut Connection, mut taker: T) -> Result<T, StoreError> {
        match &mut connection.link {
            Link::Sqlite(link) => {
                link.call(self, |connection, statement| sqlite::each(connection, statement, taker)).await?
            }
            Link::Postgres(link, patience) => {
                let Some((text, arguments)) = postgres::prepare(self)? else { return Ok(taker) };
                let mut rows = sqlx::query_with(AssertSqlSafe(text), arguments).fetch(&mut **link);
                while let Some(row) = within(*patience, rows.try_next()).await?.map_err(postgres::error)? {
                    if taker.take(&Found::Postgres(&row))?.is_break() {
                        break;
                    }
                }
                drop(rows);
                Ok(taker)
            }
        }
    }

    /// The first row that it finds, if any.
    pub async fn optional(self, connection: &mut Connection) -> Result<Option<Row>, StoreError> {
        Ok(self.all(connection).await?.into_iter().next())
    }

    /// The one row that there must be.
    pub async fn one(self, connection: &mut Connection) -> Result<Row, StoreError> {
        let text = self.text.clone();
        self.optional(connection).await?.ok_or_else(|| StoreError::Database(format!("nothing found by: {text}")))
    }

    /// Runs it as it stands, for what cannot be prepared.
    pub(super) async fn run_unprepared(self, connection: &mut Connection) -> Result<(), StoreError> {
        match &mut connection.link {
            Link::Sqlite(link) => link.call(self, sqlite::run_unprepared).await,
            Link::Postgres(link, patience) => {
                let done = within(*patience, link.execute(AssertSqlSafe(self.text.into_owned()))).await?;
                done.map(|_| ()).map_err(postgres::error)
            }
        }
    }
}

/// Runs statements that bring rows, none of which touches the rows of another, so that their order does not matter. PostgreSQL gets
/// them as one:
/// on a machine of its own, it is the trips there that take the time.
pub async fn run_together(statements: Vec<Statement<'_>>, connection: &mut Connection) -> Result<(), StoreError> {
    if let Link::Postgres(link, patience) = &mut connection.link {
        let Some((text, arguments)) = postgres::prepare_together(statements)? else { return Ok(()) };
        let query = sqlx::query_with(AssertSqlSafe(text), arguments);
        within(*patience, query.execute(&mut **link)).await?.map_err(postgres::error)?;
        return Ok(());
    }
    for statement in statements {
        statement.run(connection).await?;
    }
    Ok(())
}

async fn within<T>(patience: Duration, work: impl Future<Output = T>) -> Result<T, StoreError> {
    tokio::time::timeout(patience, work).await.map_err(|_| StoreError::TooSlow(patience))
}

impl Value<'_> {
    fn into_owned(self) -> Value<'static> {
        match self {
            Self::Integer(value) => Value::Integer(value),
            Self::Real(value) => Value::Real(value),
            Self::Text(value) => Value::Text(value.map(|text| Cow::Owned(text.into_owned()))),
            Self::Bytes(value) => Value::Bytes(value.map(|bytes| Cow::Owned(bytes.into_owned()))),
        }
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Integer(Some(value))
    }
}

impl From<i32> for Value<'_> {
    fn from(value: i32) -> Self {
        Self::Integer(Some(value.into()))
    }
}

impl From<u32> for Value<'_> {
    fn from(value: u32) -> Self {
        Self::Integer(Some(value.into()))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(value: Option<i64>) -> Self {
        Self::Integer(value)
    }
}

impl From<f64> for Value<'_> {
    fn from(value: f64) -> Self {
        Self::Real(Some(value))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(Some(Cow::Borrowed(value)))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(Some(Cow::Borrowed(value)))
    }
}

impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Self::Text(Some(Cow::Owned(value)))
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(value: Option<&'a str>) -> Self {
        Self::Text(value.map(Cow::Borrowed))
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(Some(Cow::Borrowed(value)))
    }
}
