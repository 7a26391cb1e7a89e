//! Exports over the API: streamed, no faster than they are read.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, get};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use jiff::civil::Date;
use serde::Deserialize;
use survey::api::Problem;
use utoipa::IntoParams;

use super::{Export, ExportError, Format, Wanted};
use crate::admin::access::{SiteAccess, Viewer};
use crate::problem::{ApiError, ConflictName};
use crate::query::{PageNamed, Query};
use crate::store::Store;
use crate::telemetry;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportParameters {
    /// How it is written: `ndjson` (a JSON object a line, for `pagepoll import`), `csv` (a row for each answer to each question),
    /// `csv_wide` (a row for each visitor's answers, a column for each question), or `parquet` (the rows of `csv`, typed).
    #[serde(default)]
    #[param(inline)]
    format: Format,
    /// The first day, like `2026-11-01`, as the site's reports count days; from the beginning, unless said otherwise.
    #[param(value_type = Option<String>)]
    from: Option<Date>,
    /// The last day.
    #[param(value_type = Option<String>)]
    to: Option<Date>,
    /// Only of the page with this key.
    #[param(value_type = Option<String>)]
    page: Option<PageNamed>,
    /// Whether with contact details; with them, unless said otherwise.
    #[serde(default = "with_contact")]
    contact: bool,
}

fn with_contact() -> bool {
    true
}

impl From<ExportParameters> for Wanted {
    fn from(ExportParameters { format, from, to, page, contact }: ExportParameters) -> Self {
        Self { format, from, to, page: page.map(String::from), contact }
    }
}

/// Every answer that counts, newest first, as a file. A file that is not whole ends with a connection that breaks off.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), ExportParameters),
    responses((status = 200, description = "The file", content_type = "text/csv"), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/export")]
pub async fn export(
    access: SiteAccess<Viewer>,
    query: Query<ExportParameters>,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let wanted = Wanted::from(query.0);
    let (format, name) = (wanted.format, wanted.file_name(access.key()));
    let mut export = Export::begin(&store, access.key(), wanted).await?;
    // Whatever is wrong from the beginning can still be told.
    let first = export.next(&store).await?.map(Bytes::from);
    let rest = stream::try_unfold((export, store), async |(mut export, store)| {
        let part = export.next(&store).await.inspect_err(|error| {
            telemetry::count_failure(error);
            tracing::error!(%error, "an export broke off");
        })?;
        Ok::<_, ApiError>(part.map(|part| (Bytes::from(part), (export, store))))
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, format.content_type()))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(stream::iter(first.map(Ok)).chain(rest).into_stream()))
}

impl From<ExportError> for ApiError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::NoSuchSite(_) => Self::NotFound,
            ExportError::Backwards { .. } => Self::BadParameter { field: "to".into(), reason: error.to_string() },
            ExportError::NotUnderstood { .. } => {
                Self::Conflict { name: ConflictName::SurveyNotUnderstood, reason: error.to_string() }
            }
            ExportError::Store(error) => Self::Store(error),
        }
    }
}
