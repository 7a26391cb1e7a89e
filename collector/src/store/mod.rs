//! Storage: everything that outlives the process, as verbs of the domain.
//!
//! The only room that knows SQL. Each verb stands once, in the file of its subject, for SQLite and PostgreSQL both; what those
//! do not share is in [`sql`]. Callers give and get the types below, and [`Store::commit`] what [`crate::ingest`] has planned;
//! what can go wrong is a [`StoreError`], which says whether it is worth trying again.

mod accounts;
pub mod backup;
pub mod copy;
mod ingest;
mod inspect;
mod invitations;
mod keys;
mod log;
mod members;
mod removal;
mod report;
mod sessions;
mod sites;
mod sql;
mod standing;
#[cfg(test)]
mod story;
mod surveys;
mod tokens;
#[cfg(test)]
mod upgrades;
mod views;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use survey::definition::{ContactField, SiteKey, SiteSettings, Survey, SurveyId};
use survey::report::build::{HistogramRow, PageFunnel};
use survey::targeting::Signal;
use survey::wire::Device;

use crate::clock::{Day, UnixMs};
use crate::ingest::flags::Flags;
use crate::ingest::rollup::Standing;
use crate::secret::SecretHash;
use sql::{Connection, Database, Opening, Row, sql};

pub use accounts::AccountError;
pub use invitations::{AcceptError, AcceptedRecord, InvitationRecord, InviteError, OfferRecord};
pub use keys::{KeyRecord, RotationError};
pub use log::{Actor, By, Deed, LogLine};
pub use members::{Granted, MemberRecord, MembershipError, Newcomer};
pub use sessions::{NewSession, SessionRecord, SignedInRecord};
pub use sites::{AddSiteError, NoSuchSite};
pub use tokens::{TokenError, TokenHolder, TokenRecord};

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

/// Where the data is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DatabaseAddress {
    SqliteFile(PathBuf),
    Postgres(PostgresUrl),
}

/// The URL of a PostgreSQL database. Shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl(url::Url);

impl PostgresUrl {
    fn expose(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.clone();
        // Only URLs that cannot have a password refuse to lose it.
        let _ = shown.set_password(self.0.password().map(|_| "***"));
        shown.set_query(None);
        shown.fmt(out)
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl DatabaseAddress {
    /// Whether opening it would begin a new file.
    pub fn is_new_file(&self) -> bool {
        matches!(self, Self::SqliteFile(path) if !path.exists())
    }
}

impl fmt::Display for DatabaseAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SqliteFile(path) => write!(out, "sqlite:{}", path.display()),
            Self::Postgres(url) => url.fmt(out),
        }
    }
}

#[derive(Debug, thiserror::Error, PartialEq)]
#[error(
    "{0:?} is not a database this version can use; give an SQLite file, like sqlite:pagepoll.db, or a PostgreSQL database, like \
     postgres://user:password@host/database"
)]
pub struct NotADatabase(String);

impl std::str::FromStr for DatabaseAddress {
    type Err = NotADatabase;

    fn from_str(text: &str) -> Result<Self, NotADatabase> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let url = text.parse::<url::Url>().ok().filter(|url| url.has_host() || url.query().is_some());
            return url.map(|url| Self::Postgres(PostgresUrl(url))).ok_or_else(|| NotADatabase(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")).unwrap_or(text);
        // In memory would be possible, but nothing acknowledged would outlive the process.
        if path.is_empty() || path.contains("://") || path.starts_with(":memory:") {
            return Err(NotADatabase(text.to_owned()));
        }
        Ok(Self::SqliteFile(path.into()))
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
    #[error("cannot open the database {address}: {reason}; name another with --database")]
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
    #[error("{column:?} in the database cannot be read: {reason}")]
    Unreadable { column: String, reason: String },
    #[error("the database says: {0}")]
    Database(String),
}

impl StoreError {
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
            Self::Unreadable { .. } => "unreadable",
            Self::Database(_) => "other",
        }
    }
}

/// A site as its operator declared it.
#[derive(Clone, PartialEq, Debug)]
pub struct SiteRecord {
    pub key: SiteKey,
    pub name: String,
    /// As browsers write them in `Origin`: see [`crate::origin`].
    pub origins: Vec<String>,
    pub settings: SiteSettings,
    pub provenance: Provenance,
}

/// Where a site's answers come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Provenance {
    Visitors,
    /// Made up, to show what a report looks like.
    Demo,
}

/// All that is published on one site.
#[derive(Clone, Debug)]
pub struct SiteWithSurveys {
    pub site: SiteRecord,
    /// Every version of every survey, in the order of publication.
    pub surveys: Vec<SurveyRecord>,
    /// Those that somebody stopped.
    pub stopped: BTreeSet<SurveyId>,
    /// The newest last; those that have retired too.
    pub keys: Vec<KeyRecord>,
}

