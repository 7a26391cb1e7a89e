//! Preconditions: which revision of a draft somebody knows who changes it, as `If-Match`; or that there is none, as
//! `If-None-Match: *`. Without one nothing is changed, so that nobody overwrites what they have not seen.

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};

use crate::problem::ApiError;
use crate::store::Known;

/// The tag of a revision.
pub fn tag(revision: u32) -> String {
    format!("\"r{revision}\"")
}

/// What somebody knows of a draft that they save.
pub fn known(request: &HttpRequest) -> Result<Known, ApiError> {
    if header(request, IF_NONE_MATCH) == Some("*") {
        return Ok(Known::Nothing);
    }
    known_revision(request)
}

/// The same of somebody who ends it.
pub fn known_revision(request: &HttpRequest) -> Result<Known, ApiError> {
    // Proxies that compress make a tag weak; whom it names stays the same.
    let revision = header(request, IF_MATCH)
        .and_then(|tag| tag.trim_start_matches("W/").strip_prefix("\"r")?.strip_suffix('"')?.parse().ok());
    revision.map(Known::Revision).ok_or(ApiError::NoPrecondition)
}

fn header(request: &HttpRequest, name: HeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn knows(header: (HeaderName, &str)) -> Option<Known> {
        known(&TestRequest::default().insert_header(header).to_http_request()).ok()
    }

    #[test]
    fn a_tag_names_the_revision_that_somebody_knows() {
        assert_eq!(knows((IF_MATCH, &tag(7))), Some(Known::Revision(7)));
        assert_eq!(knows((IF_MATCH, "W/\"r7\"")), Some(Known::Revision(7)), "as a proxy passes it on");
        assert_eq!(knows((IF_NONE_MATCH, "*")), Some(Known::Nothing));
    }

    #[test]
    fn whoever_does_not_say_what_they_know_changes_nothing() {
        for header in
            [(IF_MATCH, "*"), (IF_MATCH, "7"), (IF_MATCH, "\"r-1\""), (IF_MATCH, ""), (IF_NONE_MATCH, "\"r7\"")]
        {
            assert_eq!(knows(header.clone()), None, "{header:?}");
        }
        let ends = TestRequest::default().insert_header((IF_NONE_MATCH, "*")).to_http_request();
        assert!(known_revision(&ends).is_err(), "there is nothing to end");
    }
}
