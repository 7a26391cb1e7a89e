//! Ingest: takes what visitors' browsers send, and acknowledges it once it is on disk.
//!
//! A request is *admitted* (site, Origin, size), each of its events is *accepted* or refused with the field and the reason,
//! and what was accepted is *committed* together with whatever else is waiting. One bad event does not spoil the others.

pub mod admit;
pub mod commit;
pub mod flags;
pub mod item;
pub mod json;
pub mod outcome;
pub mod rollup;
pub mod strangers;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Serialize;
use survey::accept::{Refusal, Refused, accept, accept_exposure};
use survey::api::Problem;
use survey::definition::Survey;
use survey::wire::{Event, Presentation};
use utoipa::ToSchema;

use crate::clock::{self, UnixMs};
use crate::problem;
use crate::published::{Publications, PublishedSite};
use admit::{AdmittedBatch, admit};
use commit::{CommitQueue, NotCommitted};
use flags::Flags;
use item::{AcceptedEvent, Arrival, Item};
use outcome::Rejection;
use rollup::Kept;
use strangers::Strangers;

/// Takes a batch of events from a visitor's browser. Answers once they are on disk.
#[utoipa::path(
    tag = "ingest",
    request_body(content = String, content_type = "text/plain", description = "A batch as JSON; text/plain, so that no browser asks first"),
    responses(
        (status = 204, description = "All of it is stored, now or before"),
        (status = "4XX", description = "Something was refused; the rest is stored. The status is that of the first refusal", body = Refusals),
        (status = 503, description = "Nothing was stored; send it again after `Retry-After` seconds", body = Problem),
    )
)]
#[post("/events")]
pub async fn receive(
    request: HttpRequest,
    body: Payload,
    publications: Data<Publications>,
    strangers: Data<Strangers>,
    queue: Data<CommitQueue>,
) -> HttpResponse {
    let batch = match admit(&request, body, &publications.present(), &strangers).await {
        Ok(batch) => batch,
        Err(not_admitted) => {
            let rejection = Rejection::from(not_admitted);
            rejection.outcome.count(1);
            return refuse(&rejection);
        }
    };
    let judged = judge(&batch, clock::now());
    match commit(&queue, judged).await {
        Ok(ends) => answer(ends),
        Err(not_committed) => refuse(&not_committed.into()),
    }
}

/// Accepts each event of a batch, or says why not. What is refused has ended here and is counted; what is accepted is counted
/// where it is committed, because a visitor who leaves meanwhile takes this request with them.
fn judge(batch: &AdmittedBatch, received_at: UnixMs) -> Vec<Result<Item, Rejection>> {
    let arrival = Arrival { received_at, sent_at: batch.sent_at };
    let events = batch.events.iter().enumerate();
    events
        .map(|(index, event)| {
            let event = json::parse(event.get().as_bytes()).map_err(Rejection::from);
            event.and_then(|event| accept_event(&batch.site, arrival, event)).map_err(|refused| refused.of_event(index))
        })
        .inspect(|event| {
            if let Err(rejection) = event {
                rejection.outcome.count(1);
            }
        })
        .collect()
}

/// Turns an event into what may be stored.
pub fn accept_event(site: &PublishedSite, arrival: Arrival, event: Event) -> Result<Item, Rejection> {
    let event = match event {
        Event::Exposure(exposure) => {
            check_survey(site, &exposure.presentation, "exposure")?;
            AcceptedEvent::Exposure(accept_exposure(&site.rules, exposure)?)
        }
        Event::Submission(submission) => {
            let survey = check_survey(site, &submission.presentation, "submission")?;
            AcceptedEvent::Submission(accept(survey, &site.rules, submission)?)
        }
    };
    Ok(Item::new(site.site.key.clone(), arrival, Flags::NONE, event))
}

fn check_survey<'a>(site: &'a PublishedSite, shown: &Presentation, event: &str) -> Result<&'a Survey, Refused> {
    site.survey(&shown.survey, shown.version).map_err(|refusal| {
        let part = if matches!(refusal, Refusal::UnknownVersion { .. }) { "version" } else { "survey" };
        Refused { field: format!("{event}.presentation.{part}"), refusal }
    })
}

/// Stores what was accepted; hands back how each event of the batch ended.
async fn commit(
    queue: &CommitQueue,
    judged: Vec<Result<Item, Rejection>>,
) -> Result<Vec<Result<Kept, Rejection>>, NotCommitted> {
    let mut items = Vec::with_capacity(judged.len());
    let accepted: Vec<Result<(), Rejection>> =
        judged.into_iter().map(|event| event.map(|item| items.push(item))).collect();
    let mut verdicts = queue.commit(items).await?.into_iter();
    let ends = accepted.into_iter().enumerate().map(|(index, event)| match event {
        Err(refused) => Ok(Err(refused)),
        // There are as many verdicts as items.
        Ok(()) => match verdicts.next().ok_or(NotCommitted::Storage)? {
            Ok(kept) => Ok(Ok(kept)),
            Err(conflict) => Ok(Err(Rejection::from(conflict).of_event(index))),
        },
    });
    ends.collect()
}

/// What a sender is told when something of its batch was refused. The rest is stored.
#[derive(Serialize, ToSchema)]
struct Refusals {
    /// The first refusal.
    #[serde(flatten)]
    first: Problem,
    /// How many events are stored, now or before.
    stored: usize,
    /// All refusals, in the order of the events.
    refused: Vec<Problem>,
}

fn answer(ends: Vec<Result<Kept, Rejection>>) -> HttpResponse {
    let stored = ends.iter().filter(|end| end.is_ok()).count();
    let refused: Vec<Rejection> = ends.into_iter().filter_map(Result::err).collect();
    match refused.first() {
        None => HttpResponse::NoContent().finish(),
        Some(first) => {
            let (status, first) = (first.outcome.status(), problem_of(first));
            let refused = refused.iter().map(problem_of).collect();
            problem::respond(status, &Refusals { first, stored, refused })
        }
    }
}

/// Refuses a request as a whole.
fn refuse(rejection: &Rejection) -> HttpResponse {
    problem::respond(rejection.outcome.status(), &problem_of(rejection))
}

fn problem_of(rejection: &Rejection) -> Problem {
    let Rejection { outcome, field, reason } = rejection.clone();
    Problem { error: outcome.label().to_owned(), field, reason }
}
