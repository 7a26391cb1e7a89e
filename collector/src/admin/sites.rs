//! Sites themselves: added by people in the console, called otherwise, moved, taken away.

use actix_web::web::{Bytes, Data, Json};
use actix_web::{HttpResponse, delete, patch, post};
use serde::Deserialize;
use survey::api::people::Role;
use survey::api::sites::{NewSite, SiteChange};
use survey::api::{Problem, SiteSummary};
use survey::definition::{SiteKey, SiteSettings};
use utoipa::IntoParams;

use super::access::{Owner, Principal, SignedIn, SiteAccess};
use super::keys;
use crate::clock;
use crate::live::Watcher;
use crate::origin::{Origin, PublicUrl};
use crate::problem::{ApiError, ConflictName, wrong};
use crate::query::Query;
use crate::report::site_summary;
use crate::store::{AddSiteError, MemberRecord, NotChanged, Provenance, RemovalError, SiteRecord, Store};
use crate::written;

const MAX_NAME: usize = 80;
const MAX_ORIGINS: usize = 50;

/// Adds a site, whose owner is whoever asks. Owners of some site may, and anybody while there is none.
#[utoipa::path(
    tag = "sites",
    request_body = NewSite,
    responses((status = 201, body = SiteSummary), (status = "4XX", body = Problem)),
)]
#[post("/sites")]
pub async fn add(
    who: SignedIn,
    request: Bytes,
    (store, live, public_url): (Data<Store>, Data<Watcher>, Data<PublicUrl>),
) -> Result<HttpResponse, ApiError> {
    let NewSite { name, origins, key } = written::read(&request)?;
    let (name, origins) = (named(&name)?, located(&origins)?);
    let site = |key| SiteRecord {
        key,
        name: name.clone(),
        origins: origins.iter().map(Origin::to_string).collect(),
        settings: SiteSettings::default(),
        provenance: Provenance::Visitors,
    };
    let owner = MemberRecord { user: who.number, email: who.email.clone(), role: Role::Owner };
    let by = Principal::Account(who).by(clock::now());
    let key = match key {
        Some(key) => {
            let key: SiteKey = key.parse().map_err(|error| wrong("key", error))?;
            store.add_site(&site(key.clone()), &owner, &by).await?;
            key
        }
        None => {
            let key = key_of(&origins[0])?;
            match store.add_site(&site(key.clone()), &owner, &by).await {
                Err(AddSiteError::Taken { .. }) => {
                    let another = keys::made_up(&key);
                    store.add_site(&site(another.clone()), &owner, &by).await?;
                    another
                }
                added => added.map(|()| key)?,
            }
        }
    };
    let snapshot = live.with_sites(std::slice::from_ref(&key)).await;
    let site = snapshot.site(&key).ok_or(ApiError::NotFound)?;
    Ok(HttpResponse::Created().json(site_summary(site, &public_url)))
}

/// Changes what a site is called, and where its pages live. Answers are taken from pages of these origins alone.
#[utoipa::path(
    tag = "sites",
    params(("site" = String, Path)),
    request_body = SiteChange,
    responses((status = 200, body = SiteChange, description = "As it is now"), (status = "4XX", body = Problem)),
)]
#[patch("/sites/{site}")]
pub async fn change(
    access: SiteAccess<Owner>,
    request: Bytes,
    (store, live): (Data<Store>, Data<Watcher>),
) -> Result<Json<SiteChange>, ApiError> {
    let SiteChange { name, origins } = written::read(&request)?;
    let name = name.as_deref().map(named).transpose()?;
    let origins = origins.as_deref().map(located).transpose()?;
    let changed = |before: SiteRecord| SiteRecord {
        name: name.unwrap_or(before.name),
        origins: origins.map_or(before.origins, |origins| origins.iter().map(Origin::to_string).collect()),
        ..before
    };
    let SiteRecord { name, origins, .. } = store.change_site(access.key(), &access.by(), changed).await?;
    live.look_if_possible().await;
    Ok(Json(SiteChange { name: Some(name), origins: Some(origins) }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RemovalParameters {
    /// The site once more, to show that it is meant.
    confirm: String,
}

/// Deletes a site with everything on it: surveys, answers, members. There is no way back. Its owners see it until that is over, and
/// go on with it by asking again if something has stopped it.
#[utoipa::path(
    tag = "sites",
    params(("site" = String, Path), RemovalParameters),
    responses((status = 204), (status = "4XX", body = Problem)),
)]
#[delete("/sites/{site}")]
pub async fn remove(
    access: SiteAccess<Owner>,
    query: Query<RemovalParameters>,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    if query.confirm != access.key().as_str() {
        let reason = format!("write {} to show that this site is meant; nothing is deleted", access.key());
        return Err(wrong("confirm", reason));
    }
    let site = access.key().clone();
    // A task of its own, so that it goes on if whoever asked does not wait.
    let removal = actix_web::rt::spawn(async move { store.remove_site(&site).await });
    removal.await.map_err(|error| ApiError::Internal(error.into()))??;
    Ok(HttpResponse::NoContent().finish())
}

fn named(name: &str) -> Result<String, ApiError> {
    let name = name.trim();
    let is_good = !name.is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control);
    if is_good { Ok(name.to_owned()) } else { Err(wrong("name", format!("1 to {MAX_NAME} characters, on one line"))) }
}

