//! `pagepoll restore`: a backup becomes the database again.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;

use super::{DatabaseOption, backup};
use crate::store::backup::{BackupError, restore};
use crate::store::copy::CopyError;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    database: DatabaseOption,
    /// A file that `pagepoll backup` has written, with this version or an earlier one
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
}

pub async fn run(Options { database, from }: Options) -> anyhow::Result<()> {
    let (contents, _) = restore(&from, &database.database).await.map_err(in_words)?;
    println!("{} has what {} had: {}", database.database, from.display(), backup::in_words(&contents));
    Ok(())
}

/// A backup comes back by way of a copy, of which whoever restores need not know.
fn in_words(error: BackupError) -> anyhow::Error {
    match error {
        BackupError::Copy(CopyError::NotEmpty(database)) => {
            anyhow!("there is something in {database} already; restore into an empty database")
        }
        other => other.into(),
    }
}
