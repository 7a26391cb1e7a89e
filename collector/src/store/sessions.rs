//! Signed-in browsers.

use super::{SessionHash, SessionRecord, Store, StoreError, UserNumber, sql};
use crate::clock::UnixMs;

impl Store {
    pub async fn session(&self, hash: &SessionHash, now: UnixMs) -> Result<Option<SessionRecord>, StoreError> {
        let session = sql("SELECT member, state, expires_at FROM sessions WHERE key_hash = $1 AND expires_at > $2")
            .bind(hash.as_slice())
            .bind(now);
        self.database
            .optional(session)
            .await?
            .map(|row| {
                Ok(SessionRecord {
                    user: UserNumber(row.integer("member")?),
                    state: row.text("state")?,
                    expires_at: row.integer("expires_at")?,
                })
            })
            .transpose()
    }

    pub async fn put_session(&self, hash: &SessionHash, session: &SessionRecord) -> Result<(), StoreError> {
        let put = sql("INSERT INTO sessions (key_hash, member, state, expires_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (key_hash) DO UPDATE SET member = excluded.member, state = excluded.state,
                                                  expires_at = excluded.expires_at")
        .bind(hash.as_slice())
        .bind(session.user.0)
        .bind(&session.state)
        .bind(session.expires_at);
        self.database.change(put).await?;
        Ok(())
    }

    pub async fn extend_session(&self, hash: &SessionHash, expires_at: UnixMs) -> Result<(), StoreError> {
        let extend =
            sql("UPDATE sessions SET expires_at = $2 WHERE key_hash = $1").bind(hash.as_slice()).bind(expires_at);
        self.database.change(extend).await?;
        Ok(())
    }

    pub async fn delete_session(&self, hash: &SessionHash) -> Result<(), StoreError> {
        let delete = sql("DELETE FROM sessions WHERE key_hash = $1").bind(hash.as_slice());
        self.database.change(delete).await?;
        Ok(())
    }

    /// Served by the index `sessions_by_expiry`.
    pub async fn delete_expired_sessions(&self, now: UnixMs) -> Result<(), StoreError> {
        let delete = sql("DELETE FROM sessions WHERE expires_at <= $1").bind(now);
        self.database.change(delete).await?;
        Ok(())
    }
}
