//! Admission: whether a request may speak for a site at all, before any of its events is looked at.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::header::ORIGIN;
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt;
use serde_json::value::RawValue;
use survey::definition::SiteKey;
use survey::wire::{BATCH_VERSION, Batch, MAX_BATCH_BYTES, MAX_EVENTS};

use super::json::{self, Unreadable};
use super::strangers::Strangers;
use crate::published::{Published, PublishedSite};

/// A batch that was sent by a page of the site that it speaks of. Its events are still only JSON.
pub struct AdmittedBatch {
    pub site: Arc<PublishedSite>,
    /// By the visitor's clock.
    pub sent_at: i64,
    pub events: Vec<Box<RawValue>>,
}

/// Why a request is refused as a whole.
#[derive(Debug, thiserror::Error)]
pub enum NotAdmitted {
    #[error("the body did not arrive whole: {0}")]
    Incomplete(PayloadError),
    #[error("a body has at most {0} bytes here")]
    TooLarge(usize),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("this collector knows batches of version {BATCH_VERSION}, this one is of version {0}")]
    UnknownEnvelope(u8),
    #[error("there is no site {0}; copy the snippet from the console")]
    UnknownSite(SiteKey),
    #[error("the header is missing; browsers send it")]
    NoOrigin,
    #[error("{origin:?} is not an origin of site {site}; add it with `pagepoll site add`")]
    ForeignOrigin { origin: String, site: SiteKey },
    #[error("a batch has at most {MAX_EVENTS} events, this one {0}")]
    TooManyEvents(usize),
}

pub async fn admit(
    request: &HttpRequest,
    body: Payload,
    published: &Published,
    strangers: &Strangers,
) -> Result<AdmittedBatch, NotAdmitted> {
    let body = read(body, MAX_BATCH_BYTES).await?;
    let batch: Batch<Box<RawValue>> = json::parse(&body)?;
    if batch.v != BATCH_VERSION {
        return Err(NotAdmitted::UnknownEnvelope(batch.v));
    }
    let site = published.site(&batch.site).ok_or_else(|| NotAdmitted::UnknownSite(batch.site.clone()))?;
    check_origin(request, site, strangers)?;
    if batch.events.len() > MAX_EVENTS {
        return Err(NotAdmitted::TooManyEvents(batch.events.len()));
    }
    Ok(AdmittedBatch { site: site.clone(), sent_at: batch.sent_at, events: batch.events })
}

/// Reads no more than there may be, whatever the request says of its length.
pub async fn read(mut body: Payload, max_bytes: usize) -> Result<Bytes, NotAdmitted> {
    let mut read = BytesMut::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(NotAdmitted::Incomplete)?;
        if read.len() + chunk.len() > max_bytes {
            return Err(NotAdmitted::TooLarge(max_bytes));
        }
        read.extend_from_slice(&chunk);
    }
    Ok(read.freeze())
}

/// Whether the request comes from a page of the site, as its browser says.
pub fn check_origin(request: &HttpRequest, site: &PublishedSite, strangers: &Strangers) -> Result<(), NotAdmitted> {
    let origin = request.headers().get(ORIGIN).ok_or(NotAdmitted::NoOrigin)?;
    // Whatever is not plain text is no site's.
    let origin = origin.to_str().unwrap_or_default();
    if site.is_own_origin(origin) {
        return Ok(());
    }
    let (origin, key): (String, _) = (origin.chars().take(80).collect(), &site.site.key);
    strangers.refused(key, &origin);
    Err(NotAdmitted::ForeignOrigin { origin, site: key.clone() })
}
