//! The surveys of sites: their versions, whether somebody stopped them, and how many answers they have.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use survey::definition::{SiteKey, Survey, SurveyId};

use super::log::{By, Deed, Note, note};
use super::sites::{count_publication, hold_site};
use super::sql::Row;
use super::{Connection, Store, StoreError, sql, to_json};

/// One published version of a survey.
#[derive(Clone, Debug)]
pub struct SurveyRecord {
    pub id: SurveyId,
    pub version: u32,
    /// What it says; or, if a newer Pagepoll has published it and this one cannot read it, why not.
    pub definition: Result<Survey, String>,
}

/// How many visitors have answered each survey of each site, in all its versions.
pub type Answered = HashMap<(SiteKey, SurveyId), u64>;

/// What stopping or resuming a survey came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Switched {
    Now,
    /// It was so before.
    Already,
}

/// What publishing a survey came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Publication {
    Version(u32),
    /// The newest version, which is this one, says the same.
    Unchanged(u32),
}

impl Store {
    /// Publishes a survey under the version number after the newest, unless the newest says the same.
    pub async fn publish(&self, site: &SiteKey, survey: Survey, by: &By) -> Result<Publication, StoreError> {
        self.database
            .write(async |connection| {
                hold_site::<StoreError>(connection, site).await?;
                let newest = newest_version(connection, site, survey.id()).await?;
                if let Some(SurveyRecord { version, definition: Ok(newest), .. }) = &newest
                    && survey.clone().with_version(*version) == *newest
                {
                    return Ok(Publication::Unchanged(*version));
                }
                let version = newest.map_or(1, |newest| newest.version + 1);
                let survey = survey.with_version(version);
                add_version(connection, site, &survey).await?;
                let details = format!("version {version}: {}", survey.name());
                let published = Note { deed: Deed::SurveyPublished, subject: survey.id().as_str(), details };
                note(connection, site, by, published).await?;
                count_publication(connection).await?;
                Ok(Publication::Version(version))
            })
            .await
    }

    /// Stops a survey, in all its versions, until it is resumed.
    pub async fn stop_survey(&self, site: &SiteKey, survey: &SurveyId, by: &By) -> Result<Switched, StoreError> {
        let stop = "INSERT INTO stopped_surveys (site, survey) VALUES ($1, $2) ON CONFLICT (site, survey) DO NOTHING";
        self.switch(site, survey, stop, (Deed::SurveyStopped, by)).await
    }

    pub async fn resume_survey(&self, site: &SiteKey, survey: &SurveyId, by: &By) -> Result<Switched, StoreError> {
        let resume = "DELETE FROM stopped_surveys WHERE site = $1 AND survey = $2";
        self.switch(site, survey, resume, (Deed::SurveyResumed, by)).await
    }

    /// Runs a statement that changes a row, or none if there is nothing to change.
    async fn switch(
        &self,
        site: &SiteKey,
        survey: &SurveyId,
        statement: &'static str,
        (deed, by): (Deed, &By),
    ) -> Result<Switched, StoreError> {
        self.database
            .write(async |connection| {
                hold_site::<StoreError>(connection, site).await?;
                let newest = newest_version(connection, site, survey).await?;
                newest.ok_or_else(|| StoreError::NoSuchSurvey { site: site.clone(), survey: survey.clone() })?;
                if sql(statement).bind(site.as_str()).bind(survey.as_str()).run(connection).await? == 0 {
                    return Ok(Switched::Already);
                }
                let switched = Note { deed, subject: survey.as_str(), details: String::new() };
                note(connection, site, by, switched).await?;
                count_publication(connection).await?;
                Ok(Switched::Now)
            })
            .await
    }

    /// How many answers each survey has. Small, and read every second: one row for each survey that was ever answered.
    pub async fn answered(&self) -> Result<Answered, StoreError> {
        let rows = self.database.all(sql("SELECT site, survey, count FROM answered")).await?;
        rows.iter().map(|row| Ok(((row.parsed("site")?, row.parsed("survey")?), row.number("count")?))).collect()
    }
}

/// Every version of every survey, in the order of publication.
pub(super) async fn surveys(connection: &mut Connection) -> Result<BTreeMap<SiteKey, Vec<SurveyRecord>>, StoreError> {
    let rows = sql("SELECT site, id, version, definition FROM surveys ORDER BY site, number").all(connection).await?;
    let mut surveys: BTreeMap<SiteKey, Vec<SurveyRecord>> = BTreeMap::new();
    for row in &rows {
        surveys.entry(row.parsed("site")?).or_default().push(survey_record(row)?);
    }
    Ok(surveys)
}

pub(super) async fn stopped_surveys(
    connection: &mut Connection,
) -> Result<BTreeMap<SiteKey, BTreeSet<SurveyId>>, StoreError> {
    let rows = sql("SELECT site, survey FROM stopped_surveys").all(connection).await?;
    let mut stopped: BTreeMap<SiteKey, BTreeSet<SurveyId>> = BTreeMap::new();
    for row in &rows {
        stopped.entry(row.parsed("site")?).or_default().insert(row.parsed("survey")?);
    }
    Ok(stopped)
}

/// A definition that cannot be read was written by a newer version: that one survey is not understood, and all else is served.
fn survey_record(row: &Row) -> Result<SurveyRecord, StoreError> {
    let version = row.number("version")?;
    let definition = Survey::from_store(&row.text("definition")?).map_err(|error| error.to_string());
    let definition = definition.map(|survey| survey.with_version(version));
    Ok(SurveyRecord { id: row.parsed("id")?, version, definition })
}

/// The site is held, so nobody else takes the same number.
async fn add_version(connection: &mut Connection, site: &SiteKey, survey: &Survey) -> Result<(), StoreError> {
    sql("INSERT INTO surveys (site, id, version, number, definition)
         SELECT $1, $2, $3, COALESCE(MAX(number), 0) + 1, $4 FROM surveys WHERE site = $1")
    .bind(site.as_str())
    .bind(survey.id().as_str())
    .bind(survey.version())
    .bind(to_json(survey)?)
    .run(connection)
    .await?;
    Ok(())
}

/// Served by the primary key of `surveys`.
async fn newest_version(
    connection: &mut Connection,
    site: &SiteKey,
    survey: &SurveyId,
) -> Result<Option<SurveyRecord>, StoreError> {
    let newest = sql("SELECT id, version, definition FROM surveys WHERE site = $1 AND id = $2
                      ORDER BY version DESC LIMIT 1")
    .bind(site.as_str())
    .bind(survey.as_str());
    newest.optional(connection).await?.as_ref().map(survey_record).transpose()
}
