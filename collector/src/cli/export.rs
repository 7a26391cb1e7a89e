//! `pagepoll export`: a site's answers, for another program or another collector.

use std::io::Write;

use clap::Args;
use jiff::civil::Date;
use survey::definition::SiteKey;

use super::DatabaseOption;
use crate::export::{Export, Format, Wanted};
use crate::store::Store;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site
    site: SiteKey,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Only answers from this day on, as the site's reports count days: 2026-11-01
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// Only answers up to and including this day
    #[arg(long, value_name = "DAY")]
    to: Option<Date>,
    /// Only answers on this page: shop.example/help
    #[arg(long, value_name = "PAGE")]
    page: Option<String>,
    /// Leave out what visitors left to be written back to
    #[arg(long)]
    without_contact: bool,
}

pub async fn run(options: Options) -> anyhow::Result<()> {
    let Options { database, site, format, from, to, page, without_contact } = options;
    let wanted = Wanted { format, from, to, page, contact: !without_contact };
    let store = database.open().await?;
    let written = write(&store, &site, wanted).await;
    store.close().await;
    match written {
        // Whoever reads has heard enough, like `head`.
        Err(error) if is_broken_pipe(&error) => Ok(()),
        written => written,
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let is_broken = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    };
    error.chain().any(is_broken)
}

async fn write(store: &Store, site: &SiteKey, wanted: Wanted) -> anyhow::Result<()> {
    let mut export = Export::begin(store, site, wanted).await?;
    let mut out = std::io::stdout().lock();
    while let Some(part) = export.next(store).await? {
        out.write_all(&part)?;
    }
    Ok(out.flush()?)
}
