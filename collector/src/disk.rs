//! The disk that the database is on: how much of it is free.

use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};
use rustix::process::geteuid;

use crate::store::DatabaseAddress;

/// When less than this part of it is free, or less than [`MOST_RESERVE_BYTES`], the disk counts as full. What is left is for what
/// a full disk must not stop: folding in the write-ahead log, signing in, erasing, whoever comes to make room.
const RESERVE_PART: u64 = 20;
const MOST_RESERVE_BYTES: u64 = 64 << 20;

/// Why a database's file cannot be opened, as far as the file system tells.
pub fn obstacle(file: &Path) -> Option<String> {
    let folder = folder_of(file);
    let is_ours = |path: &Path| access(path, Access::READ_OK | Access::WRITE_OK).is_ok();
    let user = geteuid().as_raw();
    if !folder.is_dir() {
        Some(format!("there is no folder {}; make it", folder.display()))
    } else if file.is_dir() {
        Some("it is a folder, and not a file in one".to_owned())
    } else if file.exists() && !is_ours(file) {
        Some(format!("the user that runs this ({user}) may not write it; give it to that user"))
    } else if !is_ours(&folder) {
        Some(format!("the user that runs this ({user}) may not write in {}; give it to that user", folder.display()))
    } else {
        None
    }
}

/// Where the database's files are; nothing where it is another machine's concern.
#[derive(Clone, Debug)]
pub struct Disk(Option<PathBuf>);

impl Disk {
    pub fn of(database: &DatabaseAddress) -> Self {
        match database {
            DatabaseAddress::SqliteFile(path) => Self::of_file(path),
            DatabaseAddress::Postgres(_) => Self(None),
        }
    }

    pub fn of_file(path: &Path) -> Self {
        Self(Some(folder_of(path)))
    }

    /// How many bytes are free to us; nothing where nobody can say.
    pub fn free_bytes(&self) -> Option<u64> {
        self.room().map(|room| room.free_bytes)
    }

    /// Whether it should take no more answers.
    pub fn is_nearly_full(&self) -> bool {
        self.room().is_some_and(|room| room.free_bytes < MOST_RESERVE_BYTES.min(room.all_bytes / RESERVE_PART))
    }

    fn room(&self) -> Option<Room> {
        let told = rustix::fs::statvfs(self.0.as_ref()?).ok()?;
        // Available, not free: the rest is kept for root.
        let free_bytes = told.f_bavail.saturating_mul(told.f_frsize);
        Some(Room { free_bytes, all_bytes: told.f_blocks.saturating_mul(told.f_frsize) })
    }
}

struct Room {
    free_bytes: u64,
    all_bytes: u64,
}

/// The folder of a file; the present one for a bare name.
fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
