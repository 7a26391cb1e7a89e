//! `pagepoll serve`: runs the collector.

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::http::header::HeaderName;
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
    /// The header in which a proxy names the visitor's country, like CF-IPCountry; rules about countries need it
    #[arg(long, env = "PAGEPOLL_COUNTRY_HEADER")]
    country_header: Option<HeaderName>,
    /// Where Prometheus may read metrics; nowhere without it
    #[arg(long, env = "PAGEPOLL_METRICS_LISTEN")]
    metrics_listen: Option<SocketAddr>,
    /// How long to go on serving after SIGTERM while /readyz says that it will stop, in seconds: twice as long as a balancer in
    /// front takes from one look to the next
    #[arg(long, env = "PAGEPOLL_STOP_NOTICE", value_name = "SECONDS", default_value_t = 0,
          value_parser = clap::value_parser!(u16).range(..=300))]
    stop_notice: u16,
}

pub async fn run(options: Options) -> anyhow::Result<()> {
    let application = Application::build(Config {
        database: options.database.database,
        listen: options.listen,
        public_url: options.public_url,
        country_header: options.country_header,
        metrics_listen: options.metrics_listen,
        stop_notice: Duration::from_secs(options.stop_notice.into()),
    })
    .await?;
    println!("listening on http://{}", application.address());
    Ok(application.run_until_stopped().await?)
}
