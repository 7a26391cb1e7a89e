//! Templates over the API: surveys for the usual jobs, to begin from.

use actix_web::get;
use actix_web::web::{Json, Path};
use serde_json::value::RawValue;
use survey::api::{Problem, TemplateSummary};
use survey::templates;

use crate::admin::access::Principal;
use crate::problem::ApiError;

/// Every template, with what it is for.
#[utoipa::path(
    tag = "templates",
    responses((status = 200, body = Vec<TemplateSummary>), (status = 401, body = Problem)),
)]
#[get("/templates")]
pub async fn list(_: Principal) -> Json<Vec<TemplateSummary>> {
    let summary = |template: &templates::Template| TemplateSummary {
        name: template.name.to_owned(),
        title: template.title(),
        purpose: template.purpose.to_owned(),
    };
    Json(templates::ALL.iter().map(summary).collect())
}

/// A template as the survey that it is: to be given an id of its own, changed, and published.
#[utoipa::path(
    tag = "templates",
    params(("name" = String, Path, description = "`page-ces`")),
    responses((status = 200, body = Object, description = "The survey"), (status = "4XX", body = Problem)),
)]
#[get("/templates/{name}")]
pub async fn one(_: Principal, name: Path<String>) -> Result<Json<&'static RawValue>, ApiError> {
    let template = templates::find(&name).ok_or(ApiError::NotFound)?;
    serde_json::from_str(template.json).map(Json).map_err(|error| ApiError::Internal(error.into()))
}
