//! Storage: everything that outlives the process, as verbs of the domain.
//!
//! The only room that knows SQL. Each verb stands once, in the file of its subject, for SQLite and PostgreSQL both; what those
//! do not share is in [`sql`]. Callers give and get the records that stand beside the verbs, and [`Store::commit`] what [`crate::ingest`] has planned;
//! what can go wrong is a [`StoreError`], which says whether it is worth trying again.

/// Of a presentation `p`, what [`crate::ingest::rollup::Standing::counts`] says of it.
macro_rules! counted {
    () => {
        "(p.standing = 1 OR (p.standing = 0 AND p.flags = 0))"
    };
}

/// The opposite, in words that the index `presentations_apart` serves.
macro_rules! not_counted {
    () => {
        "((p.flags <> 0 OR p.standing <> 0) AND p.standing <> 1)"
    };
}

/// What is not counted and not erased either.
macro_rules! set_apart {
    () => {
        "(p.standing = 2 OR (p.standing = 0 AND p.flags <> 0))"
    };
}

/// What is left of what was erased; served by the index `presentations_erased`.
macro_rules! erased {
    () => {
        "p.standing = 3"
    };
}

mod accounts;
mod address;
pub mod backup;
pub mod copy;
mod counting;
mod counts;
mod drafts;
mod export;
mod ingest;
mod inspect;
mod invitations;
mod journal;
mod keys;
mod log;
mod members;
mod pages;
mod removal;
mod report;
mod search;
mod sessions;
mod shape;
mod sites;
mod sql;
mod standing;
#[cfg(test)]
mod story;
mod surveys;
mod tags;
mod tokens;
#[cfg(test)]
mod upgrades;
mod views;

use std::time::Duration;

use serde::de::IntoDeserializer;
use serde::de::value::StrDeserializer;
use survey::definition::{SiteKey, SurveyId};

use crate::counts::Malformed;
use crate::secret::SecretHash;
use sql::{Connection, Database, Opening, Row, sql};

pub use accounts::{AccountError, FirstAccountError, UserNumber, UserRecord};
pub use address::DatabaseAddress;
pub use counts::Counts;
pub use drafts::{Begun, DraftError, DraftRecord, DraftState, Known, StoredSurvey};
pub use export::{ExportQuery, ExportedAnswer, ExportedRow, WriteAnswers};
pub use invitations::{AcceptError, InvitationRecord, InviteError, OfferRecord};
pub use keys::{KeyRecord, RotationError};
pub use log::{Actor, By, LogLine};
pub use members::{Granted, MemberRecord, MembershipError, Newcomer};
pub use removal::RemovalError;
pub use report::{AnswerRecord, GivenRecord, WhichAnswers};
pub use search::AnswerQuery;
pub use sessions::{NewSession, SessionRecord, SignedInRecord};
pub use shape::{ShapeQuery, ShapedAnswers};
pub use sites::{AddSiteError, NoSuchSite, NotChanged, Provenance, SiteRecord, SiteWithSurveys};
pub use surveys::{Answered, Decision, Publication, SurveyRecord, Switched};
pub use tags::TagError;
pub use tokens::{Scope, TokenError, TokenHolder, TokenRecord};
pub use views::{ViewCount, ViewKey};

/// The open database.
pub struct Store {
    database: Database,
}

impl Store {
    /// Opens the database, creates it if it is not there, and brings it up to this version's schema.
    pub async fn open(address: &DatabaseAddress) -> Result<Self, StoreError> {
        let store = Self { database: Database::open(address, Opening::Migrate).await? };
        let store = store.refuse_unfinished(address).await?;
        store.make_secret().await?;
        store.rebuild_counts_if_needed().await?;
        store.index_texts_if_needed().await?;
        Ok(store)
    }

    /// Opens a database that is there already and has this version's schema: a mistyped name is told and not created, and nobody
    /// changes the schema under a collector that runs.
    pub async fn open_existing(address: &DatabaseAddress) -> Result<Self, StoreError> {
        let store = Self { database: Database::open(address, Opening::AsItIs).await? };
        store.refuse_unfinished(address).await
    }

    /// Closes every connection. SQLite's last one folds the write-ahead log into the file.
    pub async fn close(&self) {
        self.database.close().await;
    }

    /// The secret that cookies and links are signed with: made with the database, so that a restart signs nobody out.
    pub async fn secret(&self) -> Result<Vec<u8>, StoreError> {
        self.database.one(sql("SELECT bytes FROM singles WHERE name = 'secret'")).await?.bytes("bytes")
    }

    async fn make_secret(&self) -> Result<(), StoreError> {
        let secret: [u8; 64] = rand::random();
        // Of several collectors that begin together, the first one's stays.
        let make =
            sql("INSERT INTO singles (name, number, bytes) VALUES ('secret', 0, $1) ON CONFLICT (name) DO NOTHING");
        self.database.change(make.bind(secret.as_slice())).await?;
        Ok(())
    }
}

