//! Surveys that are being written: to begin, load, save, publish and put away.

use gloo_net::http::{Request, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;
use survey::api::editing::{
    DraftConflict, EditedSurvey, NewSurvey, NotPublishable, SavedDraft, SurveyVersion, VersionDefinition,
};
use survey::api::{TemplateSummary, WhyLink, WhyLinkRequest};
use survey::reach::Reach;
use survey::targeting::Trace;

use super::sending::{answer, change};
use super::{Failure, accepted, get, in_language, of_site, read, unreadable};

/// Why something that was written is not saved, or not published.
#[derive(Clone, PartialEq, Debug)]
pub enum NotDone {
    /// Somebody else has changed the draft meanwhile.
    Changed(Box<DraftConflict>),
    /// The draft makes no sense yet.
    NotPublishable(Box<NotPublishable>),
    /// Another version was published since the draft was begun.
    PublishedSince,
    Failed(Failure),
}

pub async fn templates() -> Result<Vec<TemplateSummary>, Failure> {
    get("/api/templates".to_owned()).await
}

pub async fn survey(site: &str, survey: &str) -> Result<EditedSurvey, Failure> {
    get(of_survey(site, survey, "")).await
}

pub async fn begin(site: &str, wanted: &NewSurvey) -> Result<EditedSurvey, Failure> {
    change(Request::post(&of_site(site, "surveys", &[])), wanted).await
}

/// Saves a draft; `revision` is the one that was changed, nothing where there was none.
pub async fn save(site: &str, survey: &str, revision: Option<u32>, document: &Value) -> Result<SavedDraft, NotDone> {
    let request = knowing(Request::put(&of_survey(site, survey, "/draft")), revision);
    done(request.json(document)).await
}

pub async fn discard(site: &str, survey: &str, revision: u32) -> Result<(), NotDone> {
    settled(knowing(Request::delete(&of_survey(site, survey, "/draft")), Some(revision)).build()).await.map(drop)
}

/// Publishes a draft; `over` is the version that it may replace though it was published since.
pub async fn publish(site: &str, survey: &str, revision: u32, over: Option<u32>) -> Result<EditedSurvey, NotDone> {
    let request = knowing(Request::post(&of_survey(site, survey, "/publish")), Some(revision));
    done(request.json(&serde_json::json!({ "over": over }))).await
}

/// What is to become of a published survey.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    Pause,
    Resume,
    Archive,
    Unarchive,
}

pub async fn decide(site: &str, survey: &str, decision: Decision) -> Result<EditedSurvey, Failure> {
    let verb = match decision {
        Decision::Pause => "/pause",
        Decision::Resume => "/resume",
        Decision::Archive => "/archive",
        Decision::Unarchive => "/unarchive",
    };
    change(Request::post(&of_survey(site, survey, verb)), &serde_json::json!({})).await
}

/// How many page views of the last days a rule would have admitted.
pub async fn reach(site: &str, when: &Value) -> Result<Reach, Failure> {
    change(Request::post(&of_site(site, "reach", &[])), &serde_json::json!({ "when": when })).await
}

/// Why a survey, as it was last saved, would show or not on a visit that somebody describes.
pub async fn why(site: &str, survey: &str, given: &Value) -> Result<Trace, Failure> {
    let address = of_site(site, &format!("surveys/{survey}/why"), &[in_language()]);
    change(Request::post(&address), given).await
}

/// What a version said.
pub async fn version(site: &str, survey: &str, version: u32) -> Result<VersionDefinition, Failure> {
    get(of_survey(site, survey, &format!("/versions/{version}"))).await
}

/// A page's address with leave to see the survey there.
pub async fn preview_link(site: &str, survey: &str, url: String) -> Result<WhyLink, Failure> {
    change(Request::post(&of_survey(site, survey, "/preview-link")), &WhyLinkRequest { url }).await
}

pub async fn versions(site: &str, survey: &str) -> Result<Vec<SurveyVersion>, Failure> {
    get(of_survey(site, survey, "/versions")).await
}

fn of_survey(site: &str, survey: &str, what: &str) -> String {
    of_site(site, &format!("surveys/{survey}{what}"), &[])
}

fn knowing(request: RequestBuilder, revision: Option<u32>) -> RequestBuilder {
    match revision {
        Some(revision) => request.header("If-Match", &format!("\"r{revision}\"")),
        None => request.header("If-None-Match", "*"),
    }
}

async fn done<T: DeserializeOwned>(request: Result<Request, gloo_net::Error>) -> Result<T, NotDone> {
    read(settled(request).await?).await.map_err(NotDone::Failed)
}

async fn settled(request: Result<Request, gloo_net::Error>) -> Result<Response, NotDone> {
    let request = request.map_err(unreadable).map_err(NotDone::Failed)?;
    let response = answer(request).await.map_err(|_| NotDone::Failed(Failure::Unreachable))?;
    match response.status() {
        412 => Err(read(response).await.map_or_else(NotDone::Failed, |changed| NotDone::Changed(Box::new(changed)))),
        409 => {
            let told: Value = read(response).await.map_err(NotDone::Failed)?;
            if told["error"] == "published_since" {
                return Err(NotDone::PublishedSince);
            }
            let reason = told["reason"].as_str().unwrap_or_default().to_owned();
            let refused = NotDone::Failed(Failure::Refused { field: String::new(), reason });
            Err(serde_json::from_value(told).map_or(refused, |told| NotDone::NotPublishable(Box::new(told))))
        }
        _ => accepted(Ok(response)).await.map_err(NotDone::Failed),
    }
}
