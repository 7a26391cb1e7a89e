//! `pagepoll migrate`: brings a database up to this version's schema, and does nothing else.

use anyhow::Result;
use clap::Args;

use super::DatabaseOption;
use crate::store::{Store, StoreError};

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    database: DatabaseOption,
}

pub async fn run(Options { database }: Options) -> Result<()> {
    let address = &database.database;
    let said = match Store::open_existing(address).await {
        Ok(store) => {
            store.close().await;
            format!("database {address} is up to date already")
        }
        Err(StoreError::OlderSchema { found, known, .. }) => {
            Store::open(address).await?.close().await;
            format!("database {address} is up to date: from schema {found} to {known}")
        }
        // A mistyped name begins no database; `serve` and `site add` do, for whoever means it.
        Err(other) => return Err(other.into()),
    };
    println!("{said}");
    Ok(())
}
