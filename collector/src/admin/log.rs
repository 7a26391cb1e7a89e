//! Who did what on a site, for its owners.

use actix_web::get;
use actix_web::web::{Data, Json};
use serde::Deserialize;
use survey::api::Problem;
use survey::api::people::{LogEntry, LogReport};
use survey::targeting::Moment;
use utoipa::IntoParams;

use super::access::{Owner, SiteAccess};
use crate::problem::ApiError;
use crate::query::Query;
use crate::store::{LogLine, Store};

const MAX_ENTRIES: u32 = 200;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LogParameters {
    /// At most so many: 1 to 200.
    #[serde(default = "a_screenful")]
    limit: u32,
    /// Only those with a smaller number: the `next` of the answer before.
    before: Option<i64>,
}

fn a_screenful() -> u32 {
    50
}

/// Every change that a person, a program or the command line made on a site, newest first.
#[utoipa::path(
    tag = "people",
    params(("site" = String, Path), LogParameters),
    responses((status = 200, body = LogReport), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/log")]
pub async fn read(
    access: SiteAccess<Owner>,
    query: Query<LogParameters>,
    store: Data<Store>,
) -> Result<Json<LogReport>, ApiError> {
    if !(1..=MAX_ENTRIES).contains(&query.limit) {
        let reason = format!("limit: {} is not from 1 to {MAX_ENTRIES}", query.limit);
        return Err(ApiError::BadParameter { field: "limit".into(), reason });
    }
    let lines = store.log(access.key(), query.before, query.limit).await?;
    let next = (lines.len() == query.limit as usize).then(|| lines.last().map(|last| last.number)).flatten();
    Ok(Json(LogReport { entries: lines.into_iter().map(entry).collect(), next }))
}

fn entry(line: LogLine) -> LogEntry {
    LogEntry {
        number: line.number,
        at: Moment(line.done_at).to_string(),
        who: line.actor,
        deed: line.deed,
        subject: line.subject,
        details: line.details,
    }
}
