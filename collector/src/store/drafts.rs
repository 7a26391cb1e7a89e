//! Drafts: what editors have typed and not yet published, at most one of each survey.
//!
//! A draft is changed by whoever knows its revision, and by nobody else: so two editors at once never overwrite each other. Its row stays
//! when it is published or thrown away, without a document, and its revisions go on counting.

use survey::definition::{SiteKey, Survey, SurveyId};

use super::log::{By, Deed, Note, note};
use super::sites::{NoSuchSite, hold_site};
use super::surveys::{ARCHIVED, PAUSED, Publication, SurveyRecord, is_listed, newest_version, publish};
use super::{Connection, Row, Store, StoreError, sql};
use crate::clock::UnixMs;

/// How many drafts one site may have.
const MAX_DRAFTS: i64 = 200;

/// What somebody who changes a draft knows of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Known {
    /// That there is none.
    Nothing,
    Revision(u32),
}

/// Who last changed a draft, or ended it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftState {
    pub revision: u32,
    pub is_there: bool,
    pub changed_by: String,
    pub changed_at: UnixMs,
}

/// A draft.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftRecord {
    pub revision: u32,
    /// JSON as the editor has it.
    pub document: String,
    /// The version that it was begun from.
    pub based_on: Option<u32>,
    pub changed_by: String,
    pub changed_at: UnixMs,
}

/// A survey that is to be begun as a draft.
pub struct Begun {
    pub survey: SurveyId,
    pub document: String,
    pub based_on: Option<u32>,
}

/// A survey with all that somebody needs who edits it, as of one moment.
#[derive(Clone, Debug)]
pub struct StoredSurvey {
    /// None of one that was never published.
    pub newest: Option<SurveyRecord>,
    pub draft: Option<DraftRecord>,
    pub is_paused: bool,
    pub is_archived: bool,
    pub answered: u64,
}

