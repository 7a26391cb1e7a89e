//! Page views: a share of them tells of itself, so that the reach of a rule can be estimated.
//!
//! What arrives is a page without its query, the origin of the page before it, and what kind of browser it was; nothing tells
//! two visitors apart. It is counted in memory and stored once a second: a sample may lose a second's worth, so nobody
//! waits for the disk.

mod sample;
mod tally;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, post};
use metrics::counter;
use survey::api::Problem;
use survey::definition::SiteKey;

use crate::admission::{Admission, Admitted, Envelope};
use crate::clock;
use crate::ingest::outcome::{Outcome, Rejection};
use crate::ingest::refuse;
use crate::limits::Traffic;
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
    admission: Data<Admission>,
    tally: Data<Tally>,
) -> HttpResponse {
    match judge(&request, body, &admission).await {
        Ok(view) => {
            count(Outcome::Counted);
            tally.add(view);
            HttpResponse::NoContent().finish()
        }
        Err(rejection) => {
            count(rejection.outcome);
            refuse(&rejection)
        }
    }
}

impl Envelope for Sample {
    const VERSION: u8 = VERSION;
    const MAX_BYTES: usize = MAX_BYTES;
    const TRAFFIC: Traffic = Traffic::Views;

    fn version(&self) -> u8 {
        self.v
    }

    fn site(&self) -> &SiteKey {
        &self.site
    }
}

async fn judge(request: &HttpRequest, body: Payload, admission: &Admission) -> Result<(ViewKey, ViewCount), Rejection> {
    let Admitted { site, envelope: sample, user_agent, .. } = admission.admit::<Sample>(request, body).await?;
    Ok(sample.accept(&site, &user_agent, clock::now())?)
}

/// Page views are no items: they have a metric of their own.
fn count(outcome: Outcome) {
    counter!("pagepoll_page_views_total", "outcome" => outcome.label()).increment(1);
}
