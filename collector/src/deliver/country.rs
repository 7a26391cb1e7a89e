//! The visitor's country, where a proxy in front of the collector knows it. Asked for by widgets that have a rule about it, and
//! stored with an answer as what reports may be filtered by.

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
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((CACHE_CONTROL, CACHE))
        .body(header.country_of(&request).unwrap_or_default())
}

impl CountryHeader {
    /// Two letters, if the proxy names a country.
    pub fn country_of(&self, request: &HttpRequest) -> Option<String> {
        let name = self.0.as_ref()?;
        two_letters(request.headers().get(name)?.to_str().ok()?)
    }
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
