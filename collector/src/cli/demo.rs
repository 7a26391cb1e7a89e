//! `pagepoll demo`: a shop with made-up answers, and a collector beside it.

use std::net::SocketAddr;

use clap::Args;

use super::DatabaseOption;
use crate::demo::{self, Demo};

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    database: DatabaseOption,
    /// Where the collector listens
    #[arg(long, default_value = "127.0.0.1:8700")]
    listen: SocketAddr,
    /// Where the shop listens: another origin, as on a real site
    #[arg(long, default_value = "127.0.0.1:8701")]
    shop_listen: SocketAddr,
}

pub async fn run(Options { database, listen, shop_listen }: Options) -> anyhow::Result<()> {
    demo::run(Demo { database: database.database, listen, shop_listen }).await
}
