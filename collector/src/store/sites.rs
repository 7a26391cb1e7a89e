//! Sites, and all that is published on them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use survey::api::people::Role;
use survey::definition::{SiteKey, SiteSettings, SurveyId};

use super::keys::KeyRecord;
use super::log::{By, Deed, Note, difference, note};
use super::sql::{Row, Statement};
use super::surveys::{SurveyRecord, archived_surveys, paused_surveys, surveys};
use super::{Connection, MemberRecord, MembershipError, Store, StoreError, UserNumber, keys, members, sql, to_json};
use crate::written::{self, Mistake};

/// A site that was named and is not there.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("site {0} does not exist; add it with `pagepoll site add`, or find its name with `pagepoll site list`")]
pub struct NoSuchSite(pub SiteKey);

/// Why a site cannot have the name that it shall have.
#[derive(Debug, thiserror::Error)]
pub enum AddSiteError {
    #[error("{key} is a key of site {site}; name the new site otherwise")]
    Taken { key: SiteKey, site: SiteKey },
    #[error(
        "site {0} is being removed; see that through with `pagepoll site remove {0} --confirm {0}`, and then add it"
    )]
    BeingRemoved(SiteKey),
    #[error("only an owner of some site can add another; ask one to add it and to invite you")]
    NotAnOwner,
    #[error("you are owner of {MAX_OWNED} sites, the most that there can be")]
    TooMany,
    #[error(transparent)]
    Membership(#[from] MembershipError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Of how many sites somebody may be owner who adds one. Nothing grows without bound.
const MAX_OWNED: i64 = 200;

/// Why a site stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum NotChanged {
    #[error(transparent)]
    NoSuchSite(#[from] NoSuchSite),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A site as its operator declared it.
#[derive(Clone, PartialEq, Debug)]
pub struct SiteRecord {
    pub key: SiteKey,
    pub name: String,
    /// As browsers write them in `Origin`: see [`crate::origin`].
    pub origins: Vec<String>,
    pub settings: SiteSettings,
    pub provenance: Provenance,
}

/// Where a site's answers come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Provenance {
    Visitors,
    /// Made up, to show what a report looks like.
    Demo,
}

/// All that is published on one site.
#[derive(Clone, Debug)]
pub struct SiteWithSurveys {
    pub site: SiteRecord,
    /// Every version of every survey, in the order of publication.
    pub surveys: Vec<SurveyRecord>,
    /// Those that somebody paused.
    pub paused: BTreeSet<SurveyId>,
    /// Those that somebody put away.
    pub archived: BTreeSet<SurveyId>,
    /// The newest last; those that have retired too.
    pub keys: Vec<KeyRecord>,
}

impl Store {
    /// Adds a site, or changes one that is there.
    pub async fn put_site(&self, site: &SiteRecord, by: &By) -> Result<(), AddSiteError> {
        self.database
            .decide(async |connection| {
                // Held, so that nobody begins to remove it meanwhile.
                let is_there = hold_if_there(connection, &site.key).await?;
                if is_there && !keys::has_any(connection, &site.key).await? {
                    return Err(AddSiteError::BeingRemoved(site.key.clone()));
                }
                let before = find(connection, &site.key).await?;
                put_site(connection, site).await?;
                if before.is_none() {
                    open(connection, &site.key).await?;
                }
                match keys::site_of(connection, &site.key).await? {
                    Some(other) if other != site.key => {
                        return Err(AddSiteError::Taken { key: site.key.clone(), site: other });
                    }
                    _ => {}
                }
                note_site(connection, before.as_ref(), site, by).await?;
                Ok(count_publication(connection).await?)
            })
            .await
    }

    /// Adds a site whose owner is the one who adds it: somebody who owns another, or anybody while there is none.
    pub async fn add_site(&self, site: &SiteRecord, owner: &MemberRecord, by: &By) -> Result<(), AddSiteError> {
        self.database
            .decide(async |connection| {
                // Of two who add the first, the second waits here.
                sql("SELECT number FROM singles WHERE name = 'publications' {lock}").one(connection).await?;
                let taken = |other| AddSiteError::Taken { key: site.key.clone(), site: other };
                if let Some(other) = keys::site_of(connection, &site.key).await? {
                    return Err(taken(other));
                }
                // One that is being removed has no key any more, and is somebody's until the end.
                if find(connection, &site.key).await?.is_some() {
                    return Err(taken(site.key.clone()));
                }
                require_leave_to_add(connection, owner.user).await?;
                put_site(connection, site).await?;
                if !open(connection, &site.key).await? {
                    // By who adds it on the command line at the same moment.
                    return Err(taken(site.key.clone()));
                }
                note_site(connection, None, site, by).await?;
                members::grant(connection, &site.key, owner, Role::Owner, by).await?;
                Ok(count_publication(connection).await?)
            })
            .await
    }

    /// Changes what a site is called and where its pages live, while nobody else does.
    pub async fn change_site(
        &self,
        key: &SiteKey,
        by: &By,
        change: impl FnOnce(SiteRecord) -> SiteRecord,
    ) -> Result<SiteRecord, NotChanged> {
        self.database
            .decide(async |connection| {
                hold_site::<NotChanged>(connection, key).await?;
                let before = find(connection, key).await?.ok_or_else(|| NoSuchSite(key.clone()))?;
                let after = change(before.clone());
                if after != before {
                    put_site(connection, &after).await?;
                    note_site(connection, Some(&before), &after, by).await?;
                    count_publication(connection).await?;
                }
                Ok(after)
            })
            .await
    }

    pub async fn site(&self, key: &SiteKey) -> Result<Option<SiteRecord>, StoreError> {
        self.database.optional(named(key)).await?.as_ref().map(site_record).transpose()
    }

    /// Every site, by key.
    pub async fn sites(&self) -> Result<Vec<SiteRecord>, StoreError> {
        self.database.snapshot(sites).await
    }

    /// Changes a site's settings, while nobody else does. What `change` refuses, changes nothing.
    pub async fn change_settings<E: From<StoreError> + From<NoSuchSite>>(
        &self,
        site: &SiteKey,
        by: &By,
        change: impl FnOnce(SiteSettings) -> Result<SiteSettings, E>,
    ) -> Result<SiteSettings, E> {
        self.database
            .decide(async |connection| {
                hold_site::<E>(connection, site).await?;
                let before = find(connection, site).await?.ok_or_else(|| NoSuchSite(site.clone()))?.settings;
                let after = change(before.clone())?;
                if after != before {
                    put_settings(connection, site, &after).await?;
                    let details = difference(&as_value(&before), &as_value(&after));
                    let settled = Note { deed: Deed::SettingsChanged, subject: site.as_str(), details };
                    note(connection, site, by, settled).await?;
                    count_publication(connection).await?;
                }
                Ok(after)
            })
            .await
    }

    /// How often something has been published or settled. Cheap: asked every second, to learn of what another process did.
    pub async fn publication_count(&self) -> Result<i64, StoreError> {
        self.database.one(sql("SELECT number FROM singles WHERE name = 'publications'")).await?.integer("number")
    }

    /// All that is published, on every site, as of one moment.
    pub async fn sites_with_surveys(&self) -> Result<Vec<SiteWithSurveys>, StoreError> {
        let (sites, mut surveys, (mut paused, mut archived), mut keys) = self
            .database
            .snapshot(async |connection| {
                let (sites, surveys) = (sites(connection).await?, surveys(connection).await?);
                let off = (paused_surveys(connection).await?, archived_surveys(connection).await?);
                Ok((sites, surveys, off, keys::all(connection).await?))
            })
            .await?;
        let records = sites.into_iter().map(|site| {
            let surveys = surveys.remove(&site.key).unwrap_or_default();
            let paused = paused.remove(&site.key).unwrap_or_default();
            let archived = archived.remove(&site.key).unwrap_or_default();
            let keys = keys.remove(&site.key).unwrap_or_default();
            SiteWithSurveys { site, surveys, paused, archived, keys }
        });
        Ok(records.collect())
    }
}

async fn require_leave_to_add(connection: &mut Connection, user: UserNumber) -> Result<(), AddSiteError> {
    let owned = sql("SELECT COUNT(*) AS count FROM memberships WHERE member = $1 AND role = 'owner'").bind(user.0);
    let owned = owned.one(connection).await?.integer("count")?;
    if owned >= MAX_OWNED {
        return Err(AddSiteError::TooMany);
    }
    let is_first = sql("SELECT key FROM sites LIMIT 1").optional(connection).await?.is_none();
    if owned > 0 || is_first { Ok(()) } else { Err(AddSiteError::NotAnOwner) }
}

async fn sites(connection: &mut Connection) -> Result<Vec<SiteRecord>, StoreError> {
    let rows = sql("SELECT key, name, origins, settings, demo FROM sites ORDER BY key").all(connection).await?;
    rows.iter().map(site_record).collect()
}

async fn find(connection: &mut Connection, key: &SiteKey) -> Result<Option<SiteRecord>, StoreError> {
    named(key).optional(connection).await?.as_ref().map(site_record).transpose()
}

fn named(key: &SiteKey) -> Statement<'_> {
    sql("SELECT key, name, origins, settings, demo FROM sites WHERE key = $1").bind(key.as_str())
}

