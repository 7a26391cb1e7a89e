//! Rows that go into a statement, and rows that come out of one.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::postgres;
use super::sqlite::FoundRow;
use crate::store::StoreError;

/// Rows that go into a statement in the place of `{rows}`, column by column.
#[derive(Clone, Debug, Default)]
pub struct Rows<'a> {
    pub(super) columns: Vec<Column<'a>>,
}

#[derive(Clone, Debug)]
pub(super) enum Column<'a> {
    Integers(Vec<Option<i64>>),
    Reals(Vec<Option<f64>>),
    Texts(Vec<Option<Cow<'a, str>>>),
    Bytes(Vec<Option<Cow<'a, [u8]>>>),
}

impl Column<'_> {
    fn into_owned(self) -> Column<'static> {
        match self {
            Self::Integers(values) => Column::Integers(values),
            Self::Reals(values) => Column::Reals(values),
            Self::Texts(values) => Column::Texts(owned(values)),
            Self::Bytes(values) => Column::Bytes(owned(values)),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Integers(values) => values.len(),
            Self::Reals(values) => values.len(),
            Self::Texts(values) => values.len(),
            Self::Bytes(values) => values.len(),
        }
    }
}

fn owned<T: ToOwned + ?Sized + 'static>(values: Vec<Option<Cow<'_, T>>>) -> Vec<Option<Cow<'static, T>>> {
    values.into_iter().map(|value| value.map(|value| Cow::Owned(value.into_owned()))).collect()
}

impl<'a> Rows<'a> {
    pub(super) fn into_owned(self) -> Rows<'static> {
        Rows { columns: self.columns.into_iter().map(Column::into_owned).collect() }
    }

    pub fn new() -> Self {
        Self::default()
    }

    pub fn integers<T: Into<Option<i64>>>(self, values: impl IntoIterator<Item = T>) -> Self {
        self.with(Column::Integers(values.into_iter().map(Into::into).collect()))
    }

    pub fn reals<T: Into<Option<f64>>>(self, values: impl IntoIterator<Item = T>) -> Self {
        self.with(Column::Reals(values.into_iter().map(Into::into).collect()))
    }

    pub fn texts<T: Into<Option<&'a str>>>(self, values: impl IntoIterator<Item = T>) -> Self {
        self.with(Column::Texts(values.into_iter().map(|value| value.into().map(Cow::Borrowed)).collect()))
    }

    /// Texts that are made for the statement.
    pub fn made_texts<T: Into<Option<String>>>(self, values: impl IntoIterator<Item = T>) -> Self {
        self.with(Column::Texts(values.into_iter().map(|value| value.into().map(Cow::Owned)).collect()))
    }

    pub fn ids(self, values: impl IntoIterator<Item = Uuid>) -> Self {
        let owned = |id: Uuid| Some(Cow::Owned(id.into_bytes().to_vec()));
        self.with(Column::Bytes(values.into_iter().map(owned).collect()))
    }

    pub fn bytes(self, values: impl IntoIterator<Item = &'a [u8]>) -> Self {
        self.with(Column::Bytes(values.into_iter().map(|value| Some(Cow::Borrowed(value))).collect()))
    }

    fn with(mut self, column: Column<'a>) -> Self {
        debug_assert!(self.columns.first().is_none_or(|first| first.len() == column.len()), "columns of one length");
        self.columns.push(column);
        self
    }

    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, Column::len)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A row that was found. Columns are asked for by name, and errors name them.
pub enum Row {
    Sqlite(FoundRow),
    Postgres(PgRow),
}

macro_rules! read {
    ($($name:ident: $type:ty,)*) => {
        $(pub fn $name(&self, column: &str) -> Result<$type, StoreError> {
            match self {
                Self::Sqlite(row) => row.get(column),
                Self::Postgres(row) => row.try_get(column).map_err(postgres::error),
            }
        })*
    };
}

impl Row {
    read! {
        integer: i64,
        optional_integer: Option<i64>,
        real: f64,
        optional_real: Option<f64>,
        text: String,
        optional_text: Option<String>,
        bytes: Vec<u8>,
        optional_bytes: Option<Vec<u8>>,
    }

    /// A whole number of a type that holds fewer.
    pub fn number<T: TryFrom<i64>>(&self, column: &str) -> Result<T, StoreError> {
        let number = self.integer(column)?;
        T::try_from(number).map_err(|_| StoreError::unreadable(column, format!("{number} is out of range")))
    }

    /// A text, as what it was before it was stored.
    pub fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(&self, column: &str) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|error: T::Err| StoreError::unreadable(column, error))
    }

    pub fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        serde_json::from_str(&self.text(column)?).map_err(|error| StoreError::unreadable(column, error))
    }

    pub fn optional_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, StoreError> {
        let Some(json) = self.optional_text(column)? else { return Ok(None) };
        serde_json::from_str(&json).map(Some).map_err(|error| StoreError::unreadable(column, error))
    }

    pub fn id(&self, column: &str) -> Result<Uuid, StoreError> {
        Uuid::from_slice(&self.bytes(column)?).map_err(|error| StoreError::unreadable(column, error))
    }
}

/// A row where the database has put it, before anything is copied out of it. Columns are asked for by their places, from 0.
pub enum Found<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r PgRow),
}

impl<'r> Found<'r> {
    pub fn integer(&self, place: usize) -> Result<i64, StoreError> {
        match self {
            Self::Sqlite(row) => row.get(place).map_err(|error| StoreError::unreadable(&place.to_string(), error)),
            Self::Postgres(row) => row.try_get(place).map_err(postgres::error),
        }
    }

    pub fn optional_integer(&self, place: usize) -> Result<Option<i64>, StoreError> {
        match self {
            Self::Sqlite(row) => row.get(place).map_err(|error| StoreError::unreadable(&place.to_string(), error)),
            Self::Postgres(row) => row.try_get(place).map_err(postgres::error),
        }
    }

    pub fn text(&self, place: usize) -> Result<&'r str, StoreError> {
        self.optional_text(place)?.ok_or_else(|| StoreError::unreadable(&place.to_string(), "there is nothing"))
    }

    pub fn bytes(&self, place: usize) -> Result<&'r [u8], StoreError> {
        match self {
            Self::Sqlite(row) => {
                let value = row.get_ref(place).map_err(|error| StoreError::unreadable(&place.to_string(), error))?;
                value.as_bytes().map_err(|error| StoreError::unreadable(&place.to_string(), error.to_string()))
            }
            Self::Postgres(row) => row.try_get(place).map_err(postgres::error),
        }
    }

    pub fn optional_text(&self, place: usize) -> Result<Option<&'r str>, StoreError> {
        match self {
            Self::Sqlite(row) => {
                let value = row.get_ref(place).map_err(|error| StoreError::unreadable(&place.to_string(), error))?;
                value.as_str_or_null().map_err(|error| StoreError::unreadable(&place.to_string(), error))
            }
            Self::Postgres(row) => row.try_get(place).map_err(postgres::error),
        }
    }
}
