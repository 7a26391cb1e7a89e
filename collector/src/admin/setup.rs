//! The first account: made by whoever has the link that the collector prints when it starts and nobody has one.
//!
//! The link's secret is signed from the store's own, so that all collectors on one database know it; it is worth nothing as soon as
//! somebody has an account.

use actix_web::web::{Bytes, Data, Json};
use actix_web::{HttpRequest, HttpResponse, get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use survey::api::sites::{FirstAccount, SetupState};
use survey::api::{Account, Problem};

use super::email::Email;
use super::{password, session};
use crate::clock;
use crate::limits::SignInThrottle;
use crate::network::Network;
use crate::origin::PublicUrl;
use crate::problem::{ApiError, ConflictName, wrong};
use crate::signing::SigningKey;
use crate::store::{FirstAccountError, Store, StoreError, UserRecord};
use crate::written;

const PURPOSE: &[u8] = b"pagepoll first account 1";

/// What lets somebody make the first account.
#[derive(Clone)]
pub struct SetupKey(SigningKey);

/// What is signed.
const LEAVE: [&[u8]; 1] = [b"make the first account"];

impl SetupKey {
    pub async fn of(store: &Store) -> Result<Self, StoreError> {
        Ok(Self(SigningKey::derived(&store.secret().await?, PURPOSE)))
    }

    /// The address at which the console lets somebody begin.
    pub fn link(&self, public_url: &PublicUrl) -> String {
        format!("{public_url}/setup#{}", URL_SAFE_NO_PAD.encode(self.0.sign(&LEAVE)))
    }

    fn admits(&self, token: &str) -> bool {
        // A signature is whole here; has_signed would take a part of one.
        let token = URL_SAFE_NO_PAD.decode(token.trim());
        token.is_ok_and(|token| token.len() == 32 && self.0.has_signed(&LEAVE, &token))
    }
}

/// Whether nobody has an account here yet.
#[utoipa::path(tag = "session", responses((status = 200, body = SetupState), (status = "5XX", body = Problem)))]
#[get("/setup")]
pub async fn state(store: Data<Store>) -> Result<Json<SetupState>, ApiError> {
    Ok(Json(SetupState { is_needed: store.has_no_account().await? }))
}

/// Makes the first account, and signs in.
#[utoipa::path(
    tag = "session",
    request_body = FirstAccount,
    responses((status = 200, description = "Signed in; the cookie says so", body = Account), (status = "4XX", body = Problem)),
)]
#[post("/setup")]
pub async fn begin(
    request: HttpRequest,
    body: Bytes,
    network: Network,
    throttle: Data<SignInThrottle>,
    (key, store): (Data<SetupKey>, Data<Store>),
) -> Result<HttpResponse, ApiError> {
    let FirstAccount { token, email, password } = written::read(&body)?;
    let email: Email = email.parse().map_err(|error| wrong("email", error))?;
    throttle.take(email.as_str(), network)?;
    if !store.has_no_account().await? {
        return Err(FirstAccountError::NotTheFirst.into());
    }
    if !key.admits(&token) {
        return Err(wrong(
            "token",
            "this is not the link that the collector printed when it started; look there again",
        ));
    }
    let hash = password::hash_in_turn(password.into(), "password").await?;
    let user = store.make_first_account(email.as_str(), &hash, clock::now()).await?;
    let user = UserRecord { number: user, email: email.into_string(), password_hash: hash };
    session::begin(&request, &store, user).await
}

impl From<FirstAccountError> for ApiError {
    fn from(error: FirstAccountError) -> Self {
        match error {
            FirstAccountError::Store(error) => Self::Store(error),
            FirstAccountError::Membership(error) => error.into(),
            FirstAccountError::NotTheFirst => {
                Self::Conflict { name: ConflictName::AlreadySetUp, reason: error.to_string() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_secret_admits() {
        let key = SetupKey(SigningKey::derived(b"secret", PURPOSE));
        let link = key.link(&PublicUrl::new("https://polls.example".parse().unwrap()));
        let (address, token) = link.split_once('#').unwrap();
        assert_eq!(address, "https://polls.example/setup");
        assert!(key.admits(token) && key.admits(&format!(" {token} ")));
        for wrong in ["", "A", &token[1..], &URL_SAFE_NO_PAD.encode([8; 32]), "ä"] {
            assert!(!key.admits(wrong), "{wrong}");
        }
    }
}