fn located(origins: &[String]) -> Result<Vec<Origin>, ApiError> {
    if origins.is_empty() || origins.len() > MAX_ORIGINS {
        return Err(wrong("origins", format!("1 to {MAX_ORIGINS} of them, like https://shop.example")));
    }
    let mut located: Vec<Origin> = Vec::new();
    for (place, origin) in origins.iter().enumerate() {
        // As people copy it from the address bar.
        let origin: Origin =
            origin.trim().trim_end_matches('/').parse().map_err(|error| wrong(&format!("origins[{place}]"), error))?;
        if !located.contains(&origin) {
            located.push(origin);
        }
    }
    Ok(located)
}

/// The host with hyphens: `https://www.shop.example` is `shop-example`.
fn key_of(origin: &Origin) -> Result<SiteKey, ApiError> {
    const MOST: usize = 50;
    let host = origin.page_host();
    let letters = host.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' });
    let key: String = letters.take(MOST).collect();
    // Every host has a letter or a digit.
    key.trim_matches('-').parse().map_err(|error| wrong("key", error))
}

impl From<AddSiteError> for ApiError {
    fn from(error: AddSiteError) -> Self {
        let reason = error.to_string();
        let name = match error {
            AddSiteError::Store(error) => return Self::Store(error),
            AddSiteError::Membership(error) => return error.into(),
            // Whose site it is, is nobody's business.
            AddSiteError::Taken { .. } | AddSiteError::BeingRemoved(_) => {
                return wrong("key", "this name is taken; choose another");
            }
            AddSiteError::NotAnOwner => ConflictName::NotAnOwner,
            AddSiteError::TooMany => ConflictName::TooMany,
        };
        Self::Conflict { name, reason }
    }
}

impl From<NotChanged> for ApiError {
    fn from(error: NotChanged) -> Self {
        match error {
            NotChanged::NoSuchSite(_) => Self::NotFound,
            NotChanged::Store(error) => Self::Store(error),
        }
    }
}

impl From<RemovalError> for ApiError {
    fn from(error: RemovalError) -> Self {
        match error {
            RemovalError::NoSuchSite(_) => Self::NotFound,
            RemovalError::Store(error) => Self::Store(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_named_after_its_host() {
        for (origin, key) in [
            ("https://www.shop.example", "shop-example"),
            ("http://127.0.0.1:8080", "127-0-0-1"),
            ("http://localhost", "localhost"),
        ] {
            assert_eq!(key_of(&origin.parse().unwrap()).unwrap().as_str(), key);
        }
    }

    #[test]
    fn an_origin_is_taken_as_it_is_copied_and_once() {
        let origins = ["https://Shop.example/ ".to_owned(), "https://shop.example".to_owned()];
        assert_eq!(located(&origins).unwrap().len(), 1);
        let refused = located(&["https://shop.example".to_owned(), "shop.example".to_owned()]).unwrap_err();
        assert!(refused.to_string().starts_with("origins[1]: "), "{refused}");
        assert!(located(&[]).is_err() && named("  ").is_err() && named(&"x".repeat(81)).is_err());
    }
}
