//! Tickets: what the loader gives to a page, to be shown with what the page sends.
//!
//! A ticket names its hour and is signed for one site. Whoever sends without a good one has not fetched the site's loader
//! lately, as every browser does that opens one of its pages. It is no secret: anybody may fetch a loader. It only makes
//! sending answers in bulk cost as much as opening pages, and what was recorded once is worth nothing two days later.
//!
//! It stands in the address behind the key of the site, `/t/KEY.TICKET/v1/events`, because a header would make browsers ask first. Within an hour all loaders of
//! a site are the same, whichever collector wrote them.

use actix_web::HttpRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use survey::definition::SiteKey;

use crate::clock::{Hour, UnixMs, hour_of};
use crate::signing::SigningKey;
use crate::store::{Store, StoreError};

/// The part of the address where key and ticket stand.
pub const PARAMETER: &str = "ticket";

/// The key and the ticket in an address; none where they are not.
pub fn shown(request: &HttpRequest) -> Option<(SiteKey, &str)> {
    let (key, ticket) = request.match_info().get(PARAMETER)?.split_once('.')?;
    Some((key.parse().ok()?, ticket))
}

/// For how many hours a ticket is good: somebody may come back to a page that was left open yesterday.
const GOOD_HOURS: i64 = 36;

/// How many hours the clocks of several collectors may differ.
const AHEAD_HOURS: i64 = 1;

/// How much of the signature is written: 128 bits.
const SIGNATURE_BYTES: usize = 16;

/// Tells this use of the store's secret from all others.
const PURPOSE: &[u8] = b"pagepoll page ticket 1";

/// What tickets are signed with.
#[derive(Clone)]
pub struct TicketKey(SigningKey);

impl TicketKey {
    pub async fn of(store: &Store) -> Result<Self, StoreError> {
        Ok(Self::from_secret(&store.secret().await?))
    }

    fn from_secret(secret: &[u8]) -> Self {
        Self(SigningKey::derived(secret, PURPOSE))
    }

    /// The ticket of an hour: 24 letters, digits, hyphens and underscores.
    pub fn write(&self, site: &SiteKey, hour: Hour) -> String {
        let [.., high, low] = hour.to_be_bytes();
        let signature = self.0.sign(&[&hour.to_be_bytes(), site.as_str().as_bytes()]);
        URL_SAFE_NO_PAD.encode([[high, low].as_slice(), &signature[..SIGNATURE_BYTES]].concat())
    }

    /// Whether a ticket is of this site, signed by us, and not too old.
    pub fn is_good(&self, site: &SiteKey, ticket: &str, now: UnixMs) -> bool {
        let mut bytes = [0; 2 + SIGNATURE_BYTES];
        let Ok(18) = URL_SAFE_NO_PAD.decode_slice(ticket, &mut bytes) else { return false };
        let (low, signature) = bytes.split_at(2);
        let newest = hour_of(now) + AHEAD_HOURS;
        // Its hour is written without its higher bits: of all hours that end so, the one that may be good.
        let age = i64::from((newest as u16).wrapping_sub(u16::from_be_bytes([low[0], low[1]])));
        let hour = (newest - age).to_be_bytes();
        age <= GOOD_HOURS + AHEAD_HOURS && self.0.has_signed(&[&hour, site.as_str().as_bytes()], signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::HOUR_MS;

    const NOON: UnixMs = 1_764_000_000_000;

    fn shop() -> SiteKey {
        "shop".parse().unwrap()
    }

    #[test]
    fn a_ticket_is_good_for_its_site_and_36_hours() {
        let key = TicketKey::from_secret(b"secret");
        let ticket = key.write(&shop(), hour_of(NOON));
        assert_eq!(ticket.len(), 24);
        assert!(ticket.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{ticket}");
        for hours in [-1, 0, 1, 36] {
            assert!(key.is_good(&shop(), &ticket, NOON + hours * HOUR_MS), "after {hours} hours");
        }
        // Not even when the clock has come round to the same bits of the hour.
        for hours in [-2, 37, 1_000, 65_536, -65_536] {
            assert!(!key.is_good(&shop(), &ticket, NOON + hours * HOUR_MS), "after {hours} hours");
        }
        assert!(!key.is_good(&"other".parse().unwrap(), &ticket, NOON), "it is of another site");
        assert!(!TicketKey::from_secret(b"another").is_good(&shop(), &ticket, NOON), "somebody else signed it");
    }

    #[test]
    fn what_is_no_ticket_is_not_good() {
        let key = TicketKey::from_secret(b"secret");
        let ticket = key.write(&shop(), hour_of(NOON));
        for forged in ["", "x", &ticket[..23], &format!("{ticket}A"), &"A".repeat(24), &"é".repeat(12), &"=".repeat(24)]
        {
            assert!(!key.is_good(&shop(), forged, NOON), "{forged}");
        }
        let mut changed = ticket.into_bytes();
        changed[10] ^= 1;
        assert!(!key.is_good(&shop(), std::str::from_utf8(&changed).unwrap(), NOON));
    }
}
