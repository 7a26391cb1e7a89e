//! The kinds of database that a collector can have, for what is measured on both.

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DatabaseKind {
    Sqlite,
    Postgres,
}

impl DatabaseKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}
