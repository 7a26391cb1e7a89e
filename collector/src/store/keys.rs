//! Keys under which pages reach a site. A new one can take the place of those before, which still work for a while.

use std::collections::HashMap;

use survey::definition::SiteKey;
use survey::targeting::Moment;

use super::log::{By, Deed, Note, note};
use super::sites::{NoSuchSite, count_publication, hold_site};
use super::{Connection, Row, Store, StoreError, sql};
use crate::clock::{DAY_MS, UnixMs};

/// How many of a site's keys may work at a time.
const MAX_KEYS: i64 = 10;

/// For how long a key that has retired is nobody else's.
const KEPT_MS: i64 = 366 * DAY_MS;

/// Why a site keeps its key.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    #[error(transparent)]
    NoSuchSite(#[from] NoSuchSite),
    #[error("{0} names a site already; try again")]
    Taken(SiteKey),
    #[error("{MAX_KEYS} keys of site {0} still work, the most that there can be; wait until one has retired")]
    TooMany(SiteKey),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A key that pages of a site use.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyRecord {
    pub key: SiteKey,
    /// None for the newest.
    pub retires_at: Option<UnixMs>,
}

impl KeyRecord {
    pub fn works_at(&self, now: UnixMs) -> bool {
        self.retires_at.is_none_or(|end| now < end)
    }
}

impl Store {
    /// The keys of a site, the newest last; those that have retired too. Served by the index `site_keys_of_site`.
    pub async fn keys(&self, site: &SiteKey) -> Result<Vec<KeyRecord>, StoreError> {
        let rows = sql("SELECT key, retires_at FROM site_keys WHERE site = $1 ORDER BY number").bind(site.as_str());
        self.database.all(rows).await?.iter().map(key).collect()
    }

    /// Gives a site a new key. Those before retire at a moment, unless they do so earlier.
    pub async fn rotate_key(
        &self,
        site: &SiteKey,
        new: &SiteKey,
        retires_at: UnixMs,
        by: &By,
    ) -> Result<(), RotationError> {
        self.database
            .decide(async |connection| {
                hold_site::<RotationError>(connection, site).await?;
                if !has_any(connection, site).await? {
                    // It is being removed: a new key would open it again.
                    return Err(NoSuchSite(site.clone()).into());
                }
                let long_retired = sql("DELETE FROM site_keys WHERE site = $1 AND key <> $1 AND retires_at < $2");
                long_retired.bind(site.as_str()).bind(by.at - KEPT_MS).run(connection).await?;
                require_room(connection, site, by.at).await?;
                sql("UPDATE site_keys SET retires_at = $2 WHERE site = $1 AND (retires_at IS NULL OR retires_at > $2)")
                    .bind(site.as_str())
                    .bind(retires_at)
                    .run(connection)
                    .await?;
                if !add(connection, site, new).await? {
                    return Err(RotationError::Taken(new.clone()));
                }
                let details = format!("those before retire at {}", Moment(retires_at));
                note(connection, site, by, Note { deed: Deed::KeyRotated, subject: new.as_str(), details }).await?;
                Ok(count_publication(connection).await?)
            })
            .await
    }
}

/// Adds a key that is nobody's; tells whether it was.
pub(super) async fn add(connection: &mut Connection, site: &SiteKey, new: &SiteKey) -> Result<bool, StoreError> {
    let added = sql("INSERT INTO site_keys (key, site, number)
         SELECT $2, $1, COALESCE(MAX(number), 0) + 1 FROM site_keys WHERE site = $1
         ON CONFLICT (key) DO NOTHING")
    .bind(site.as_str())
    .bind(new.as_str())
    .run(connection)
    .await?;
    Ok(added == 1)
}

/// Whose a key is.
pub(super) async fn site_of(connection: &mut Connection, key: &SiteKey) -> Result<Option<SiteKey>, StoreError> {
    let row = sql("SELECT site FROM site_keys WHERE key = $1").bind(key.as_str()).optional(connection).await?;
    row.map(|row| row.parsed("site")).transpose()
}

/// Whether a site has a key, retired or not: all have, from when they are added until they are removed. Served by the index
/// `site_keys_of_site`.
pub(super) async fn has_any(connection: &mut Connection, site: &SiteKey) -> Result<bool, StoreError> {
    let any = sql("SELECT key FROM site_keys WHERE site = $1 LIMIT 1").bind(site.as_str());
    Ok(any.optional(connection).await?.is_some())
}

/// Every site's keys, the newest last.
pub(super) async fn all(connection: &mut Connection) -> Result<HashMap<SiteKey, Vec<KeyRecord>>, StoreError> {
    let mut all: HashMap<SiteKey, Vec<KeyRecord>> = HashMap::new();
    for row in sql("SELECT site, key, retires_at FROM site_keys ORDER BY site, number").all(connection).await? {
        all.entry(row.parsed("site")?).or_default().push(key(&row)?);
    }
    Ok(all)
}

async fn require_room(connection: &mut Connection, site: &SiteKey, now: UnixMs) -> Result<(), RotationError> {
    let working =
        sql("SELECT COUNT(*) AS count FROM site_keys WHERE site = $1 AND (retires_at IS NULL OR retires_at > $2)");
    let working = working.bind(site.as_str()).bind(now).one(connection).await?.integer("count")?;
    if working >= MAX_KEYS { Err(RotationError::TooMany(site.clone())) } else { Ok(()) }
}

fn key(row: &Row) -> Result<KeyRecord, StoreError> {
    Ok(KeyRecord { key: row.parsed("key")?, retires_at: row.optional_integer("retires_at")? })
}
