//! Respondents: whoever left a contact detail may see all that they have said, and have it erased.
//!
//! Nobody else can be found: no visitor has a number here.

use actix_web::web::{Data, Json};
use actix_web::{delete, get};
use serde::Deserialize;
use survey::api::Problem;
use survey::definition::SiteKey;
use survey::report::{AnswerReport, AnswersReport, Erased};
use utoipa::IntoParams;

use crate::admin::access::{Owner, SiteAccess, Viewer};
use crate::live::LiveSite;
use crate::problem::ApiError;
use crate::query::Query;
use crate::report::answer;
use crate::store::{By, Store, StoreError};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RespondentParameters {
    /// What the respondent left: an e-mail address, a phone number. Letter case does not matter.
    contact: String,
}

/// All that a respondent has said on a site, oldest first.
#[utoipa::path(
    tag = "respondents",
    params(("site" = String, Path), RespondentParameters),
    responses((status = 200, body = AnswersReport), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/respondent")]
pub async fn tell(
    access: SiteAccess<Viewer>,
    query: Query<RespondentParameters>,
    store: Data<Store>,
) -> Result<Json<AnswersReport>, ApiError> {
    let answers = all_of(&store, &access.site, &query.contact).await?;
    Ok(Json(AnswersReport { answers, next: None }))
}

/// Erases all that a respondent has said on a site, for good.
#[utoipa::path(
    tag = "respondents",
    params(("site" = String, Path), RespondentParameters),
    responses((status = 200, body = Erased), (status = "4XX", body = Problem)),
)]
#[delete("/sites/{site}/respondent")]
pub async fn erase(
    access: SiteAccess<Owner>,
    query: Query<RespondentParameters>,
    store: Data<Store>,
) -> Result<Json<Erased>, ApiError> {
    Ok(Json(Erased { answers: erase_all_of(&store, access.key(), &query.contact, &access.by()).await? }))
}

/// All that a respondent has said, for whoever asks for it.
pub async fn all_of(store: &Store, site: &LiveSite, contact: &str) -> Result<Vec<AnswerReport>, StoreError> {
    let numbers = store.answers_of(site.key(), contact).await?;
    let records = store.answers_numbered(site.key(), &numbers).await?;
    Ok(records.into_iter().map(|record| answer::report(site, record)).collect())
}

/// Erases it; tells how many answers that were.
pub async fn erase_all_of(store: &Store, site: &SiteKey, contact: &str, by: &By) -> Result<usize, StoreError> {
    let numbers = store.answers_of(site, contact).await?;
    store.erase(site, &numbers, by).await
}
