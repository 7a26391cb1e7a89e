//! Signed-in browsers.

use survey::api::people::Role;
use survey::definition::SiteKey;

use super::{Connection, Row, Store, StoreError, UserNumber, sql};
use crate::clock::UnixMs;
use crate::secret::SecretHash;

/// How many browsers one account is signed in with; the one that began first goes first.
const MAX_SESSIONS: i64 = 20;

/// A browser that is signed in.
#[derive(Clone, Debug)]
pub struct SessionRecord {
    pub hash: SecretHash,
    pub began_at: UnixMs,
    pub used_at: UnixMs,
    pub browser: String,
}

/// A browser that signs in.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub hash: SecretHash,
    pub user: UserNumber,
    /// Of the password that was shown for it.
    pub password_hash: String,
    pub browser: String,
    pub began_at: UnixMs,
    pub expires_at: UnixMs,
    /// The session that it had before: it ends.
    pub replaces: Option<SecretHash>,
}

/// Whose session it is, and what they may do on the site that was asked for.
#[derive(Clone, Debug)]
pub struct SignedInRecord {
    pub user: UserNumber,
    pub email: String,
    pub began_at: UnixMs,
    pub used_at: UnixMs,
    /// None where they are no member.
    pub role: Option<Role>,
}

impl Store {
    /// Everything that a request needs to know of its session, at once. Served by primary keys.
    pub async fn signed_in(
        &self,
        hash: &SecretHash,
        site: Option<&SiteKey>,
        now: UnixMs,
    ) -> Result<Option<SignedInRecord>, StoreError> {
        let session = sql("SELECT sessions.member, users.email, sessions.began_at, sessions.used_at, memberships.role
             FROM sessions JOIN users ON users.number = sessions.member
             LEFT JOIN memberships ON memberships.site = $2 AND memberships.member = sessions.member
             WHERE sessions.key_hash = $1 AND sessions.expires_at > $3")
        .bind(hash.bytes())
        .bind(site.map_or("", SiteKey::as_str))
        .bind(now);
        let row = self.database.optional(session).await?;
        row.map(|row| {
            Ok(SignedInRecord {
                user: UserNumber(row.integer("member")?),
                email: row.text("email")?,
                began_at: row.integer("began_at")?,
                used_at: row.integer("used_at")?,
                role: super::members::optional_role(&row)?,
            })
        })
        .transpose()
    }

    /// Tells whether it has begun: not where the password was changed while the shown one was compared with it, because a change ends the
    /// sessions that there are by then.
    pub async fn begin_session(&self, session: &NewSession) -> Result<bool, StoreError> {
        self.database
            .write(async |connection| {
                // A change of the row holds it until this is done.
                let held = sql("UPDATE users SET password_hash = $2 WHERE number = $1 AND password_hash = $2
                                RETURNING number");
                let held = held.bind(session.user.0).bind(&session.password_hash);
                if held.optional(connection).await?.is_none() {
                    return Ok(false);
                }
                begin(connection, session).await?;
                Ok(true)
            })
            .await
    }

    /// Notes that a session is in use, and for how long it is good.
    pub async fn use_session(&self, hash: &SecretHash, used_at: UnixMs, expires_at: UnixMs) -> Result<(), StoreError> {
        let used = sql("UPDATE sessions SET used_at = $2, expires_at = $3 WHERE key_hash = $1");
        self.database.change(used.bind(hash.bytes()).bind(used_at).bind(expires_at)).await?;
        Ok(())
    }

    /// The newest first. Served by the index `sessions_of_member`.
    pub async fn sessions_of(&self, user: UserNumber, now: UnixMs) -> Result<Vec<SessionRecord>, StoreError> {
        let rows = sql("SELECT key_hash, began_at, used_at, browser FROM sessions
                        WHERE member = $1 AND expires_at > $2 ORDER BY began_at DESC");
        self.database.all(rows.bind(user.0).bind(now)).await?.iter().map(session).collect()
    }

    pub async fn end_session(&self, hash: &SecretHash) -> Result<(), StoreError> {
        self.database.write(async |connection| end(connection, hash).await).await
    }

    /// Ends all sessions of an account, but for one.
    pub async fn end_other_sessions(&self, user: UserNumber, kept: &SecretHash) -> Result<(), StoreError> {
        self.database.write(async |connection| end_all(connection, user, Some(kept)).await).await
    }
}

fn session(row: &Row) -> Result<SessionRecord, StoreError> {
    Ok(SessionRecord {
        hash: super::secret_hash(row, "key_hash")?,
        began_at: row.integer("began_at")?,
        used_at: row.integer("used_at")?,
        browser: row.text("browser")?,
    })
}

async fn begin(connection: &mut Connection, session: &NewSession) -> Result<(), StoreError> {
    if let Some(replaced) = &session.replaces {
        end(connection, replaced).await?;
    }
    // Served by the index `sessions_by_expiry`.
    sql("DELETE FROM sessions WHERE expires_at <= $1").bind(session.began_at).run(connection).await?;
    sql("DELETE FROM sessions WHERE member = $1 AND key_hash IN
             (SELECT key_hash FROM sessions WHERE member = $1 ORDER BY began_at DESC LIMIT 1000 OFFSET $2)")
    .bind(session.user.0)
    .bind(MAX_SESSIONS - 1)
    .run(connection)
    .await?;
    sql("INSERT INTO sessions (key_hash, member, began_at, used_at, expires_at, browser) VALUES ($1, $2, $3, $3, $4, $5)")
        .bind(session.hash.bytes())
        .bind(session.user.0)
        .bind(session.began_at)
        .bind(session.expires_at)
        .bind(&session.browser)
        .run(connection)
        .await?;
    Ok(())
}

async fn end(connection: &mut Connection, hash: &SecretHash) -> Result<(), StoreError> {
    sql("DELETE FROM sessions WHERE key_hash = $1").bind(hash.bytes()).run(connection).await?;
    Ok(())
}

/// Served by the index `sessions_of_member`.
pub(super) async fn end_all(
    connection: &mut Connection,
    user: UserNumber,
    kept: Option<&SecretHash>,
) -> Result<(), StoreError> {
    let kept: &[u8] = kept.map_or(&[], SecretHash::bytes);
    sql("DELETE FROM sessions WHERE member = $1 AND key_hash <> $2").bind(user.0).bind(kept).run(connection).await?;
    Ok(())
}
