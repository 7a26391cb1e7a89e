//! `pagepoll snippet`: the one line that a site pastes into its pages.

use anyhow::Context;
use clap::Args;
use survey::definition::SiteKey;

use super::DatabaseOption;
use crate::admin::keys;
use crate::origin::{Origin, PublicUrl};
use crate::store::NoSuchSite;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site
    site: SiteKey,
    /// How browsers reach the collector, like https://polls.example
    #[arg(long, env = "PAGEPOLL_PUBLIC_URL")]
    public_url: Option<Origin>,
}

pub async fn run(Options { database, site, public_url }: Options) -> anyhow::Result<()> {
    let public_url = public_url.context(
        "how do browsers reach the collector? say it with --public-url, like https://polls.example, or in PAGEPOLL_PUBLIC_URL",
    )?;
    let store = database.open().await?;
    let keys = store.keys(&site).await;
    store.close().await;
    let keys = keys?;
    let newest = keys.last().ok_or(NoSuchSite(site))?;
    println!("{}", keys::snippet(&PublicUrl::new(public_url), &newest.key));
    Ok(())
}
