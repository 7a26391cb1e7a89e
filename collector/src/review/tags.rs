//! What the team calls an answer: its tags, and those of all answers of a site.

use actix_web::web::{Bytes, Data, Json, Path};
use actix_web::{get, patch, put};
use survey::api::Problem;
use survey::report::{AnswerTags, TagCount, TagsChange};

use crate::admin::access::{Editor, SiteAccess, Viewer};
use crate::comments::{NotTags, Tag, Tags};
use crate::problem::{ApiError, wrong};
use crate::store::{Store, TagError};
use crate::written;

/// Puts tags in the place of those that an answer has, and tells them as they are shown: a tag that the site has already, as it was first
/// written. At most 10 on an answer, and 200 different ones on a site.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), ("number" = i64, Path)),
    request_body = AnswerTags,
    responses((status = 200, body = AnswerTags), (status = "4XX", body = Problem)),
)]
#[put("/sites/{site}/answers/{number}/tags")]
pub async fn set(
    access: SiteAccess<Editor>,
    path: Path<(String, i64)>,
    request: Bytes,
    store: Data<Store>,
) -> Result<Json<AnswerTags>, ApiError> {
    let AnswerTags { tags: written } = written::read(&request)?;
    let tags = parsed("tags", &written)?;
    let (_, number) = path.into_inner();
    let tags = store.set_tags(access.key(), number, &tags, &access.by()).await;
    Ok(Json(AnswerTags { tags: tags.map_err(|error| refused(error, "tags", &written))? }))
}

/// Adds tags to those that an answer has, takes others off, and tells all that it has then. Whoever changes some leaves those alone that
/// somebody else has put there or taken off meanwhile.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), ("number" = i64, Path)),
    request_body = TagsChange,
    responses((status = 200, body = AnswerTags), (status = "4XX", body = Problem)),
)]
#[patch("/sites/{site}/answers/{number}/tags")]
pub async fn change(
    access: SiteAccess<Editor>,
    path: Path<(String, i64)>,
    request: Bytes,
    store: Data<Store>,
) -> Result<Json<AnswerTags>, ApiError> {
    let TagsChange { add, remove } = written::read(&request)?;
    let change = (&parsed("add", &add)?, &parsed("remove", &remove)?);
    let (_, number) = path.into_inner();
    let tags = store.change_tags(access.key(), number, change, &access.by()).await;
    Ok(Json(AnswerTags { tags: tags.map_err(|error| refused(error, "add", &add))? }))
}

/// The tags of a site in the order of the alphabet, with how many answers have each.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path)),
    responses((status = 200, body = Vec<TagCount>), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/tags")]
pub async fn list(access: SiteAccess<Viewer>, store: Data<Store>) -> Result<Json<Vec<TagCount>>, ApiError> {
    Ok(Json(store.site_tags(access.key()).await?))
}

fn parsed(field: &str, written: &[String]) -> Result<Tags, ApiError> {
    Tags::parse(written).map_err(|refusal| match refusal {
        NotTags::At { place, reason } => wrong(&format!("{field}[{place}]"), reason),
        too_many @ NotTags::TooMany(_) => wrong(field, too_many),
    })
}

/// `written` is what would have been there anew, in a field of the request.
fn refused(error: TagError, field: &str, written: &[String]) -> ApiError {
    match error {
        TagError::NoSuchAnswer { .. } => ApiError::NotFound,
        TagError::TooMany(ref beyond) => wrong(&place_of(beyond, field, written), error),
        TagError::TooManyOfAnswer(_) => wrong(field, error),
        TagError::Store(error) => ApiError::Store(error),
    }
}

/// Where a tag stands in the list that was asked for: `tags[2]`.
fn place_of(tag: &str, field: &str, written: &[String]) -> String {
    let is_it = |written: &String| Tag::parse(written).is_ok_and(|written| written.as_str() == tag);
    written.iter().position(is_it).map_or_else(|| field.to_owned(), |place| format!("{field}[{place}]"))
}
