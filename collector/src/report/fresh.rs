//! Freshness: whoever has seen a report, and asks again before anything has changed, is told so and gets nothing else.

use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, ETAG, EntityTag};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::live::LiveSite;
use crate::problem::ApiError;
use crate::representation::{already_has, content_hash};
use crate::store::{Store, StoreError};

/// The report, unless the asker has it.
pub async fn answer<T: Serialize>(
    request: &HttpRequest,
    store: &Store,
    site: &LiveSite,
    report: impl AsyncFnOnce() -> Result<T, ApiError>,
) -> Result<HttpResponse, ApiError> {
    // Before the report is made: if something changes meanwhile, the next who asks gets it once more, and nobody misses it.
    let tag = tag(request, store, site).await?;
    if already_has(request, &tag) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag.to_string())).finish());
    }
    let report = report().await?;
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, tag.to_string()))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .json(report))
}

/// Of all that a report depends on: what was counted, the site's name, surveys and settings, the day, what was asked for, and by which
/// token or link, because guests are told less.
pub async fn tag(request: &HttpRequest, store: &Store, site: &LiveSite) -> Result<EntityTag, StoreError> {
    let settings = serde_json::to_string(&site.record.settings).unwrap_or_default();
    let surveys: Vec<String> =
        site.current.iter().map(|current| format!("{} {}", current.id, current.version)).collect();
    let of = [
        env!("CARGO_PKG_VERSION").to_owned(),
        store.counted_until(site.key()).await?.to_string(),
        site.today().to_string(),
        surveys.join(" "),
        settings,
        request.uri().to_string(),
        request.headers().get(AUTHORIZATION).map(|shown| format!("{shown:?}")).unwrap_or_default(),
        site.record.name.clone(),
    ];
    Ok(EntityTag::new_weak(content_hash(of.join("\n").as_bytes())))
}
