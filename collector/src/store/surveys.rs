//! The surveys of sites: their versions, whether somebody paused them or put them away, and how many answers they have.
//!
//! Those that are paused stand in `stopped_surveys`, as they were called at first.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use survey::definition::{SiteKey, Survey, SurveyId};

use super::log::{By, Deed, Note, note};
use super::sites::{count_publication, hold_site};
use super::sql::Row;
use super::{Connection, Store, StoreError, sql, to_json};
use crate::clock::UnixMs;

/// One published version of a survey.
#[derive(Clone, Debug)]
pub struct SurveyRecord {
    pub id: SurveyId,
    pub version: u32,
    /// What it says; or, if a newer Pagepoll has published it and this one cannot read it, why not.
    pub definition: Result<Survey, String>,
    /// When and by whom it was published, as far as that is known.
    pub published_at: Option<UnixMs>,
    pub published_by: Option<String>,
}

/// How many visitors have answered each survey of each site, in all its versions.
pub type Answered = HashMap<(SiteKey, SurveyId), u64>;

/// What somebody decides about a published survey, in all its versions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// It is taken off the pages until it is resumed.
    Pause,
    Resume,
    /// It is put away; and paused, so that it is not shown as soon as somebody brings it back to look at it.
    Archive,
    /// It is brought back, paused.
    Unarchive,
}

/// What such a decision came to.
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
                publish(connection, site, survey, by).await
            })
            .await
    }

    /// Carries out what somebody has decided about a published survey.
    ///
    /// # Errors
    /// If it is to be resumed and is archived: it would still not be shown.
    pub async fn decide_survey(
        &self,
        site: &SiteKey,
        survey: &SurveyId,
        decision: Decision,
        by: &By,
    ) -> Result<Switched, StoreError> {
        self.database
            .write(async |connection| {
                hold_site::<StoreError>(connection, site).await?;
                let newest = newest_version(connection, site, survey).await?;
                newest.ok_or_else(|| StoreError::NoSuchSurvey { site: site.clone(), survey: survey.clone() })?;
                if decision == Decision::Resume {
                    refuse_archived(connection, site, survey).await?;
                }
                let mut changed = Vec::new();
                for statement in decision.statements() {
                    changed.push(sql(statement).bind(site.as_str()).bind(survey.as_str()).run(connection).await?);
                }
                if changed.first() == Some(&0) {
                    return Ok(Switched::Already);
                }
                let switched = Note { deed: decision.deed(), subject: survey.as_str(), details: String::new() };
                note(connection, site, by, switched).await?;
                count_publication(connection).await?;
                Ok(Switched::Now)
            })
            .await
    }

    /// Every version of a survey, the first one first. Served by the primary key of `surveys`.
    pub async fn versions(&self, site: &SiteKey, survey: &SurveyId) -> Result<Vec<SurveyRecord>, StoreError> {
        let versions = sql("SELECT id, version, definition, published_at, published_by FROM surveys
                            WHERE site = $1 AND id = $2 ORDER BY version");
        let rows = self.database.all(versions.bind(site.as_str()).bind(survey.as_str())).await?;
        rows.iter().map(survey_record).collect()
    }

    /// How many answers each survey has. Small, and read every second: one row for each survey that was ever answered.
    pub async fn answered(&self) -> Result<Answered, StoreError> {
        let rows = self.database.all(sql("SELECT site, survey, count FROM answered")).await?;
        rows.iter().map(|row| Ok(((row.parsed("site")?, row.parsed("survey")?), row.number("count")?))).collect()
    }
}

impl Decision {
    /// Each changes a row, or none if there is nothing to change; whether there was, the first one says.
    fn statements(self) -> &'static [&'static str] {
        const PAUSE: &str =
            "INSERT INTO stopped_surveys (site, survey) VALUES ($1, $2) ON CONFLICT (site, survey) DO NOTHING";
        const RESUME: &str = "DELETE FROM stopped_surveys WHERE site = $1 AND survey = $2";
        const ARCHIVE: &str =
            "INSERT INTO archived_surveys (site, survey) VALUES ($1, $2) ON CONFLICT (site, survey) DO NOTHING";
        const UNARCHIVE: &str = "DELETE FROM archived_surveys WHERE site = $1 AND survey = $2";
        match self {
            Self::Pause => &[PAUSE],
            Self::Resume => &[RESUME],
            Self::Archive => &[ARCHIVE, PAUSE],
            Self::Unarchive => &[UNARCHIVE],
        }
    }

    fn deed(self) -> Deed {
        match self {
            Self::Pause => Deed::SurveyPaused,
            Self::Resume => Deed::SurveyResumed,
            Self::Archive => Deed::SurveyArchived,
            Self::Unarchive => Deed::SurveyUnarchived,
        }
    }
}

