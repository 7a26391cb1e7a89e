//! What somebody has decided about a published survey: it runs, is paused, or is put away.
//!
//! Whatever is decided, answers that are under way are taken, and those that are there stay in the figures.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpResponse, post};
use survey::api::Problem;
use survey::api::editing::EditedSurvey;

use super::{Nothing, answer, require_nothing, store_error, stored, survey_id};
use crate::admin::access::{Editor, SiteAccess};
use crate::live::Watcher;
use crate::problem::{ApiError, ConflictName};
use crate::store::{Decision, Store};

/// Pauses a survey, in all its versions, until it is resumed. Within seconds no collector delivers it.
#[utoipa::path(
    tag = "surveys",
    params(("site" = String, Path), ("survey" = String, Path)),
    request_body = Nothing,
    responses((status = 200, body = EditedSurvey), (status = "4XX", body = Problem)),
)]
#[post("/sites/{site}/surveys/{survey}/pause")]
pub async fn pause(
    access: SiteAccess<Editor>,
    path: Path<(String, String)>,
    body: Bytes,
    (store, live): (Data<Store>, Data<Watcher>),
) -> Result<HttpResponse, ApiError> {
    decide(&access, &path, &body, (&store, &live), Decision::Pause).await
}

/// Lets a survey that was paused run again.
#[utoipa::path(
    tag = "surveys",
    params(("site" = String, Path), ("survey" = String, Path)),
    request_body = Nothing,
    responses((status = 200, body = EditedSurvey), (status = "4XX", body = Problem)),
)]
#[post("/sites/{site}/surveys/{survey}/resume")]
pub async fn resume(
    access: SiteAccess<Editor>,
    path: Path<(String, String)>,
    body: Bytes,
    (store, live): (Data<Store>, Data<Watcher>),
) -> Result<HttpResponse, ApiError> {
    decide(&access, &path, &body, (&store, &live), Decision::Resume).await
}

/// Puts a survey away: it is paused, and no more listed unless that is asked for.
#[utoipa::path(
    tag = "surveys",
    params(("site" = String, Path), ("survey" = String, Path)),
    request_body = Nothing,
    responses((status = 200, body = EditedSurvey), (status = "4XX", body = Problem)),
)]
#[post("/sites/{site}/surveys/{survey}/archive")]
pub async fn archive(
    access: SiteAccess<Editor>,
    path: Path<(String, String)>,
    body: Bytes,
    (store, live): (Data<Store>, Data<Watcher>),
) -> Result<HttpResponse, ApiError> {
    decide(&access, &path, &body, (&store, &live), Decision::Archive).await
}

/// Brings a survey back that was put away. It is paused still.
#[utoipa::path(
    tag = "surveys",
    params(("site" = String, Path), ("survey" = String, Path)),
    request_body = Nothing,
    responses((status = 200, body = EditedSurvey), (status = "4XX", body = Problem)),
)]
#[post("/sites/{site}/surveys/{survey}/unarchive")]
pub async fn unarchive(
    access: SiteAccess<Editor>,
    path: Path<(String, String)>,
    body: Bytes,
    (store, live): (Data<Store>, Data<Watcher>),
) -> Result<HttpResponse, ApiError> {
    decide(&access, &path, &body, (&store, &live), Decision::Unarchive).await
}

/// Decides something about a published survey, and answers with how it stands now.
async fn decide(
    access: &SiteAccess<Editor>,
    path: &(String, String),
    body: &[u8],
    (store, live): (&Data<Store>, &Data<Watcher>),
    decision: Decision,
) -> Result<HttpResponse, ApiError> {
    require_nothing(body)?;
    let (site, id) = (access.key(), survey_id(path)?);
    if stored(store, site, &id).await?.newest.is_none() {
        return Err(ApiError::Conflict {
            name: ConflictName::NotPublished,
            reason: format!("survey {id} was never published; publish its draft, or throw it away"),
        });
    }
    store.decide_survey(site, &id, decision, &access.by()).await.map_err(store_error)?;
    live.look_if_possible().await;
    answer(store, site, &id, StatusCode::OK).await
}
