//! Forged requests: whatever changes something must come from the console's own pages, and be JSON.
//!
//! The session cookie is `SameSite=Strict`, so other sites cannot send it; this holds even where a browser knows nothing of
//! that, or another program is served from the same site. No form can send JSON, and no script of another site without asking
//! first, which nothing here answers.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, ORIGIN, TRANSFER_ENCODING};
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::origin::PublicUrl;
use crate::problem::ApiError;

/// How browsers say where a request comes from, whatever of `Origin` has got lost.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Middleware: lets safe methods pass, and others only if they have no foreign origin and are JSON. Programs that are no browsers
/// send no origin.
pub async fn only<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    if request.method().is_safe() {
        next.call(request).await
    } else if !is_own(&request) {
        Err(ApiError::ForeignOrigin.into())
    } else if !is_json(&request) {
        Err(ApiError::ContentType.into())
    } else {
        next.call(request).await
    }
}

/// Whether the body is JSON, or there is none to be: with DELETE the address says it all.
fn is_json(request: &ServiceRequest) -> bool {
    let Some(kind) = request.headers().get(CONTENT_TYPE) else {
        let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        let is_empty = length.is_none_or(|length| length == "0") && !request.headers().contains_key(TRANSFER_ENCODING);
        return request.method() == Method::DELETE && is_empty;
    };
    let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind == "application/merge-patch+json"
}

fn is_own(request: &ServiceRequest) -> bool {
    let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    if header(FETCH_SITE).is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return false;
    }
    let Some(origin) = header(ORIGIN) else { return true };
    let is_public_url =
        request.app_data::<Data<PublicUrl>>().is_some_and(|public_url| public_url.origin().to_string() == origin);
    // The address in the browser's own address bar, if a proxy passes it on.
    let is_same_host =
        header(HOST).is_some_and(|host| origin.split_once("://").is_some_and(|(_, named)| named == host));
    is_public_url || is_same_host
}