/// Publishes a survey on a site that is held.
///
/// # Errors
/// If it is archived: it would not be shown.
pub(super) async fn publish(
    connection: &mut Connection,
    site: &SiteKey,
    survey: Survey,
    by: &By,
) -> Result<Publication, StoreError> {
    refuse_archived(connection, site, survey.id()).await?;
    let newest = newest_version(connection, site, survey.id()).await?;
    if let Some(SurveyRecord { version, definition: Ok(newest), .. }) = &newest
        && survey.clone().with_version(*version) == *newest
    {
        return Ok(Publication::Unchanged(*version));
    }
    let version = newest.map_or(1, |newest| newest.version + 1);
    let survey = survey.with_version(version);
    add_version(connection, site, &survey, by).await?;
    let details = format!("version {version}: {}", survey.name());
    note(connection, site, by, Note { deed: Deed::SurveyPublished, subject: survey.id().as_str(), details }).await?;
    count_publication(connection).await?;
    Ok(Publication::Version(version))
}

async fn refuse_archived(connection: &mut Connection, site: &SiteKey, survey: &SurveyId) -> Result<(), StoreError> {
    if is_listed(connection, ARCHIVED, site, survey).await? {
        return Err(StoreError::Archived { site: site.clone(), survey: survey.clone() });
    }
    Ok(())
}

pub(super) const ARCHIVED: &str = "SELECT survey FROM archived_surveys WHERE site = $1 AND survey = $2";
pub(super) const PAUSED: &str = "SELECT survey FROM stopped_surveys WHERE site = $1 AND survey = $2";

/// Whether a survey is among those that are paused, or archived. Served by the primary keys of the two tables.
pub(super) async fn is_listed(
    connection: &mut Connection,
    list: &'static str,
    site: &SiteKey,
    survey: &SurveyId,
) -> Result<bool, StoreError> {
    Ok(sql(list).bind(site.as_str()).bind(survey.as_str()).optional(connection).await?.is_some())
}

/// Every version of every survey, in the order of publication.
pub(super) async fn surveys(connection: &mut Connection) -> Result<BTreeMap<SiteKey, Vec<SurveyRecord>>, StoreError> {
    let rows =
        sql("SELECT site, id, version, definition, published_at, published_by FROM surveys ORDER BY site, number")
            .all(connection)
            .await?;
    let mut surveys: BTreeMap<SiteKey, Vec<SurveyRecord>> = BTreeMap::new();
    for row in &rows {
        surveys.entry(row.parsed("site")?).or_default().push(survey_record(row)?);
    }
    Ok(surveys)
}

pub(super) async fn paused_surveys(
    connection: &mut Connection,
) -> Result<BTreeMap<SiteKey, BTreeSet<SurveyId>>, StoreError> {
    by_site(sql("SELECT site, survey FROM stopped_surveys").all(connection).await?)
}

pub(super) async fn archived_surveys(
    connection: &mut Connection,
) -> Result<BTreeMap<SiteKey, BTreeSet<SurveyId>>, StoreError> {
    by_site(sql("SELECT site, survey FROM archived_surveys").all(connection).await?)
}

fn by_site(rows: Vec<Row>) -> Result<BTreeMap<SiteKey, BTreeSet<SurveyId>>, StoreError> {
    let mut surveys: BTreeMap<SiteKey, BTreeSet<SurveyId>> = BTreeMap::new();
    for row in &rows {
        surveys.entry(row.parsed("site")?).or_default().insert(row.parsed("survey")?);
    }
    Ok(surveys)
}

/// A definition that cannot be read was written by a newer version: that one survey is not understood, and all else is served.
fn survey_record(row: &Row) -> Result<SurveyRecord, StoreError> {
    let version = row.number("version")?;
    let definition = Survey::from_store(&row.text("definition")?).map_err(|error| error.to_string());
    let definition = definition.map(|survey| survey.with_version(version));
    let (published_at, published_by) = (row.optional_integer("published_at")?, row.optional_text("published_by")?);
    Ok(SurveyRecord { id: row.parsed("id")?, version, definition, published_at, published_by })
}

/// The site is held, so nobody else takes the same number.
async fn add_version(connection: &mut Connection, site: &SiteKey, survey: &Survey, by: &By) -> Result<(), StoreError> {
    sql("INSERT INTO surveys (site, id, version, number, definition, published_at, published_by)
         SELECT $1, $2, $3, COALESCE(MAX(number), 0) + 1, $4, $5, $6 FROM surveys WHERE site = $1")
    .bind(site.as_str())
    .bind(survey.id().as_str())
    .bind(survey.version())
    .bind(to_json(survey)?)
    .bind(by.at)
    .bind(by.actor.to_string())
    .run(connection)
    .await?;
    Ok(())
}

/// Served by the primary key of `surveys`.
pub(super) async fn newest_version(
    connection: &mut Connection,
    site: &SiteKey,
    survey: &SurveyId,
) -> Result<Option<SurveyRecord>, StoreError> {
    let newest = sql("SELECT id, version, definition, published_at, published_by FROM surveys
                      WHERE site = $1 AND id = $2 ORDER BY version DESC LIMIT 1")
    .bind(site.as_str())
    .bind(survey.as_str());
    newest.optional(connection).await?.as_ref().map(survey_record).transpose()
}
