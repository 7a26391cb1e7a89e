//! Sessions, as the session middleware wants them stored.
//!
//! The cookie carries a random key of 256 bits; the store knows only its SHA-256, so a copy of the database signs nobody in.
//! A session lasts fourteen days from when it was last used.

use std::collections::HashMap;

use actix_identity::IdentityMiddleware;
use actix_session::SessionMiddleware;
use actix_session::config::{PersistentSession, TtlExtensionPolicy};
use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Key, SameSite};
use actix_web::web::Data;
use anyhow::{Context, Error};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::clock;
use crate::origin::PublicUrl;
use crate::store::{SessionHash, SessionRecord, Store, UserNumber};

const LIFETIME: Duration = Duration::days(14);

/// How much of its lifetime a session may lose before it is extended: not every request of an open console writes.
const EXTEND_AFTER_MS: i64 = 60 * 60 * 1_000;

/// The middleware that finds out who a request comes from, for the scope `/api`.
pub fn sessions(store: Data<Store>, cookie_key: &Key, public_url: &PublicUrl) -> SessionMiddleware<StoredSessions> {
    SessionMiddleware::builder(StoredSessions { store }, cookie_key.clone())
        .cookie_name("pagepoll_session".to_owned())
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Strict)
        .cookie_secure(public_url.origin().is_https())
        .cookie_path("/".to_owned())
        .session_lifecycle(
            PersistentSession::default()
                .session_ttl(LIFETIME)
                .session_ttl_extension_policy(TtlExtensionPolicy::OnEveryRequest),
        )
        .build()
}

/// The name under which a session's state says whose it is.
const USER: &str = "user";

/// The middleware that says which user a session belongs to; goes inside [`sessions`].
pub fn identities() -> IdentityMiddleware {
    IdentityMiddleware::builder().id_key(USER).build()
}

pub struct StoredSessions {
    store: Data<Store>,
}

type State = HashMap<String, String>;

impl SessionStore for StoredSessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let found =
            self.store.session(&hash(key), clock::now()).await.map_err(|error| LoadError::Other(error.into()))?;
        let Some(session) = found else { return Ok(None) };
        serde_json::from_str(&session.state).map(Some).map_err(|error| LoadError::Deserialization(error.into()))
    }

    async fn save(&self, state: State, lifetime: &Duration) -> Result<SessionKey, SaveError> {
        let session = record(&state, lifetime).map_err(SaveError::Serialization)?;
        let key = new_key().map_err(SaveError::Other)?;
        let put = async {
            self.store.delete_expired_sessions(clock::now()).await?;
            self.store.put_session(&hash(&key), &session).await
        };
        put.await.map_err(|error| SaveError::Other(error.into()))?;
        Ok(key)
    }

    async fn update(&self, key: SessionKey, state: State, lifetime: &Duration) -> Result<SessionKey, UpdateError> {
        let session = record(&state, lifetime).map_err(UpdateError::Serialization)?;
        self.store.put_session(&hash(&key), &session).await.map_err(|error| UpdateError::Other(error.into()))?;
        Ok(key)
    }

    async fn update_ttl(&self, key: &SessionKey, lifetime: &Duration) -> Result<(), Error> {
        let hash = hash(key);
        let found = self.store.session(&hash, clock::now()).await?;
        if found.is_some_and(|session| session.expires_at < end(lifetime) - EXTEND_AFTER_MS) {
            self.store.extend_session(&hash, end(lifetime)).await?;
        }
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), Error> {
        Ok(self.store.delete_session(&hash(key)).await?)
    }
}

/// A session as it is stored. There are none but of users: nothing is remembered of somebody who has not signed in.
fn record(state: &State, lifetime: &Duration) -> Result<SessionRecord, Error> {
    let user = state.get(USER).context("a session says whose it is")?;
    // The middleware keeps each value as JSON, and a user's number as a text.
    let user: String = serde_json::from_str(user)?;
    Ok(SessionRecord {
        user: UserNumber(user.parse()?),
        state: serde_json::to_string(state)?,
        expires_at: end(lifetime),
    })
}

fn new_key() -> Result<SessionKey, Error> {
    let random: [u8; 32] = rand::random();
    Ok(URL_SAFE_NO_PAD.encode(random).try_into()?)
}

fn hash(key: &SessionKey) -> SessionHash {
    Sha256::digest(key.as_ref().as_bytes()).into()
}

fn end(lifetime: &Duration) -> clock::UnixMs {
    clock::now() + i64::try_from(lifetime.whole_milliseconds()).unwrap_or_default()
}
