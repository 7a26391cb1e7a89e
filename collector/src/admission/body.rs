//! Bodies: read as a whole, within bounds, whatever their sender says of them. How long they may take is for
//! [`crate::sockets`] to say.

use std::io;

use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt;

use super::{NotAdmitted, header};

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

/// Reads no more than there may be.
pub async fn read(mut body: Payload, max_bytes: usize) -> Result<Bytes, NotAdmitted> {
    let mut read = BytesMut::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(not_read)?;
        if read.len() + chunk.len() > max_bytes {
            return Err(NotAdmitted::TooLarge(max_bytes));
        }
        read.extend_from_slice(&chunk);
    }
    Ok(read.freeze())
}

fn not_read(error: PayloadError) -> NotAdmitted {
    match error {
        PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut => NotAdmitted::TooSlow,
        error => NotAdmitted::Incomplete(error),
    }
}