/// One published version of a survey.
#[derive(Clone, Debug)]
pub struct SurveyRecord {
    pub id: SurveyId,
    pub version: u32,
    /// What it says; or, if a newer Pagepoll has published it and this one cannot read it, why not.
    pub definition: Result<Survey, String>,
}

/// How many visitors have answered each survey of each site, in all its versions.
pub type Answered = HashMap<(SiteKey, SurveyId), u64>;

/// What stopping or resuming a survey came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Switched {
    Now,
    /// It was so before.
    Already,
}

/// What publishing a survey came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Publication {
    Version(u32),
    /// The newest version, which is this one, says the same.
    Unchanged(u32),
}

/// What page views have in common that are counted together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
pub struct ViewKey {
    pub site: SiteKey,
    pub day: Day,
    /// A page key without a query.
    pub page: String,
    /// An origin; empty if there was none.
    pub referrer: String,
    pub device: String,
    pub browser: String,
    pub os: String,
    /// The first part of a tag; empty if the browser tells none.
    pub language: String,
}

impl ViewKey {
    /// What stands in the place of a page where a day has too many.
    const OTHER: &str = "(other)";

    /// The same, as one of too many to be told apart.
    pub fn other(self) -> Self {
        let empty = String::new;
        let (page, site, day) = (Self::OTHER.to_owned(), self.site, self.day);
        Self { site, day, page, referrer: empty(), device: empty(), browser: empty(), os: empty(), language: empty() }
    }

    pub fn is_other(&self) -> bool {
        self.page == Self::OTHER
    }
}

/// How many page views told of themselves, and for how many they stand.
#[derive(Clone, Copy, PartialEq, Debug, Default, serde::Serialize)]
pub struct ViewCount {
    pub sampled: u64,
    pub stands_for: f64,
}

impl std::ops::AddAssign for ViewCount {
    fn add_assign(&mut self, more: Self) {
        self.sampled += more.sampled;
        self.stands_for += more.stands_for;
    }
}

/// The counts that a report is made from.
#[derive(Clone, PartialEq, Debug)]
pub struct Counts {
    /// Of the report's days, and of as many before them.
    pub histograms: Vec<HistogramRow>,
    /// Of the report's days.
    pub funnels: Vec<PageFunnel>,
}

/// A page of answers to ask for, newest first.
#[derive(Clone, Debug)]
pub struct AnswerQuery {
    pub site: SiteKey,
    pub page: Option<String>,
    pub which: WhichAnswers,
    /// Only those with a smaller number.
    pub before: Option<i64>,
    pub limit: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhichAnswers {
    All,
    WithComments,
    WithContact,
    /// Those that are in no figure, because there is a doubt about them or somebody has said so.
    SetApart,
}

/// One visitor's answers to one survey.
#[derive(Clone, Debug)]
pub struct AnswerRecord {
    pub number: i64,
    pub survey: SurveyId,
    pub version: u32,
    pub page: String,
    pub answered_at: UnixMs,
    pub completed: bool,
    pub device: Device,
    pub language: String,
    pub signal: Option<Signal>,
    pub flags: Flags,
    pub standing: Standing,
    pub given: Vec<GivenRecord>,
}

#[derive(Clone, Debug)]
pub struct GivenRecord {
    pub question: String,
    pub point: Option<u8>,
    /// A comment, a short text, or the words of "other".
    pub text: Option<String>,
    /// The choices that were picked, with their places.
    pub choices: Option<BTreeMap<String, u8>>,
    /// What somebody left to be written back to: each field with what was filled in. Never a comment.
    pub contact: Option<Vec<(ContactField, String)>>,
}

/// Somebody who may sign in.
#[derive(Clone, Debug)]
pub struct UserRecord {
    pub number: UserNumber,
    pub email: String,
    pub password_hash: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct UserNumber(pub i64);

/// The hash of a secret, as it is stored.
fn secret_hash(row: &Row, column: &str) -> Result<SecretHash, StoreError> {
    row.bytes(column)?.try_into().map_err(|bytes: Vec<u8>| StoreError::Unreadable {
        column: column.to_owned(),
        reason: format!("{} bytes are no hash", bytes.len()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_named_by_url_or_by_path() {
        let file = |path: &str| Ok(DatabaseAddress::SqliteFile(path.into()));
        assert_eq!("sqlite:pagepoll.db".parse(), file("pagepoll.db"));
        assert_eq!("sqlite:///var/lib/pagepoll.db".parse(), file("/var/lib/pagepoll.db"));
        assert_eq!("/tmp/pagepoll.db".parse(), file("/tmp/pagepoll.db"));
        let postgres: DatabaseAddress = "postgres://ann:secret@db.example/pagepoll?sslmode=require".parse().unwrap();
        assert_eq!(postgres.to_string(), "postgres://ann:***@db.example/pagepoll");
        for wrong in ["", "sqlite:", "mysql://localhost/pagepoll", "postgres://", "sqlite::memory:"] {
            let refused = wrong.parse::<DatabaseAddress>().unwrap_err().to_string();
            assert!(refused.contains("give an SQLite file"), "{refused}");
        }
    }
}
