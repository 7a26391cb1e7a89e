//! The surveys of sites: their versions, whether somebody stopped them, and how many answers they have.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Row, SqliteConnection};
use survey::definition::{SiteKey, Survey, SurveyId};

use super::sites::{count_publication, require_site};
use super::{Store, StoreError, fitting, parsed, to_json};
use crate::store::{Answered, Publication, SurveyRecord, Switched};

impl Store {
    /// Publishes a survey under the version number after the newest, unless the newest says the same.
    pub async fn publish(&self, site: &SiteKey, survey: Survey) -> Result<Publication, StoreError> {
        self.write(async |connection| {
            require_site(connection, site).await?;
            let newest = newest_version(connection, site, survey.id()).await?;
            if let Some(SurveyRecord { version, definition: Ok(newest), .. }) = &newest
                && survey.clone().with_version(*version) == *newest
            {
                return Ok(Publication::Unchanged(*version));
            }
            let version = newest.map_or(1, |newest| newest.version + 1);
            add_version(connection, site, &survey.with_version(version)).await?;
            count_publication(connection).await?;
            Ok(Publication::Version(version))
        })
        .await
    }

    /// Stops a survey, in all its versions, until it is resumed.
    pub async fn stop_survey(&self, site: &SiteKey, survey: &SurveyId) -> Result<Switched, StoreError> {
        self.switch(
            site,
            survey,
            "INSERT INTO stopped_surveys (site, survey) VALUES ($1, $2) ON CONFLICT (site, survey) DO NOTHING",
        )
        .await
    }

    pub async fn resume_survey(&self, site: &SiteKey, survey: &SurveyId) -> Result<Switched, StoreError> {
        self.switch(site, survey, "DELETE FROM stopped_surveys WHERE site = $1 AND survey = $2").await
    }

    /// Runs a statement that changes a row, or none if there is nothing to change.
    async fn switch(&self, site: &SiteKey, survey: &SurveyId, statement: &'static str) -> Result<Switched, StoreError> {
        self.write(async |connection| {
            require_site(connection, site).await?;
            let newest = newest_version(connection, site, survey).await?;
            newest.ok_or_else(|| StoreError::NoSuchSurvey { site: site.clone(), survey: survey.clone() })?;
            let query = sqlx::query(statement).bind(site.as_str()).bind(survey.as_str());
            if query.execute(&mut *connection).await?.rows_affected() == 0 {
                return Ok(Switched::Already);
            }
            count_publication(connection).await?;
            Ok(Switched::Now)
        })
        .await
    }

    /// How many answers each survey has. Small, and read every second: one row for each survey that was ever answered.
    pub async fn answered(&self) -> Result<Answered, StoreError> {
        let rows = sqlx::query("SELECT site, survey, count FROM answered").fetch_all(&self.readers).await?;
        let answered = rows.iter().map(|row| {
            let site = parsed("a site key", row.try_get("site")?)?;
            let survey = parsed("a survey id", row.try_get("survey")?)?;
            Ok(((site, survey), fitting("a count", row.try_get("count")?)?))
        });
        answered.collect()
    }

    pub(super) async fn surveys(&self) -> Result<BTreeMap<SiteKey, Vec<SurveyRecord>>, StoreError> {
        let rows = sqlx::query("SELECT site, id, version, definition FROM surveys ORDER BY number")
            .fetch_all(&self.readers)
            .await?;
        let mut surveys: BTreeMap<SiteKey, Vec<SurveyRecord>> = BTreeMap::new();
        for row in &rows {
            let id = parsed("a survey id", row.try_get("id")?)?;
            let record = survey_record(id, row.try_get("version")?, row.try_get("definition")?)?;
            surveys.entry(parsed("a site key", row.try_get("site")?)?).or_default().push(record);
        }
        Ok(surveys)
    }

    pub(super) async fn stopped_surveys(&self) -> Result<BTreeMap<SiteKey, BTreeSet<SurveyId>>, StoreError> {
        let rows = sqlx::query("SELECT site, survey FROM stopped_surveys").fetch_all(&self.readers).await?;
        let mut stopped: BTreeMap<SiteKey, BTreeSet<SurveyId>> = BTreeMap::new();
        for row in &rows {
            let survey = parsed("a survey id", row.try_get("survey")?)?;
            stopped.entry(parsed("a site key", row.try_get("site")?)?).or_default().insert(survey);
        }
        Ok(stopped)
    }
}

/// A definition that cannot be read was written by a newer version: that one survey is not understood, and all else is served.
fn survey_record(id: SurveyId, version: i64, definition: &str) -> Result<SurveyRecord, StoreError> {
    let version = fitting("a version", version)?;
    let definition = Survey::from_store(definition).map_err(|error| error.to_string());
    Ok(SurveyRecord { id, version, definition: definition.map(|survey| survey.with_version(version)) })
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
    survey: &SurveyId,
) -> Result<Option<SurveyRecord>, StoreError> {
    let row = sqlx::query(
        "SELECT version, definition FROM surveys WHERE site = $1 AND id = $2 ORDER BY version DESC LIMIT 1",
    )
    .bind(site.as_str())
    .bind(survey.as_str())
    .fetch_optional(connection)
    .await?;
    row.map(|row| survey_record(survey.clone(), row.try_get("version")?, row.try_get("definition")?)).transpose()
}
