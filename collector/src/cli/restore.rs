//! `pagepoll restore`: a backup becomes the database again.

use std::path::PathBuf;

use clap::Args;

use super::{DatabaseOption, backup};
use crate::store::backup::restore;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    database: DatabaseOption,
    /// A file that `pagepoll backup` has written, with this version or an earlier one
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
}

pub async fn run(Options { database, from }: Options) -> anyhow::Result<()> {
    let (contents, _) = restore(&from, &database.database).await?;
    println!("{} has what {} had: {}", database.database, from.display(), backup::in_words(&contents));
    Ok(())
}
