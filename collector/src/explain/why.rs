//! Why: what would show to a visitor on a page, for facts that somebody gives, rule by rule.

use actix_web::post;
use actix_web::web::{Bytes, Data, Json, Path};
use serde::Deserialize;
use serde_json::Value;
use survey::api::Problem;
use survey::definition::SurveyId;
use survey::targeting::wording::Tongue;
use survey::targeting::{Candidate, Given, GivenError, Rules, Trace, VisitorFacts, decide};
use url::Url;
use utoipa::IntoParams;

use crate::admin::access::{SiteAccess, Viewer};
use crate::clock;
use crate::editing;
use crate::problem::{ApiError, ConflictName};
use crate::query::Query;
use crate::store::Store;
use crate::written;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhyParameters {
    /// In which language it is told.
    #[serde(default)]
    #[param(inline)]
    language: Tongue,
}

/// Explains, for given facts, why each of the site's surveys shows, waits or does not show.
#[utoipa::path(
    tag = "explaining",
    params(("site" = String, Path), WhyParameters),
    request_body(
        content = Object,
        description = "What is said of page and visitor, all of it optional: `{\"url\": \"https://shop.example/help\", \
            \"values\": {\"device\": \"phone\", \"cookie:plan\": \"pro\"}, \"visible_seconds\": 5, \"scroll_percent\": 10, \
            \"shown\": {\"help-ces\": 1}}`. See docs/targeting.md for all of it."
    ),
    responses((status = 200, body = Vec<Trace>), (status = "4XX", body = Problem)),
)]
#[post("/sites/{site}/why")]
pub async fn why(
    access: SiteAccess<Viewer>,
    query: Query<WhyParameters>,
    request: Bytes,
) -> Result<Json<Vec<Trace>>, ApiError> {
    let (facts, words) = (facts(&request)?, query.language.words());
    let surveys: Vec<Candidate> = access.site.deliverable().map(|survey| survey.candidate().clone()).collect();
    let rules = Rules { surveys: &surveys, quiet_days: access.site.record.settings.quiet_days };
    Ok(Json(decide(rules, &facts).judged.iter().map(|judged| judged.trace(rules, &facts, words)).collect()))
}

/// Explains, for given facts, why a survey would show, wait or not show if it were the site's only one: the draft, if there is one that can
/// be shown, or else what was published.
#[utoipa::path(
    tag = "explaining",
    params(("site" = String, Path), ("survey" = String, Path), WhyParameters),
    request_body(content = Object, description = "As for all of the site's surveys"),
    responses((status = 200, body = Trace), (status = "4XX", body = Problem)),
)]
#[post("/sites/{site}/surveys/{survey}/why")]
pub async fn why_survey(
    access: SiteAccess<Viewer>,
    path: Path<(String, String)>,
    query: Query<WhyParameters>,
    request: Bytes,
    store: Data<Store>,
) -> Result<Json<Trace>, ApiError> {
    let facts = facts(&request)?;
    let id = editing::survey_id(&path)?;
    let survey = editing::as_it_is_now(editing::stored(&store, access.key(), &id).await?)?;
    let surveys = [survey.ok_or_else(|| nothing_to_show(&id))?.candidate().clone()];
    let rules = Rules { surveys: &surveys, quiet_days: access.site.record.settings.quiet_days };
    let decision = decide(rules, &facts);
    let judged = decision.judged.first().ok_or(ApiError::NotFound)?;
    Ok(Json(judged.trace(rules, &facts, query.language.words())))
}

fn nothing_to_show(survey: &SurveyId) -> ApiError {
    let reason = format!(
        "survey {survey} was never published, and its draft makes no sense yet; mend what is told of it, and ask again"
    );
    ApiError::Conflict { name: ConflictName::NothingToShow, reason }
}

/// What a request says of page and visitor.
fn facts(request: &[u8]) -> Result<VisitorFacts, ApiError> {
    let mut said: Value = written::read(request)?;
    if let Some(url) = said.get_mut("url") {
        *url = as_browsers_write_it(url);
    }
    let given = Given::parse(&said).map_err(|GivenError { field, reason }| ApiError::BadParameter {
        reason: format!("{field}: {reason}"),
        field,
    })?;
    Ok(given.facts(clock::now()))
}

/// With dot segments resolved and whatever else a browser does to an address; what is none stays, to be refused by name.
fn as_browsers_write_it(url: &Value) -> Value {
    let parsed = url.as_str().and_then(|url| url.parse::<Url>().ok());
    parsed.map_or_else(|| url.clone(), |url| Value::String(url.into()))
}
