//! Members: what an account may do on a site. There is always an owner left.

use survey::api::people::Role;
use survey::definition::SiteKey;

use super::log::{By, Deed, Note, note};
use super::sites::{NoSuchSite, hold_site};
use super::sql::Statement;
use super::{Connection, Row, Store, StoreError, UserNumber, accounts, sql};

/// Nothing grows without bound.
const MAX_MEMBERS: i64 = 1_000;

/// Why the members of a site stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum MembershipError {
    #[error(transparent)]
    NoSuchSite(#[from] NoSuchSite),
    #[error("{email} has an account by now, with a password of its own; try again, with that one")]
    HasAccount { email: String },
    #[error("{email} has no account yet, so it needs a password")]
    NoAccount { email: String },
    #[error("nobody of this name is a member of site {site}")]
    NotAMember { site: SiteKey },
    #[error("{email} is the only owner of site {site}; make somebody else an owner first")]
    LastOwner { email: String, site: SiteKey },
    #[error("site {site} has {MAX_MEMBERS} members, the most that there can be; remove one first")]
    TooMany { site: SiteKey },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Somebody who is to be a member.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// As accounts are found by.
    pub email: String,
    /// Of a new account. None for one that is there.
    pub password_hash: Option<String>,
}

/// What letting somebody in came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Granted {
    Joined,
    /// They were a member in this role.
    Changed(Role),
    Already,
}

#[derive(Clone, Debug)]
pub struct MemberRecord {
    pub user: UserNumber,
    pub email: String,
    pub role: Role,
}

