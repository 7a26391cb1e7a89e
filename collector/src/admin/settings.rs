//! A site's settings: what holds for all of its surveys.

use actix_web::web::{Bytes, Data, Json};
use actix_web::{get, put};
use survey::api::Problem;
use survey::definition::{SettingsError, SiteSettings};

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

/// Puts new settings in the place of a site's. What is left out gets its default.
#[utoipa::path(
    tag = "sites",
    params(("site" = String, Path)),
    request_body = SiteSettings,
    responses((status = 200, body = SiteSettings), (status = "4XX", body = Problem)),
)]
#[put("/sites/{site}/settings")]
pub async fn change(access: SiteAccess, request: Bytes, store: Data<Store>) -> Result<Json<SiteSettings>, ApiError> {
    let settings: SiteSettings = written::read(&request)?;
    settings.check()?;
    store.put_settings(&access.site.site.key, &settings).await?;
    Ok(Json(settings))
}

impl From<SettingsError> for ApiError {
    fn from(error: SettingsError) -> Self {
        Self::BadParameter { field: error.field().to_owned(), reason: error.to_string() }
    }
}
