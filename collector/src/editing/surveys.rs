//! A survey as its editors see it, and how one is begun: from a template, or from another survey.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpResponse, get, post};
use serde_json::{Map, Value};
use survey::api::Problem;
use survey::api::editing::{Beginning, EditedSurvey, NewSurvey};
use survey::definition::{MAX_LABEL, SurveyId};
use survey::templates;

use super::{answer, document, name_of, names, survey_id};
use crate::admin::access::{Editor, SiteAccess, Viewer};
use crate::problem::{ApiError, wrong};
use crate::store::{Begun, By, DraftError, Store};
use crate::written;

/// A survey with what was published last, and its draft with all that keeps it from being published. The ETag is that of the draft.
#[utoipa::path(
    tag = "surveys",
    params(("site" = String, Path), ("survey" = String, Path)),
    responses((status = 200, body = EditedSurvey), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/surveys/{survey}")]
pub async fn look(
    access: SiteAccess<Viewer>,
    path: Path<(String, String)>,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    answer(&store, access.key(), &survey_id(&path)?, StatusCode::OK).await
}

/// Begins a survey, as a draft: from a template, or as a duplicate of another one of the site.
#[utoipa::path(
    tag = "surveys",
    params(("site" = String, Path)),
    request_body = NewSurvey,
    responses((status = 201, body = EditedSurvey), (status = "4XX", body = Problem)),
)]
#[post("/sites/{site}/surveys")]
pub async fn begin(access: SiteAccess<Editor>, request: Bytes, store: Data<Store>) -> Result<HttpResponse, ApiError> {
    let NewSurvey { from, name, id } = written::read(&request)?;
    let mut document = beginning(&from, &store, &access).await?;
    let name = name.unwrap_or_else(|| own_name(&from, &document));
    if !(1..=MAX_LABEL).contains(&name.trim().chars().count()) {
        return Err(wrong("name", format!("a name has 1 to {MAX_LABEL} characters")));
    }
    document.insert("name".to_owned(), Value::String(name.clone()));
    document.remove("version");
    let id = match id {
        Some(id) => {
            let id: SurveyId = id.parse().map_err(|error| wrong("id", error))?;
            save(&store, &access, id.clone(), &mut document).await?;
            id
        }
        None => save_under_a_free_id(&store, &access, &name, &mut document).await?,
    };
    answer(&store, access.key(), &id, StatusCode::CREATED).await
}

/// What the document of a new survey begins as.
async fn beginning(
    from: &Beginning,
    store: &Store,
    access: &SiteAccess<Editor>,
) -> Result<Map<String, Value>, ApiError> {
    let document = match from {
        Beginning::Template(name) => {
            let known: Vec<&str> = templates::ALL.iter().map(|template| template.name).collect();
            let meant = survey::targeting::suggestion(name, &known);
            let template = templates::find(name);
            let template =
                template.ok_or_else(|| wrong("from.template", format!("there is no template {name:?}{meant}")))?;
            serde_json::from_str(template.json).map_err(|error| ApiError::Internal(error.into()))?
        }
        Beginning::Survey(id) => {
            let missing = || wrong("from.survey", format!("the site has no survey {id:?}"));
            let id: SurveyId = id.parse().map_err(|_| missing())?;
            let stored = store.survey(access.key(), &id).await?.ok_or_else(missing)?;
            match (stored.draft, stored.newest.map(|newest| newest.definition)) {
                (Some(draft), _) => document(&draft)?,
                (None, Some(Ok(published))) => {
                    serde_json::to_value(&published).map_err(|error| ApiError::Internal(error.into()))?
                }
                (None, _) => {
                    return Err(wrong("from.survey", "a newer Pagepoll has published it, which this one cannot read"));
                }
            }
        }
    };
    match document {
        Value::Object(members) => Ok(members),
        _ => Err(ApiError::Internal("a draft is no object".into())),
    }
}

/// What it is called, if nothing is said.
fn own_name(from: &Beginning, document: &Map<String, Value>) -> String {
    let name = name_of(&Value::Object(document.clone()));
    match from {
        Beginning::Template(template) => name.unwrap_or_else(|| template.clone()),
        Beginning::Survey(id) => format!("Copy of {}", name.as_ref().unwrap_or(id)),
    }
}

async fn save_under_a_free_id(
    store: &Store,
    access: &SiteAccess<Editor>,
    name: &str,
    document: &mut Map<String, Value>,
) -> Result<SurveyId, ApiError> {
    for id in names::ids(name) {
        match save(store, access, id.clone(), document).await {
            Err(DraftError::Taken(_)) => {}
            Err(error) => return Err(error.into()),
            Ok(()) => return Ok(id),
        }
    }
    Err(wrong("id", "every id that could be made from the name is taken; give one"))
}

async fn save(
    store: &Store,
    access: &SiteAccess<Editor>,
    survey: SurveyId,
    document: &mut Map<String, Value>,
) -> Result<(), DraftError> {
    document.insert("id".to_owned(), Value::String(survey.to_string()));
    let document = Value::Object(document.clone()).to_string();
    let by: By = access.by();
    store.begin_survey(access.key(), Begun { survey, document, based_on: None }, &by).await?;
    Ok(())
}