/// Why a draft stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    #[error(transparent)]
    NoSuchSite(#[from] NoSuchSite),
    #[error("survey {0} has no draft")]
    NoDraft(SurveyId),
    /// Somebody else was faster.
    #[error("the draft was changed meanwhile")]
    Changed(DraftState),
    #[error("there is a survey {0} already")]
    Taken(SurveyId),
    #[error("the site has {MAX_DRAFTS} drafts, the most that there can be; publish one, or throw one away")]
    TooMany,
    /// Since the draft was begun.
    #[error("version {} has been published since", .newest.version)]
    PublishedSince { based_on: Option<u32>, newest: Box<SurveyRecord> },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// A survey that is published or has a draft.
    pub async fn survey(&self, site: &SiteKey, survey: &SurveyId) -> Result<Option<StoredSurvey>, StoreError> {
        self.database
            .snapshot(async |connection| {
                let newest = newest_version(connection, site, survey).await?;
                let draft = draft(connection, site, survey).await?;
                if newest.is_none() && draft.is_none() {
                    return Ok(None);
                }
                let answered = sql("SELECT count FROM answered WHERE site = $1 AND survey = $2");
                let answered = answered.bind(site.as_str()).bind(survey.as_str()).optional(connection).await?;
                Ok(Some(StoredSurvey {
                    newest,
                    draft,
                    is_paused: is_listed(connection, PAUSED, site, survey).await?,
                    is_archived: is_listed(connection, ARCHIVED, site, survey).await?,
                    answered: answered.map_or(Ok(0), |row| row.number("count"))?,
                }))
            })
            .await
    }

    /// Every draft of a site. Served by the primary key of `drafts`.
    pub async fn drafts(&self, site: &SiteKey) -> Result<Vec<(SurveyId, DraftRecord)>, StoreError> {
        let drafts = sql("SELECT survey, revision, document, based_on, changed_by, changed_at FROM drafts
                          WHERE site = $1 AND document IS NOT NULL ORDER BY survey");
        let rows = self.database.all(drafts.bind(site.as_str())).await?;
        rows.iter().map(|row| Ok((row.parsed("survey")?, draft_record(row)?))).collect()
    }

    /// Begins a survey that is not there yet.
    pub async fn begin_survey(&self, site: &SiteKey, begun: Begun, by: &By) -> Result<DraftRecord, DraftError> {
        self.database
            .decide(async |connection| {
                hold_site::<DraftError>(connection, site).await?;
                let is_published = newest_version(connection, site, &begun.survey).await?.is_some();
                let earlier = state(connection, site, &begun.survey).await?;
                if is_published || earlier.as_ref().is_some_and(|earlier| earlier.is_there) {
                    return Err(DraftError::Taken(begun.survey.clone()));
                }
                begin(connection, site, begun, earlier.map_or(0, |earlier| earlier.revision), by).await
            })
            .await
    }

    /// Saves a draft, and begins it where there is none. `begun.based_on` counts where it begins.
    pub async fn save_draft(
        &self,
        site: &SiteKey,
        begun: Begun,
        known: Known,
        by: &By,
    ) -> Result<DraftRecord, DraftError> {
        self.database
            .decide(async |connection| {
                hold_site::<DraftError>(connection, site).await?;
                let earlier = require_known(connection, site, &begun.survey, known).await?;
                let revision = earlier.as_ref().map_or(0, |earlier| earlier.revision);
                if known == Known::Nothing {
                    return begin(connection, site, begun, revision, by).await;
                }
                let save = sql("UPDATE drafts SET revision = $3, document = $4, changed_by = $5, changed_at = $6
                                WHERE site = $1 AND survey = $2");
                save.bind(site.as_str())
                    .bind(begun.survey.as_str())
                    .bind(revision + 1)
                    .bind(begun.document.as_str())
                    .bind(by.actor.to_string())
                    .bind(by.at)
                    .run(connection)
                    .await?;
                draft(connection, site, &begun.survey).await?.ok_or(DraftError::NoDraft(begun.survey))
            })
            .await
    }

    /// Throws a draft away.
    pub async fn discard_draft(
        &self,
        site: &SiteKey,
        survey: &SurveyId,
        known: Known,
        by: &By,
    ) -> Result<(), DraftError> {
        self.database
            .decide(async |connection| {
                hold_site::<DraftError>(connection, site).await?;
                require_known(connection, site, survey, known).await?;
                end(connection, site, survey, by).await?;
                let discarded = Note { deed: Deed::DraftDiscarded, subject: survey.as_str(), details: String::new() };
                Ok(note(connection, site, by, discarded).await?)
            })
            .await
    }

    /// Publishes what a draft says as the next version, and ends the draft, both or neither. `over` is the version that may be newer than
    /// the one that the draft was begun from.
    pub async fn publish_draft(
        &self,
        site: &SiteKey,
        says: Survey,
        (known, over): (Known, Option<u32>),
        by: &By,
    ) -> Result<Publication, DraftError> {
        self.database
            .decide(async |connection| {
                hold_site::<DraftError>(connection, site).await?;
                let survey = says.id().clone();
                require_known(connection, site, &survey, known).await?;
                let based_on = draft(connection, site, &survey).await?.and_then(|draft| draft.based_on);
                if let Some(newest) = newest_version(connection, site, &survey).await?
                    && ![based_on, over].contains(&Some(newest.version))
                {
                    return Err(DraftError::PublishedSince { based_on, newest: Box::new(newest) });
                }
                let published = publish(connection, site, says, by).await?;
                end(connection, site, &survey, by).await?;
                Ok(published)
            })
            .await
    }
}

/// # Errors
/// If the draft is not as somebody knows it.
async fn require_known(
    connection: &mut Connection,
    site: &SiteKey,
    survey: &SurveyId,
    known: Known,
) -> Result<Option<DraftState>, DraftError> {
    let state = state(connection, site, survey).await?;
    match (&state, known) {
        (None, Known::Nothing) => Ok(None),
        (None, Known::Revision(_)) => Err(DraftError::NoDraft(survey.clone())),
        (Some(found), Known::Nothing) if !found.is_there => Ok(state),
        (Some(found), Known::Revision(revision)) if found.is_there && found.revision == revision => Ok(state),
        (Some(found), _) => Err(DraftError::Changed(found.clone())),
    }
}

/// Writes the first document of a draft. `revision` is the last that an earlier draft had.
async fn begin(
    connection: &mut Connection,
    site: &SiteKey,
    Begun { survey, document, based_on }: Begun,
    revision: u32,
    by: &By,
) -> Result<DraftRecord, DraftError> {
    let count = sql("SELECT COUNT(*) AS count FROM drafts WHERE site = $1 AND document IS NOT NULL");
    if count.bind(site.as_str()).one(connection).await?.integer("count")? >= MAX_DRAFTS {
        return Err(DraftError::TooMany);
    }
    sql("INSERT INTO drafts (site, survey, revision, document, based_on, changed_by, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (site, survey) DO UPDATE
             SET revision = excluded.revision, document = excluded.document, based_on = excluded.based_on,
                 changed_by = excluded.changed_by, changed_at = excluded.changed_at")
    .bind(site.as_str())
    .bind(survey.as_str())
    .bind(revision + 1)
    .bind(document.as_str())
    .bind(based_on.map(i64::from))
    .bind(by.actor.to_string())
    .bind(by.at)
    .run(connection)
    .await?;
    let details = based_on.map_or_else(String::new, |version| format!("from version {version}"));
    note(connection, site, by, Note { deed: Deed::DraftBegun, subject: survey.as_str(), details }).await?;
    draft(connection, site, &survey).await?.ok_or(DraftError::NoDraft(survey))
}

/// Ends a draft. Its revision rises, so that nobody who knows it takes a later draft for it.
async fn end(connection: &mut Connection, site: &SiteKey, survey: &SurveyId, by: &By) -> Result<(), StoreError> {
    sql("UPDATE drafts SET revision = revision + 1, document = NULL, based_on = NULL, changed_by = $3, changed_at = $4
         WHERE site = $1 AND survey = $2")
    .bind(site.as_str())
    .bind(survey.as_str())
    .bind(by.actor.to_string())
    .bind(by.at)
    .run(connection)
    .await?;
    Ok(())
}

async fn state(
    connection: &mut Connection,
    site: &SiteKey,
    survey: &SurveyId,
) -> Result<Option<DraftState>, StoreError> {
    let Some(row) = row_of(connection, site, survey).await? else { return Ok(None) };
    Ok(Some(DraftState {
        revision: row.number("revision")?,
        is_there: row.optional_text("document")?.is_some(),
        changed_by: row.text("changed_by")?,
        changed_at: row.integer("changed_at")?,
    }))
}

async fn draft(
    connection: &mut Connection,
    site: &SiteKey,
    survey: &SurveyId,
) -> Result<Option<DraftRecord>, StoreError> {
    match row_of(connection, site, survey).await? {
        Some(row) if row.optional_text("document")?.is_some() => draft_record(&row).map(Some),
        _ => Ok(None),
    }
}

/// Served by the primary key of `drafts`.
async fn row_of(connection: &mut Connection, site: &SiteKey, survey: &SurveyId) -> Result<Option<Row>, StoreError> {
    sql("SELECT survey, revision, document, based_on, changed_by, changed_at FROM drafts
         WHERE site = $1 AND survey = $2")
    .bind(site.as_str())
    .bind(survey.as_str())
    .optional(connection)
    .await
}

fn draft_record(row: &Row) -> Result<DraftRecord, StoreError> {
    Ok(DraftRecord {
        revision: row.number("revision")?,
        document: row.text("document")?,
        based_on: row.optional_integer("based_on")?.and_then(|version| u32::try_from(version).ok()),
        changed_by: row.text("changed_by")?,
        changed_at: row.integer("changed_at")?,
    })
}
