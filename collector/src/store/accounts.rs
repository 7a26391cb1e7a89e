//! Accounts: who may sign in.

use survey::api::people::Role;
use survey::definition::SiteKey;

use super::log::{Actor, By, Deed, Note, note};
use super::members::{self, MemberRecord, MembershipError};
use super::sites::{NoSuchSite, hold_site};
use super::sql::Statement;
use super::{Connection, Row, Store, StoreError, sessions, sql};
use crate::clock::UnixMs;
use crate::secret::SecretHash;

/// Why an account is not what somebody takes it for.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("nobody has an account as {0}; `pagepoll user list` shows who has")]
    NoSuchAccount(String),
    /// Of some site, where only they are an owner.
    #[error(transparent)]
    Membership(#[from] MembershipError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why somebody does not get the first account.
#[derive(Debug, thiserror::Error)]
pub enum FirstAccountError {
    #[error("somebody has an account here already: sign in, or have an owner invite you")]
    NotTheFirst,
    /// Of a site that is there.
    #[error(transparent)]
    Membership(#[from] MembershipError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<NoSuchSite> for AccountError {
    fn from(error: NoSuchSite) -> Self {
        Self::Membership(error.into())
    }
}

/// Somebody who may sign in.
#[derive(Clone, Debug)]
pub struct UserRecord {
    pub number: UserNumber,
    pub email: String,
    pub password_hash: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct UserNumber(pub i64);

impl Store {
    /// Served by the unique index of `users`.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<UserRecord>, StoreError> {
        self.database.optional(account(email)).await?.as_ref().map(user).transpose()
    }

    /// Served by the primary key of `users`.
    pub async fn user(&self, number: UserNumber) -> Result<Option<UserRecord>, StoreError> {
        let row = sql("SELECT number, email, password_hash FROM users WHERE number = $1").bind(number.0);
        self.database.optional(row).await?.as_ref().map(user).transpose()
    }

    /// Every account, by address.
    pub async fn users(&self) -> Result<Vec<UserRecord>, StoreError> {
        let rows = sql("SELECT number, email, password_hash FROM users ORDER BY email");
        self.database.all(rows).await?.iter().map(user).collect()
    }

    /// Whether nobody has an account yet.
    pub async fn has_no_account(&self) -> Result<bool, StoreError> {
        Ok(self.database.optional(sql(ANY_ACCOUNT)).await?.is_none())
    }

    /// Makes the first account there is. Sites that were added on the command line and have nobody yet are its own: somebody must be able
    /// to let others in.
    pub async fn make_first_account(
        &self,
        email: &str,
        hash: &str,
        now: UnixMs,
    ) -> Result<UserNumber, FirstAccountError> {
        self.database
            .decide(async |connection| {
                // Of two who try at once, the second waits here, and then sees the first.
                sql("SELECT number FROM singles WHERE name = 'publications' {lock}").one(connection).await?;
                if sql(ANY_ACCOUNT).optional(connection).await?.is_some() {
                    return Err(FirstAccountError::NotTheFirst);
                }
                let user = add(connection, email, hash).await?.ok_or(FirstAccountError::NotTheFirst)?;
                let owner = MemberRecord { user, email: email.to_owned(), role: Role::Owner };
                let by = By { actor: Actor::Account(email.to_owned()), at: now };
                // Without any account there is no member either.
                for site in sql("SELECT key FROM sites ORDER BY key").all(connection).await? {
                    members::grant(connection, &site.parsed("key")?, &owner, Role::Owner, &by).await?;
                }
                Ok(user)
            })
            .await
    }

    /// Gives an account a new password. All sessions end, but for the one that is kept.
    pub async fn set_password(
        &self,
        number: UserNumber,
        password_hash: &str,
        kept: Option<&SecretHash>,
        by: &By,
    ) -> Result<(), StoreError> {
        self.database
            .write(async |connection| {
                let email = sql("UPDATE users SET password_hash = $2 WHERE number = $1 RETURNING email")
                    .bind(number.0)
                    .bind(password_hash)
                    .one(connection)
                    .await?
                    .text("email")?;
                sessions::end_all(connection, number, kept).await?;
                for site in members::sites_of(connection, number).await? {
                    let password = Note { deed: Deed::PasswordChanged, subject: &email, details: String::new() };
                    note(connection, &site, by, password).await?;
                }
                Ok(())
            })
            .await
    }

    /// Takes an account away: from every site, with its sessions.
    pub async fn remove_account(&self, email: &str, by: &By) -> Result<Vec<SiteKey>, AccountError> {
        self.database
            .decide(async |connection| {
                let user = by_email(connection, email).await?;
                let user = user.ok_or_else(|| AccountError::NoSuchAccount(email.to_owned()))?;
                let sites = members::sites_of(connection, user.number).await?;
                for site in &sites {
                    hold_site::<AccountError>(connection, site).await?;
                    members::remove(connection, site, user.number, by).await?;
                }
                sessions::end_all(connection, user.number, None).await?;
                sql("DELETE FROM users WHERE number = $1").bind(user.number.0).run(connection).await?;
                Ok(sites)
            })
            .await
    }
}

const ANY_ACCOUNT: &str = "SELECT number FROM users LIMIT 1";

pub(super) async fn by_email(connection: &mut Connection, email: &str) -> Result<Option<UserRecord>, StoreError> {
    account(email).optional(connection).await?.as_ref().map(user).transpose()
}

fn account(email: &str) -> Statement<'_> {
    sql("SELECT number, email, password_hash FROM users WHERE email = $1").bind(email)
}

/// Adds an account; nothing where the address has one.
pub(super) async fn add(
    connection: &mut Connection,
    email: &str,
    password_hash: &str,
) -> Result<Option<UserNumber>, StoreError> {
    let added =
        sql("INSERT INTO users (email, password_hash) VALUES ($1, $2) ON CONFLICT (email) DO NOTHING RETURNING number");
    let added = added.bind(email).bind(password_hash).optional(connection).await?;
    added.map(|row| Ok(UserNumber(row.integer("number")?))).transpose()
}

fn user(row: &Row) -> Result<UserRecord, StoreError> {
    Ok(UserRecord {
        number: UserNumber(row.integer("number")?),
        email: row.text("email")?,
        password_hash: row.text("password_hash")?,
    })
}
