//! Configuration: what an operator decides, checked once.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use actix_web::http::header::HeaderName;

use crate::limits::Rates;
use crate::network::TrustedProxy;
use crate::origin::Origin;
use crate::store::DatabaseAddress;

/// What it takes to run a collector.
#[derive(Clone, Debug)]
pub struct Config {
    pub database: DatabaseAddress,
    /// Where it listens; port 0 takes any free one.
    pub listen: SocketAddr,
    /// How browsers reach it, if not at the address where it listens.
    pub public_url: Option<Origin>,
    /// The header in which a proxy in front of the collector names the visitor's country, if one does.
    pub country_header: Option<HeaderName>,
    /// Who may say, in `X-Forwarded-For`, for whom they ask.
    pub trusted_proxies: Vec<TrustedProxy>,
    /// How much is taken from pages.
    pub rates: Rates,
    /// How many requests one transaction takes at most.
    pub commit_group: NonZeroUsize,
    /// Where Prometheus may read its metrics, if anywhere.
    pub metrics_listen: Option<SocketAddr>,
    /// For how long it says that it will stop, and serves on, before it does.
    pub stop_notice: Duration,
}
