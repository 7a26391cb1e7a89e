//! Whether an answer is in the figures: by the doubts about it, unless somebody of the team has said otherwise.

use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpResponse, delete, put};
use survey::api::Problem;
use survey::report::SettledStanding;

use crate::admin::access::{Editor, Owner, SiteAccess};
use crate::problem::ApiError;
use crate::store::Store;
use crate::written;

/// Says whether an answer counts. The figures change with it.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), ("number" = i64, Path)),
    request_body = SettledStanding,
    responses((status = 204), (status = "4XX", body = Problem)),
)]
#[put("/sites/{site}/answers/{number}/standing")]
pub async fn settle(
    access: SiteAccess<Editor>,
    path: Path<(String, i64)>,
    request: Bytes,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let SettledStanding { standing } = written::read(&request)?;
    let (_, number) = path.into_inner();
    found(store.settle(access.key(), &[number], standing.into(), &access.by()).await?)
}

/// Erases one answer for good.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), ("number" = i64, Path)),
    responses((status = 204), (status = "4XX", body = Problem)),
)]
#[delete("/sites/{site}/answers/{number}")]
pub async fn erase(
    access: SiteAccess<Owner>,
    path: Path<(String, i64)>,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let (_, number) = path.into_inner();
    found(store.erase(access.key(), &[number], &access.by()).await?)
}

fn found(count: usize) -> Result<HttpResponse, ApiError> {
    if count == 0 { Err(ApiError::NotFound) } else { Ok(HttpResponse::NoContent().finish()) }
}
