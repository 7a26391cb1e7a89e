//! Forged requests: whatever changes something must come from the console's own pages.
//!
//! The session cookie is `SameSite=Strict`, so other sites cannot send it; this holds even where a browser knows nothing of
//! that, or another program is served from the same site.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HOST, ORIGIN};
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::origin::PublicUrl;
use crate::problem::ApiError;

/// Middleware: lets safe methods pass, and others only if they have no foreign origin. Programs that are no browsers send none.
pub async fn only<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    if request.method().is_safe() || is_own(&request) {
        next.call(request).await
    } else {
        Err(ApiError::ForeignOrigin.into())
    }
}

fn is_own(request: &ServiceRequest) -> bool {
    let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let Some(origin) = header(ORIGIN) else { return true };
    let is_public_url =
        request.app_data::<Data<PublicUrl>>().is_some_and(|public_url| public_url.origin().to_string() == origin);
    // The address in the browser's own address bar, if a proxy passes it on.
    let is_same_host =
        header(HOST).is_some_and(|host| origin.split_once("://").is_some_and(|(_, named)| named == host));
    is_public_url || is_same_host
}
