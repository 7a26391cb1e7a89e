//! The console's files: the page itself at every address that is nothing else, and what it is made of.

use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_FRAME_OPTIONS,
};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::assets::Assets;
use crate::problem::ApiError;
use crate::representation::{IMMUTABLE, Representation};

/// Always asked for anew: it names the files that are current.
const PAGE_CACHE: &str = "no-cache";

/// What the console's page may do: run its own script and module, use its own style sheet and icon, and ask its own collector. Nothing is
/// inline, nothing is evaluated, nothing comes from elsewhere. What it frames is [`crate::deliver::stage`], which is in no origin. Strings become markup only by the console's own policy, which lets
/// through what views are made of and nothing that runs (`console/src/markup.rs`).
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default";

/// The headers under which the console's page may run.
fn headers() -> [(HeaderName, HeaderValue); 3] {
    [
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    ]
}

/// Delivers a file of the console, or its page to whoever navigates; all else there is not.
pub async fn deliver(request: HttpRequest, assets: Data<Assets>) -> Result<HttpResponse, ApiError> {
    if ![Method::GET, Method::HEAD].contains(request.method()) || is_for_programs(request.path()) {
        return Err(ApiError::NotFound);
    }
    let name = request.path().trim_start_matches('/');
    if let Some(file) = assets.file(&format!("console/{name}")).filter(|_| name != "index.html") {
        return Ok(file.respond(&request, IMMUTABLE));
    }
    if !wants_a_page(&request) {
        return Err(ApiError::NotFound);
    }
    let mut response = page(&assets).ok_or(ApiError::NotBuilt("console"))?.respond(&request, PAGE_CACHE);
    for (name, value) in headers() {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

fn page(assets: &Assets) -> Option<&Representation> {
    assets.file("console/index.html")
}

/// Addresses at which a page would only hide a mistake.
fn is_for_programs(path: &str) -> bool {
    ["/api", "/v1", "/w", "/preview"]
        .iter()
        .any(|room| path.strip_prefix(room).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

fn wants_a_page(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(ACCEPT).and_then(|accepted| accepted.to_str().ok()).unwrap_or_default();
    request.path() == "/" || accepted.contains("text/html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_mistypes_gets_no_page() {
        assert!(is_for_programs("/api/nothing") && is_for_programs("/w/a/b") && is_for_programs("/v1"));
        assert!(!is_for_programs("/") && !is_for_programs("/welcome") && !is_for_programs("/sites/demo-shop"));
    }
}
