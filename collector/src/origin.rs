//! Origins: where a site's pages live, in the form in which browsers name it in the `Origin` header.
//!
//! Scheme, host in lower case, and a port unless it is the scheme's own. Compared as texts, so they are brought into that
//! form once, where they are declared.

use std::fmt;
use std::str::FromStr;

use actix_web::http::Uri;
use survey::page::canonical_host;

/// An origin as browsers write it: `https://shop.example`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    scheme: &'static str,
    host: String,
    port: Option<u16>,
}

#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{text:?} is not an origin: {reason}; write it like https://shop.example")]
pub struct NotAnOrigin {
    text: String,
    reason: &'static str,
}

impl Origin {
    /// The host as page keys have it: without `www.`.
    pub fn page_host(&self) -> String {
        canonical_host(&self.host).unwrap_or_default()
    }

    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }
}

impl FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let not = |reason| NotAnOrigin { text: text.chars().take(80).collect(), reason };
        let uri: Uri = text.parse().map_err(|_| not("it is no address"))?;
        let (scheme, own_port) = match uri.scheme_str() {
            Some("https") => ("https", 443),
            Some("http") => ("http", 80),
            _ => return Err(not("it does not begin with https:// or http://")),
        };
        if uri.path() != "/" || uri.query().is_some() {
            return Err(not("it goes on after the host"));
        }
        let authority = uri.authority().ok_or_else(|| not("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(not("it names a user"));
        }
        let host = authority.host().to_ascii_lowercase();
        if canonical_host(&host).is_err() {
            return Err(not("its host is not a host name; write other letters in their xn-- form"));
        }
        Ok(Self { scheme, host, port: authority.port_u16().filter(|port| *port != own_port) })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}://{}", self.scheme, self.host)?;
        match self.port {
            Some(port) => write!(out, ":{port}"),
            None => Ok(()),
        }
    }
}

/// How browsers reach the collector.
#[derive(Clone, Debug)]
pub struct PublicUrl(Origin);

impl PublicUrl {
    pub fn new(origin: Origin) -> Self {
        Self(origin)
    }

    pub fn origin(&self) -> &Origin {
        &self.0
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        text.parse::<Origin>().unwrap().to_string()
    }

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        assert_eq!(written("https://Shop.Example/"), "https://shop.example");
        assert_eq!(written("https://shop.example:443"), "https://shop.example");
        assert_eq!(written("http://127.0.0.1:8701"), "http://127.0.0.1:8701");
        assert_eq!("https://www.shop.example".parse::<Origin>().unwrap().page_host(), "shop.example");
    }

    #[test]
    fn what_is_not_an_origin_is_refused_with_the_way_out() {
        for (wrong, reason) in [
            ("shop.example", "does not begin"),
            ("ftp://shop.example", "does not begin"),
            ("https://shop.example/help", "goes on after"),
            ("https://", "no address"),
            ("https://a@shop.example", "names a user"),
        ] {
            let refused = wrong.parse::<Origin>().unwrap_err().to_string();
            assert!(refused.contains(reason) && refused.contains("write it like"), "{wrong}: {refused}");
        }
    }
}
