//! The live stream: each answer as it comes in, for whoever wants to watch.
//!
//! Server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>): a browser that loses the connection asks
//! again by itself, from the last event that it has seen. A stream ends after a while, so that whoever may not see the answers any
//! more does not go on seeing them.

use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse, get};
use futures_util::stream;
use survey::api::Problem;
use survey::report::AnswerReport;
use tokio::time::{Instant, sleep};

use super::answer;
use crate::admin::access::{SiteAccess, Viewer};
use crate::problem::ApiError;
use crate::store::{AnswerQuery, Store, StoreError, WhichAnswers};

/// How often it is looked whether anything came in.
const EVERY: Duration = Duration::from_millis(500);

/// After so long without an answer something is said, so that proxies do not take the connection for dead.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// How long a stream lasts.
const LIFE: Duration = Duration::from_secs(5 * 60);

/// How many answers are told at a time; of a flood, the newest.
const AT_ONCE: u32 = 50;

/// Answers as they are first given, as server-sent events: `event: answer`, with the answer's number as its id. Contact details are left
/// out; what a visitor adds later is in `/answers`.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), ("Last-Event-ID" = Option<i64>, Header, description = "Only answers with a greater number")),
    responses(
        (status = 200, body = AnswerReport, content_type = "text/event-stream"),
        (status = "4XX", body = Problem),
    ),
)]
#[get("/sites/{site}/live")]
pub async fn live(
    access: SiteAccess<Viewer>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let seen = request.headers().get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let last = match seen {
        Some(number) => number,
        None => newest(&access, &store, 1).await?.first().map_or(0, |answer| answer.number),
    };
    let watching = Watching { access, store, last, counted: None, ends: Instant::now() + LIFE };
    let told = stream::try_unfold(watching, async |mut watching| {
        Ok::<_, StoreError>(watching.next().await?.map(|told| (Bytes::from(told), watching)))
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(told))
}

struct Watching {
    access: SiteAccess<Viewer>,
    store: Data<Store>,
    /// The number of the newest answer that was told.
    last: i64,
    /// What [`Store::counted_until`] said when it was last looked.
    counted: Option<i64>,
    ends: Instant,
}

impl Watching {
    /// What to tell next; nothing at the end.
    async fn next(&mut self) -> Result<Option<String>, StoreError> {
        if self.counted.is_none() {
            // At once, so that whoever asks knows that it is heard.
            self.counted = Some(0);
            return Ok(Some(": here are the answers\n\n".to_owned()));
        }
        let quiet_until = Instant::now() + SIGN_OF_LIFE;
        while Instant::now() < self.ends {
            let answers = self.new_answers().await?;
            if !answers.is_empty() {
                return Ok(Some(answers.iter().map(event).collect()));
            }
            if quiet_until < Instant::now() {
                return Ok(Some(": nothing new\n\n".to_owned()));
            }
            sleep(EVERY).await;
        }
        Ok(None)
    }

    /// Oldest first.
    async fn new_answers(&mut self) -> Result<Vec<AnswerReport>, StoreError> {
        let counted = Some(self.store.counted_until(self.access.key()).await?);
        if self.counted == counted {
            return Ok(Vec::new());
        }
        self.counted = counted;
        let mut answers = newest(&self.access, &self.store, AT_ONCE).await?;
        answers.retain(|answer| answer.number > self.last);
        answers.reverse();
        self.last = answers.last().map_or(self.last, |answer| answer.number);
        Ok(answers)
    }
}

async fn newest(access: &SiteAccess<Viewer>, store: &Store, limit: u32) -> Result<Vec<AnswerReport>, StoreError> {
    let query = AnswerQuery::newest(access.key().clone(), WhichAnswers::All, limit);
    let records = store.answers(&query).await?;
    let report = |record| AnswerReport { contact: Vec::new(), ..answer::report(&access.site, record) };
    Ok(records.into_iter().map(report).collect())
}

/// JSON has no line breaks of its own, so it is one line of data.
fn event(answer: &AnswerReport) -> String {
    let data = serde_json::to_string(answer).unwrap_or_default();
    format!("event: answer\nid: {}\ndata: {data}\n\n", answer.number)
}
