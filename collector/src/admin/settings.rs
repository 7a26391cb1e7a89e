//! A site's settings: what holds for all of its surveys.

use actix_web::web::{Bytes, Data, Json};
use actix_web::{get, put};
use serde::Serialize;
use survey::api::Problem;
use survey::definition::{SettingsError, SiteSettings};
use survey::theme::custom_css::Dropped;
use utoipa::ToSchema;

use super::access::SiteAccess;
use crate::problem::ApiError;
use crate::store::Store;
use crate::written;

/// A site's settings.
#[utoipa::path(
    tag = "sites",
    params(("site" = String, Path)),
    responses((status = 200, body = SiteSettings), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/settings")]
pub async fn read(access: SiteAccess, store: Data<Store>) -> Result<Json<SiteSettings>, ApiError> {
    // From the store, so that whoever has just changed them reads what they wrote.
    let site = store.site(&access.site.site.key).await?.ok_or(ApiError::NotFound)?;
    Ok(Json(site.settings))
}

/// Settings as they have been saved.
#[derive(Serialize, ToSchema)]
pub struct SavedSettings {
    #[serde(flatten)]
    settings: SiteSettings,
    /// What of the theme's style sheet is not delivered, because it could reach the network or the rest of the page.
    dropped: Vec<Dropped>,
}

/// Puts new settings in the place of a site's. What is left out gets its default.
#[utoipa::path(
    tag = "sites",
    params(("site" = String, Path)),
    request_body = SiteSettings,
    responses((status = 200, body = SavedSettings), (status = "4XX", body = Problem)),
)]
#[put("/sites/{site}/settings")]
pub async fn change(access: SiteAccess, request: Bytes, store: Data<Store>) -> Result<Json<SavedSettings>, ApiError> {
    let settings: SiteSettings = written::read(&request)?;
    settings.check()?;
    store.put_settings(&access.site.site.key, &settings).await?;
    Ok(Json(SavedSettings { dropped: settings.theme.dropped(), settings }))
}

impl From<SettingsError> for ApiError {
    fn from(error: SettingsError) -> Self {
        Self::BadParameter { field: error.field(), reason: error.to_string() }
    }
}
