//! Preview links: a page of the site's own on which whoever has the link sees a survey as it is being written.

use actix_web::post;
use actix_web::web::{Bytes, Data, Json, Path};
use survey::api::{Problem, WhyLink, WhyLinkRequest};

use super::{stored, survey_id};
use crate::admin::access::{Editor, SiteAccess};
use crate::clock;
use crate::explain::link;
use crate::explain::token::WhyKey;
use crate::problem::ApiError;
use crate::store::Store;
use crate::written;

/// Makes a link to a page of the site on which, for a day, the browser that opened it sees the survey at once: the draft, if there is one that
/// can be shown, or else what was published. No rule, frequency or sample keeps it from showing, and nothing of it is sent or counted.
#[utoipa::path(
    tag = "surveys",
    params(("site" = String, Path), ("survey" = String, Path)),
    request_body = WhyLinkRequest,
    responses((status = 200, body = WhyLink), (status = "4XX", body = Problem)),
)]
#[post("/sites/{site}/surveys/{survey}/preview-link")]
pub async fn preview_link(
    access: SiteAccess<Editor>,
    path: Path<(String, String)>,
    request: Bytes,
    store: Data<Store>,
    key: Data<WhyKey>,
) -> Result<Json<WhyLink>, ApiError> {
    let WhyLinkRequest { url } = written::read(&request)?;
    let survey = survey_id(&path)?;
    stored(&store, access.key(), &survey).await?;
    let give = || key.give_preview(access.key(), &survey, clock::now());
    let link = link::to_page(&access.site.record, &url, give);
    link.map(Json).map_err(|error| ApiError::BadParameter { field: "url".to_owned(), reason: error.to_string() })
}
