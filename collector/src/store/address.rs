//! Where the data is: a file of SQLite's, or a database of PostgreSQL's.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where the data is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DatabaseAddress {
    SqliteFile(PathBuf),
    Postgres(PostgresUrl),
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

/// The URL of a PostgreSQL database. Shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl(url::Url);

impl PostgresUrl {
    pub(super) fn expose(&self) -> &str {
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

#[derive(Debug, thiserror::Error, PartialEq)]
#[error(
    "{0:?} is not a database this version can use; give an SQLite file, like sqlite:pagepoll.db, or a PostgreSQL database, like \
     postgres://user:password@host/database"
)]
pub struct NotADatabase(String);

impl FromStr for DatabaseAddress {
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
