//! Problems: why the API did not do what was asked, and the one place where that becomes an HTTP answer.
//!
//! Every body is a [`survey::api::Problem`], or has all that one has: a stable name, the field it is about, and the reason with the way
//! out.
//! `POST /v1/events` has outcomes of its own: see [`crate::ingest::outcome`].

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::{JsonPayloadError, PayloadError};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError, web};
use survey::api::Problem;
use survey::api::editing::{DraftConflict, NotPublishable};
use survey::api::people::Role;

use crate::limits::TooMany;
use crate::store::StoreError;
use crate::telemetry;
use crate::written::Mistake;

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("this needs a session or a token; sign in with POST /api/session")]
    SignedOut,
    #[error("no account has this e-mail address and password")]
    BadCredentials,
    #[error("this can only be asked for by the console's own pages")]
    ForeignOrigin,
    #[error("too many tries to sign in; try again in {retry_after_seconds} s")]
    TooManyTries { retry_after_seconds: u32 },
    #[error("more is asked for from this network, or of this site, than is answered; try again in {} s", .0.retry_after_seconds)]
    TooManyRequests(TooMany),
    #[error("the body is larger than is taken here")]
    TooLarge,
    #[error("the body did not arrive in time")]
    TooSlow,
    #[error("a body is JSON here; send it as application/json")]
    ContentType,
    #[error("this token is unknown, has expired or was revoked; an owner of the site can make another")]
    BadToken,
    #[error("this link is unknown, has expired or was withdrawn; whoever gave it to you can make another")]
    BadShare,
    #[error("this link shows figures and nothing else; ask somebody of the site's team")]
    NotShared,
    #[error("this is for people, and not for programs with a token; sign in with POST /api/session")]
    NeedsPerson,
    #[error("this needs the role of {needed}, and yours is {has}; ask an owner of the site")]
    RoleTooSmall { needed: Role, has: Role },
    /// What was asked for makes sense, but not as things are.
    #[error("{reason}")]
    Conflict { name: ConflictName, reason: String },
    /// Somebody else has changed what somebody wants to change.
    #[error("{}", .0.reason)]
    DraftChanged(Box<DraftConflict>),
    #[error("{}", .0.reason)]
    NotPublishable(Box<NotPublishable>),
    #[error("say which revision you know: send its ETag as If-Match, or, to begin a draft, If-None-Match: *")]
    NoPrecondition,
    #[error("{0}")]
    BadRequest(String),
    /// Refused before any handler of ours: a body that is too large, or does not arrive.
    #[error("{reason}")]
    Unreadable { status: StatusCode, reason: String },
    #[error("{reason}")]
    BadParameter { field: String, reason: String },
    #[error(transparent)]
    Mistake(#[from] Mistake),
    #[error("this link does not explain anything any more; make a new one in the console or with `pagepoll why-link`")]
    NoLeave,
    #[error("there is nothing at this address")]
    NotFound,
    #[error("this build has no {0}; make it with `cargo xtask dist` and start the collector again")]
    NotBuilt(&'static str),
    #[error("the database did not answer; try again")]
    Store(#[from] StoreError),
    #[error("something went wrong here; the log says what")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What stands in the way of something that makes sense.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConflictName {
    AlreadyMember,
    AlreadySetUp,
    Archived,
    HasAccount,
    InvitationGone,
    KeyTaken,
    LastOwner,
    NoAccount,
    NoDraft,
    NotAnOwner,
    NotPublished,
    NotUnderstood,
    NothingToShow,
    PublishedSince,
    SurveyNotUnderstood,
    TooMany,
}

impl ConflictName {
    fn as_str(self) -> &'static str {
        match self {
            Self::AlreadyMember => "already_member",
            Self::AlreadySetUp => "already_set_up",
            Self::Archived => "archived",
            Self::HasAccount => "has_account",
            Self::InvitationGone => "invitation_gone",
            Self::KeyTaken => "key_taken",
            Self::LastOwner => "last_owner",
            Self::NoAccount => "no_account",
            Self::NoDraft => "no_draft",
            Self::NotAnOwner => "not_an_owner",
            Self::NotPublished => "not_published",
            Self::NotUnderstood => "not_understood",
            Self::NothingToShow => "nothing_to_show",
            Self::PublishedSince => "published_since",
            Self::SurveyNotUnderstood => "survey_not_understood",
            Self::TooMany => "too_many",
        }
    }
}

/// A value that cannot be, of a field of the body or a parameter: named first, so that the reason stands by itself.
pub fn wrong(field: &str, reason: impl std::fmt::Display) -> ApiError {
    ApiError::BadParameter { field: field.to_owned(), reason: format!("{field}: {reason}") }
}

impl ApiError {
    fn name(&self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::BadCredentials => "bad_credentials",
            Self::ForeignOrigin => "foreign_origin",
            Self::TooManyTries { .. } => "too_many_tries",
            Self::TooManyRequests(_) => "too_many_requests",
            Self::TooLarge => "body_too_large",
            Self::TooSlow => "slow_body",
            Self::ContentType => "unsupported_type",
            Self::BadRequest(_) | Self::Unreadable { .. } => "bad_request",
            Self::BadToken => "bad_token",
            Self::BadShare => "bad_share",
            Self::NotShared => "not_shared",
            Self::NeedsPerson => "needs_person",
            Self::RoleTooSmall { .. } => "role_too_small",
            Self::Conflict { name, .. } => name.as_str(),
            Self::DraftChanged(_) => "draft_changed",
            Self::NotPublishable(_) => "not_publishable",
            Self::NoPrecondition => "no_precondition",
            Self::BadParameter { .. } | Self::Mistake(Mistake::At { .. } | Mistake::Unknown { .. }) => "bad_parameter",
            Self::Mistake(_) => "bad_request",
            Self::NoLeave => "no_leave",
            Self::NotFound => "not_found",
            Self::NotBuilt(_) => "not_built",
            Self::Store(_) => "storage_failed",
            Self::Internal(_) => "internal",
        }
    }

    /// For what is only for now.
    fn retry_after_seconds(&self) -> Option<u32> {
        match self {
            Self::TooManyTries { retry_after_seconds } | Self::TooManyRequests(TooMany { retry_after_seconds }) => {
                Some(*retry_after_seconds)
            }
            // Whatever is wrong with a database is rarely over in a second.
            Self::Store(_) => Some(5),
            _ => None,
        }
    }

    fn field(&self) -> &str {
        match self {
            Self::BadParameter { field, .. } => field,
            Self::NotPublishable(refusal) => &refusal.field,
            Self::Mistake(Mistake::At { place, .. } | Mistake::Unknown { place, .. }) => place,
            _ => "",
        }
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::TooManyTries { .. } | Self::TooManyRequests(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unreadable { status, .. } => *status,
            Self::SignedOut | Self::BadCredentials | Self::BadToken | Self::BadShare => StatusCode::UNAUTHORIZED,
            Self::ForeignOrigin | Self::NoLeave | Self::NeedsPerson | Self::NotShared | Self::RoleTooSmall { .. } => {
                StatusCode::FORBIDDEN
            }
            Self::Conflict { .. } | Self::NotPublishable(_) => StatusCode::CONFLICT,
            Self::DraftChanged(_) => StatusCode::PRECONDITION_FAILED,
            Self::NoPrecondition => StatusCode::PRECONDITION_REQUIRED,
            Self::BadRequest(_) | Self::BadParameter { .. } | Self::Mistake(_) => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotBuilt(_) | Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::Store(error) => {
                telemetry::count_failure(error);
                tracing::error!(%error, "the database did not answer");
            }
            Self::Internal(error) => tracing::error!(%error, "a request failed"),
            Self::DraftChanged(conflict) => return respond(self.status_code(), None, conflict),
            Self::NotPublishable(refusal) => return respond(self.status_code(), None, refusal),
            _ => {}
        }
        let problem = Problem { error: self.name().into(), field: self.field().into(), reason: self.to_string() };
        respond(self.status_code(), self.retry_after_seconds(), &problem)
    }
}