/// Writes a value of ours as JSON. Only maps with keys that are not texts, and failing `Serialize`s, cannot be; we have neither.
fn to_json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Database(error.to_string()))
}

/// Why the store did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database is busy: another process holds it for writing")]
    Busy,
    #[error("the disk is full, or nearly so; make room where the database is")]
    DiskFull,
    /// The operating system could not say that written data is on disk, and may have dropped it from memory. Carrying on could
    /// acknowledge what a restart would not find.
    #[error("the disk failed to keep what was written: {0}")]
    Durability(String),
    #[error("there is no database at {0}; name another with --database, or begin one with `pagepoll site add`")]
    NoDatabase(String),
    #[error("cannot open the database {address}: {reason}, or name another with --database")]
    Open { address: String, reason: String },
    #[error(
        "the database {address} has schema {found}, and this version of Pagepoll works with {known}; back it up and bring it up \
         to date with `pagepoll migrate`"
    )]
    OlderSchema { address: String, found: i64, known: i64 },
    #[error(
        "the database {address} has schema {found}, and this version of Pagepoll only knows {known}: a newer one has used it; \
         upgrade this one"
    )]
    NewerSchema { address: String, found: i64, known: i64 },
    #[error("{0} has a part of a copy and no more; start the same `pagepoll copy` or `restore` again, and it goes on")]
    Unfinished(String),
    #[error("the database did not answer within {0:?}")]
    TooSlow(Duration),
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    #[error(transparent)]
    NoSuchSite(#[from] NoSuchSite),
    #[error("site {site} has no survey {survey}; `pagepoll survey list {site}` shows those that it has")]
    NoSuchSurvey { site: SiteKey, survey: SurveyId },
    #[error("survey {survey} is archived; bring it back with `pagepoll survey unarchive {site} {survey}` first")]
    Archived { site: SiteKey, survey: SurveyId },
    #[error("{column:?} in the database cannot be read: {reason}")]
    Unreadable { column: String, reason: String },
    #[error("the database says: {0}")]
    Database(String),
}

impl StoreError {
    /// What stands in a column is not what belongs there.
    pub fn unreadable(column: &str, reason: impl ToString) -> Self {
        Self::Unreadable { column: column.to_owned(), reason: reason.to_string() }
    }

    /// Whether only a restart can help.
    pub fn is_fatal(&self) -> bool {
        matches!(self, Self::Durability(_))
    }

    /// A stable name, for metrics.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::DiskFull => "disk_full",
            Self::Durability(_) => "durability",
            Self::NoDatabase(_) | Self::Open { .. } => "open",
            Self::OlderSchema { .. } | Self::NewerSchema { .. } | Self::Unfinished(_) => "schema",
            Self::TooSlow(_) => "too_slow",
            Self::Unreachable(_) => "unreachable",
            Self::NoSuchSite(_) | Self::NoSuchSurvey { .. } => "not_found",
            Self::Archived { .. } => "archived",
            Self::Unreadable { .. } => "unreadable",
            Self::Database(_) => "other",
        }
    }
}

impl From<Malformed> for StoreError {
    fn from(malformed: Malformed) -> Self {
        Self::unreadable("cells", malformed)
    }
}

/// The hash of a secret, as it is stored.
fn secret_hash(row: &Row, column: &str) -> Result<SecretHash, StoreError> {
    let no_hash = |bytes: Vec<u8>| StoreError::unreadable(column, format!("{} bytes are no hash", bytes.len()));
    row.bytes(column)?.try_into().map_err(no_hash)
}

/// Reads a variant back from the name that it is stored under.
pub fn variant<'n, T: serde::Deserialize<'n>>(column: &str, name: &'n str) -> Result<T, StoreError> {
    let name: StrDeserializer<'n, serde::de::value::Error> = name.into_deserializer();
    T::deserialize(name).map_err(|error| StoreError::unreadable(column, error))
}

#[cfg(test)]
mod tests {
    use crate::ingest::flags::Flags;
    use crate::ingest::rollup::Standing;

    #[test]
    fn what_a_standing_means_is_the_same_in_sql() {
        let database = rusqlite::Connection::open_in_memory().unwrap();
        let said = |standing: Standing, flags: Flags| {
            let question = concat!("SELECT ", counted!(), ", ", not_counted!(), ", ", set_apart!(), ", ", erased!());
            let question = format!("{question} FROM (SELECT ?1 AS standing, ?2 AS flags) AS p");
            let row = |row: &rusqlite::Row<'_>| Ok([row.get::<_, bool>(0)?, row.get(1)?, row.get(2)?, row.get(3)?]);
            database.query_row(&question, (standing.code(), i64::from(flags.bits())), row).unwrap()
        };
        for standing in (0..).map_while(Standing::from_code) {
            for flags in [Flags::NONE, Flags::BOT] {
                let (is_counted, is_erased) = (standing.counts(flags), standing == Standing::Erased);
                let expected = [is_counted, !is_counted, !is_counted && !is_erased, is_erased];
                assert_eq!(said(standing, flags), expected, "{standing:?}, {flags:?}");
            }
        }
    }
}