async fn put_settings(connection: &mut Connection, site: &SiteKey, settings: &SiteSettings) -> Result<(), StoreError> {
    let put = sql("UPDATE sites SET settings = $2 WHERE key = $1").bind(site.as_str()).bind(to_json(settings)?);
    put.run(connection).await?;
    Ok(())
}

async fn note_site(
    connection: &mut Connection,
    before: Option<&SiteRecord>,
    site: &SiteRecord,
    by: &By,
) -> Result<(), StoreError> {
    let described = |site: &SiteRecord| {
        let mut settings = as_value(&site.settings);
        settings["name"] = json!(site.name);
        settings["origins"] = json!(site.origins);
        settings
    };
    let (deed, details) = match before {
        None => (Deed::SiteAdded, format!("{}, at {}", site.name, site.origins.join(", "))),
        Some(before) if before == site => return Ok(()),
        Some(before) => (Deed::SiteChanged, difference(&described(before), &described(site))),
    };
    note(connection, &site.key, by, Note { deed, subject: site.key.as_str(), details }).await
}

/// Settings are an object of values: there is nothing that JSON could not say.
fn as_value(settings: &SiteSettings) -> Value {
    serde_json::to_value(settings).unwrap_or_default()
}

fn site_record(row: &Row) -> Result<SiteRecord, StoreError> {
    Ok(SiteRecord {
        key: row.parsed("key")?,
        name: row.text("name")?,
        origins: row.json("origins")?,
        settings: settings(&row.text("settings")?)?,
        provenance: match row.integer("demo")? {
            0 => Provenance::Visitors,
            _ => Provenance::Demo,
        },
    })
}