impl Store {
    /// The members of a site, by address. Served by the primary key of `memberships`.
    pub async fn members(&self, site: &SiteKey) -> Result<Vec<MemberRecord>, StoreError> {
        let rows = sql("SELECT memberships.member, users.email, memberships.role
                        FROM memberships JOIN users ON users.number = memberships.member
                        WHERE memberships.site = $1 ORDER BY users.email");
        self.database.all(rows.bind(site.as_str())).await?.iter().map(member).collect()
    }

    /// The sites that an account may see, by key. Served by the index `memberships_of_member`.
    pub async fn sites_of(&self, user: UserNumber) -> Result<Vec<SiteKey>, StoreError> {
        self.database.all(sites(user)).await?.iter().map(|row| row.parsed("site")).collect()
    }

    /// Lets somebody into a site, or gives a member another role.
    pub async fn grant(
        &self,
        site: &SiteKey,
        newcomer: &Newcomer,
        role: Role,
        by: &By,
    ) -> Result<Granted, MembershipError> {
        self.database
            .decide(async |connection| {
                hold_site::<MembershipError>(connection, site).await?;
                let Newcomer { email, password_hash } = newcomer;
                let user = account_of(connection, email, password_hash.as_deref()).await?;
                grant(connection, site, &MemberRecord { user, email: email.clone(), role }, role, by).await
            })
            .await
    }

    pub async fn change_role(
        &self,
        site: &SiteKey,
        user: UserNumber,
        role: Role,
        by: &By,
    ) -> Result<MemberRecord, MembershipError> {
        self.database
            .decide(async |connection| {
                hold_site::<MembershipError>(connection, site).await?;
                let member = require(connection, site, user).await?;
                grant(connection, site, &member, role, by).await?;
                Ok(MemberRecord { role, ..member })
            })
            .await
    }

    /// Takes a member off a site, with the tokens and invitations that they made.
    pub async fn remove_member(&self, site: &SiteKey, user: UserNumber, by: &By) -> Result<(), MembershipError> {
        self.database
            .decide(async |connection| {
                hold_site::<MembershipError>(connection, site).await?;
                remove(connection, site, user, by).await
            })
            .await
    }
}

/// The account of an address: one that is made, where a password is given, and otherwise the one that is there.
pub(super) async fn account_of(
    connection: &mut Connection,
    email: &str,
    password_hash: Option<&str>,
) -> Result<UserNumber, MembershipError> {
    match password_hash {
        Some(hash) => {
            let added = accounts::add(connection, email, hash).await?;
            added.ok_or_else(|| MembershipError::HasAccount { email: email.to_owned() })
        }
        None => {
            let there = accounts::by_email(connection, email).await?;
            Ok(there.ok_or_else(|| MembershipError::NoAccount { email: email.to_owned() })?.number)
        }
    }
}

/// Gives an account a role on a site, whose row is held.
pub(super) async fn grant(
    connection: &mut Connection,
    site: &SiteKey,
    who: &MemberRecord,
    role: Role,
    by: &By,
) -> Result<Granted, MembershipError> {
    let granted = match find(connection, site, who.user).await? {
        Some(member) if member.role == role => return Ok(Granted::Already),
        Some(member) => {
            if member.role == Role::Owner {
                require_another_owner(connection, site, &member).await?;
            }
            Granted::Changed(member.role)
        }
        None => {
            require_room(connection, site).await?;
            Granted::Joined
        }
    };
    sql("INSERT INTO memberships (site, member, role) VALUES ($1, $2, $3)
         ON CONFLICT (site, member) DO UPDATE SET role = excluded.role")
    .bind(site.as_str())
    .bind(who.user.0)
    .bind(role.as_str())
    .run(connection)
    .await?;
    let (deed, details) = match granted {
        Granted::Changed(before) if role < before => {
            let taken = take_what_exceeds(connection, site, &who.email, role).await?;
            (Deed::RoleChanged, format!("{before} → {role}; {taken}"))
        }
        Granted::Changed(before) => (Deed::RoleChanged, format!("{before} → {role}")),
        _ => (Deed::Joined, format!("as {role}")),
    };
    note(connection, site, by, Note { deed, subject: &who.email, details }).await?;
    Ok(granted)
}

/// Takes the tokens and invitations away that a member made and that allow more than a role does. Tells of them.
async fn take_what_exceeds(
    connection: &mut Connection,
    site: &SiteKey,
    email: &str,
    role: Role,
) -> Result<String, StoreError> {
    let (mut tokens, mut invitations) = (0, 0);
    for above in [Role::Editor, Role::Owner].into_iter().filter(|above| *above > role) {
        let delete = sql("DELETE FROM api_tokens WHERE site = $1 AND made_by = $2 AND role = $3");
        tokens += delete.bind(site.as_str()).bind(email).bind(above.as_str()).run(connection).await?;
        let delete = sql("DELETE FROM invitations WHERE site = $1 AND invited_by = $2 AND role = $3");
        invitations += delete.bind(site.as_str()).bind(email).bind(above.as_str()).run(connection).await?;
    }
    Ok(format!("with {tokens} tokens and {invitations} invitations of theirs that allow more"))
}

/// Takes a member off a site, whose row is held.
pub(super) async fn remove(
    connection: &mut Connection,
    site: &SiteKey,
    user: UserNumber,
    by: &By,
) -> Result<(), MembershipError> {
    let member = require(connection, site, user).await?;
    if member.role == Role::Owner {
        require_another_owner(connection, site, &member).await?;
    }
    let delete = sql("DELETE FROM memberships WHERE site = $1 AND member = $2");
    delete.bind(site.as_str()).bind(user.0).run(connection).await?;
    // Whoever has left keeps no way back in.
    let tokens = sql("DELETE FROM api_tokens WHERE site = $1 AND made_by = $2");
    let tokens = tokens.bind(site.as_str()).bind(&member.email).run(connection).await?;
    let invitations = sql("DELETE FROM invitations WHERE site = $1 AND invited_by = $2");
    let invitations = invitations.bind(site.as_str()).bind(&member.email).run(connection).await?;
    let details =
        format!("was {}; with {tokens} tokens and links and {invitations} invitations that they made", member.role);
    note(connection, site, by, Note { deed: Deed::MemberRemoved, subject: &member.email, details }).await?;
    Ok(())
}

pub(super) async fn sites_of(connection: &mut Connection, user: UserNumber) -> Result<Vec<SiteKey>, StoreError> {
    sites(user).all(connection).await?.iter().map(|row| row.parsed("site")).collect()
}

fn sites(user: UserNumber) -> Statement<'static> {
    sql("SELECT site FROM memberships WHERE member = $1 ORDER BY site").bind(user.0)
}

/// Served by the primary key of `memberships`.
pub(super) async fn find(
    connection: &mut Connection,
    site: &SiteKey,
    user: UserNumber,
) -> Result<Option<MemberRecord>, StoreError> {
    let row = sql("SELECT memberships.member, users.email, memberships.role
                   FROM memberships JOIN users ON users.number = memberships.member
                   WHERE memberships.site = $1 AND memberships.member = $2");
    row.bind(site.as_str()).bind(user.0).optional(connection).await?.as_ref().map(member).transpose()
}

async fn require(
    connection: &mut Connection,
    site: &SiteKey,
    user: UserNumber,
) -> Result<MemberRecord, MembershipError> {
    find(connection, site, user).await?.ok_or_else(|| MembershipError::NotAMember { site: site.clone() })
}

async fn require_another_owner(
    connection: &mut Connection,
    site: &SiteKey,
    owner: &MemberRecord,
) -> Result<(), MembershipError> {
    let others = sql("SELECT COUNT(*) AS count FROM memberships WHERE site = $1 AND role = 'owner' AND member <> $2");
    let others = others.bind(site.as_str()).bind(owner.user.0).one(connection).await?.integer("count")?;
    if others == 0 {
        return Err(MembershipError::LastOwner { email: owner.email.clone(), site: site.clone() });
    }
    Ok(())
}

async fn require_room(connection: &mut Connection, site: &SiteKey) -> Result<(), MembershipError> {
    let members = sql("SELECT COUNT(*) AS count FROM memberships WHERE site = $1").bind(site.as_str());
    if members.one(connection).await?.integer("count")? >= MAX_MEMBERS {
        return Err(MembershipError::TooMany { site: site.clone() });
    }
    Ok(())
}

fn member(row: &Row) -> Result<MemberRecord, StoreError> {
    Ok(MemberRecord { user: UserNumber(row.integer("member")?), email: row.text("email")?, role: row.parsed("role")? })
}

/// The role that an outer join has found, or not.
pub(super) fn optional_role(row: &Row) -> Result<Option<Role>, StoreError> {
    row.optional_text("role")?.map(|_| row.parsed("role")).transpose()
}
