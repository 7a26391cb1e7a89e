//! `pagepoll token`: what programs sign in with.

use clap::{Args, Subcommand};
use survey::api::people::{Role, TokenRequest};
use survey::definition::SiteKey;
use survey::targeting::Moment;

use super::{DatabaseOption, operator};
use crate::admin::tokens;

#[derive(Subcommand)]
pub enum Verb {
    /// Make a token, and print it this once
    Add(Add),
    /// Show the tokens of a site, without what makes them so
    List(List),
    /// Revoke a token: from now on it signs nobody in
    Revoke(Revoke),
}

#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site on which it is good
    site: SiteKey,
    /// What it is for
    #[arg(long)]
    name: String,
    /// What it may do: viewer or editor
    #[arg(long, default_value_t = Role::Viewer)]
    role: Role,
    /// For how many days it is good, at most 365
    #[arg(long, default_value_t = 90)]
    days: u16,
}

#[derive(Args)]
pub struct List {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site
    site: SiteKey,
}

#[derive(Args)]
pub struct Revoke {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site
    site: SiteKey,
    /// The token's id, as `pagepoll token list` shows it
    id: String,
}

pub async fn run(verb: Verb) -> anyhow::Result<()> {
    match verb {
        Verb::Add(options) => add(options).await,
        Verb::List(options) => list(options).await,
        Verb::Revoke(options) => revoke(options).await,
    }
}

async fn add(Add { database, site, name, role, days }: Add) -> anyhow::Result<()> {
    let by = operator();
    let (secret, token) = tokens::token(TokenRequest { name, role, days: Some(days) }, &by)?;
    let store = database.open().await?;
    store.make_token(&site, &token, &by).await?;
    store.close().await;
    println!("{}", secret.expose());
    println!(
        "Send it as `Authorization: Bearer …`. It is not shown again, and good until {}.",
        Moment(token.expires_at)
    );
    Ok(())
}

async fn list(List { database, site }: List) -> anyhow::Result<()> {
    let store = database.open().await?;
    let all = tokens::all(&store, &site).await?;
    store.close().await;
    if all.is_empty() {
        println!("site {site} has no token; make one with `pagepoll token add`");
    }
    for token in all {
        let used = token.last_used.map_or_else(|| "never used".to_owned(), |day| format!("last used on {day}"));
        println!(
            "{} {}: {}, by {}, until {}, {used}",
            token.id, token.name, token.role, token.made_by, token.expires_at
        );
    }
    Ok(())
}

async fn revoke(Revoke { database, site, id }: Revoke) -> anyhow::Result<()> {
    let store = database.open().await?;
    store.revoke_token(&site, &id, &operator()).await?;
    store.close().await;
    println!("token {id} signs nobody in any more");
    Ok(())
}
