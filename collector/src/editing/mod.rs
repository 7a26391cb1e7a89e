//! Editing: surveys from their first draft to their publication, and what becomes of them then.
//!
//! A draft is JSON as an editor has it, so that nothing that somebody typed is lost, whatever is still wrong with it. Whoever changes one
//! says which revision they know ([`precondition`]); so of two editors at once, the slower one is told. Publishing goes the same way as
//! from the command line ([`crate::store::Store::publish_draft`]).

pub mod draft;
pub mod lifecycle;
mod names;
mod precondition;
pub mod preview;
mod problems;
pub mod publication;
pub mod surveys;
pub mod versions;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ETAG};
use serde::Deserialize;
use serde_json::Value;
use survey::api::SurveyState;
use survey::api::editing::{Draft, DraftConflict, DraftStamp, EditedSurvey, SavedDraft, TranslationNeeds};
use survey::definition::difference::difference;
use survey::definition::{SiteKey, Survey, SurveyId};
use survey::script::languages_of;
use survey::targeting::Moment;
use utoipa::ToSchema;

use crate::clock;
use crate::live::{CurrentSurvey, Lifecycle};
use crate::problem::{ApiError, ConflictName};
use crate::store::{DraftError, DraftRecord, DraftState, Store, StoreError, StoredSurvey};
use crate::written;

/// The body of a request that says everything by its address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

fn require_nothing(body: &[u8]) -> Result<(), ApiError> {
    if body.is_empty() {
        return Ok(());
    }
    let Nothing {} = written::read(body)?;
    Ok(())
}

/// What stands in an address where a survey's id should. What is none is the id of no survey.
pub fn survey_id(path: &(String, String)) -> Result<SurveyId, ApiError> {
    path.1.parse().map_err(|_| ApiError::NotFound)
}

pub async fn stored(store: &Store, site: &SiteKey, id: &SurveyId) -> Result<StoredSurvey, ApiError> {
    store.survey(site, id).await?.ok_or(ApiError::NotFound)
}

/// Answers with a survey as it is now, with the tag of its draft.
async fn answer(store: &Store, site: &SiteKey, id: &SurveyId, status: StatusCode) -> Result<HttpResponse, ApiError> {
    let edited = edited(id, stored(store, site, id).await?)?;
    let revision = edited.draft.as_ref().map(|draft| draft.saved.stamp.revision);
    Ok(tagged(status, revision).json(edited))
}

/// A response with the tag of a draft. Kept by nobody: somebody who edits wants it as it is now.
fn tagged(status: StatusCode, revision: Option<u32>) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((CACHE_CONTROL, "no-store"));
    if let Some(revision) = revision {
        response.insert_header((ETAG, precondition::tag(revision)));
    }
    response
}

/// The draft, or, while that cannot be shown, what was published.
pub fn as_it_is_now(stored: StoredSurvey) -> Result<Option<Survey>, ApiError> {
    let draft = stored.draft.map(|draft| document(&draft)).transpose()?;
    let draft = draft.and_then(|document| serde_json::from_value(document).ok());
    Ok(draft.or_else(|| stored.newest.and_then(|newest| newest.definition.ok())))
}

fn edited(id: &SurveyId, stored: StoredSurvey) -> Result<EditedSurvey, ApiError> {
    let StoredSurvey { newest, draft, is_paused, is_archived, answered } = stored;
    let published = newest.as_ref().and_then(|newest| newest.definition.as_ref().ok());
    let draft = draft.map(|record| told(id, &record, published)).transpose()?;
    let definition =
        published.map(serde_json::to_value).transpose().map_err(|error| ApiError::Internal(error.into()))?;
    let name = draft.as_ref().and_then(|draft| name_of(&draft.document));
    let name = name.or_else(|| published.map(|survey| survey.name().to_owned())).unwrap_or_else(|| id.to_string());
    let version = newest.as_ref().map(|newest| newest.version);
    let state = newest.map_or(SurveyState::Draft, |newest| {
        let current = CurrentSurvey::new(newest, Lifecycle::of(is_paused, is_archived));
        current.state_at(answered, clock::now())
    });
    Ok(EditedSurvey { id: id.to_string(), name, state, version, published: definition, draft })
}

