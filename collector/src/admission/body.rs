//! Bodies: read as a whole, within bounds of size and time, whatever their sender says of them.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt;

use super::{NotAdmitted, header};

/// How long a body may take to arrive, from its first byte to its last. 32 KiB come over 26 kbit/s in that time.
pub const ARRIVES_WITHIN: Duration = Duration::from_secs(10);

/// The first is what a browser sends without asking first; the second is for other programs.
const CONTENT_TYPES: [&str; 2] = ["text/plain", "application/json"];

/// Looks at what the head says, so that nothing is read in vain.
pub fn check_head(request: &HttpRequest, max_bytes: usize) -> Result<(), NotAdmitted> {
    let named = header(request, CONTENT_TYPE.as_str());
    let essence = named.split(';').next().unwrap_or_default().trim();
    if !CONTENT_TYPES.iter().any(|known| essence.eq_ignore_ascii_case(known)) {
        return Err(NotAdmitted::ContentType(named.chars().take(80).collect()));
    }
    match header(request, CONTENT_LENGTH.as_str()).parse::<usize>() {
        Ok(length) if length > max_bytes => Err(NotAdmitted::TooLarge(max_bytes)),
        _ => Ok(()),
    }
}

/// Reads no more than there may be, whatever the request says of its length, and waits no longer than it may take.
pub async fn read(body: Payload, max_bytes: usize) -> Result<Bytes, NotAdmitted> {
    tokio::time::timeout(ARRIVES_WITHIN, read_all(body, max_bytes)).await.unwrap_or(Err(NotAdmitted::TooSlow))
}

async fn read_all(mut body: Payload, max_bytes: usize) -> Result<Bytes, NotAdmitted> {
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
