//! Sites and the surveys published on them.

use std::collections::BTreeMap;

use sqlx::{Row, SqliteConnection};
use survey::definition::{SiteKey, Survey};

use super::{Store, StoreError, fitting, from_json, parsed, to_json};
use crate::store::{Provenance, Publication, PublishedRecord, SiteRecord};

impl Store {
    /// Adds a site, or changes one that is there.
    pub async fn put_site(&self, site: &SiteRecord) -> Result<(), StoreError> {
        self.write(async |connection| {
            put_site(connection, site).await?;
            count_publication(connection).await
        })
        .await
    }

    /// Publishes a survey under the version number after the newest, unless the newest says the same.
    pub async fn publish(&self, site: &SiteKey, survey: Survey) -> Result<Publication, StoreError> {
        self.write(async |connection| {
            require_site(connection, site).await?;
            let newest = newest_version(connection, site, &survey).await?;
            if let Some(newest) = &newest
                && survey.clone().with_version(newest.version()) == *newest
            {
                return Ok(Publication::Unchanged(newest.version()));
            }
            let version = newest.map_or(1, |newest| newest.version() + 1);
            add_version(connection, site, &survey.with_version(version)).await?;
            count_publication(connection).await?;
            Ok(Publication::Version(version))
        })
        .await
    }

    /// How often something has been published. Cheap: asked every second, to learn of what another process published.
    pub async fn publications(&self) -> Result<i64, StoreError> {
        let row =
            sqlx::query("SELECT value FROM settings WHERE name = 'publications'").fetch_one(&self.readers).await?;
        Ok(row.try_get("value")?)
    }

    /// All that is published, on every site.
    pub async fn published(&self) -> Result<Vec<PublishedRecord>, StoreError> {
        let sites = sqlx::query("SELECT key, name, origins, keep_query, demo FROM sites ORDER BY key")
            .fetch_all(&self.readers)
            .await?;
        let mut surveys = self.surveys().await?;
        sites
            .iter()
            .map(|row| {
                let key: SiteKey = parsed("a site key", row.try_get("key")?)?;
                let surveys = surveys.remove(&key).unwrap_or_default();
                let site = SiteRecord {
                    key,
                    name: row.try_get("name")?,
                    origins: from_json("a site's origins", row.try_get("origins")?)?,
                    keep_query: from_json("a site's query parameters", row.try_get("keep_query")?)?,
                    provenance: match row.try_get::<i64, _>("demo")? {
                        0 => Provenance::Visitors,
                        _ => Provenance::Demo,
                    },
                };
                Ok(PublishedRecord { site, surveys })
            })
            .collect()
    }

    async fn surveys(&self) -> Result<BTreeMap<SiteKey, Vec<Survey>>, StoreError> {
        let rows = sqlx::query("SELECT site, version, definition FROM surveys ORDER BY number")
            .fetch_all(&self.readers)
            .await?;
        let mut surveys: BTreeMap<SiteKey, Vec<Survey>> = BTreeMap::new();
        for row in &rows {
            let site = parsed("a site key", row.try_get("site")?)?;
            let version = fitting("a version", row.try_get("version")?)?;
            let survey: Survey = from_json("a survey", row.try_get("definition")?)?;
            surveys.entry(site).or_default().push(survey.with_version(version));
        }
        Ok(surveys)
    }
}

async fn put_site(connection: &mut SqliteConnection, site: &SiteRecord) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO sites (key, name, origins, keep_query, demo) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (key) DO UPDATE SET name = excluded.name, origins = excluded.origins,
                                         keep_query = excluded.keep_query, demo = excluded.demo",
    )
    .bind(site.key.as_str())
    .bind(&site.name)
    .bind(to_json(&site.origins)?)
    .bind(to_json(&site.keep_query)?)
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

async fn add_version(connection: &mut SqliteConnection, site: &SiteKey, survey: &Survey) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO surveys (site, id, version, definition) VALUES ($1, $2, $3, $4)")
        .bind(site.as_str())
        .bind(survey.id().as_str())
        .bind(i64::from(survey.version()))
        .bind(to_json(survey)?)
        .execute(connection)
        .await?;
    Ok(())
}

/// Served by the unique index of `surveys`.
async fn newest_version(
    connection: &mut SqliteConnection,
    site: &SiteKey,
    survey: &Survey,
) -> Result<Option<Survey>, StoreError> {
    let row = sqlx::query("SELECT definition FROM surveys WHERE site = $1 AND id = $2 ORDER BY version DESC LIMIT 1")
        .bind(site.as_str())
        .bind(survey.id().as_str())
        .fetch_optional(connection)
        .await?;
    row.map(|row| from_json("a survey", row.try_get("definition")?)).transpose()
}

async fn count_publication(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("UPDATE settings SET value = value + 1 WHERE name = 'publications'").execute(connection).await?;
    Ok(())
}
