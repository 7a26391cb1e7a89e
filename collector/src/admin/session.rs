//! Signing in and out.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use survey::api::{Account, Credentials, Problem};
use survey::targeting::agent;

use super::access::{IDLE_MS, SignedIn};
use super::cookie;
use super::email::normalized;
use super::password::{self, Verdict};
use crate::clock;
use crate::limits::{SignInThrottle, TooMany};
use crate::network::Network;
use crate::problem::ApiError;
use crate::secret::{Purpose, Secret};
use crate::store::{NewSession, Store, UserRecord};

/// Signs in.
#[utoipa::path(
    tag = "session",
    request_body = Credentials,
    responses((status = 200, description = "Signed in; the cookie says so", body = Account), (status = "4XX", body = Problem)),
)]
#[post("/session")]
pub async fn sign_in(
    request: HttpRequest,
    credentials: Json<Credentials>,
    network: Network,
    throttle: Data<SignInThrottle>,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let Credentials { email, password } = credentials.into_inner();
    let email = normalized(&email);
    throttle.take(&email, network)?;
    let user = store.user_by_email(&email).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let verdict = password::verify(password.into(), hash).await?;
    match user {
        Some(user) if verdict == Verdict::Right => begin(&request, &store, user).await,
        _ => Err(ApiError::BadCredentials),
    }
}

/// Begins a session of somebody who has shown the password: with a key of its own, so that one planted before signing in is worth nothing.
pub async fn begin(request: &HttpRequest, store: &Store, user: UserRecord) -> Result<HttpResponse, ApiError> {
    let UserRecord { number, email, password_hash } = user;
    let (secret, now) = (Secret::make(Purpose::Session), clock::now());
    let session = NewSession {
        hash: secret.hash(),
        user: number,
        password_hash,
        browser: browser(request),
        began_at: now,
        expires_at: now + IDLE_MS,
        replaces: cookie::read(request).map(|earlier| earlier.hash()),
    };
    if !store.begin_session(&session).await? {
        return Err(ApiError::BadCredentials);
    }
    Ok(HttpResponse::Ok().cookie(cookie::of(request, &secret)).json(Account { email }))
}

/// Who is signed in.
#[utoipa::path(tag = "session", responses((status = 200, body = Account), (status = 401, body = Problem)))]
#[get("/session")]
pub async fn who(user: SignedIn) -> Json<Account> {
    Json(Account { email: user.email })
}

/// Signs out: the session is gone, wherever its key may be.
#[utoipa::path(tag = "session", responses((status = 204), (status = 401, body = Problem)))]
#[delete("/session")]
pub async fn sign_out(request: HttpRequest, user: SignedIn, store: Data<Store>) -> Result<HttpResponse, ApiError> {
    store.end_session(&user.session).await?;
    Ok(HttpResponse::NoContent().cookie(cookie::gone(&request)).finish())
}

impl From<TooMany> for ApiError {
    fn from(TooMany { retry_after_seconds }: TooMany) -> Self {
        Self::TooManyTries { retry_after_seconds }
    }
}

/// What the browser says that it is: `Firefox on Linux`. No more than a name of each, so that nothing identifies anybody.
fn browser(request: &HttpRequest) -> String {
    let header = request.headers().get(actix_web::http::header::USER_AGENT);
    let user_agent = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
    format!("{} on {}", agent::browser(user_agent), agent::os(user_agent))
}
