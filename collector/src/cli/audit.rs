//! `pagepoll audit`: who did what on a site.

use anyhow::ensure;
use clap::Args;
use survey::definition::SiteKey;
use survey::targeting::Moment;

use super::DatabaseOption;
use crate::store::NoSuchSite;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site
    site: SiteKey,
    /// At most so many lines
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// Only those before the one with this number
    #[arg(long, value_name = "NUMBER")]
    before: Option<i64>,
}

pub async fn run(Options { database, site, limit, before }: Options) -> anyhow::Result<()> {
    let store = database.open().await?;
    let is_there = store.site(&site).await?.is_some();
    let lines = store.log(&site, before, limit).await?;
    store.close().await;
    ensure!(is_there, NoSuchSite(site));
    for line in lines {
        let details = if line.details.is_empty() { String::new() } else { format!(" ({})", line.details) };
        let deed = line.deed.replace('_', " ");
        println!("{} {} {}: {deed} {}{details}", line.number, Moment(line.done_at), line.actor, line.subject);
    }
    Ok(())
}
