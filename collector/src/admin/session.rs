//! Signing in and out.

use actix_identity::Identity;
use actix_session::Session;
use actix_web::web::{Data, Json};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, delete, get, post};
use survey::api::{Account, Credentials, Problem};

use super::access::SignedIn;
use super::password::{self, Verdict};
use crate::limits::{SignInThrottle, TooMany};
use crate::network::Network;
use crate::problem::ApiError;
use crate::store::Store;

/// Signs in.
#[utoipa::path(
    tag = "session",
    responses((status = 200, description = "Signed in; the cookie says so", body = Account), (status = "4XX", body = Problem)),
)]
#[post("/session")]
pub async fn sign_in(
    request: HttpRequest,
    credentials: Json<Credentials>,
    network: Network,
    throttle: Data<SignInThrottle>,
    store: Data<Store>,
) -> Result<Json<Account>, ApiError> {
    let Credentials { email, password } = credentials.into_inner();
    let email = normalized(&email);
    throttle.take(&email, network)?;
    let user = store.user_by_email(&email).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let verdict = password::verify(password.into(), hash).await?;
    match user {
        Some(user) if verdict == Verdict::Right => {
            // Renews the session, so that a key planted before signing in is worth nothing.
            Identity::login(&request.extensions(), user.number.0.to_string())
                .map_err(|error| ApiError::Internal(error.into()))?;
            Ok(Json(Account { email: user.email }))
        }
        _ => Err(ApiError::BadCredentials),
    }
}

/// Who is signed in.
#[utoipa::path(tag = "session", responses((status = 200, body = Account), (status = 401, body = Problem)))]
#[get("/session")]
pub async fn who(user: SignedIn, store: Data<Store>) -> Result<Json<Account>, ApiError> {
    let email = store.email_of(user.number).await?.ok_or(ApiError::SignedOut)?;
    Ok(Json(Account { email }))
}

/// Signs out: the session is gone, wherever its key may be.
#[utoipa::path(tag = "session", responses((status = 204), (status = 401, body = Problem)))]
#[delete("/session")]
pub async fn sign_out(_user: SignedIn, session: Session) -> HttpResponse {
    session.purge();
    HttpResponse::NoContent().finish()
}

impl From<TooMany> for ApiError {
    fn from(TooMany { retry_after_seconds }: TooMany) -> Self {
        Self::TooManyTries { retry_after_seconds }
    }
}

/// An e-mail address as accounts are found by: letter case does not tell people apart.
pub fn normalized(email: &str) -> String {
    email.trim().to_lowercase()
}
