//! `pagepoll backup`: the whole database in one file, while the collector runs.

use std::path::PathBuf;

use clap::Args;

use super::DatabaseOption;
use crate::store::backup::{self, Contents};

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    database: DatabaseOption,
    /// The file to write; it must not be there yet
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

pub async fn run(Options { database, to }: Options) -> anyhow::Result<()> {
    let contents = backup::back_up(&database.database, &to).await?;
    println!("{} is whole: {}", to.display(), in_words(&contents));
    Ok(())
}

pub(super) fn in_words(Contents { sites, presentations, bytes }: &Contents) -> String {
    format!("{sites} sites, {presentations} showings of surveys, {} kB", bytes.div_ceil(1_000))
}
