//! Sites, and all that is published on them.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use survey::definition::{SiteKey, SiteSettings};

use super::{Store, StoreError, from_json, parsed, to_json};
use crate::store::{Provenance, PublishedRecord, SiteRecord};

impl Store {
    /// Adds a site, or changes one that is there.
    pub async fn put_site(&self, site: &SiteRecord) -> Result<(), StoreError> {
        self.write(async |connection| {
            put_site(connection, site).await?;
            count_publication(connection).await
        })
        .await
    }

    pub async fn site(&self, key: &SiteKey) -> Result<Option<SiteRecord>, StoreError> {
        let row = sqlx::query("SELECT key, name, origins, settings, demo FROM sites WHERE key = $1")
            .bind(key.as_str())
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| site_record(&row)).transpose()
    }

    /// Every site, by key.
    pub async fn sites(&self) -> Result<Vec<SiteRecord>, StoreError> {
        let rows = sqlx::query("SELECT key, name, origins, settings, demo FROM sites ORDER BY key")
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(site_record).collect()
    }

    /// Puts new settings in the place of a site's.
    pub async fn put_settings(&self, site: &SiteKey, settings: &SiteSettings) -> Result<(), StoreError> {
        self.write(async |connection| {
            require_site(connection, site).await?;
            sqlx::query("UPDATE sites SET settings = $2 WHERE key = $1")
                .bind(site.as_str())
                .bind(to_json(settings)?)
                .execute(&mut *connection)
                .await?;
            count_publication(connection).await
        })
        .await
    }

    /// How often something has been published or settled. Cheap: asked every second, to learn of what another process did.
    pub async fn publications(&self) -> Result<i64, StoreError> {
        let row =
            sqlx::query("SELECT value FROM settings WHERE name = 'publications'").fetch_one(&self.readers).await?;
        Ok(row.try_get("value")?)
    }

    /// All that is published, on every site.
    pub async fn published(&self) -> Result<Vec<PublishedRecord>, StoreError> {
        let (mut surveys, mut stopped) = (self.surveys().await?, self.stopped_surveys().await?);
        let records = self.sites().await?.into_iter().map(|site| {
            let surveys = surveys.remove(&site.key).unwrap_or_default();
            let stopped = stopped.remove(&site.key).unwrap_or_default();
            PublishedRecord { site, surveys, stopped }
        });
        Ok(records.collect())
    }
}

fn site_record(row: &SqliteRow) -> Result<SiteRecord, StoreError> {
    Ok(SiteRecord {
        key: parsed("a site key", row.try_get("key")?)?,
        name: row.try_get("name")?,
        origins: from_json("a site's origins", row.try_get("origins")?)?,
        settings: from_json("a site's settings", row.try_get("settings")?)?,
        provenance: match row.try_get::<i64, _>("demo")? {
            0 => Provenance::Visitors,
            _ => Provenance::Demo,
        },
    })
}

async fn put_site(connection: &mut SqliteConnection, site: &SiteRecord) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO sites (key, name, origins, settings, demo) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (key) DO UPDATE SET name = excluded.name, origins = excluded.origins,
                                         settings = excluded.settings, demo = excluded.demo",
    )
    .bind(site.key.as_str())
    .bind(&site.name)
    .bind(to_json(&site.origins)?)
    .bind(to_json(&site.settings)?)
    .bind(i64::from(site.provenance == Provenance::Demo))
    .execute(connection)
    .await?;
    Ok(())
}

/// So that a mistyped key is answered with its name, and not with a foreign key.
pub(super) async fn require_site(connection: &mut SqliteConnection, site: &SiteKey) -> Result<(), StoreError> {
    let row = sqlx::query("SELECT 1 FROM sites WHERE key = $1").bind(site.as_str()).fetch_optional(connection).await?;
    row.map(drop).ok_or_else(|| StoreError::NoSuchSite(site.clone()))
}

pub(super) async fn count_publication(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("UPDATE settings SET value = value + 1 WHERE name = 'publications'").execute(connection).await?;
    Ok(())
}
