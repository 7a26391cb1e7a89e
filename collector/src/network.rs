//! Networks: where a request comes from, as far as anybody needs to know.
//!
//! An address is looked at only to tell one sender's flood from everybody else. It is made coarse at once (an IPv6 household
//! has many addresses), kept in memory as a hash alone (see [`crate::limits`]), and is never stored or logged.
//!
//! The peer of a connection is believed. What a header says of an address is believed only of proxies that the operator has
//! named: anybody else can write anything there.

use std::fmt;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;
use std::sync::Once;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpRequest};
use ipnet::IpNet;

const FORWARDED: &str = "x-forwarded-for";

/// How many leading bytes of an IPv6 address tell networks apart: 56 bits are what a provider gives to a household.
const V6_BYTES: usize = 7;

/// What shares a rate limit: one IPv4 address, or an IPv6 network of 56 bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Network {
    V4(Ipv4Addr),
    V6([u8; V6_BYTES]),
}

impl Network {
    pub fn of(address: IpAddr) -> Self {
        // An IPv4 address may come in IPv6's clothes.
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => {
                let [first, second, third, fourth, fifth, sixth, seventh, ..] = address.octets();
                Self::V6([first, second, third, fourth, fifth, sixth, seventh])
            }
        }
    }
}

/// Says nothing, so that no log line can.
impl fmt::Debug for Network {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Network(…)")
    }
}

/// The network that a request comes from.
impl FromRequest for Network {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of_request(request)))
    }
}

impl Network {
    /// Of the client, behind whatever trusted proxies there are.
    pub fn of_request(request: &HttpRequest) -> Self {
        let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
        let named = request.headers().get_all(FORWARDED).filter_map(|value| value.to_str().ok());
        let named: Vec<&str> = named.flat_map(|list| list.split(',')).collect();
        let trusted = request.app_data::<Data<TrustedProxies>>();
        Self::of(trusted.map_or(peer, |trusted| trusted.client(peer, &named)))
    }
}

/// A proxy's address or network, as an operator writes it: `10.0.0.0/8`, `192.0.2.1`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TrustedProxy(IpNet);

#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{0:?} is neither an address nor a network; write it like 10.0.0.0/8 or 192.0.2.1")]
pub struct NotANetwork(String);

impl FromStr for TrustedProxy {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let text = text.trim();
        let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network.map(Self).map_err(|_| NotANetwork(text.chars().take(80).collect()))
    }
}

/// Those who may say for whom they ask.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    pub fn new(proxies: &[TrustedProxy]) -> Self {
        Self(proxies.iter().map(|proxy| proxy.0).collect())
    }

    /// The client's address: the peer's; or, if that is a trusted proxy, the one for which it says that it asks, and so on.
    /// `named` is what the headers name, in their order: each proxy writes the one who asked it behind the others.
    pub fn client(&self, peer: IpAddr, named: &[&str]) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.trusts(client) && !named.is_empty() && is_private(client) {
            tell_of_proxy(client);
        }
        for named in named.iter().rev() {
            if !self.trusts(client) {
                break;
            }
            match address(named) {
                Some(address) => client = address,
                // A proxy that does not know says "unknown"; it is as far as anybody can see.
                None => break,
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// With or without a port: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn address(named: &str) -> Option<IpAddr> {
    let named = named.trim();
    let bare = named.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(named, |(address, _)| address);
    let address =
        bare.parse::<IpAddr>().or_else(|_| bare.parse().map(|with_port: std::net::SocketAddr| with_port.ip()));
    address.ok().map(|address| address.to_canonical())
}

/// Of no visitor from the internet.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private() || address.is_loopback() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

/// Once: without being trusted, a proxy shares one limit with all who come through it.
fn tell_of_proxy(proxy: IpAddr) {
    static TOLD: Once = Once::new();
    TOLD.call_once(|| {
        tracing::warn!(
            %proxy,
            "requests come through a proxy that is not trusted to say for whom it asks, so all visitors behind it share one \
             rate limit; if it is yours, serve with --trusted-proxy {proxy}",
        );
    });
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn trusting(proxies: &[&str]) -> TrustedProxies {
        TrustedProxies::new(&proxies.iter().map(|proxy| proxy.parse().unwrap()).collect::<Vec<_>>())
    }

    #[track_caller]
    fn client(proxies: &TrustedProxies, peer: &str, named: &[&str]) -> String {
        proxies.client(peer.parse().unwrap(), named).to_string()
    }

    #[test]
    fn the_peer_is_believed_and_nobody_else() {
        assert_eq!(client(&trusting(&[]), "198.51.100.7", &["203.0.113.1"]), "198.51.100.7");
        assert_eq!(client(&trusting(&["10.0.0.0/8"]), "198.51.100.7", &["203.0.113.1"]), "198.51.100.7");
        assert_eq!(client(&trusting(&["10.0.0.0/8"]), "10.1.2.3", &[]), "10.1.2.3");
    }

    #[test]
    fn trusted_proxies_are_walked_past_from_the_right() {
        let ours = trusting(&["10.0.0.0/8", "2001:db8::/32"]);
        assert_eq!(client(&ours, "10.0.0.1", &["203.0.113.1"]), "203.0.113.1");
        // What stands to the left was written by the client itself.
        assert_eq!(client(&ours, "10.0.0.1", &["1.1.1.1", " 203.0.113.1 ", "10.0.0.9"]), "203.0.113.1");
        assert_eq!(client(&ours, "2001:db8::1", &["203.0.113.1:4711", "[2001:db8::2]:80"]), "203.0.113.1");
        assert_eq!(client(&ours, "::ffff:10.0.0.1", &["::ffff:203.0.113.1"]), "203.0.113.1");
        assert_eq!(client(&ours, "10.0.0.1", &["10.0.0.7", "10.0.0.8"]), "10.0.0.7", "a client within the network");
        assert_eq!(client(&ours, "10.0.0.1", &["203.0.113.1", "unknown"]), "10.0.0.1");
    }

    #[test]
    fn ten_thousand_spoofed_addresses_are_one_network() {
        let networks = (0..10_000_u32).map(|n| {
            let spoofed = Ipv4Addr::from(0x0b00_0000 + n).to_string();
            Network::of(trusting(&["10.0.0.0/8"]).client("198.51.100.7".parse().unwrap(), &[&spoofed]))
        });
        assert_eq!(networks.collect::<HashSet<_>>().len(), 1);
    }

    #[test]
    fn a_household_is_one_network() {
        let network = |address: &str| Network::of(address.parse().unwrap());
        assert!(network("2001:db8:0:100::1") == network("2001:db8:0:1ff:ffff::2"));
        assert!(network("2001:db8:0:100::1") != network("2001:db8:0:200::1"));
        assert!(network("192.0.2.1") != network("192.0.2.2"));
        assert!(network("192.0.2.1") == network("::ffff:192.0.2.1"));
        assert_eq!(format!("{:?}", network("192.0.2.1")), "Network(…)");
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        assert_eq!("192.0.2.1".parse::<TrustedProxy>().unwrap(), "192.0.2.1/32".parse().unwrap());
        let refused = "my-proxy".parse::<TrustedProxy>().unwrap_err().to_string();
        assert_eq!(refused, r#""my-proxy" is neither an address nor a network; write it like 10.0.0.0/8 or 192.0.2.1"#);
    }
}
