//! Previews: one survey as it is being written, on the site's own pages, for whoever has a link that lets them.
//!
//! The draft is read anew for each page, so that whoever reloads sees what was last saved.

use std::sync::Arc;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use survey::definition::SurveyId;

use super::{NO_WHY, NOT_KEPT};
use crate::assets::Assets;
use crate::editing;
use crate::live::{LiveSite, configs};
use crate::problem::ApiError;
use crate::store::Store;

/// Where the widget is that shows previews, and the survey that it shows.
pub fn name_files(assets: &Assets, survey: &SurveyId, config: &str) -> Result<HttpResponse, ApiError> {
    let why = assets.widget().and_then(|widget| widget.why.as_ref()).ok_or(NO_WHY)?;
    let told = serde_json::json!({
        "js": format!("/w/{}", why.js), "wasm": format!("/w/{}", why.wasm), "config": config,
        "surveys": { survey.as_str(): survey.as_str() },
    });
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, NOT_KEPT)).json(told))
}

pub async fn deliver(
    request: &HttpRequest,
    site: Arc<LiveSite>,
    survey: &SurveyId,
    (store, assets): (&Store, Data<Assets>),
) -> Result<HttpResponse, ApiError> {
    let stored = store.survey(site.key(), survey).await?;
    let shown = stored.map(editing::as_it_is_now).transpose()?.flatten();
    let wanted = configs::wanted(request.query_string());
    // Off the threads that answer requests, because compressing takes a while.
    let make = move || configs::preview(&site, shown, &wanted, assets.styles());
    let made = web::block(make).await.map_err(|error| ApiError::Internal(error.into()))?;
    let config = made.map_err(|error| ApiError::Internal(error.into()))?;
    Ok(config.respond(request, NOT_KEPT))
}
