//! Page views: a share of them tells of itself, so that the reach of a rule can be estimated.
//!
//! What arrives is a page without its query, the origin of the page before it, and what kind of browser it was; nothing tells
//! two visitors apart. It is counted in memory and stored once a second: a sample may lose a second's worth, so nobody
//! waits for the disk.

mod sample;
mod tally;

use actix_web::http::header::USER_AGENT;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, post};
use metrics::counter;
use survey::api::Problem;

use crate::clock;
use crate::ingest::admit::{NotAdmitted, check_origin, read};
use crate::ingest::json;
use crate::ingest::outcome::Rejection;
use crate::ingest::strangers::Strangers;
use crate::problem;
use crate::published::Publications;
use crate::store::{ViewCount, ViewKey};
use sample::Sample;
pub use tally::Tally;

/// The version of a sample. A collector refuses what it does not know.
const VERSION: u8 = 1;

/// The largest sample, in bytes: a page key and a few words.
const MAX_BYTES: usize = 2_048;

/// Takes a page view that tells of itself.
#[utoipa::path(
    tag = "ingest",
    request_body(
        content = String,
        content_type = "text/plain",
        description = "As JSON; text/plain, so that no browser asks first: `{\"v\":1,\"site\":\"shop\",\
            \"page\":\"shop.example/help\",\"referrer\":\"https://search.example\",\"device\":\"phone\",\"language\":\"de\"}`"
    ),
    responses((status = 204, description = "Counted"), (status = "4XX", body = Problem)),
)]
#[post("/views")]
pub async fn receive(
    request: HttpRequest,
    body: Payload,
    publications: Data<Publications>,
    strangers: Data<Strangers>,
    tally: Data<Tally>,
) -> HttpResponse {
    match judge(&request, body, &publications, &strangers).await {
        Ok(view) => {
            count("counted");
            tally.add(view);
            HttpResponse::NoContent().finish()
        }
        Err(Rejection { outcome, field, reason }) => {
            count(outcome.label());
            problem::respond(outcome.status(), &Problem { error: outcome.label().to_owned(), field, reason })
        }
    }
}

async fn judge(
    request: &HttpRequest,
    body: Payload,
    publications: &Publications,
    strangers: &Strangers,
) -> Result<(ViewKey, ViewCount), Rejection> {
    let body = read(body, MAX_BYTES).await?;
    let sample: Sample = json::parse(&body).map_err(NotAdmitted::from)?;
    if sample.v != VERSION {
        return Err(NotAdmitted::UnknownEnvelope(sample.v).into());
    }
    let published = publications.present();
    let site = published.site(&sample.site).ok_or_else(|| NotAdmitted::UnknownSite(sample.site.clone()))?;
    check_origin(request, site, strangers)?;
    let user_agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Ok(sample.accept(site, user_agent, clock::now())?)
}

/// Page views are no items: they have a metric of their own.
fn count(outcome: &'static str) {
    counter!("pagepoll_page_views_total", "outcome" => outcome).increment(1);
}
