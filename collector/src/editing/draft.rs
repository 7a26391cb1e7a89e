//! Drafts: saved as they are typed, by whoever knows the revision that they change.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, put};
use serde_json::{Map, Value};
use survey::api::Problem;
use survey::api::editing::{DraftConflict, SavedDraft};
use survey::definition::SurveyId;

use super::precondition::{known, known_revision};
use super::{saved, survey_id, tagged};
use crate::admin::access::{Editor, SiteAccess};
use crate::problem::{ApiError, wrong};
use crate::store::{Begun, Known, Store};
use crate::written;

/// The largest document, in bytes of JSON: a survey in a dozen languages, and room to spare.
const MAX_BYTES: usize = 128 * 1024;

/// Saves a survey's draft, whatever is still wrong with it; says what keeps it from being published.
///
/// `If-Match` has the ETag of the revision that is changed; `If-None-Match: *` begins a draft, of a survey that is there or of a new one.
/// If somebody else was faster, 412 says who, when, and the present revision.
#[utoipa::path(
    tag = "surveys",
    params(("site" = String, Path), ("survey" = String, Path), ("If-Match" = Option<String>, Header), ("If-None-Match" = Option<String>, Header)),
    request_body(content = Object, description = "The survey as it is being written: an object of at most 131,072 bytes"),
    responses(
        (status = 200, body = SavedDraft),
        (status = 201, body = SavedDraft, description = "Begun"),
        (status = 412, body = DraftConflict, description = "Somebody else has changed it"),
        (status = 428, body = Problem, description = "Nothing is said of what is changed"),
        (status = "4XX", body = Problem),
    ),
)]
#[put("/sites/{site}/surveys/{survey}/draft")]
pub async fn save(
    access: SiteAccess<Editor>,
    path: Path<(String, String)>,
    request: HttpRequest,
    body: Bytes,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let known = known(&request)?;
    let survey: SurveyId = path.1.parse().map_err(|error| wrong("survey", error))?;
    if body.len() > MAX_BYTES {
        return Err(ApiError::TooLarge);
    }
    let document = Value::Object(written::read::<Map<String, Value>>(&body)?);
    let published = store.survey(access.key(), &survey).await?.and_then(|stored| stored.newest);
    let based_on = published.as_ref().map(|newest| version_of(&document, newest.version));
    let begun = Begun { survey: survey.clone(), document: document.to_string(), based_on };
    let record = store.save_draft(access.key(), begun, known, &access.by()).await?;
    let published = published.and_then(|newest| newest.definition.ok());
    let saved = saved(&survey, &record, &document, published.as_ref());
    let status = if known == Known::Nothing { StatusCode::CREATED } else { StatusCode::OK };
    Ok(tagged(status, Some(record.revision)).json(saved))
}

/// The version that an editor began from, as it stands in what they loaded.
fn version_of(document: &Value, newest: u32) -> u32 {
    let named = document["version"].as_u64().and_then(|version| u32::try_from(version).ok());
    named.filter(|version| (1..newest).contains(version)).unwrap_or(newest)
}

/// Throws a survey's draft away. A survey that was never published is gone then.
#[utoipa::path(
    tag = "surveys",
    params(("site" = String, Path), ("survey" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = 412, body = DraftConflict), (status = "4XX", body = Problem)),
)]
#[delete("/sites/{site}/surveys/{survey}/draft")]
pub async fn discard(
    access: SiteAccess<Editor>,
    path: Path<(String, String)>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let known = known_revision(&request)?;
    store.discard_draft(access.key(), &survey_id(&path)?, known, &access.by()).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_draft_is_based_on_the_version_that_it_was_loaded_from() {
        assert_eq!(version_of(&json!({ "version": 2 }), 4), 2);
        assert_eq!(version_of(&json!({}), 4), 4, "nothing is said");
        for nonsense in [json!(0), json!(5), json!(-1), json!("2")] {
            assert_eq!(version_of(&json!({ "version": nonsense }), 4), 4);
        }
    }
}
