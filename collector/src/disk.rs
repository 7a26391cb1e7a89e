//! The disk that the database is on: how much of it is free.

use std::path::{Path, PathBuf};

use crate::store::DatabaseAddress;

/// Below this, the disk counts as full: what is left is for the write-ahead log, and for whoever comes to make room.
pub const NEARLY_FULL_BYTES: u64 = 64 << 20;

/// Where the database's files are; nothing where it is another machine's concern.
#[derive(Clone, Debug)]
pub struct Disk(Option<PathBuf>);

impl Disk {
    pub fn of(database: &DatabaseAddress) -> Self {
        match database {
            DatabaseAddress::SqliteFile(path) => Self(Some(folder_of(path))),
            DatabaseAddress::Postgres(_) => Self(None),
        }
    }

    /// How many bytes are free to us; nothing where nobody can say.
    pub fn free_bytes(&self) -> Option<u64> {
        let told = rustix::fs::statvfs(self.0.as_ref()?).ok()?;
        // Available, not free: the rest is kept for root.
        Some(told.f_bavail.saturating_mul(told.f_frsize))
    }

    pub fn is_nearly_full(&self) -> bool {
        self.free_bytes().is_some_and(|free| free < NEARLY_FULL_BYTES)
    }
}

/// The folder of a file; the present one for a bare name.
fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
