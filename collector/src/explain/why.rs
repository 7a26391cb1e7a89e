//! Why: what would show to a visitor on a page, for facts that somebody gives, rule by rule.

use actix_web::post;
use actix_web::web::{Bytes, Json};
use serde_json::Value;
use survey::api::Problem;
use survey::targeting::{Candidate, Given, GivenError, Rules, Trace, decide};
use url::Url;

use crate::admin::access::{SiteAccess, Viewer};
use crate::clock;
use crate::problem::ApiError;
use crate::written;

/// Explains, for given facts, why each of the site's surveys shows, waits or does not show.
#[utoipa::path(
    tag = "explaining",
    params(("site" = String, Path)),
    request_body(
        content = Object,
        description = "What is said of page and visitor, all of it optional: `{\"url\": \"https://shop.example/help\", \
            \"values\": {\"device\": \"phone\", \"cookie:plan\": \"pro\"}, \"visible_seconds\": 5, \"scroll_percent\": 10, \
            \"shown\": {\"help-ces\": 1}}`. See docs/targeting.md for all of it."
    ),
    responses((status = 200, body = Vec<Trace>), (status = "4XX", body = Problem)),
)]
#[post("/sites/{site}/why")]
pub async fn why(access: SiteAccess<Viewer>, request: Bytes) -> Result<Json<Vec<Trace>>, ApiError> {
    let mut said: Value = written::read(&request)?;
    if let Some(url) = said.get_mut("url") {
        *url = as_browsers_write_it(url);
    }
    let given = Given::parse(&said).map_err(|GivenError { field, reason }| ApiError::BadParameter {
        reason: format!("{field}: {reason}"),
        field,
    })?;
    let facts = given.facts(clock::now());
    let surveys: Vec<Candidate> = access.site.deliverable().map(|survey| survey.candidate().clone()).collect();
    let rules = Rules { surveys: &surveys, quiet_days: access.site.record.settings.quiet_days };
    Ok(Json(decide(rules, &facts).judged.iter().map(|judged| judged.trace(rules, &facts)).collect()))
}

/// With dot segments resolved and whatever else a browser does to an address; what is none stays, to be refused by name.
fn as_browsers_write_it(url: &Value) -> Value {
    let parsed = url.as_str().and_then(|url| url.parse::<Url>().ok());
    parsed.map_or_else(|| url.clone(), |url| Value::String(url.into()))
}
