//! The console's files: the page itself at every address that is nothing else, and what it is made of.

use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_FRAME_OPTIONS,
};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::assets::Assets;
use crate::problem::ApiError;
use crate::representation::{IMMUTABLE, Representation};

/// Always asked for anew: it names the files that are current.
const PAGE_CACHE: &str = "no-cache";

/// The headers under which the console's page may run.
pub struct ConsolePolicy {
    csp: HeaderValue,
}

impl ConsolePolicy {
    /// Allows the console's own files, and the one inline script that starts it, by its hash.
    pub fn of(assets: &Assets) -> Self {
        let page = page(assets).map(|page| String::from_utf8_lossy(page.plain()).into_owned()).unwrap_or_default();
        let hashes: String = inline_scripts(&page).map(|script| format!(" 'sha256-{}'", sha256(script))).collect();
        let csp = format!(
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'{hashes}; img-src 'self' data:; object-src 'none'; \
             base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        );
        // Base64 and the text above are visible ASCII; without a policy nothing but `self` would be lost.
        let csp = HeaderValue::try_from(csp).unwrap_or(HeaderValue::from_static("default-src 'self'"));
        Self { csp }
    }

    fn headers(&self) -> [(HeaderName, HeaderValue); 3] {
        [
            (CONTENT_SECURITY_POLICY, self.csp.clone()),
            (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
            (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        ]
    }
}

/// Delivers a file of the console, or its page to whoever navigates; all else there is not.
pub async fn deliver(
    request: HttpRequest,
    assets: Data<Assets>,
    policy: Data<ConsolePolicy>,
) -> Result<HttpResponse, ApiError> {
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
    for (name, value) in policy.headers() {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

fn page(assets: &Assets) -> Option<&Representation> {
    assets.file("console/index.html")
}

/// Addresses at which a page would only hide a mistake.
fn is_for_programs(path: &str) -> bool {
    ["/api", "/v1", "/w"]
        .iter()
        .any(|room| path.strip_prefix(room).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

fn wants_a_page(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(ACCEPT).and_then(|accepted| accepted.to_str().ok()).unwrap_or_default();
    request.path() == "/" || accepted.contains("text/html")
}

/// What stands between `<script …>` and `</script>`, without those that name a file.
fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=") && !script.is_empty()).then_some(script)
    })
}

fn sha256(script: &str) -> String {
    STANDARD.encode(Sha256::digest(script.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_inline_scripts_need_a_hash() {
        let page = r#"<script src="a.js"></script><script type="module">
start()</script><link><script></script>"#;
        assert_eq!(inline_scripts(page).collect::<Vec<_>>(), ["\nstart()"]);
    }

    #[test]
    fn a_program_that_mistypes_gets_no_page() {
        assert!(is_for_programs("/api/nothing") && is_for_programs("/w/a/b") && is_for_programs("/v1"));
        assert!(!is_for_programs("/") && !is_for_programs("/welcome") && !is_for_programs("/sites/demo-shop"));
    }
}
