//! What was probably meant by the name of a site that is not there.

use clap::ArgMatches;
use survey::definition::SiteKey;
use survey::targeting::nearest;

use crate::export::ExportError;
use crate::store::{
    DatabaseAddress, InviteError, MembershipError, NoSuchSite, RotationError, Store, StoreError, TokenError,
};

/// The end of what is said of an error, if it is about a site that is not there and another one's name is like it.
pub async fn site(error: &anyhow::Error, database: Option<DatabaseAddress>) -> Option<String> {
    let (NoSuchSite(named), database) = (missing(error)?, database?);
    let known = sites(&database).await.ok()?;
    let known: Vec<&str> = known.iter().map(SiteKey::as_str).collect();
    nearest(named.as_str(), &known).map(|meant| format!("; did you mean {meant:?}?"))
}

/// Which database the arguments name, in whichever verb.
pub fn database(arguments: &ArgMatches) -> Option<DatabaseAddress> {
    let (_, below) = arguments.subcommand()?;
    database(below).or_else(|| below.try_get_one("database").ok().flatten().cloned())
}

/// Each verb has its own way to say so.
fn missing(error: &anyhow::Error) -> Option<&NoSuchSite> {
    let of_store = error.downcast_ref().and_then(|error| match error {
        StoreError::NoSuchSite(missing) => Some(missing),
        _ => None,
    });
    let of_members = error.downcast_ref().and_then(|error| match error {
        MembershipError::NoSuchSite(missing) => Some(missing),
        _ => None,
    });
    let of_invitations = error.downcast_ref().and_then(|error| match error {
        InviteError::NoSuchSite(missing) => Some(missing),
        _ => None,
    });
    let of_tokens = error.downcast_ref().and_then(|error| match error {
        TokenError::NoSuchSite(missing) => Some(missing),
        _ => None,
    });
    let of_keys = error.downcast_ref().and_then(|error| match error {
        RotationError::NoSuchSite(missing) => Some(missing),
        _ => None,
    });
    let of_export = error.downcast_ref().and_then(|error| match error {
        ExportError::NoSuchSite(missing) => Some(missing),
        _ => None,
    });
    let told = error.downcast_ref();
    told.or(of_export).or(of_store).or(of_members).or(of_invitations).or(of_tokens).or(of_keys)
}

async fn sites(database: &DatabaseAddress) -> Result<Vec<SiteKey>, StoreError> {
    let store = Store::open_existing(database).await?;
    let sites = store.sites().await;
    store.close().await;
    Ok(sites?.into_iter().map(|site| site.key).collect())
}
