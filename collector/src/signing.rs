//! Signing: what the collector hands out and wants to know again. Each use has a key of its own, derived from the store's secret,
//! so that what is signed for one purpose is worth nothing for another.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What one purpose signs with.
#[derive(Clone)]
pub struct SigningKey([u8; 32]);

impl SigningKey {
    pub fn derived(secret: &[u8], purpose: &[u8]) -> Self {
        Self(finished(mac(secret, &[purpose])))
    }

    /// HMAC-SHA256 of the parts, one after the other.
    pub fn sign(&self, parts: &[&[u8]]) -> [u8; 32] {
        finished(mac(&self.0, parts))
    }

    /// Whether these are the first bytes of the parts' signature, in a time that does not tell how many of them are right.
    pub fn has_signed(&self, parts: &[&[u8]], signature: &[u8]) -> bool {
        mac(&self.0, parts).is_some_and(|mac| mac.verify_truncated_left(signature).is_ok())
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    // HMAC takes keys of any length.
    let mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    Some(parts.iter().fold(mac, |mac, part| mac.chain_update(part)))
}

fn finished(mac: Option<Hmac<Sha256>>) -> [u8; 32] {
    mac.map_or([0; 32], |mac| mac.finalize().into_bytes().into())
}
