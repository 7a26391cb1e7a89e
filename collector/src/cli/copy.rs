//! `pagepoll copy`: from one database to another, of the same kind or not.

use clap::Args;

use crate::store::copy::Copied;
use crate::store::{DatabaseAddress, Store};

#[derive(Args)]
pub struct Options {
    /// The database to copy, like sqlite:pagepoll.db
    #[arg(long, value_name = "URL")]
    from: DatabaseAddress,
    /// An empty database, like postgres://user:password@host/database, or one that this copy has begun to fill
    #[arg(long, value_name = "URL")]
    to: DatabaseAddress,
}

pub async fn run(Options { from, to }: Options) -> anyhow::Result<()> {
    anyhow::ensure!(from != to, "{from} is both what to copy and where to; name two databases");
    let source = Store::open_existing(&from).await?;
    let target = Store::open_target(&to).await?;
    let copied = source.copy_to(&target, &to).await;
    source.close().await;
    target.close().await;
    let Copied { tables, resumed_rows, changed_since } = copied?;
    if resumed_rows > 0 {
        println!("went on after {resumed_rows} rows that were there already");
    }
    for (table, rows) in &tables {
        println!("{table}: {rows} rows, like the original");
    }
    anyhow::ensure!(
        changed_since.is_empty(),
        "the copy is whole as of when it began, but {} changed in {from} since; stop every collector that uses it, empty {to}, \
         and copy again",
        changed_since.join(", ")
    );
    println!("{to} has all that {from} has; let collectors use it with --database");
    Ok(())
}
