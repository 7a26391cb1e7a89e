//! Sites, and all that is published on them.

use survey::definition::{SiteKey, SiteSettings};

use super::sql::Row;
use super::surveys::{stopped_surveys, surveys};
use super::{Connection, Provenance, PublishedRecord, SiteRecord, Store, StoreError, sql, to_json};

impl Store {
    /// Adds a site, or changes one that is there.
    pub async fn put_site(&self, site: &SiteRecord) -> Result<(), StoreError> {
        self.database
            .write(async |connection| {
                put_site(connection, site).await?;
                open_ledger(connection, &site.key).await?;
                count_publication(connection).await
            })
            .await
    }

    pub async fn site(&self, key: &SiteKey) -> Result<Option<SiteRecord>, StoreError> {
        let site = sql("SELECT key, name, origins, settings, demo FROM sites WHERE key = $1").bind(key.as_str());
        self.database.optional(site).await?.map(|row| site_record(&row)).transpose()
    }

    /// Every site, by key.
    pub async fn sites(&self) -> Result<Vec<SiteRecord>, StoreError> {
        self.database.snapshot(sites).await
    }

    /// Puts new settings in the place of a site's.
    pub async fn put_settings(&self, site: &SiteKey, settings: &SiteSettings) -> Result<(), StoreError> {
        let json = to_json(settings)?;
        self.database
            .write(async |connection| {
                require_site(connection, site).await?;
                let put = sql("UPDATE sites SET settings = $2 WHERE key = $1").bind(site.as_str()).bind(&json);
                put.run(connection).await?;
                count_publication(connection).await
            })
            .await
    }

    /// How often something has been published or settled. Cheap: asked every second, to learn of what another process did.
    pub async fn publications(&self) -> Result<i64, StoreError> {
        self.database.one(sql("SELECT number FROM singles WHERE name = 'publications'")).await?.integer("number")
    }

    /// All that is published, on every site, as of one moment.
    pub async fn published(&self) -> Result<Vec<PublishedRecord>, StoreError> {
        let (sites, mut surveys, mut stopped) = self
            .database
            .snapshot(async |connection| {
                Ok((sites(connection).await?, surveys(connection).await?, stopped_surveys(connection).await?))
            })
            .await?;
        let records = sites.into_iter().map(|site| {
            let surveys = surveys.remove(&site.key).unwrap_or_default();
            let stopped = stopped.remove(&site.key).unwrap_or_default();
            PublishedRecord { site, surveys, stopped }
        });
        Ok(records.collect())
    }
}

async fn sites(connection: &mut Connection) -> Result<Vec<SiteRecord>, StoreError> {
    let rows = sql("SELECT key, name, origins, settings, demo FROM sites ORDER BY key").all(connection).await?;
    rows.iter().map(site_record).collect()
}

fn site_record(row: &Row) -> Result<SiteRecord, StoreError> {
    Ok(SiteRecord {
        key: row.parsed("key")?,
        name: row.text("name")?,
        origins: row.json("origins")?,
        settings: row.json("settings")?,
        provenance: match row.integer("demo")? {
            0 => Provenance::Visitors,
            _ => Provenance::Demo,
        },
    })
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

async fn open_ledger(connection: &mut Connection, site: &SiteKey) -> Result<(), StoreError> {
    sql("INSERT INTO ledgers (site, next_number) VALUES ($1, 1) ON CONFLICT (site) DO NOTHING")
        .bind(site.as_str())
        .run(connection)
        .await?;
    Ok(())
}

/// Holds the site until the transaction ends, so that two who change the same do it one after the other. A mistyped key is
/// answered with its name, and not with a foreign key.
pub(super) async fn require_site(connection: &mut Connection, site: &SiteKey) -> Result<(), StoreError> {
    let row = sql("SELECT key FROM sites WHERE key = $1 {lock}").bind(site.as_str()).optional(connection).await?;
    row.map(drop).ok_or_else(|| StoreError::NoSuchSite(site.clone()))
}

pub(super) async fn count_publication(connection: &mut Connection) -> Result<(), StoreError> {
    sql("UPDATE singles SET number = number + 1 WHERE name = 'publications'").run(connection).await?;
    Ok(())
}
