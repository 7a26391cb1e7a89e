//! Tokens: what programs sign in with, each on one site.

use survey::api::people::Role;
use survey::definition::SiteKey;

use super::log::{By, Deed, Note, note};
use super::sites::{NoSuchSite, hold_site};
use super::{Connection, Row, Store, StoreError, sql};
use crate::clock::{Day, UnixMs};
use crate::secret::SecretHash;

/// How many one site may have.
const MAX_TOKENS: i64 = 100;

/// Why the tokens of a site stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error(transparent)]
    NoSuchSite(#[from] NoSuchSite),
    #[error("there is no such token on site {0}; `pagepoll token list {0}` shows those that there are")]
    NoSuchToken(SiteKey),
    #[error("site {0} has {MAX_TOKENS} tokens, the most that there can be; revoke one first")]
    TooMany(SiteKey),
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Clone, Debug)]
pub struct TokenRecord {
    pub hash: SecretHash,
    pub name: String,
    pub role: Role,
    pub made_by: String,
    pub made_at: UnixMs,
    pub expires_at: UnixMs,
    pub used_day: Option<Day>,
}

/// A program that has signed in.
#[derive(Clone, Debug)]
pub struct TokenHolder {
    pub site: SiteKey,
    pub id: String,
    pub name: String,
    pub role: Role,
    pub used_day: Option<Day>,
}

impl Store {
    pub async fn make_token(&self, site: &SiteKey, token: &TokenRecord, by: &By) -> Result<(), TokenError> {
        self.database
            .decide(async |connection| {
                hold_site::<TokenError>(connection, site).await?;
                let expired = sql("DELETE FROM api_tokens WHERE site = $1 AND expires_at <= $2");
                expired.bind(site.as_str()).bind(by.at).run(connection).await?;
                require_room(connection, site).await?;
                insert(connection, site, token).await?;
                let details = format!("as {}, until {}", token.role, survey::targeting::Moment(token.expires_at));
                note(connection, site, by, Note { deed: Deed::TokenMade, subject: &token.name, details }).await?;
                Ok(())
            })
            .await
    }

    /// Those that are good, by name. Served by the primary key of `api_tokens`.
    pub async fn tokens(&self, site: &SiteKey, now: UnixMs) -> Result<Vec<TokenRecord>, StoreError> {
        let rows = sql("SELECT secret_hash, name, role, made_by, made_at, expires_at, used_day FROM api_tokens
                        WHERE site = $1 AND expires_at > $2 ORDER BY name, made_at");
        self.database.all(rows.bind(site.as_str()).bind(now)).await?.iter().map(token).collect()
    }

    pub async fn revoke_token(&self, site: &SiteKey, id: &str, by: &By) -> Result<(), TokenError> {
        self.database
            .decide(async |connection| {
                hold_site::<TokenError>(connection, site).await?;
                let revoked = sql("DELETE FROM api_tokens WHERE site = $1 AND id = $2 RETURNING name");
                let revoked = revoked.bind(site.as_str()).bind(id).optional(connection).await?;
                let name = revoked.ok_or_else(|| TokenError::NoSuchToken(site.clone()))?.text("name")?;
                let revoked = Note { deed: Deed::TokenRevoked, subject: &name, details: String::new() };
                note(connection, site, by, revoked).await?;
                Ok(())
            })
            .await
    }

    /// Whose token it is, while it is good. Served by the index `api_tokens_by_id`.
    pub async fn token_holder(&self, hash: &SecretHash, now: UnixMs) -> Result<Option<TokenHolder>, StoreError> {
        let row = sql("SELECT site, id, name, role, used_day FROM api_tokens
                       WHERE id = $1 AND secret_hash = $2 AND expires_at > $3");
        let row = self.database.optional(row.bind(hash.id()).bind(hash.bytes()).bind(now)).await?;
        row.map(|row| {
            Ok(TokenHolder {
                site: row.parsed("site")?,
                id: row.text("id")?,
                name: row.text("name")?,
                role: row.parsed("role")?,
                used_day: used_day(&row)?,
            })
        })
        .transpose()
    }

    /// Notes the day on which a token was last used.
    pub async fn use_token(&self, token: &TokenHolder, day: Day) -> Result<(), StoreError> {
        let used = sql("UPDATE api_tokens SET used_day = $3 WHERE site = $1 AND id = $2");
        self.database.change(used.bind(token.site.as_str()).bind(&token.id).bind(day)).await?;
        Ok(())
    }
}

async fn insert(connection: &mut Connection, site: &SiteKey, token: &TokenRecord) -> Result<(), StoreError> {
    sql("INSERT INTO api_tokens (site, id, secret_hash, name, role, made_by, made_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(site.as_str())
    .bind(token.hash.id())
    .bind(token.hash.bytes())
    .bind(&token.name)
    .bind(token.role.as_str())
    .bind(&token.made_by)
    .bind(token.made_at)
    .bind(token.expires_at)
    .run(connection)
    .await?;
    Ok(())
}

async fn require_room(connection: &mut Connection, site: &SiteKey) -> Result<(), TokenError> {
    let tokens = sql("SELECT COUNT(*) AS count FROM api_tokens WHERE site = $1").bind(site.as_str());
    let tokens = tokens.one(connection).await?.integer("count")?;
    if tokens >= MAX_TOKENS { Err(TokenError::TooMany(site.clone())) } else { Ok(()) }
}

fn token(row: &Row) -> Result<TokenRecord, StoreError> {
    Ok(TokenRecord {
        hash: super::secret_hash(row, "secret_hash")?,
        name: row.text("name")?,
        role: row.parsed("role")?,
        made_by: row.text("made_by")?,
        made_at: row.integer("made_at")?,
        expires_at: row.integer("expires_at")?,
        used_day: used_day(row)?,
    })
}

fn used_day(row: &Row) -> Result<Option<Day>, StoreError> {
    row.optional_integer("used_day")?.map(|_| row.number("used_day")).transpose()
}
