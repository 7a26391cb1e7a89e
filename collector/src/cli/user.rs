//! `pagepoll user`: who may sign in, and what they may do on which site.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Read};

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};
use survey::api::people::Role;
use survey::definition::SiteKey;

use super::{DatabaseOption, operator};
use crate::admin::email::Email;
use crate::admin::password;
use crate::store::{AccountError, Granted, Newcomer, Store, UserNumber};

#[derive(Subcommand)]
pub enum Verb {
    /// Let somebody into a site, or give a member another role. A new account's password is read from standard input; at a
    /// terminal, one is made up
    Add(Add),
    /// Show who may sign in, and to which sites
    List(List),
    /// Take somebody off a site, or their account away
    Remove(Remove),
    /// Give an account a new password, which signs it out everywhere. Reads it from standard input; at a terminal, makes one up
    Password(Password),
}

#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    database: DatabaseOption,
    /// What they sign in with
    email: Email,
    /// The site
    #[arg(long)]
    site: SiteKey,
    /// What they may do there: owner, editor or viewer
    #[arg(long, default_value_t = Role::Owner)]
    role: Role,
}

#[derive(Args)]
pub struct List {
    #[command(flatten)]
    database: DatabaseOption,
    /// Only the members of this site
    #[arg(long)]
    site: Option<SiteKey>,
}

#[derive(Args)]
pub struct Remove {
    #[command(flatten)]
    database: DatabaseOption,
    /// What they sign in with
    email: Email,
    /// Only off this site; without it, the account goes
    #[arg(long)]
    site: Option<SiteKey>,
}

#[derive(Args)]
pub struct Password {
    #[command(flatten)]
    database: DatabaseOption,
    /// What they sign in with
    email: Email,
}

pub async fn run(verb: Verb) -> anyhow::Result<()> {
    match verb {
        Verb::Add(options) => add(options).await,
        Verb::List(options) => list(options).await,
        Verb::Remove(options) => remove(options).await,
        Verb::Password(options) => change_password(options).await,
    }
}

async fn add(Add { database, email, site, role }: Add) -> anyhow::Result<()> {
    let given = read_password()?;
    let store = database.open().await?;
    let has_account = store.user_by_email(email.as_str()).await?.is_some();
    ensure!(
        !has_account || given.is_none(),
        "{email} has an account; its password is changed with `pagepoll user password {email}`: pipe nothing in here"
    );
    let made_up = (given.is_none() && !has_account).then(password::generate);
    let password_hash = given.as_ref().or(made_up.as_ref()).map(password::hash).transpose()?;
    let newcomer = Newcomer { email: email.as_str().to_owned(), password_hash };
    let granted = store.grant(&site, &newcomer, role, &operator()).await?;
    store.close().await;
    match granted {
        Granted::Joined => println!("{email} is {role} of site {site}"),
        Granted::Changed(before) => println!("{email} is {role} of site {site}, no longer {before}"),
        Granted::Already => println!("{email} is {role} of site {site} already"),
    }
    if let Some(password) = made_up {
        println!("password: {}", password.expose_secret());
    }
    Ok(())
}

async fn list(List { database, site }: List) -> anyhow::Result<()> {
    let store = database.open().await?;
    let (mut accounts, roles) = (store.users().await?, roles(&store).await?);
    store.close().await;
    accounts.retain(|account| site.as_ref().is_none_or(|site| roles.contains_key(&(account.number, site.clone()))));
    if accounts.is_empty() {
        println!("nobody; let somebody in with `pagepoll user add`");
    }
    for account in accounts {
        let own = roles.iter().filter(|((user, _), _)| *user == account.number);
        let own: Vec<String> = own.map(|((_, site), role)| format!("{role} of {site}")).collect();
        let own = if own.is_empty() { "on no site".to_owned() } else { own.join(", ") };
        println!("{}: {own}", account.email);
    }
    Ok(())
}

async fn roles(store: &Store) -> anyhow::Result<BTreeMap<(UserNumber, SiteKey), Role>> {
    let mut roles = BTreeMap::new();
    for site in store.sites().await? {
        let members = store.members(&site.key).await?;
        roles.extend(members.into_iter().map(|member| ((member.user, site.key.clone()), member.role)));
    }
    Ok(roles)
}

async fn remove(Remove { database, email, site }: Remove) -> anyhow::Result<()> {
    let store = database.open().await?;
    match site {
        Some(site) => {
            let user = store.user_by_email(email.as_str()).await?;
            let user = user.ok_or_else(|| AccountError::NoSuchAccount(email.to_string()))?;
            store.remove_member(&site, user.number, &operator()).await?;
            println!("{email} is no member of site {site} any more; their account stays");
        }
        None => {
            let sites = store.remove_account(email.as_str(), &operator()).await?;
            println!("{email} has no account any more, and is off {} sites", sites.len());
        }
    }
    store.close().await;
    Ok(())
}

async fn change_password(Password { database, email }: Password) -> anyhow::Result<()> {
    let given = read_password()?;
    let password = given.clone().unwrap_or_else(password::generate);
    let hash = password::hash(&password)?;
    let store = database.open().await?;
    let Some(user) = store.user_by_email(email.as_str()).await? else {
        bail!(AccountError::NoSuchAccount(email.to_string()));
    };
    store.set_password(user.number, &hash, None, &operator()).await?;
    store.close().await;
    println!("{email} has a new password, and is signed out everywhere");
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