/// Answers with a problem as JSON. Nothing keeps it; what is only for now says after how many seconds to come back.
pub fn respond(status: StatusCode, retry_after_seconds: Option<u32>, problem: &impl serde::Serialize) -> HttpResponse {
    let mut response = HttpResponseBuilder::new(status);
    response.insert_header((CACHE_CONTROL, "no-store"));
    if let Some(seconds) = retry_after_seconds {
        response.insert_header((RETRY_AFTER, seconds.to_string()));
    }
    response.json(problem)
}

/// Makes actix's own refusals of a path or a JSON body read like ours.
pub fn configure(services: &mut web::ServiceConfig) {
    services
        .app_data(web::PathConfig::default().error_handler(|_, _: &HttpRequest| ApiError::NotFound.into()))
        .app_data(web::JsonConfig::default().error_handler(|error, _| ApiError::from(error).into()));
}

impl From<JsonPayloadError> for ApiError {
    fn from(error: JsonPayloadError) -> Self {
        match error {
            JsonPayloadError::OverflowKnownLength { .. } | JsonPayloadError::Overflow { .. } => Self::TooLarge,
            JsonPayloadError::ContentType => Self::ContentType,
            JsonPayloadError::Payload(error) => Self::from(&error),
            error => Self::BadRequest(format!("the body cannot be read: {error}")),
        }
    }
}

impl From<&PayloadError> for ApiError {
    fn from(error: &PayloadError) -> Self {
        match error {
            PayloadError::Overflow => Self::TooLarge,
            PayloadError::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => Self::TooSlow,
            error => Self::BadRequest(format!("the body did not arrive whole: {error}")),
        }
    }
}

/// Middleware: gives a body to what fails in a middleware further in, or before a handler is reached.
pub async fn explain<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let response = next.call(request).await.map_err(|error| match error.as_error::<ApiError>() {
        Some(_) => error,
        None => ApiError::Internal(error.to_string().into()).into(),
    })?;
    if let Some(refused) = response.response().error().and_then(|error| error.as_error::<PayloadError>()) {
        return Err(ApiError::from(refused).into());
    }
    let foreign = response.response().error().filter(|error| error.as_error::<ApiError>().is_none());
    match foreign.map(|error| (error.as_response_error().status_code(), error.to_string())) {
        Some((status, reason)) => {
            let unreadable = ApiError::Unreadable { status, reason };
            Ok(response.into_response(unreadable.error_response()).map_into_right_body())
        }
        None => Ok(response.map_into_left_body()),
    }
}

/// Whatever has no other answer.
pub async fn not_found() -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound)
}

#[cfg(test)]
mod tests {
    /// `Self::SignedOut => "signed_out"`.
    #[test]
    fn every_error_is_in_the_documentation() {
        let documentation = include_str!("../../docs/http-api.md");
        let here = include_str!("problem.rs").split("fn retry_after_seconds").next().unwrap_or_default();
        let named = here.lines().filter_map(|line| line.trim().split_once(" => \"")?.1.strip_suffix("\","));
        let missing: Vec<_> = named.filter(|name| !documentation.contains(&format!("`{name}`"))).collect();
        assert!(missing.is_empty(), "docs/http-api.md does not name {missing:?}");
    }
}
