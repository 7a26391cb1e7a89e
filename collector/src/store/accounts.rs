//! Who may sign in, and to which sites.

use survey::definition::SiteKey;

use super::sites::require_site;
use super::{Connection, Store, StoreError, UserNumber, UserRecord, sql};

impl Store {
    /// Adds a user, or gives one that is there a new password, which ends the sessions of the old one; either way they own the
    /// site afterwards.
    pub async fn put_user(&self, email: &str, password_hash: &str, site: &SiteKey) -> Result<(), StoreError> {
        self.database
            .write(async |connection| {
                require_site(connection, site).await?;
                put_user(connection, email, password_hash).await?;
                end_sessions(connection, email).await?;
                add_member(connection, email, site).await
            })
            .await
    }

    /// Served by the unique index of `users`.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<UserRecord>, StoreError> {
        let user = sql("SELECT number, email, password_hash FROM users WHERE email = $1").bind(email);
        let row = self.database.optional(user).await?;
        row.map(|row| {
            Ok(UserRecord {
                number: UserNumber(row.integer("number")?),
                email: row.text("email")?,
                password_hash: row.text("password_hash")?,
            })
        })
        .transpose()
    }

    pub async fn email_of(&self, user: UserNumber) -> Result<Option<String>, StoreError> {
        let row = self.database.optional(sql("SELECT email FROM users WHERE number = $1").bind(user.0)).await?;
        row.map(|row| row.text("email")).transpose()
    }

    /// The sites that a user may see, by key. Served by the index `memberships_of_member`.
    pub async fn sites_of(&self, user: UserNumber) -> Result<Vec<SiteKey>, StoreError> {
        let sites = sql("SELECT site FROM memberships WHERE member = $1 ORDER BY site").bind(user.0);
        self.database.all(sites).await?.iter().map(|row| row.parsed("site")).collect()
    }
}

async fn put_user(connection: &mut Connection, email: &str, password_hash: &str) -> Result<(), StoreError> {
    sql("INSERT INTO users (email, password_hash) VALUES ($1, $2)
         ON CONFLICT (email) DO UPDATE SET password_hash = excluded.password_hash")
    .bind(email)
    .bind(password_hash)
    .run(connection)
    .await?;
    Ok(())
}

/// Served by the index of sessions by member.
async fn end_sessions(connection: &mut Connection, email: &str) -> Result<(), StoreError> {
    sql("DELETE FROM sessions WHERE member = (SELECT number FROM users WHERE email = $1)")
        .bind(email)
        .run(connection)
        .await?;
    Ok(())
}

async fn add_member(connection: &mut Connection, email: &str, site: &SiteKey) -> Result<(), StoreError> {
    sql("INSERT INTO memberships (site, member, role) SELECT $2, number, 'owner' FROM users WHERE email = $1
         ON CONFLICT (site, member) DO NOTHING")
    .bind(email)
    .bind(site.as_str())
    .run(connection)
    .await?;
    Ok(())
}
