//! `pagepoll share`: links by which anybody may look at a site's figures.

use clap::{Args, Subcommand};
use survey::api::sharing::{ShareRequest, Shown};
use survey::definition::SiteKey;
use survey::targeting::Moment;

use super::{DatabaseOption, operator};
use crate::admin::shares;
use crate::origin::Origin;

#[derive(Subcommand)]
pub enum Verb {
    /// Make a link to a site's figures, or to badges of them, and print it this once
    Add(Add),
    /// Show the links to a site, without what makes them so
    List(List),
    /// Withdraw a link: from now on it shows nothing
    Withdraw(Withdraw),
}

#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site
    site: SiteKey,
    /// For whom or for what it is
    #[arg(long)]
    name: String,
    /// What it shows: figures, or badges alone
    #[arg(long, default_value_t)]
    shows: Shown,
    /// For how many days it is good, at most 365
    #[arg(long, default_value_t = 90)]
    days: u16,
    /// How browsers reach the collector
    #[arg(long, env = "PAGEPOLL_PUBLIC_URL", default_value = "http://127.0.0.1:8700")]
    public_url: Origin,
}

#[derive(Args)]
pub struct List {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site
    site: SiteKey,
}

#[derive(Args)]
pub struct Withdraw {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site
    site: SiteKey,
    /// The link's id, as `pagepoll share list` shows it
    id: String,
}

pub async fn run(verb: Verb) -> anyhow::Result<()> {
    match verb {
        Verb::Add(options) => add(options).await,
        Verb::List(options) => list(options).await,
        Verb::Withdraw(options) => withdraw(options).await,
    }
}

async fn add(Add { database, site, name, shows, days, public_url }: Add) -> anyhow::Result<()> {
    let by = operator();
    let (secret, record) = shares::share(ShareRequest { name, shows, days: Some(days) }, &by)?;
    let store = database.open().await?;
    store.make_token(&site, &record, &by).await?;
    store.close().await;
    let until = Moment(record.expires_at);
    let made = shares::made(&public_url.to_string(), &secret, shares::summary(shows, record));
    if let Some(link) = made.link {
        println!("{link}");
    }
    println!("{}", made.badge);
    println!("Whoever has this sees {shows} of site {site} until {until}, and nothing else. It is not shown again.");
    Ok(())
}

async fn list(List { database, site }: List) -> anyhow::Result<()> {
    let store = database.open().await?;
    let all = shares::all(&store, &site).await?;
    store.close().await;
    if all.is_empty() {
        println!("site {site} is shared with nobody; make a link with `pagepoll share add`");
    }
    for share in all {
        let used = share.last_used.map_or_else(|| "never used".to_owned(), |day| format!("last used on {day}"));
        println!(
            "{} {}: {}, by {}, until {}, {used}",
            share.id, share.name, share.shows, share.made_by, share.expires_at
        );
    }
    Ok(())
}

async fn withdraw(Withdraw { database, site, id }: Withdraw) -> anyhow::Result<()> {
    let store = database.open().await?;
    store.withdraw_share(&site, &id, &operator()).await?;
    store.close().await;
    println!("link {id} shows nothing any more");
    Ok(())
}
