//! `pagepoll serve`: runs the collector.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use actix_web::http::header::HeaderName;
use clap::Args;

use super::DatabaseOption;
use crate::application::Application;
use crate::config::Config;
use crate::ingest::commit::GROUP;
use crate::limits::Rates;
use crate::network::TrustedProxy;
use crate::origin::Origin;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    database: DatabaseOption,
    /// Where to listen; port 0 takes any free one
    #[arg(long, env = "PAGEPOLL_LISTEN", default_value = "127.0.0.1:8700", value_parser = socket)]
    listen: SocketAddr,
    /// How browsers reach it, like https://polls.example; without it, the address it listens on
    #[arg(long, env = "PAGEPOLL_PUBLIC_URL")]
    public_url: Option<Origin>,
    /// The header in which a proxy names the visitor's country, like CF-IPCountry; rules about countries need it
    #[arg(long, env = "PAGEPOLL_COUNTRY_HEADER")]
    country_header: Option<HeaderName>,
    /// A proxy in front of the collector, or a network of them, like 10.0.0.0/8: believed when it says, in X-Forwarded-For, for
    /// whom it asks. Repeat it, or put commas between them
    #[arg(long = "trusted-proxy", env = "PAGEPOLL_TRUSTED_PROXIES", value_name = "CIDR", value_delimiter = ',')]
    trusted_proxies: Vec<TrustedProxy>,
    /// How many requests a second are taken from pages of one network, and 20 times as many at once; 0 for any number
    #[arg(long, env = "PAGEPOLL_NETWORK_LIMIT", value_name = "RATE", default_value_t = Rates::default().per_network)]
    network_limit: u32,
    /// How many requests a second are taken for one site, and 20 times as many at once; 0 for any number
    #[arg(long, env = "PAGEPOLL_SITE_LIMIT", value_name = "RATE", default_value_t = Rates::default().per_site)]
    site_limit: u32,
    /// How many requests one transaction takes at most: 1 to measure what the others gain
    #[arg(long, env = "PAGEPOLL_COMMIT_GROUP", default_value_t = GROUP, hide = true)]
    commit_group: NonZeroUsize,
    /// Where Prometheus may read metrics; nowhere without it
    #[arg(long, env = "PAGEPOLL_METRICS_LISTEN", value_parser = socket)]
    metrics_listen: Option<SocketAddr>,
    /// How long to go on serving after SIGTERM while /readyz says that it will stop, in seconds: twice as long as a balancer in
    /// front takes from one look to the next
    #[arg(long, env = "PAGEPOLL_STOP_NOTICE", value_name = "SECONDS", default_value_t = 0,
          value_parser = clap::value_parser!(u16).range(..=300))]
    stop_notice: u16,
}

impl Options {
    pub fn config(self) -> Config {
        Config {
            database: self.database.database,
            listen: self.listen,
            public_url: self.public_url,
            country_header: self.country_header,
            trusted_proxies: self.trusted_proxies,
            rates: Rates { per_network: self.network_limit, per_site: self.site_limit },
            commit_group: self.commit_group,
            metrics_listen: self.metrics_listen,
            stop_notice: Duration::from_secs(self.stop_notice.into()),
        }
    }
}

/// Reads where to listen: no names but the one that every machine has for itself.
fn socket(typed: &str) -> Result<SocketAddr, String> {
    let own = typed.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let typed = own.as_deref().unwrap_or(typed);
    typed
        .parse()
        .map_err(|_| "write an address of this machine and a port, like 127.0.0.1:8700 or 0.0.0.0:8700".to_owned())
}

pub async fn run(options: Options) -> anyhow::Result<()> {
    let application = Application::build(options.config()).await?;
    println!("listening on http://{}", application.address());
    if let Some(link) = application.setup_link().await? {
        println!("nobody can sign in yet; make the first account at {link}");
    }
    Ok(application.run_until_stopped().await?)
}
