//! Links to pages that explain themselves: the page's own address, with leave in its query.

use actix_web::post;
use actix_web::web::{Bytes, Data, Json};
use survey::api::{Problem, WhyLink, WhyLinkRequest};
use survey::targeting::Moment;
use url::Url;

use super::token::{Leave, WhyKey};
use crate::admin::access::{Editor, SiteAccess};
use crate::clock::{self, UnixMs};
use crate::problem::ApiError;
use crate::store::SiteRecord;
use crate::written;

/// The query parameter that the loader looks for.
const PARAMETER: &str = "pagepoll";

/// Why no link can be made to a page.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum NoLink {
    #[error("{0:?} is not an address; write it like https://shop.example/help")]
    NoAddress(String),
    #[error("{url} is not on site {site}, whose pages live at {}; name one of its pages", .origins.join(", "))]
    ForeignPage { url: String, site: String, origins: Vec<String> },
}

/// Makes a link to a page of the site that explains there, for a day, what shows and what does not. Visitors cannot make one.
#[utoipa::path(
    tag = "explaining",
    params(("site" = String, Path)),
    request_body = WhyLinkRequest,
    responses((status = 200, body = WhyLink), (status = "4XX", body = Problem)),
)]
#[post("/sites/{site}/why-link")]
pub async fn why_link(
    access: SiteAccess<Editor>,
    request: Bytes,
    key: Data<WhyKey>,
) -> Result<Json<WhyLink>, ApiError> {
    let WhyLinkRequest { url } = written::read(&request)?;
    let link = make(&access.site.record, &url, &key, clock::now());
    link.map(Json).map_err(|error| ApiError::BadParameter { field: "url".to_owned(), reason: error.to_string() })
}

/// Makes a link to a page of a site.
pub fn make(site: &SiteRecord, address: &str, key: &WhyKey, now: UnixMs) -> Result<WhyLink, NoLink> {
    to_page(site, address, || key.give(&site.key, now))
}

/// Makes a link to a page of a site with some leave in it.
pub fn to_page(site: &SiteRecord, address: &str, give: impl FnOnce() -> Leave) -> Result<WhyLink, NoLink> {
    let no_address = || NoLink::NoAddress(address.chars().take(200).collect());
    let mut url: Url = address.trim().parse().map_err(|_| no_address())?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(no_address());
    }
    if !site.origins.contains(&url.origin().ascii_serialization()) {
        let origins = site.origins.clone();
        return Err(NoLink::ForeignPage {
            url: address.chars().take(200).collect(),
            site: site.key.to_string(),
            origins,
        });
    }
    let Leave { token, expires_at } = give();
    url.set_query(Some(&with_leave(url.query().unwrap_or_default(), &token)));
    Ok(WhyLink { url: url.into(), expires_at: Moment(expires_at).to_string() })
}

/// The page's own query as it is, without leave that an earlier link may have given.
fn with_leave(query: &str, token: &str) -> String {
    let is_own = |part: &&str| !part.is_empty() && part.split('=').next() != Some(PARAMETER);
    let leave = format!("{PARAMETER}=why.{token}");
    query.split('&').filter(is_own).chain([leave.as_str()]).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leave_stands_behind_the_pages_own_query() {
        assert_eq!(with_leave("", "T"), "pagepoll=why.T");
        assert_eq!(with_leave("q=a%20b&&pagepoll=why.old&x", "T"), "q=a%20b&x&pagepoll=why.T");
    }
}