fn told(id: &SurveyId, record: &DraftRecord, published: Option<&Survey>) -> Result<Draft, ApiError> {
    let document: Value = document(record)?;
    let saved = saved(id, record, &document, published);
    Ok(Draft { document, saved })
}

fn saved(id: &SurveyId, record: &DraftRecord, document: &Value, published: Option<&Survey>) -> SavedDraft {
    let problems = problems::problems(id, document);
    let says = problems.is_empty().then(|| serde_json::from_value::<Survey>(document.clone()).ok()).flatten();
    let changes = published.zip(says.as_ref()).map_or_else(Vec::new, |(published, says)| difference(published, says));
    let translations = says.map_or_else(Vec::new, |says| needs(&says, published));
    SavedDraft { stamp: stamp(record), based_on: record.based_on, problems, changes, translations }
}

/// What each language of a survey but its own needs.
fn needs(survey: &Survey, published: Option<&Survey>) -> Vec<TranslationNeeds> {
    let others = languages_of(survey).into_iter().filter(|language| language != survey.language());
    others
        .map(|language| TranslationNeeds {
            missing: survey.untranslated(&language),
            outdated: published.map_or_else(Vec::new, |before| survey.outdated(before, &language)),
            tag: language.to_string(),
        })
        .collect()
}

/// Who last changed a draft.
pub fn stamp(record: &DraftRecord) -> DraftStamp {
    let (revision, changed_by) = (record.revision, record.changed_by.clone());
    DraftStamp { revision, changed_by, changed_at: Moment(record.changed_at).to_string() }
}

/// What an editor has typed.
pub fn document(record: &DraftRecord) -> Result<Value, ApiError> {
    serde_json::from_str(&record.document).map_err(|error| ApiError::Internal(error.into()))
}

/// What the team calls it, if it says so.
pub fn name_of(document: &Value) -> Option<String> {
    document["name"].as_str().filter(|name| !name.trim().is_empty()).map(str::to_owned)
}

impl From<DraftError> for ApiError {
    fn from(error: DraftError) -> Self {
        let name = match error {
            DraftError::Store(error) => return store_error(error),
            DraftError::NoSuchSite(_) => return Self::NotFound,
            DraftError::Changed(now) => return Self::DraftChanged(Box::new(conflict(now))),
            DraftError::PublishedSince { based_on, newest } => {
                let by = newest.published_by.map_or_else(String::new, |who| format!(" by {who}"));
                let from = based_on.map_or_else(|| "nothing".to_owned(), |version| format!("version {version}"));
                let version = newest.version;
                let reason = format!(
                    "version {version} was published{by} since this draft was begun, from {from}; look at what is different, and send \
                     {{\"over\": {version}}} to publish the draft all the same"
                );
                return Self::Conflict { name: ConflictName::PublishedSince, reason };
            }
            DraftError::NoDraft(_) => ConflictName::NoDraft,
            DraftError::Taken(_) => {
                return Self::BadParameter { field: "id".to_owned(), reason: format!("id: {error}") };
            }
            DraftError::TooMany => ConflictName::TooMany,
        };
        Self::Conflict { name, reason: error.to_string() }
    }
}

/// What the store refuses, in the words of this API.
fn store_error(error: StoreError) -> ApiError {
    match error {
        StoreError::NoSuchSite(_) | StoreError::NoSuchSurvey { .. } => ApiError::NotFound,
        StoreError::Archived { .. } => ApiError::Conflict {
            name: ConflictName::Archived,
            reason: "this survey is archived, so it would not be shown; bring it back first".to_owned(),
        },
        error => ApiError::Store(error),
    }
}

fn conflict(now: DraftState) -> DraftConflict {
    let DraftState { revision, is_there, changed_by, changed_at } = now;
    let changed_at = Moment(changed_at).to_string();
    let reason = if is_there {
        format!(
            "{changed_by} changed this draft at {changed_at}; load that (revision {revision}) before you save yours"
        )
    } else {
        format!(
            "{changed_by} published this draft, or threw it away, at {changed_at}; load the survey before you save yours"
        )
    };
    let stamp = DraftStamp { revision, changed_by, changed_at };
    DraftConflict { error: "draft_changed".to_owned(), field: String::new(), reason, is_there, stamp }
}
