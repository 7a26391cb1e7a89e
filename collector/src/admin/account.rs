//! One's own account: the browsers in which one is signed in, and the password.

use actix_web::web::{Bytes, Data, Json, Path};
use actix_web::{HttpResponse, delete, get, put};
use survey::api::Problem;
use survey::api::people::{PasswordChange, SessionSummary};
use survey::targeting::Moment;

use super::access::SignedIn;
use super::password::{self, Verdict};
use crate::clock;
use crate::limits::SignInThrottle;
use crate::network::Network;
use crate::problem::ApiError;
use crate::store::{Actor, By, SessionRecord, Store};
use crate::written;

/// The browsers in which one is signed in, the newest first.
#[utoipa::path(tag = "session", responses((status = 200, body = Vec<SessionSummary>), (status = 401, body = Problem)))]
#[get("/account/sessions")]
pub async fn sessions(user: SignedIn, store: Data<Store>) -> Result<Json<Vec<SessionSummary>>, ApiError> {
    let own = store.sessions_of(user.number, clock::now()).await?;
    let summary = |session: &SessionRecord| SessionSummary {
        id: session.hash.id(),
        signed_in_at: Moment(session.began_at).to_string(),
        used_at: Moment(session.used_at).to_string(),
        browser: session.browser.clone(),
        is_present: session.hash == user.session,
    };
    Ok(Json(own.iter().map(summary).collect()))
}

/// Signs out one of the browsers in which one is signed in.
#[utoipa::path(
    tag = "session",
    params(("session" = String, Path)),
    responses((status = 204), (status = "4XX", body = Problem)),
)]
#[delete("/account/sessions/{session}")]
pub async fn end_session(user: SignedIn, id: Path<String>, store: Data<Store>) -> Result<HttpResponse, ApiError> {
    let own = store.sessions_of(user.number, clock::now()).await?;
    let session = own.iter().find(|session| session.hash.id() == *id).ok_or(ApiError::NotFound)?;
    store.end_session(&session.hash).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Signs out all browsers in which one is signed in, but for the one that asks.
#[utoipa::path(tag = "session", responses((status = 204), (status = 401, body = Problem)))]
#[delete("/account/sessions")]
pub async fn end_other_sessions(user: SignedIn, store: Data<Store>) -> Result<HttpResponse, ApiError> {
    store.end_other_sessions(user.number, &user.session).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Changes one's own password. All other sessions end.
#[utoipa::path(
    tag = "session",
    request_body = PasswordChange,
    responses((status = 204), (status = "4XX", body = Problem)),
)]
#[put("/account/password")]
pub async fn change_password(
    user: SignedIn,
    request: Bytes,
    network: Network,
    throttle: Data<SignInThrottle>,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let PasswordChange { old, new } = written::read(&request)?;
    // Whoever has come by a session could guess at the password.
    throttle.take(&user.email, network)?;
    let hash = store.user(user.number).await?.ok_or(ApiError::SignedOut)?.password_hash;
    if password::verify(old.into(), Some(hash)).await? == Verdict::Wrong {
        let reason = "old: this is not the password of your account".to_owned();
        return Err(ApiError::BadParameter { field: "old".to_owned(), reason });
    }
    let hash = password::hash_in_turn(new.into(), "new").await?;
    let by = By { actor: Actor::Account(user.email), at: clock::now() };
    store.set_password(user.number, &hash, Some(&user.session), &by).await?;
    Ok(HttpResponse::NoContent().finish())
}
