//! The documentation under `/docs/`, of the version that runs: pages for anybody, made from `docs/` by `cargo xtask dist`.

use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY, X_FRAME_OPTIONS,
};
use actix_web::web::{Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, route};

use crate::assets::Assets;
use crate::problem::ApiError;

/// Always asked for anew: another version has other pages under the same names.
const CACHE: &str = "no-cache";

const START: &str = "index.html";

/// There is no script to run; pages have one style sheet, and pictures.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn headers() -> [(HeaderName, HeaderValue); 3] {
    [
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    ]
}

pub fn configure(services: &mut ServiceConfig) {
    services.service(start).service(deliver);
}

/// Links of the pages are relative, so that there must be a slash before them.
#[route("/docs", method = "GET", method = "HEAD")]
async fn start() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "/docs/")).finish()
}

#[route("/docs/{file:.*}", method = "GET", method = "HEAD")]
async fn deliver(request: HttpRequest, file: Path<String>, assets: Data<Assets>) -> Result<HttpResponse, ApiError> {
    let name = Some(file.as_str()).filter(|name| !name.is_empty()).unwrap_or(START);
    let found = assets.file(&format!("docs/{name}"));
    let mut response = match found {
        Some(file) => file.respond(&request, CACHE),
        None if name == START => return Err(ApiError::NotBuilt("documentation")),
        None => return Err(ApiError::NotFound),
    };
    for (name, value) in headers() {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}
