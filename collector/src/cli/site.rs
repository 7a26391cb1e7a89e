//! `pagepoll site`: declares where surveys may be shown.

use clap::{Args, Subcommand};
use survey::definition::SiteKey;

use super::DatabaseOption;
use crate::origin::Origin;
use crate::store::{Provenance, SiteRecord};

#[derive(Subcommand)]
pub enum Verb {
    /// Add a site, or change one that is there
    Add(Add),
}

#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    database: DatabaseOption,
    /// What stands in the snippet, /w/KEY.js: lower-case letters, digits and hyphens
    key: SiteKey,
    /// What the team calls it
    #[arg(long)]
    name: String,
    /// Where its pages live, like https://shop.example; repeat it for each
    #[arg(long = "origin", required = true)]
    origins: Vec<Origin>,
    /// A query parameter that tells pages apart; repeat it for each. All others are taken off
    #[arg(long)]
    keep_query: Vec<String>,
}

pub async fn run(Verb::Add(add): Verb) -> anyhow::Result<()> {
    let store = add.database.open().await?;
    let site = SiteRecord {
        key: add.key,
        name: add.name,
        origins: add.origins.iter().map(Origin::to_string).collect(),
        keep_query: add.keep_query,
        provenance: Provenance::Visitors,
    };
    store.put_site(&site).await?;
    store.close().await;
    println!("site {} is there; publish a survey on it with: pagepoll survey publish {} FILE.json", site.key, site.key);
    Ok(())
}
