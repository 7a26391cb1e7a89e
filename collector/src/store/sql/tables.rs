//! Tables as a whole, as the database's own catalogue names them: to be copied and compared without knowing what they are for.
//!
//! A table that a later migration adds is copied like the others, and nobody has to think of it.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::rows::Column;
use super::{Connection, Link, Row, Rows, Value, composed, sql};
use crate::store::StoreError;

/// How many rows are read or written at a time.
const BATCH: i64 = 2_000;

/// Those that others refer to, and the one that a copy is marked in.
const FIRST: [&str; 3] = ["singles", "sites", "users"];

/// A table.
#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    pub name: String,
    columns: Vec<TableColumn>,
    /// The places of the primary key's columns, in its order.
    key: Vec<usize>,
}

#[derive(Clone, PartialEq, Debug)]
struct TableColumn {
    name: String,
    kind: Kind,
}

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Integer,
    Real,
    Text,
    Bytes,
}

/// A row of a table, in the order of its columns.
pub type Record = Vec<Value<'static>>;

/// What a table holds, as far as two can be compared by it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Census {
    pub rows: u64,
    /// SHA-256 over all rows in the order of their keys.
    pub checksum: [u8; 32],
}

/// Every table of ours, those first that others refer to. Not SQLite's full-text index (`words…`), which its triggers make anew of what
/// is put into `texts`.
pub async fn tables(connection: &mut Connection) -> Result<Vec<Table>, StoreError> {
    let names = match connection.link {
        Link::Sqlite(_) => sql("SELECT name AS table_name FROM sqlite_schema
             WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '_sqlx%' AND name NOT LIKE 'words%'
             ORDER BY name"),
        Link::Postgres(..) => sql("SELECT CAST(table_name AS TEXT) AS table_name FROM information_schema.tables
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name NOT LIKE '\\_sqlx%'
             ORDER BY CAST(table_name AS TEXT) COLLATE \"C\""),
    };
    let mut tables = Vec::new();
    for row in names.all(connection).await? {
        tables.push(table(connection, row.text("table_name")?).await?);
    }
    let place = |table: &Table| FIRST.iter().position(|first| *first == table.name).unwrap_or(FIRST.len());
    tables.sort_by_key(place);
    Ok(tables)
}

async fn table(connection: &mut Connection, name: String) -> Result<Table, StoreError> {
    let columns = match connection.link {
        Link::Sqlite(_) => {
            sql("SELECT name AS column_name, lower(type) AS kind, pk AS place FROM pragma_table_info($1)")
        }
        Link::Postgres(..) => {
            sql("SELECT CAST(c.column_name AS TEXT) AS column_name, CAST(c.data_type AS TEXT) AS kind,
                    CAST(COALESCE(k.ordinal_position, 0) AS BIGINT) AS place
             FROM information_schema.columns AS c
             LEFT JOIN (information_schema.table_constraints AS t JOIN information_schema.key_column_usage AS k
                            ON k.constraint_schema = t.constraint_schema AND k.constraint_name = t.constraint_name
                               AND t.constraint_type = 'PRIMARY KEY')
                 ON k.table_schema = c.table_schema AND k.table_name = c.table_name AND k.column_name = c.column_name
             WHERE c.table_schema = current_schema() AND c.table_name = $1")
        }
    };
    let mut found = Vec::new();
    for row in columns.bind(name.as_str()).all(connection).await? {
        let column = TableColumn { name: row.text("column_name")?, kind: Kind::named(&row.text("kind")?)? };
        found.push((column, row.integer("place")?));
    }
    // By name: migrations may have added them in another order.
    found.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
    let mut key: Vec<(i64, usize)> =
        found.iter().enumerate().filter(|(_, (_, place))| *place > 0).map(|(at, (_, place))| (*place, at)).collect();
    key.sort_unstable();
    let key = key.into_iter().map(|(_, at)| at).collect();
    Ok(Table { name, columns: found.into_iter().map(|(column, _)| column).collect(), key })
}

impl Kind {
    fn named(name: &str) -> Result<Self, StoreError> {
        match name {
            "integer" | "bigint" => Ok(Self::Integer),
            "real" | "double precision" => Ok(Self::Real),
            "text" => Ok(Self::Text),
            "blob" | "bytea" => Ok(Self::Bytes),
            other => Err(StoreError::Database(format!("columns of type {other:?} cannot be copied"))),
        }
    }

    fn read(self, row: &Row, column: &str) -> Result<Value<'static>, StoreError> {
        Ok(match self {
            Self::Integer => Value::Integer(row.optional_integer(column)?),
            Self::Real => Value::Real(row.optional_real(column)?),
            Self::Text => Value::Text(row.optional_text(column)?.map(Cow::Owned)),
            Self::Bytes => Value::Bytes(row.optional_bytes(column)?.map(Cow::Owned)),
        })
    }
}

impl Table {
    fn names(&self) -> String {
        self.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn key_names(&self) -> String {
        self.key.iter().map(|at| self.columns[*at].name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The key of a row.
    pub fn key_of(&self, record: &Record) -> Record {
        self.key.iter().map(|at| record[*at].clone()).collect()
    }

    fn record(&self, row: &Row) -> Result<Record, StoreError> {
        self.columns.iter().map(|column| column.kind.read(row, &column.name)).collect()
    }

    /// The next rows in the order of their keys, after one of them; none at the end. Served by the primary key.
    pub async fn next(&self, connection: &mut Connection, after: Option<&Record>) -> Result<Vec<Record>, StoreError> {
        let (names, key) = (self.names(), self.key_names());
        let select = format!("SELECT {names} FROM {}", self.name);
        let statement = match after {
            Some(after) => {
                let places: Vec<String> = (1..=after.len()).map(|number| format!("${number}")).collect();
                let limit = after.len() + 1;
                let text = format!("{select} WHERE ({key}) > ({}) ORDER BY {key} LIMIT ${limit}", places.join(", "));
                after.iter().fold(composed(text), |statement, value| statement.bind(value.clone()))
            }
            None => composed(format!("{select} ORDER BY {key} LIMIT $1")),
        };
        statement.bind(BATCH).all(connection).await?.iter().map(|row| self.record(row)).collect()
    }

    /// The greatest key that there is.
    pub async fn last_key(&self, connection: &mut Connection) -> Result<Option<Record>, StoreError> {
        let descending: Vec<String> = self.key.iter().map(|at| format!("{} DESC", self.columns[*at].name)).collect();
        let text = format!("SELECT {} FROM {} ORDER BY {} LIMIT 1", self.names(), self.name, descending.join(", "));
        let last = composed(text).optional(connection).await?;
        last.map(|row| Ok(self.key_of(&self.record(&row)?))).transpose()
    }

    /// Puts rows in the place of those with the same keys.
    pub async fn put(&self, connection: &mut Connection, records: &[Record]) -> Result<(), StoreError> {
        let mut rows = Rows::new();
        rows.columns =
            self.columns.iter().enumerate().map(|(at, column)| column_of(column.kind, records, at)).collect();
        let rest = self.columns.iter().enumerate().filter(|(at, _)| !self.key.contains(at));
        let set: Vec<String> = rest.map(|(_, column)| format!("{0} = excluded.{0}", column.name)).collect();
        let otherwise = if set.is_empty() { "NOTHING".to_owned() } else { format!("UPDATE SET {}", set.join(", ")) };
        let text = format!(
            "INSERT INTO {} ({}) {{rows}} ON CONFLICT ({}) DO {otherwise}",
            self.name,
            self.names(),
            self.key_names()
        );
        composed(text).rows(rows).run(connection).await?;
        Ok(())
    }

    /// Takes every row out.
    pub async fn clear(&self, connection: &mut Connection) -> Result<(), StoreError> {
        composed(format!("DELETE FROM {}", self.name)).run(connection).await?;
        Ok(())
    }

    pub async fn is_empty(&self, connection: &mut Connection) -> Result<bool, StoreError> {
        Ok(composed(format!("SELECT 1 AS it FROM {} LIMIT 1", self.name)).optional(connection).await?.is_none())
    }

    /// Whether others may refer to it, so that it cannot be cleared.
    pub fn is_referred_to(&self) -> bool {
        FIRST.contains(&self.name.as_str())
    }

    pub async fn count(&self, connection: &mut Connection) -> Result<u64, StoreError> {
        composed(format!("SELECT COUNT(*) AS it FROM {}", self.name)).one(connection).await?.number("it")
    }

    /// Counts and sums up what it holds.
    pub async fn census(&self, connection: &mut Connection) -> Result<Census, StoreError> {
        let (mut rows, mut checksum, mut after) = (0, Sha256::new(), None);
        loop {
            let batch = self.next(connection, after.as_ref()).await?;
            let Some(last) = batch.last() else {
                return Ok(Census { rows, checksum: checksum.finalize().into() });
            };
            for record in &batch {
                rows += 1;
                record.iter().for_each(|value| digest(&mut checksum, value));
            }
            after = Some(self.key_of(last));
        }
    }

    /// PostgreSQL hands out numbers by itself, and does not notice those that were brought along.
    pub async fn go_on_numbering(&self, connection: &mut Connection) -> Result<(), StoreError> {
        if let Link::Sqlite(_) = connection.link {
            return Ok(());
        }
        let numbered = sql("SELECT CAST(column_name AS TEXT) AS column_name FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name = $1 AND is_identity = 'YES'")
        .bind(self.name.clone());
        for row in numbered.all(connection).await? {
            let column = row.text("column_name")?;
            let text = format!(
                "SELECT setval(pg_get_serial_sequence('{0}', '{column}'), COALESCE(MAX({column}), 0) + 1, false) AS it FROM {0}",
                self.name
            );
            composed(text).all(connection).await?;
        }
        Ok(())
    }
}

fn column_of(kind: Kind, records: &[Record], at: usize) -> Column<'static> {
    let values = records.iter().map(|record| record[at].clone());
    match kind {
        Kind::Integer => {
            Column::Integers(values.map(|value| if let Value::Integer(it) = value { it } else { None }).collect())
        }
        Kind::Real => Column::Reals(values.map(|value| if let Value::Real(it) = value { it } else { None }).collect()),
        Kind::Text => Column::Texts(values.map(|value| if let Value::Text(it) = value { it } else { None }).collect()),
        Kind::Bytes => {
            Column::Bytes(values.map(|value| if let Value::Bytes(it) = value { it } else { None }).collect())
        }
    }
}

/// So that no two different rows are summed up alike: each value with its kind and its length.
fn digest(checksum: &mut Sha256, value: &Value<'_>) {
    let mut take = |kind: u8, bytes: Option<&[u8]>| {
        checksum.update([kind, u8::from(bytes.is_some())]);
        let bytes = bytes.unwrap_or_default();
        checksum.update((bytes.len() as u64).to_be_bytes());
        checksum.update(bytes);
    };
    match value {
        Value::Integer(value) => take(0, value.map(i64::to_be_bytes).as_ref().map(|bytes| bytes.as_slice())),
        Value::Real(value) => take(1, value.map(f64::to_be_bytes).as_ref().map(|bytes| bytes.as_slice())),
        Value::Text(value) => take(2, value.as_deref().map(str::as_bytes)),
        Value::Bytes(value) => take(3, value.as_deref()),
    }
}
