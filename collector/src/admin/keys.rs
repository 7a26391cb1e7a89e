//! Keys under which pages reach a site. A leaked or abused key is replaced; pages that still have it work for a while.
//!
//! A site's permanent name stays what it is, in addresses of the API and in the visitors' browsers: who was asked is not asked
//! again because of a new key.

use actix_web::web::{Bytes, Data, Json};
use actix_web::{HttpResponse, get, post};
use rand::RngExt;
use survey::api::Problem;
use survey::api::people::{KeyInUse, Rotation};
use survey::definition::SiteKey;
use survey::targeting::Moment;

use super::access::{Owner, SiteAccess};
use crate::clock::{self, DAY_MS, UnixMs};
use crate::live::Watcher;
use crate::origin::PublicUrl;
use crate::problem::{ApiError, ConflictName};
use crate::store::{By, KeyRecord, RotationError, Store};
use crate::written;

const MAX_DAYS: u16 = 365;
const USUAL_DAYS: u16 = 30;

/// How many letters and digits of a new key are made up.
const MADE_UP: usize = 8;

/// What is left of a site's name in its keys, in characters.
const MAX_NAMED: usize = 40;

/// An overlap that is too long.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("overlap_days: earlier keys work for 0 to {MAX_DAYS} more days, not {0}")]
pub struct OverlapTooLong(pub u16);

/// Gives a site a new key.
pub async fn rotate_now(store: &Store, site: &SiteKey, retires_at: UnixMs, by: &By) -> Result<SiteKey, RotationError> {
    let key = made_up(site);
    store.rotate_key(site, &key, retires_at, by).await?;
    Ok(key)
}

/// When earlier keys retire.
pub fn retirement(Rotation { overlap_days }: Rotation, now: UnixMs) -> Result<UnixMs, OverlapTooLong> {
    let days = overlap_days.unwrap_or(USUAL_DAYS);
    if days > MAX_DAYS { Err(OverlapTooLong(days)) } else { Ok(now + i64::from(days) * DAY_MS) }
}

/// The site's name, so that people recognise it, and letters that nobody guesses.
pub fn made_up(site: &SiteKey) -> SiteKey {
    const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut random = rand::rng();
    let mut key: String = site.as_str().chars().take(MAX_NAMED).chain(['-']).collect();
    key.extend((0..MADE_UP).map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())])));
    // Plain letters, digits and hyphens, and short: always a name.
    key.parse().unwrap_or_else(|_| site.clone())
}

/// The keys that pages of a site can use, the newest first.
#[utoipa::path(
    tag = "people",
    params(("site" = String, Path)),
    responses((status = 200, body = Vec<KeyInUse>), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/keys")]
pub async fn list(
    access: SiteAccess<Owner>,
    store: Data<Store>,
    public_url: Data<PublicUrl>,
) -> Result<Json<Vec<KeyInUse>>, ApiError> {
    Ok(Json(in_use(&store, access.key(), &public_url).await?))
}

/// Gives a site a new key. Those before work for some days more: 30, unless something else is said.
#[utoipa::path(
    tag = "people",
    params(("site" = String, Path)),
    request_body = Rotation,
    responses((status = 201, body = Vec<KeyInUse>), (status = "4XX", body = Problem)),
)]
#[post("/sites/{site}/keys")]
pub async fn rotate(
    access: SiteAccess<Owner>,
    request: Bytes,
    (store, live): (Data<Store>, Data<Watcher>),
    public_url: Data<PublicUrl>,
) -> Result<HttpResponse, ApiError> {
    let by = access.by();
    let retires_at = retirement(written::read(&request)?, by.at)?;
    rotate_now(&store, access.key(), retires_at, &by).await?;
    live.look_if_possible().await;
    Ok(HttpResponse::Created().json(in_use(&store, access.key(), &public_url).await?))
}

async fn in_use(store: &Store, site: &SiteKey, public_url: &PublicUrl) -> Result<Vec<KeyInUse>, ApiError> {
    let (keys, now) = (store.keys(site).await?, clock::now());
    let summary = |record: &KeyRecord| KeyInUse {
        key: record.key.to_string(),
        retires_at: record.retires_at.map(|end| Moment(end).to_string()),
        snippet: snippet(public_url, &record.key),
    };
    Ok(keys.iter().rev().filter(|record| record.works_at(now)).map(summary).collect())
}

/// The line to paste into the site's pages.
pub fn snippet(public_url: &PublicUrl, key: &SiteKey) -> String {
    format!(r#"<script async src="{public_url}/w/{key}.js"></script>"#)
}

impl From<OverlapTooLong> for ApiError {
    fn from(error: OverlapTooLong) -> Self {
        Self::BadParameter { field: "overlap_days".to_owned(), reason: error.to_string() }
    }
}

impl From<RotationError> for ApiError {
    fn from(error: RotationError) -> Self {
        let name = match error {
            RotationError::Store(error) => return Self::Store(error),
            RotationError::NoSuchSite(_) => return Self::NotFound,
            RotationError::Taken(_) => ConflictName::KeyTaken,
            RotationError::TooMany(_) => ConflictName::TooMany,
        };
        Self::Conflict { name, reason: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_is_recognised_and_not_guessed() {
        let (site, long): (SiteKey, SiteKey) = ("shop".parse().unwrap(), "x".repeat(64).parse().unwrap());
        assert!(made_up(&site).as_str().starts_with("shop-"));
        assert_ne!(made_up(&site), made_up(&site));
        assert_eq!(made_up(&long).as_str().len(), 49);
    }
}
