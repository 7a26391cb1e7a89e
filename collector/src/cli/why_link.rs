//! `pagepoll why-link`: a link to a page that explains there what shows and what does not.

use clap::Args;
use survey::definition::SiteKey;

use super::DatabaseOption;
use crate::clock;
use crate::explain::link;
use crate::explain::token::WhyKey;
use crate::store::NoSuchSite;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site
    site: SiteKey,
    /// The address of one of its pages
    url: String,
}

pub async fn run(Options { database, site, url }: Options) -> anyhow::Result<()> {
    let store = database.open().await?;
    let record = store.site(&site).await?.ok_or(NoSuchSite(site))?;
    let key = WhyKey::of(&store).await?;
    store.close().await;
    let link = link::make(&record, &url, &key, clock::now())?;
    println!("{}", link.url);
    println!(
        "Open it in a browser: the page says of each survey why it shows, waits or does not. Until {}.",
        link.expires_at
    );
    Ok(())
}
