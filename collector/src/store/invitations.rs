//! Invitations: how somebody joins a site by a link. Each is good once, for one address.

use survey::api::people::Role;
use survey::definition::SiteKey;

use super::log::{Actor, By, Deed, Note, note};
use super::members::{self, Granted, MemberRecord, MembershipError};
use super::sites::{NoSuchSite, hold_site};
use super::{Connection, Row, Store, StoreError, UserNumber, UserRecord, accounts, sql};
use crate::clock::UnixMs;
use crate::secret::SecretHash;

/// How many may be open at a time on one site.
const MAX_OPEN: i64 = 100;

/// Why nobody is invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    #[error(transparent)]
    NoSuchSite(#[from] NoSuchSite),
    #[error("{0} is a member of this site already; change the role instead")]
    Member(String),
    #[error("{MAX_OPEN} invitations are open on this site, the most that there can be; withdraw one first")]
    TooMany,
    #[error("there is no invitation {id} on site {site}; it was accepted or withdrawn, or another took its place")]
    NoSuchInvitation { site: SiteKey, id: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an invitation does not let somebody in.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    #[error("this invitation has been used, was withdrawn, or is older than a week; ask for another")]
    Gone,
    #[error(transparent)]
    Membership(#[from] MembershipError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<NoSuchSite> for AcceptError {
    fn from(_: NoSuchSite) -> Self {
        Self::Gone
    }
}

#[derive(Clone, Debug)]
pub struct InvitationRecord {
    pub hash: SecretHash,
    pub email: String,
    pub role: Role,
    pub invited_by: String,
    pub expires_at: UnixMs,
}

/// What somebody who has a link is invited to.
#[derive(Clone, Debug)]
pub struct OfferRecord {
    pub site: SiteKey,
    pub site_name: String,
    pub email: String,
    pub role: Role,
    /// That of the address, if it has one.
    pub account: Option<UserRecord>,
}

/// Somebody who has joined.
#[derive(Clone, Debug)]
pub struct AcceptedRecord {
    pub user: UserNumber,
    pub email: String,
}

impl Store {
    /// Invites somebody. An earlier invitation of the same address is void.
    pub async fn invite(&self, site: &SiteKey, invitation: &InvitationRecord, by: &By) -> Result<(), InviteError> {
        let InvitationRecord { hash, email, role, invited_by, expires_at } = invitation;
        self.database
            .decide(async |connection| {
                hold_site::<InviteError>(connection, site).await?;
                if is_member(connection, site, email).await? {
                    return Err(InviteError::Member(email.clone()));
                }
                sql("DELETE FROM invitations WHERE site = $1 AND (email = $2 OR expires_at <= $3)")
                    .bind(site.as_str())
                    .bind(email)
                    .bind(by.at)
                    .run(connection)
                    .await?;
                require_room(connection, site).await?;
                sql("INSERT INTO invitations (site, id, secret_hash, email, role, invited_by, expires_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)")
                .bind(site.as_str())
                .bind(hash.id())
                .bind(hash.bytes())
                .bind(email)
                .bind(role.as_str())
                .bind(invited_by)
                .bind(*expires_at)
                .run(connection)
                .await?;
                note(connection, site, by, Note { deed: Deed::Invited, subject: email, details: format!("as {role}") })
                    .await?;
                Ok(())
            })
            .await
    }

    /// Those that are open. Served by the primary key of `invitations`.
    pub async fn invitations(&self, site: &SiteKey, now: UnixMs) -> Result<Vec<InvitationRecord>, StoreError> {
        let rows = sql("SELECT secret_hash, email, role, invited_by, expires_at FROM invitations
                        WHERE site = $1 AND expires_at > $2 ORDER BY email");
        self.database.all(rows.bind(site.as_str()).bind(now)).await?.iter().map(invitation).collect()
    }

    pub async fn withdraw_invitation(&self, site: &SiteKey, id: &str, by: &By) -> Result<(), InviteError> {
        self.database
            .decide(async |connection| {
                hold_site::<InviteError>(connection, site).await?;
                let deleted = sql("DELETE FROM invitations WHERE site = $1 AND id = $2 RETURNING email");
                let deleted = deleted.bind(site.as_str()).bind(id).optional(connection).await?;
                let none = || InviteError::NoSuchInvitation { site: site.clone(), id: id.to_owned() };
                let email = deleted.ok_or_else(none)?.text("email")?;
                let withdrawn = Note { deed: Deed::InvitationWithdrawn, subject: &email, details: String::new() };
                note(connection, site, by, withdrawn).await?;
                Ok(())
            })
            .await
    }

    /// What an invitation is to, while it is good. Served by the index `invitations_by_id`.
    pub async fn offer(&self, hash: &SecretHash, now: UnixMs) -> Result<Option<OfferRecord>, StoreError> {
        let offer = sql("SELECT invitations.site, sites.name, invitations.email, invitations.role
             FROM invitations JOIN sites ON sites.key = invitations.site
             WHERE invitations.id = $1 AND invitations.secret_hash = $2 AND invitations.expires_at > $3")
        .bind(hash.id())
        .bind(hash.bytes())
        .bind(now);
        let Some(row) = self.database.optional(offer).await? else { return Ok(None) };
        let email = row.text("email")?;
        Ok(Some(OfferRecord {
            site: row.parsed("site")?,
            site_name: row.text("name")?,
            role: row.parsed("role")?,
            account: self.user_by_email(&email).await?,
            email,
        }))
    }

    /// Uses an invitation up: its address becomes a member, with a new account where a password is given.
    pub async fn accept_invitation(
        &self,
        hash: &SecretHash,
        password_hash: Option<&str>,
        now: UnixMs,
    ) -> Result<AcceptedRecord, AcceptError> {
        self.database
            .decide(async |connection| {
                let found = sql("SELECT site FROM invitations WHERE id = $1 AND secret_hash = $2");
                let found = found.bind(hash.id()).bind(hash.bytes()).optional(connection).await?;
                let site: SiteKey = found.ok_or(AcceptError::Gone)?.parsed("site")?;
                hold_site::<AcceptError>(connection, &site).await?;
                // Of two who open it at the same time, one deletes it.
                let used = sql("DELETE FROM invitations WHERE site = $1 AND id = $2 AND expires_at > $3
                                RETURNING secret_hash, email, role, invited_by, expires_at");
                let used = used.bind(site.as_str()).bind(hash.id()).bind(now).optional(connection).await?;
                let InvitationRecord { email, role, .. } = invitation(&used.ok_or(AcceptError::Gone)?)?;
                let user = members::account_of(connection, &email, password_hash).await?;
                join(connection, &site, MemberRecord { user, email: email.clone(), role }, now).await?;
                Ok(AcceptedRecord { user, email })
            })
            .await
    }
}

/// Nobody loses rights by accepting.
async fn join(
    connection: &mut Connection,
    site: &SiteKey,
    invited: MemberRecord,
    now: UnixMs,
) -> Result<Granted, MembershipError> {
    let by = By { actor: Actor::Account(invited.email.clone()), at: now };
    match members::find(connection, site, invited.user).await? {
        Some(member) if member.role >= invited.role => Ok(Granted::Already),
        _ => members::grant(connection, site, &invited, invited.role, &by).await,
    }
}

async fn is_member(connection: &mut Connection, site: &SiteKey, email: &str) -> Result<bool, StoreError> {
    let Some(user) = accounts::by_email(connection, email).await? else { return Ok(false) };
    Ok(members::find(connection, site, user.number).await?.is_some())
}

async fn require_room(connection: &mut Connection, site: &SiteKey) -> Result<(), InviteError> {
    let open = sql("SELECT COUNT(*) AS count FROM invitations WHERE site = $1").bind(site.as_str());
    let open = open.one(connection).await?.integer("count")?;
    if open >= MAX_OPEN { Err(InviteError::TooMany) } else { Ok(()) }
}

fn invitation(row: &Row) -> Result<InvitationRecord, StoreError> {
    Ok(InvitationRecord {
        hash: super::secret_hash(row, "secret_hash")?,
        email: row.text("email")?,
        role: row.parsed("role")?,
        invited_by: row.text("invited_by")?,
        expires_at: row.integer("expires_at")?,
    })
}
