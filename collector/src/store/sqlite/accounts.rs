//! Who may sign in, and to which sites.

use sqlx::{Row, SqliteConnection};
use survey::definition::SiteKey;

use super::sites::require_site;
use super::{Store, StoreError, parsed};
use crate::store::{UserNumber, UserRecord};

impl Store {
    /// Adds a user, or gives one that is there a new password, which ends the sessions of the old one; either way they are a
    /// member of the site afterwards.
    pub async fn put_user(&self, email: &str, password_hash: &str, site: &SiteKey) -> Result<(), StoreError> {
        self.write(async |connection| {
            require_site(connection, site).await?;
            put_user(connection, email, password_hash).await?;
            end_sessions(connection, email).await?;
            add_member(connection, email, site).await
        })
        .await
    }

    /// Served by the unique index of `users`.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<UserRecord>, StoreError> {
        let row = sqlx::query("SELECT number, email, password_hash FROM users WHERE email = $1")
            .bind(email)
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| {
            Ok(UserRecord {
                number: UserNumber(row.try_get("number")?),
                email: row.try_get("email")?,
                password_hash: row.try_get("password_hash")?,
            })
        })
        .transpose()
    }

    pub async fn email_of(&self, user: UserNumber) -> Result<Option<String>, StoreError> {
        let row =
            sqlx::query("SELECT email FROM users WHERE number = $1").bind(user.0).fetch_optional(&self.readers).await?;
        row.map(|row| Ok(row.try_get("email")?)).transpose()
    }

    /// The sites that a user may see, by key. Served by the primary key of `memberships`.
    pub async fn sites_of(&self, user: UserNumber) -> Result<Vec<SiteKey>, StoreError> {
        let rows = sqlx::query("SELECT site FROM memberships WHERE user = $1 ORDER BY site")
            .bind(user.0)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(|row| parsed("a site key", row.try_get("site")?)).collect()
    }
}

async fn put_user(connection: &mut SqliteConnection, email: &str, password_hash: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO users (email, password_hash) VALUES ($1, $2)
         ON CONFLICT (email) DO UPDATE SET password_hash = excluded.password_hash",
    )
    .bind(email)
    .bind(password_hash)
    .execute(connection)
    .await?;
    Ok(())
}

/// Served by the index `sessions_of_user`.
async fn end_sessions(connection: &mut SqliteConnection, email: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sessions WHERE user = (SELECT number FROM users WHERE email = $1)")
        .bind(email)
        .execute(connection)
        .await?;
    Ok(())
}

async fn add_member(connection: &mut SqliteConnection, email: &str, site: &SiteKey) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO memberships (user, site) SELECT number, $2 FROM users WHERE email = $1
         ON CONFLICT DO NOTHING",
    )
    .bind(email)
    .bind(site.as_str())
    .execute(connection)
    .await?;
    Ok(())
}
