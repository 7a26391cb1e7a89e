//! Copying a database into an empty one, of the same kind or another: table by table in the order of the keys, in batches.
//!
//! What is copied is the source as of one moment. A copy that was interrupted goes on after the last row that it wrote; until it
//! has ended and both sides have been compared, row by row, the target bears a mark, and nothing but the copy will open it.

use sha2::{Digest, Sha256};

use super::sql::tables::{Record, Table, tables};
use super::sql::{Connection, Value};
use super::{DatabaseAddress, Store, StoreError, sql};
use crate::store::sql::{Database, Opening};

/// Under this name the target says that it is not whole, and where it comes from.
const MARK: &str = "copying";

/// Why a copy was not made.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("there is something in {0} already; copy into an empty database")]
    NotEmpty(String),
    #[error("{0} has a part of a copy of another database; empty it, or name the database that was being copied")]
    OtherSource(String),
    #[error(
        "the tables of the two databases are not alike ({0}); bring both up to this version with `pagepoll migrate`"
    )]
    OtherTables(String),
    #[error(
        "the copy of {0} is not like the original; empty the target and copy anew, while no collector writes to it"
    )]
    Unlike(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a copy came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Copied {
    /// Each table with its rows.
    pub tables: Vec<(String, u64)>,
    /// How many rows of an earlier attempt were there already.
    pub resumed_rows: u64,
    /// Tables that changed in the source while it was being copied: what they have got since is not in the copy.
    pub changed_since: Vec<String>,
}

impl Store {
    /// Opens a database to copy into, and makes it if it is not there.
    pub async fn open_target(address: &DatabaseAddress) -> Result<Self, StoreError> {
        Ok(Self { database: Database::open(address, Opening::Migrate).await? })
    }

    /// # Errors
    /// If a copy into this database has not been finished.
    pub(super) async fn refuse_unfinished(self, address: &DatabaseAddress) -> Result<Self, StoreError> {
        let mark = sql("SELECT number FROM singles WHERE name = $1").bind(MARK);
        match self.database.optional(mark).await? {
            Some(_) => {
                self.close().await;
                Err(StoreError::Unfinished(address.to_string()))
            }
            None => Ok(self),
        }
    }

    /// Copies all that is in this database into another, whose address is told in errors.
    pub async fn copy_to(&self, target: &Self, address: &DatabaseAddress) -> Result<Copied, CopyError> {
        let copied = self
            .database
            .snapshot(async |source| {
                let copying = Copying { target, address: address.to_string() };
                Ok(copying.run(source).await)
            })
            .await?;
        let (mut copied, tables) = copied?;
        // Not of that one moment any more: counts suffice to tell, and are soon had.
        for (table, (name, rows)) in tables.iter().zip(&copied.tables) {
            let now = self.database.snapshot(async |source| table.count(source).await).await?;
            if now != *rows {
                copied.changed_since.push(name.clone());
            }
        }
        Ok(copied)
    }
}

struct Copying<'a> {
    target: &'a Store,
    address: String,
}

impl Copying<'_> {
    async fn run(&self, source: &mut Connection) -> Result<(Copied, Vec<Table>), CopyError> {
        let all = tables(source).await?;
        let theirs = self.target.database.snapshot(async |target| tables(target).await).await?;
        if all != theirs {
            let unlike = all.iter().chain(&theirs).find(|table| !all.contains(table) || !theirs.contains(table));
            return Err(CopyError::OtherTables(unlike.map(|table| table.name.clone()).unwrap_or_default()));
        }
        let secret = sql("SELECT bytes FROM singles WHERE name = 'secret'").one(source).await?.bytes("bytes")?;
        let resumed_rows = self.begin(&all, &Sha256::digest(&secret)).await?;
        let mut copied = Copied { tables: Vec::new(), resumed_rows, changed_since: Vec::new() };
        for table in all.iter().filter(|table| !is_marked(table)) {
            let rows = self.copy(source, table).await?;
            tracing::debug!(table = table.name, rows, "copied, and like the original");
            copied.tables.push((table.name.clone(), rows));
        }
        self.end(source, &all).await?;
        let copied_tables = all.into_iter().filter(|table| !is_marked(table)).collect();
        Ok((copied, copied_tables))
    }

    /// Marks the target; tells how many rows it has from an earlier attempt.
    async fn begin(&self, all: &[Table], source: &[u8]) -> Result<u64, CopyError> {
        let mark = sql("SELECT bytes FROM singles WHERE name = $1").bind(MARK);
        let mark = self.target.database.optional(mark).await?.map(|row| row.bytes("bytes")).transpose()?;
        match mark {
            Some(mark) if mark == source => {}
            Some(_) => return Err(CopyError::OtherSource(self.address.clone())),
            None => {
                for table in all.iter().filter(|table| !is_marked(table)) {
                    if !self.target.database.snapshot(async |target| table.is_empty(target).await).await? {
                        return Err(CopyError::NotEmpty(self.address.clone()));
                    }
                }
                let begin = sql("INSERT INTO singles (name, number, bytes) VALUES ($1, 0, $2)").bind(MARK).bind(source);
                self.target.database.change(begin).await?;
                return Ok(0);
            }
        }
        let mut rows = 0;
        for table in all.iter().filter(|table| !is_marked(table)) {
            rows += self.target.database.snapshot(async |target| table.count(target).await).await?;
        }
        Ok(rows)
    }

    /// Copies what is missing. Where the source has changed since an earlier attempt, all of the table.
    async fn copy(&self, source: &mut Connection, table: &Table) -> Result<u64, CopyError> {
        let last = self.target.database.snapshot(async |target| table.last_key(target).await).await?;
        self.copy_after(source, table, last).await?;
        let original = table.census(source).await?;
        let is_alike = async || {
            let copy = self.target.database.snapshot(async |target| table.census(target).await).await?;
            Ok::<_, StoreError>(copy == original)
        };
        if !is_alike().await? {
            if !table.is_referred_to() {
                self.target.database.write(async |target| table.clear(target).await).await?;
            }
            self.copy_after(source, table, None).await?;
            if !is_alike().await? {
                return Err(CopyError::Unlike(table.name.clone()));
            }
        }
        Ok(original.rows)
    }

    async fn copy_after(
        &self,
        source: &mut Connection,
        table: &Table,
        mut after: Option<Record>,
    ) -> Result<(), StoreError> {
        loop {
            let batch = table.next(source, after.as_ref()).await?;
            let Some(last) = batch.last() else { break };
            after = Some(table.key_of(last));
            self.target.database.write(async |target| table.put(target, &batch).await).await?;
        }
        self.target.database.write(async |target| table.go_on_numbering(target).await).await
    }

    /// Brings the secret and the like along, and takes the mark away: from now on it is a database like any other.
    async fn end(&self, source: &mut Connection, all: &[Table]) -> Result<(), StoreError> {
        for table in all.iter().filter(|table| is_marked(table)) {
            let singles = table.next(source, None).await?;
            self.target
                .database
                .write(async |target| {
                    table.put(target, &singles).await?;
                    sql("DELETE FROM singles WHERE name = $1").bind(Value::from(MARK)).run(target).await?;
                    Ok(())
                })
                .await?;
        }
        Ok(())
    }
}

/// Whether it is the table that the mark is in: small, and copied at the very end.
fn is_marked(table: &Table) -> bool {
    table.name == "singles"
}
