//! `pagepoll serve`: runs the collector.

use std::net::SocketAddr;

use clap::Args;

use super::DatabaseOption;
use crate::application::Application;
use crate::config::Config;
use crate::origin::Origin;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    database: DatabaseOption,
    /// Where to listen; port 0 takes any free one
    #[arg(long, env = "PAGEPOLL_LISTEN", default_value = "127.0.0.1:8700")]
    listen: SocketAddr,
    /// How browsers reach it, like https://polls.example; without it, the address it listens on
    #[arg(long, env = "PAGEPOLL_PUBLIC_URL")]
    public_url: Option<Origin>,
    /// Where Prometheus may read metrics; nowhere without it
    #[arg(long, env = "PAGEPOLL_METRICS_LISTEN")]
    metrics_listen: Option<SocketAddr>,
}

pub async fn run(options: Options) -> anyhow::Result<()> {
    let application = Application::build(Config {
        database: options.database.database,
        listen: options.listen,
        public_url: options.public_url,
        metrics_listen: options.metrics_listen,
    })
    .await?;
    println!("listening on http://{}", application.address());
    Ok(application.run_until_stopped().await?)
}
