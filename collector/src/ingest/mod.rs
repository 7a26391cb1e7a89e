//! Ingest: takes what visitors' browsers send, and acknowledges it once it is on disk.
//!
//! A request is *admitted* (see [`crate::admission`]), each of its events is *accepted* or refused with the field and the reason,
//! and what was accepted is *committed* together with whatever else is waiting. One bad event does not spoil the others.

pub mod commit;
pub mod flags;
mod haste;
pub mod item;
pub mod outcome;
pub mod rollup;
pub mod room;
pub mod scrub;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Serialize;
use serde_json::value::RawValue;
use survey::accept::{Refusal, Refused, accept, accept_exposure};
use survey::api::Problem;
use survey::definition::{SiteKey, Survey};
use survey::wire::{BATCH_VERSION, Batch, Event, MAX_BATCH_BYTES, MAX_EVENTS, Presentation};
use utoipa::ToSchema;

use crate::admission::{Admission, Admitted, Envelope, NotAdmitted};
use crate::clock;
use crate::comments::{Said, band_of};
use crate::deliver::country::CountryHeader;
use crate::json;
use crate::limits::Traffic;
use crate::live::LiveSite;
use crate::problem;
use commit::{CommitQueue, NotCommitted};
use item::{AcceptedEvent, Arrival, Item};
use outcome::{Outcome, Rejection};
use rollup::Kept;

/// Events are read one by one, so that a bad one does not spoil the others.
type RawBatch = Batch<Box<RawValue>>;

impl Envelope for RawBatch {
    const VERSION: u8 = BATCH_VERSION;
    const MAX_BYTES: usize = MAX_BATCH_BYTES;
    const TRAFFIC: Traffic = Traffic::Events;

    fn version(&self) -> u8 {
        self.v
    }

    fn site(&self) -> &SiteKey {
        &self.site
    }

    fn check(&self) -> Result<(), NotAdmitted> {
        match self.events.len() {
            0..=MAX_EVENTS => Ok(()),
            count => Err(NotAdmitted::TooManyEvents(count)),
        }
    }
}

/// Takes a batch of events from a visitor's browser. Answers once they are on disk.
#[utoipa::path(
    tag = "ingest",
    request_body(content = String, content_type = "text/plain", description = "A batch as JSON; text/plain, so that no browser asks first"),
    responses(
        (status = 204, description = "All of it is stored, now or before"),
        (status = "4XX", description = "Something was refused; the rest is stored. The status is that of the first refusal", body = Refusals),
        (status = 429, description = "Not looked at: more is sent than is taken. Send it again after `Retry-After` seconds", body = Problem),
        (status = 503, description = "Nothing was stored; send it again after `Retry-After` seconds", body = Problem),
    )
)]
#[post("/events")]
pub async fn receive(
    request: HttpRequest,
    body: Payload,
    admission: Data<Admission>,
    queue: Data<CommitQueue>,
    countries: Data<CountryHeader>,
) -> HttpResponse {
    let batch = match admission.admit::<RawBatch>(&request, body).await {
        Ok(batch) => batch,
        Err(not_admitted) => {
            let rejection = Rejection::from(not_admitted);
            rejection.outcome.count(1);
            return refuse(&rejection);
        }
    };
    let mut judged = match judge(batch, &admission).await {
        Ok(judged) => judged,
        Err(not_known_yet) => return refuse(&not_known_yet),
    };
    if let Some(country) = countries.country_of(&request) {
        judged.iter_mut().flatten().for_each(|item| item.country = Some(country.clone()));
    }
    match commit(&queue, judged).await {
        Ok(ends) => answer(ends),
        Err(not_committed) => refuse(&not_committed.into()),
    }
}

type Judged = Vec<Result<Item, Rejection>>;

/// Accepts each event of a batch, or says why not. What is refused has ended here and is counted; what is accepted is counted
/// where it is committed, because a visitor who leaves meanwhile takes this request with them.
///
/// # Errors
/// Nothing is judged where an event is about a survey that this collector may only not have heard of yet.
async fn judge(mut batch: Admitted<RawBatch>, admission: &Admission) -> Result<Judged, Rejection> {
    let mut judged = judge_as_known(&batch);
    if judged.iter().any(is_unknown) {
        batch.site = admission.anew(&batch.site).await.map_err(|not_readable| {
            let rejection = Rejection::from(not_readable);
            rejection.outcome.count(judged.len());
            rejection
        })?;
        judged = judge_as_known(&batch);
    }
    for event in &judged {
        match event {
            Ok(item) => item.flags.count(),
            Err(rejection) => rejection.outcome.count(1),
        }
    }
    Ok(judged)
}

fn judge_as_known(batch: &Admitted<RawBatch>) -> Judged {
    let Admitted { site, envelope, doubts, .. } = batch;
    let arrival = Arrival { received_at: clock::now(), sent_at: envelope.sent_at };
    let accept = |event: &RawValue| {
        let item = accept_event(site, arrival, json::parse(event.get().as_bytes())?)?;
        Ok(Item { flags: doubts.with(haste::doubts(&item.event)), ..item })
    };
    let events = envelope.events.iter().enumerate();
    events.map(|(index, event)| accept(event).map_err(|refused: Rejection| refused.of_event(index))).collect()
}

fn is_unknown(judged: &Result<Item, Rejection>) -> bool {
    matches!(judged, Err(Rejection { outcome: Outcome::UnknownSurvey | Outcome::UnknownVersion, .. }))
}

/// Turns an event into what may be stored.
pub fn accept_event(site: &LiveSite, arrival: Arrival, event: Event) -> Result<Item, Rejection> {
    let (event, band, said) = match event {
        Event::Exposure(exposure) => {
            check_survey(site, &exposure.presentation, "exposure")?;
            (AcceptedEvent::from(accept_exposure(&site.rules, exposure)?), None, None)
        }
        Event::Submission(submission) => {
            let survey = check_survey(site, &submission.presentation, "submission")?;
            let mut submission = accept(survey, &site.rules, submission)?;
            if site.record.settings.scrub_comments {
                scrub::scrub(&mut submission);
            }
            let band = band_of(survey, &submission);
            let said = Said::of(&submission, band);
            (AcceptedEvent::from(submission), band, said)
        }
    };
    Ok(Item { band, said, ..Item::new(site.key().clone(), &site.zone, arrival, event) })
}

fn check_survey<'a>(site: &'a LiveSite, shown: &Presentation, event: &str) -> Result<&'a Survey, Refused> {
    site.survey(&shown.survey, shown.version).map_err(|refusal| {
        let part = if matches!(refusal, Refusal::UnknownVersion { .. }) { "version" } else { "survey" };
        Refused { field: format!("{event}.presentation.{part}"), refusal }
    })
}

/// Stores what was accepted; hands back how each event of the batch ended.
async fn commit(queue: &CommitQueue, judged: Judged) -> Result<Vec<Result<Kept, Rejection>>, NotCommitted> {
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
            problem::respond(status, None, &Refusals { first, stored, refused })
        }
    }
}

/// Refuses a request as a whole.
pub fn refuse(rejection: &Rejection) -> HttpResponse {
    problem::respond(rejection.outcome.status(), rejection.retry_after_seconds, &problem_of(rejection))
}

fn problem_of(rejection: &Rejection) -> Problem {
    let Rejection { outcome, field, reason, .. } = rejection.clone();
    Problem { error: outcome.label().to_owned(), field, reason }
}
