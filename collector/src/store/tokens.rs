//! Tokens: what programs sign in with, and what links that are shared are made of. Each is good on one site.

use survey::api::people::Role;
use survey::api::sharing::Shown;
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
    #[error("there is no such link to site {0}; `pagepoll share list {0}` shows those that there are")]
    NoSuchShare(SiteKey),
    #[error("site {0} has {MAX_TOKENS} tokens and shared links, the most that there can be; revoke one first")]
    TooMany(SiteKey),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a token is good for; in the column `role`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// For what somebody in this role may do.
    Role(Role),
    /// For being shown something, and for nothing that takes a role.
    Share(Shown),
}

impl Scope {
    pub fn role(self) -> Option<Role> {
        match self {
            Self::Role(role) => Some(role),
            Self::Share(_) => None,
        }
    }

    pub fn share(self) -> Option<Shown> {
        match self {
            Self::Role(_) => None,
            Self::Share(shown) => Some(shown),
        }
    }

    /// What ending such a token is called.
    fn end(self) -> Deed {
        match self {
            Self::Role(_) => Deed::TokenRevoked,
            Self::Share(_) => Deed::ShareWithdrawn,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Role(role) => role.as_str(),
            Self::Share(shown) => shown.as_str(),
        }
    }
}

impl std::str::FromStr for Scope {
    type Err = survey::api::people::NotARole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::Share).or_else(|_| text.parse().map(Self::Role))
    }
}

#[derive(Clone, Debug)]
pub struct TokenRecord {
    pub hash: SecretHash,
    pub name: String,
    pub scope: Scope,
    pub made_by: String,
    pub made_at: UnixMs,
    pub expires_at: UnixMs,
    pub used_day: Option<Day>,
}

/// Whoever has shown a token.
#[derive(Clone, Debug)]
pub struct TokenHolder {
    pub site: SiteKey,
    pub id: String,
    pub name: String,
    pub scope: Scope,
    pub expires_at: UnixMs,
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
                let until = survey::targeting::Moment(token.expires_at);
                let (deed, details) = match token.scope {
                    Scope::Role(role) => (Deed::TokenMade, format!("as {role}, until {until}")),
                    Scope::Share(shown) => (Deed::ShareMade, format!("shows {shown}, until {until}")),
                };
                note(connection, site, by, Note { deed, subject: &token.name, details }).await?;
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

    /// Revokes a program's token.
    pub async fn revoke_token(&self, site: &SiteKey, id: &str, by: &By) -> Result<(), TokenError> {
        let revoked = self.end_token(site, id, Deed::TokenRevoked, by).await?;
        revoked.ok_or_else(|| TokenError::NoSuchToken(site.clone()))
    }

    /// Withdraws a link that was shared.
    pub async fn withdraw_share(&self, site: &SiteKey, id: &str, by: &By) -> Result<(), TokenError> {
        let withdrawn = self.end_token(site, id, Deed::ShareWithdrawn, by).await?;
        withdrawn.ok_or_else(|| TokenError::NoSuchShare(site.clone()))
    }

    /// Ends a token, if this is how tokens of its scope end; tells whether there was one.
    async fn end_token(&self, site: &SiteKey, id: &str, deed: Deed, by: &By) -> Result<Option<()>, TokenError> {
        self.database
            .decide(async |connection| {
                hold_site::<TokenError>(connection, site).await?;
                let token = sql("SELECT name, role FROM api_tokens WHERE site = $1 AND id = $2");
                let token = token.bind(site.as_str()).bind(id).optional(connection).await?;
                let Some(token) = token else { return Ok(None) };
                if token.parsed::<Scope>("role")?.end() != deed {
                    return Ok(None);
                }
                let delete = sql("DELETE FROM api_tokens WHERE site = $1 AND id = $2");
                delete.bind(site.as_str()).bind(id).run(connection).await?;
                let ended = Note { deed, subject: &token.text("name")?, details: String::new() };
                note(connection, site, by, ended).await?;
                Ok(Some(()))
            })
            .await
    }

    /// Whose token it is, while it is good. Served by the index `api_tokens_by_id`.
    pub async fn token_holder(&self, hash: &SecretHash, now: UnixMs) -> Result<Option<TokenHolder>, StoreError> {
        let row = sql("SELECT site, id, name, role, expires_at, used_day FROM api_tokens
                       WHERE id = $1 AND secret_hash = $2 AND expires_at > $3");
        let row = self.database.optional(row.bind(hash.id()).bind(hash.bytes()).bind(now)).await?;
        row.map(|row| {
            Ok(TokenHolder {
                site: row.parsed("site")?,
                id: row.text("id")?,
                name: row.text("name")?,
                scope: row.parsed("role")?,
                expires_at: row.integer("expires_at")?,
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
    .bind(token.scope.as_str())
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
        scope: row.parsed("role")?,
        made_by: row.text("made_by")?,
        made_at: row.integer("made_at")?,
        expires_at: row.integer("expires_at")?,
        used_day: used_day(row)?,
    })
}

fn used_day(row: &Row) -> Result<Option<Day>, StoreError> {
    row.optional_integer("used_day")?.map(|_| row.number("used_day")).transpose()
}
