//! The visitor's country, where a proxy in front of the collector knows it. Asked for only by widgets that have a rule about it;
//! nothing is stored.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};

/// For the visitor's own browser alone.
const CACHE: &str = "private, max-age=3600";

/// The header in which the proxy names it, if there is one.
#[derive(Clone, Debug)]
pub struct CountryHeader(pub Option<HeaderName>);

/// The visitor's country: two letters, or nothing where it is not known.
#[utoipa::path(tag = "delivery", responses((status = 200, body = String, content_type = "text/plain")))]
#[get("/country")]
pub async fn tell(request: HttpRequest, header: Data<CountryHeader>) -> HttpResponse {
    let named = header.0.as_ref().and_then(|name| request.headers().get(name)?.to_str().ok());
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((CACHE_CONTROL, CACHE))
        .body(named.and_then(two_letters).unwrap_or_default())
}

/// Proxies write XX for what they do not know.
fn two_letters(named: &str) -> Option<String> {
    let country = named.trim().to_ascii_uppercase();
    let is_country = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()) && country != "XX";
    is_country.then_some(country)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_two_letters_or_nothing() {
        assert_eq!(two_letters(" de "), Some("DE".to_owned()));
        for nothing in ["", "XX", "T1", "Germany", "<b>", "D"] {
            assert_eq!(two_letters(nothing), None, "{nothing}");
        }
    }
}
