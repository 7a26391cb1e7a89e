//! Publication of a draft: it becomes the next version, or is refused with all that is wrong with it.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use survey::api::Problem;
use survey::api::editing::{DraftConflict, EditedSurvey, FieldProblem, NotPublishable};
use survey::definition::Survey;
use utoipa::ToSchema;

use super::precondition::known_revision;
use super::problems::problems;
use super::{answer, document, stored, survey_id};
use crate::admin::access::{Editor, SiteAccess};
use crate::live::Watcher;
use crate::problem::ApiError;
use crate::store::{DraftError, Store};
use crate::written;

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PublishRequest {
    /// A version that was published since the draft was begun, and that the draft may replace all the same.
    #[serde(default)]
    over: Option<u32>,
}

/// Publishes a survey's draft as its next version. Within seconds every collector delivers it, if it is neither paused nor over.
#[utoipa::path(
    tag = "surveys",
    params(("site" = String, Path), ("survey" = String, Path), ("If-Match" = String, Header)),
    request_body = PublishRequest,
    responses(
        (status = 200, body = EditedSurvey),
        (status = 409, body = NotPublishable, description = "What is wrong with it; or, as a `Problem`, that a version was published since"),
        (status = 412, body = DraftConflict, description = "Somebody else has changed it"),
        (status = "4XX", body = Problem),
    ),
)]
#[post("/sites/{site}/surveys/{survey}/publish")]
pub async fn publish(
    access: SiteAccess<Editor>,
    path: Path<(String, String)>,
    request: HttpRequest,
    body: Bytes,
    store: Data<Store>,
    live: Data<Watcher>,
) -> Result<HttpResponse, ApiError> {
    let known = known_revision(&request)?;
    let PublishRequest { over } = if body.is_empty() { PublishRequest::default() } else { written::read(&body)? };
    let id = survey_id(&path)?;
    let record = stored(&store, access.key(), &id).await?.draft.ok_or_else(|| DraftError::NoDraft(id.clone()))?;
    let document = document(&record)?;
    let problems = problems(&id, &document);
    if !problems.is_empty() {
        return Err(not_publishable(problems));
    }
    let says: Survey = serde_json::from_value(document).map_err(|error| ApiError::Internal(error.into()))?;
    // If the draft is not the one that was just read, its revision says so.
    store.publish_draft(access.key(), says, (known, over), &access.by()).await?;
    live.look_if_possible().await;
    answer(&store, access.key(), &id, StatusCode::OK).await
}

fn not_publishable(problems: Vec<FieldProblem>) -> ApiError {
    let (field, reason) = problems.first().map_or_else(Default::default, |first| {
        let place = if first.field.is_empty() { String::new() } else { format!("{}: ", first.field) };
        (first.field.clone(), format!("{place}{}", first.reason))
    });
    ApiError::NotPublishable(Box::new(NotPublishable { error: "not_publishable".to_owned(), field, reason, problems }))
}