/// Settings as they were stored. What only a newer version knows is left out, one by one: the door is strict, and this is not the
/// door.
fn settings(json: &str) -> Result<SiteSettings, StoreError> {
    let mut value: Value = serde_json::from_str(json).map_err(|error| StoreError::unreadable("settings", error))?;
    loop {
        match written::read::<SiteSettings>(value.to_string().as_bytes()) {
            Ok(settings) => return Ok(settings),
            Err(Mistake::Unknown { place, .. }) if take_out(&mut value, &place) => {}
            Err(mistake) => return Err(StoreError::unreadable("settings", mistake)),
        }
    }
}

/// Takes a member out of an object, by its path: `theme.shadow`, `page_groups[0].colour`. Tells whether it was there.
fn take_out(value: &mut Value, place: &str) -> bool {
    let pointer = |path: &str| format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
    let (path, name) = place.rsplit_once('.').map_or((String::new(), place), |(path, name)| (pointer(path), name));
    let object = value.pointer_mut(&path).and_then(Value::as_object_mut);
    object.is_some_and(|object| object.remove(name).is_some())
}

async fn put_site(connection: &mut Connection, site: &SiteRecord) -> Result<(), StoreError> {
    sql("INSERT INTO sites (key, name, origins, settings, demo) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (key) DO UPDATE SET name = excluded.name, origins = excluded.origins,
                                         settings = excluded.settings, demo = excluded.demo")
    .bind(site.key.as_str())
    .bind(&site.name)
    .bind(to_json(&site.origins)?)
    .bind(to_json(&site.settings)?)
    .bind(i64::from(site.provenance == Provenance::Demo))
    .run(connection)
    .await?;
    Ok(())
}

/// Gives a new site what every one has: its ledger, and a key, which is its name. Tells whether that was nobody's.
async fn open(connection: &mut Connection, site: &SiteKey) -> Result<bool, StoreError> {
    sql("INSERT INTO ledgers (site, next_number) VALUES ($1, 1) ON CONFLICT (site) DO NOTHING")
        .bind(site.as_str())
        .run(connection)
        .await?;
    keys::add(connection, site, site).await
}

/// Holds a site until the transaction ends: whoever changes its people, keys, surveys or settings waits for each other. A mistyped
/// key is answered with its name, and not with a foreign key.
pub(super) async fn hold_site<E>(connection: &mut Connection, site: &SiteKey) -> Result<(), E>
where
    E: From<StoreError> + From<NoSuchSite>,
{
    if hold_if_there(connection, site).await? { Ok(()) } else { Err(NoSuchSite(site.clone()).into()) }
}

/// The same, for whoever has nothing to do where there is no such site. Served by the primary key of `sites`.
pub(super) async fn hold_if_there(connection: &mut Connection, site: &SiteKey) -> Result<bool, StoreError> {
    let held = sql("SELECT key FROM sites WHERE key = $1 {lock}").bind(site.as_str()).optional(connection).await?;
    Ok(held.is_some())
}

pub(super) async fn count_publication(connection: &mut Connection) -> Result<(), StoreError> {
    sql("UPDATE singles SET number = number + 1 WHERE name = 'publications'").run(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_a_newer_version_are_read_without_what_is_not_known() {
        let read = settings(r#"{"quiet_days":7,"moon":{"phase":1},"theme":{"radius":4,"shadow":"deep"}}"#).unwrap();
        assert_eq!(read, settings(r#"{"quiet_days":7,"theme":{"radius":4}}"#).unwrap());
        assert_eq!(
            settings(r#"{"storage":"orbit","honour_gpc":true}"#).unwrap(),
            settings(r#"{"honour_gpc":true}"#).unwrap()
        );
        assert!(settings(r#"{"quiet_days":"seven"}"#).is_err());
        assert!(settings("no").is_err());
        let groups = settings(r#"{"page_groups":[{"name":"Help","pattern":"/help/**","colour":"green"}]}"#).unwrap();
        assert_eq!(groups.page_groups[0].name, "Help");
    }
}
