//! Backups: the whole database as one SQLite file of this version's schema, taken while the collector runs, and the way back.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::copy::{Copied, CopyError};
use super::sql::sqlite;
use super::{DatabaseAddress, Store, StoreError};

/// Why there is no backup, or no restored database.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{} is there already; name another file", .0.display())]
    Exists(PathBuf),
    #[error("cannot write {}: {reason}; name another file with --to", path.display())]
    Unwritable { path: PathBuf, reason: std::io::Error },
    #[error("cannot read {}: {reason}; name another file with --from", path.display())]
    Unreadable { path: PathBuf, reason: std::io::Error },
    #[error("{} is not whole: {wrong}; take the one before", path.display())]
    Damaged { path: PathBuf, wrong: String },
    #[error("{} cannot be used as a backup: {reason}", path.display())]
    NotABackup { path: PathBuf, reason: StoreError },
    #[error(transparent)]
    Copy(#[from] CopyError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is in a backup.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contents {
    pub sites: usize,
    /// Times that a survey met a visitor.
    pub presentations: u64,
    pub bytes: u64,
}

/// Writes a backup. It is under its name once it is whole, checked and on disk, and not before.
pub async fn back_up(from: &DatabaseAddress, to: &Path) -> Result<Contents, BackupError> {
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let partial = beside(to, "partial");
    let written = write(from, &partial, to).await;
    if written.is_err() {
        remove(&partial);
    }
    written
}

async fn write(from: &DatabaseAddress, partial: &Path, to: &Path) -> Result<Contents, BackupError> {
    let unwritable = |reason| BackupError::Unwritable { path: to.to_owned(), reason };
    // What an attempt before has left.
    remove(partial);
    File::create_new(partial).map_err(unwritable)?;
    let store = Store::open_existing(from).await?;
    let written = match from {
        DatabaseAddress::SqliteFile(path) => sqlite::write_copy(path, partial).await.map_err(BackupError::from),
        DatabaseAddress::Postgres(_) => copy_into_file(&store, partial).await.map(|_| ()),
    };
    store.close().await;
    written?;
    let contents = inspect(partial).await.map_err(|error| error.of(to))?;
    let file = File::open(partial).and_then(|file| file.sync_all());
    file.map_err(unwritable)?;
    // A link, because it refuses to take the place of what has come there meanwhile.
    std::fs::hard_link(partial, to).map_err(unwritable)?;
    remove(partial);
    sync_folder(to).map_err(unwritable)?;
    Ok(contents)
}

async fn copy_into_file(store: &Store, file: &Path) -> Result<Copied, BackupError> {
    let address = DatabaseAddress::SqliteFile(file.to_owned());
    let target = Store::open_target(&address).await?;
    let copied = store.copy_to(&target, &address).await;
    target.close().await;
    Ok(copied?)
}

/// Puts a backup, of this version or an earlier one, into an empty database.
pub async fn restore(from: &Path, to: &DatabaseAddress) -> Result<(Contents, Copied), BackupError> {
    // The backup stays as it is: it is brought up to date in a copy.
    let copy = match to {
        DatabaseAddress::SqliteFile(path) => beside(path, "restoring"),
        DatabaseAddress::Postgres(_) => std::env::temp_dir().join(format!("pagepoll-{}.restoring", std::process::id())),
    };
    remove(&copy);
    let restored = restore_by(from, &copy, to).await;
    remove(&copy);
    restored
}

async fn restore_by(from: &Path, copy: &Path, to: &DatabaseAddress) -> Result<(Contents, Copied), BackupError> {
    let of = |error: BackupError| error.of(from);
    File::open(from).map_err(|reason| BackupError::Unreadable { path: from.to_owned(), reason })?;
    std::fs::copy(from, copy).map_err(|reason| BackupError::Unwritable { path: copy.to_owned(), reason })?;
    let address = DatabaseAddress::SqliteFile(copy.to_owned());
    Store::open(&address).await.map_err(|error| of(error.into()))?.close().await;
    let contents = inspect(copy).await.map_err(of)?;
    let (source, target) = (Store::open_existing(&address).await?, Store::open_target(to).await?);
    let copied = source.copy_to(&target, to).await;
    source.close().await;
    target.close().await;
    Ok((contents, copied?))
}

/// Looks whether a backup is whole, and what is in it.
async fn inspect(file: &Path) -> Result<Contents, BackupError> {
    let store = Store::open_existing(&DatabaseAddress::SqliteFile(file.to_owned())).await?;
    let inspected = contents(&store, file).await;
    store.close().await;
    inspected
}

async fn contents(store: &Store, file: &Path) -> Result<Contents, BackupError> {
    let damaged = |wrong: String| BackupError::Damaged { path: file.to_owned(), wrong };
    if let Some(damage) = store.damages().await?.into_iter().next() {
        return Err(damaged(damage));
    }
    let (sites, mut presentations) = (store.sites().await?, 0);
    for site in &sites {
        let recount = store.recount(&site.key).await?;
        if let Some(difference) = recount.differences.first() {
            return Err(damaged(format!("site {}: {difference}", site.key)));
        }
        presentations += recount.presentations;
    }
    let bytes = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
    Ok(Contents { sites: sites.len(), presentations, bytes })
}

impl BackupError {
    /// The same of the file that somebody has named, and not of one of our own.
    fn of(self, named: &Path) -> Self {
        let path = named.to_owned();
        match self {
            Self::Damaged { wrong, .. } => Self::Damaged { path, wrong },
            Self::Store(StoreError::NewerSchema { found, known, .. }) => {
                let address = named.display().to_string();
                Self::Store(StoreError::NewerSchema { address, found, known })
            }
            Self::Store(StoreError::Open { reason, .. }) => {
                let reason = StoreError::Database(reason);
                Self::NotABackup { path, reason }
            }
            Self::Store(reason) => Self::NotABackup { path, reason },
            other => other,
        }
    }
}

/// A file of our own beside one that somebody named.
fn beside(file: &Path, what: &str) -> PathBuf {
    let name = file.file_name().map_or_else(Default::default, |name| name.to_string_lossy().into_owned());
    file.with_file_name(format!(".{name}.{what}"))
}

/// Removes a database of our own, with its log.
fn remove(file: &Path) {
    for ending in ["", "-wal", "-shm"] {
        // Where it is not, there is nothing to remove.
        let _ = std::fs::remove_file(PathBuf::from(format!("{}{ending}", file.display())));
    }
}

/// So that a power cut does not take the name away.
fn sync_folder(file: &Path) -> std::io::Result<()> {
    match file.parent() {
        Some(folder) if folder != Path::new("") => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}
