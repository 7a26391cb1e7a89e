//! The cookie that a session travels in: a random key of 256 bits, which scripts cannot read and other sites cannot send.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::web::Data;

use super::access::LONGEST_MS;
use crate::origin::PublicUrl;
use crate::secret::{Purpose, Secret};

/// With this prefix browsers take the cookie by TLS alone, and from no neighbouring host.
const NAME: &str = "__Host-pagepoll";

/// Without TLS, as in a trial on one's own machine, browsers would not take the other.
const PLAIN_NAME: &str = "pagepoll";

/// The session that a request brings along, good or not.
pub fn read(request: &HttpRequest) -> Option<Secret> {
    let cookie = request.cookie(name(is_secure(request)))?;
    Secret::read(Purpose::Session, cookie.value())
}

/// Hands a session to a browser.
pub fn of(request: &HttpRequest, session: &Secret) -> Cookie<'static> {
    build(is_secure(request), session.expose().to_owned(), Duration::milliseconds(LONGEST_MS))
}

/// Takes it away.
pub fn gone(request: &HttpRequest) -> Cookie<'static> {
    build(is_secure(request), String::new(), Duration::ZERO)
}

fn build(is_secure: bool, value: String, max_age: Duration) -> Cookie<'static> {
    Cookie::build(name(is_secure), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(is_secure)
        .max_age(max_age)
        .finish()
}

fn name(is_secure: bool) -> &'static str {
    if is_secure { NAME } else { PLAIN_NAME }
}

fn is_secure(request: &HttpRequest) -> bool {
    request.app_data::<Data<PublicUrl>>().is_some_and(|public_url| public_url.origin().is_https())
}
