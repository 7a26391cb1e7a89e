//! `pagepoll user`: lets people sign in.

use std::io::{IsTerminal, Read};

use anyhow::{Context, ensure};
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};
use survey::definition::SiteKey;

use super::DatabaseOption;
use crate::admin::{password, session};

#[derive(Subcommand)]
pub enum Verb {
    /// Let somebody see a site, or give them a new password. Reads the password from standard input; at a terminal, makes one up
    Add(Add),
}

#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    database: DatabaseOption,
    /// What they sign in with
    email: String,
    /// The site that they may see
    #[arg(long)]
    site: SiteKey,
}

pub async fn run(Verb::Add(add): Verb) -> anyhow::Result<()> {
    let email = session::normalized(&add.email);
    ensure!(email.contains('@') && email.len() <= 254, "{:?} is not an e-mail address", add.email);
    let given = read_password()?;
    let password = given.clone().unwrap_or_else(password::generate);
    let hash = password::hash(&password)?;
    let store = add.database.open().await?;
    store.put_user(&email, &hash, &add.site).await?;
    store.close().await;
    println!("{email} may see site {}", add.site);
    if given.is_none() {
        println!("password: {}", password.expose_secret());
    }
    Ok(())
}

/// What is piped in; nothing at a terminal, or if nothing is.
fn read_password() -> anyhow::Result<Option<SecretString>> {
    let mut stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Ok(None);
    }
    let mut password = String::new();
    stdin.read_to_string(&mut password).context("cannot read the password from standard input")?;
    let password = password.trim_end_matches(['\r', '\n']);
    Ok((!password.is_empty()).then(|| password.into()))
}
