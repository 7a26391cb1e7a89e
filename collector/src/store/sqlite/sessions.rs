//! Signed-in browsers, and the key that signs their cookies.

use sqlx::Row;

use super::{Store, StoreError};
use crate::clock::UnixMs;
use crate::store::{SessionHash, SessionRecord, UserNumber};

impl Store {
    /// The key that signs session cookies: made with the database, so that a restart signs nobody out.
    pub async fn cookie_key(&self) -> Result<Vec<u8>, StoreError> {
        let row = sqlx::query("SELECT value FROM settings WHERE name = 'cookie_key'").fetch_one(&self.readers).await?;
        Ok(row.try_get("value")?)
    }

    pub async fn session(&self, hash: &SessionHash, now: UnixMs) -> Result<Option<SessionRecord>, StoreError> {
        let row = sqlx::query("SELECT user, state, expires_at FROM sessions WHERE key_hash = $1 AND expires_at > $2")
            .bind(hash.as_slice())
            .bind(now)
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| {
            Ok(SessionRecord {
                user: UserNumber(row.try_get("user")?),
                state: row.try_get("state")?,
                expires_at: row.try_get("expires_at")?,
            })
        })
        .transpose()
    }

    pub async fn put_session(&self, hash: &SessionHash, session: &SessionRecord) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sessions (key_hash, user, state, expires_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (key_hash) DO UPDATE SET user = excluded.user, state = excluded.state,
                                                  expires_at = excluded.expires_at",
        )
        .bind(hash.as_slice())
        .bind(session.user.0)
        .bind(&session.state)
        .bind(session.expires_at)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    pub async fn extend_session(&self, hash: &SessionHash, expires_at: UnixMs) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET expires_at = $2 WHERE key_hash = $1")
            .bind(hash.as_slice())
            .bind(expires_at)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    pub async fn delete_session(&self, hash: &SessionHash) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE key_hash = $1").bind(hash.as_slice()).execute(&self.writer).await?;
        Ok(())
    }

    /// Served by the index `sessions_by_expiry`.
    pub async fn delete_expired_sessions(&self, now: UnixMs) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now).execute(&self.writer).await?;
        Ok(())
    }
}
