//! The published versions of a survey: what each says, and how it differs from the one before.

use actix_web::get;
use actix_web::web::{Data, Json, Path};
use survey::api::Problem;
use survey::api::editing::{SurveyVersion, VersionDefinition};
use survey::definition::difference::difference;
use survey::targeting::Moment;

use super::survey_id;
use crate::admin::access::{SiteAccess, Viewer};
use crate::problem::{ApiError, ConflictName};
use crate::store::{Store, SurveyRecord};

/// Every published version of a survey, the newest first, with its difference from the one before in sentences.
#[utoipa::path(
    tag = "surveys",
    params(("site" = String, Path), ("survey" = String, Path)),
    responses((status = 200, body = Vec<SurveyVersion>), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/surveys/{survey}/versions")]
pub async fn list(
    access: SiteAccess<Viewer>,
    path: Path<(String, String)>,
    store: Data<Store>,
) -> Result<Json<Vec<SurveyVersion>>, ApiError> {
    let id = survey_id(&path)?;
    let versions = store.versions(access.key(), &id).await?;
    if versions.is_empty() && store.survey(access.key(), &id).await?.is_none() {
        return Err(ApiError::NotFound);
    }
    let before = std::iter::once(None).chain(versions.iter().map(Some));
    let mut told: Vec<SurveyVersion> = before.zip(&versions).map(|(before, version)| tell(before, version)).collect();
    told.reverse();
    Ok(Json(told))
}

fn tell(before: Option<&SurveyRecord>, record: &SurveyRecord) -> SurveyVersion {
    let name = record.definition.as_ref().map_or_else(|_| record.id.to_string(), |survey| survey.name().to_owned());
    let changes = match (before.map(|before| &before.definition), &record.definition) {
        (None, _) => Vec::new(),
        (Some(Ok(before)), Ok(after)) => difference(before, after),
        (Some(_), _) => {
            vec!["a newer Pagepoll has published one of the two, so they cannot be compared here".to_owned()]
        }
    };
    let (published_at, published_by) = published(record);
    SurveyVersion { version: record.version, name, published_at, published_by, changes }
}

/// A published version of a survey, as `pagepoll survey publish` takes it.
#[utoipa::path(
    tag = "surveys",
    params(("site" = String, Path), ("survey" = String, Path), ("version" = u32, Path)),
    responses((status = 200, body = VersionDefinition), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/surveys/{survey}/versions/{version}")]
pub async fn one(
    access: SiteAccess<Viewer>,
    path: Path<(String, String, String)>,
    store: Data<Store>,
) -> Result<Json<VersionDefinition>, ApiError> {
    let (_, id, version) = path.into_inner();
    let (Ok(id), Ok(version)) = (id.parse(), version.parse::<u32>()) else { return Err(ApiError::NotFound) };
    let versions = store.versions(access.key(), &id).await?;
    let record = versions.into_iter().find(|record| record.version == version).ok_or(ApiError::NotFound)?;
    let (published_at, published_by) = published(&record);
    let definition = record.definition.map_err(|reason| ApiError::Conflict {
        name: ConflictName::NotUnderstood,
        reason: format!("a newer Pagepoll has published this version: {reason}"),
    })?;
    let definition = serde_json::to_value(&definition).map_err(|error| ApiError::Internal(error.into()))?;
    Ok(Json(VersionDefinition { version, published_at, published_by, definition }))
}

fn published(record: &SurveyRecord) -> (Option<String>, Option<String>) {
    (record.published_at.map(|at| Moment(at).to_string()), record.published_by.clone())
}
