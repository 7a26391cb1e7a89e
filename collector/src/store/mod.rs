//! Storage: everything that outlives the process, as verbs of the domain.
//!
//! The only room that knows SQL. Callers give and get the types below; what can go wrong is a [`StoreError`], which says
//! whether it is worth trying again. There is one back end, SQLite, so there is no trait yet.

mod sqlite;
#[cfg(test)]
mod story;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use survey::definition::{ContactField, SiteKey, SiteSettings, Survey, SurveyId};
use survey::report::build::{HistogramRow, PageFunnel};
use survey::targeting::Signal;
use survey::wire::Device;

pub use sqlite::Store;

use crate::clock::{Day, UnixMs};

/// Where the data is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DatabaseAddress {
    SqliteFile(PathBuf),
}

#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{0:?} is not a database this version can use; give an SQLite file, like sqlite:pagepoll.db")]
pub struct NotADatabase(String);

impl std::str::FromStr for DatabaseAddress {
    type Err = NotADatabase;

    fn from_str(text: &str) -> Result<Self, NotADatabase> {
        let path = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")).unwrap_or(text);
        // In memory would be possible, but nothing acknowledged would outlive the process.
        if path.is_empty() || path.contains("://") || path.starts_with(":memory:") {
            return Err(NotADatabase(text.to_owned()));
        }
        Ok(Self::SqliteFile(path.into()))
    }
}

/// Why the store did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database is busy: another process holds it for writing")]
    Busy,
    #[error("the disk is full")]
    DiskFull,
    /// The operating system could not say that written data is on disk, and may have dropped it from memory. Carrying on could
    /// acknowledge what a restart would not find.
    #[error("the disk failed to keep what was written: {0}")]
    Durability(String),
    #[error("there is no database at {path}; name another with --database, or begin one with `pagepoll site add`", path = .0.display())]
    NoDatabase(PathBuf),
    #[error("cannot open the database {path}: {reason}; name another with --database", path = path.display())]
    Open { path: PathBuf, reason: String },
    #[error("site {0} does not exist; add it with `pagepoll site add`")]
    NoSuchSite(SiteKey),
    #[error("site {site} has no survey {survey}; `pagepoll survey list {site}` shows those that it has")]
    NoSuchSurvey { site: SiteKey, survey: SurveyId },
    #[error("{what} in the database cannot be read: {reason}")]
    Unreadable { what: &'static str, reason: String },
    #[error("the database says: {0}")]
    Database(String),
}

impl StoreError {
    /// Whether only a restart can help.
    pub fn is_fatal(&self) -> bool {
        matches!(self, Self::Durability(_))
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
pub struct PublishedRecord {
    pub site: SiteRecord,
    /// Every version of every survey, in the order of publication.
    pub surveys: Vec<SurveyRecord>,
    /// Those that somebody stopped.
    pub stopped: BTreeSet<SurveyId>,
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
    pub given: Vec<GivenRecord>,
}

#[derive(Clone, Debug, serde::Deserialize)]
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

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UserNumber(pub i64);

/// A browser that is signed in: what the session middleware remembers of it, as JSON.
#[derive(Clone, Debug)]
pub struct SessionRecord {
    pub user: UserNumber,
    pub state: String,
    pub expires_at: UnixMs,
}

/// The hash under which a session is kept.
pub type SessionHash = [u8; 32];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_named_by_url_or_by_path() {
        let file = |path: &str| Ok(DatabaseAddress::SqliteFile(path.into()));
        assert_eq!("sqlite:pagepoll.db".parse(), file("pagepoll.db"));
        assert_eq!("sqlite:///var/lib/pagepoll.db".parse(), file("/var/lib/pagepoll.db"));
        assert_eq!("/tmp/pagepoll.db".parse(), file("/tmp/pagepoll.db"));
        for wrong in ["", "sqlite:", "postgres://localhost/pagepoll", "sqlite::memory:"] {
            let refused = wrong.parse::<DatabaseAddress>().unwrap_err().to_string();
            assert!(refused.contains("give an SQLite file"), "{refused}");
        }
    }
}
