//! Respondents: whoever left a contact detail may see all that they have said, and have it erased.
//!
//! Nobody else can be found: no visitor has a number here.

use actix_web::post;
use actix_web::web::{Bytes, Data, Json};
use survey::api::Problem;
use survey::api::people::Respondent;
use survey::definition::SiteKey;
use survey::report::{AnswerReport, AnswersReport, Erased};

use crate::admin::access::{Owner, SiteAccess, Viewer};
use crate::live::LiveSite;
use crate::problem::ApiError;
use crate::report::answer;
use crate::store::{By, Store, StoreError};
use crate::written;

/// All that a respondent has said on a site, oldest first.
#[utoipa::path(
    tag = "respondents",
    params(("site" = String, Path)),
    request_body = Respondent,
    responses((status = 200, body = AnswersReport), (status = "4XX", body = Problem)),
)]
#[post("/sites/{site}/respondent")]
pub async fn tell(
    access: SiteAccess<Viewer>,
    request: Bytes,
    store: Data<Store>,
) -> Result<Json<AnswersReport>, ApiError> {
    let Respondent { contact } = written::read(&request)?;
    let answers = all_of(&store, &access.site, &contact).await?;
    Ok(Json(AnswersReport { answers, next: None }))
}

/// Erases all that a respondent has said on a site, for good.
#[utoipa::path(
    tag = "respondents",
    params(("site" = String, Path)),
    request_body = Respondent,
    responses((status = 200, body = Erased), (status = "4XX", body = Problem)),
)]
#[post("/sites/{site}/respondent/erase")]
pub async fn erase(access: SiteAccess<Owner>, request: Bytes, store: Data<Store>) -> Result<Json<Erased>, ApiError> {
    let Respondent { contact } = written::read(&request)?;
    Ok(Json(Erased { answers: erase_all_of(&store, access.key(), &contact, &access.by()).await? }))
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
