//! The surveys of a site, as its team sees them: state, rules in words, answers and reach.

use std::collections::BTreeMap;

use actix_web::get;
use actix_web::web::{Data, Json};
use serde::Deserialize;
use survey::api::{Problem, SurveyState, SurveySummary};
use survey::definition::{Survey, SurveyId};
use survey::in_words;
use survey::targeting::wording;
use utoipa::IntoParams;

use crate::admin::access::{SiteAccess, Viewer};
use crate::clock;
use crate::editing;
use crate::explain::reach::Sampled;
use crate::live::CurrentSurvey;
use crate::problem::ApiError;
use crate::query::Query;
use crate::store::{DraftRecord, Store};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SurveysParameters {
    /// Those that were put away, too.
    #[serde(default)]
    archived: bool,
}

/// The surveys of a site: the newest version of each, in the order of their priority, and then those that were never published.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), SurveysParameters),
    responses((status = 200, body = Vec<SurveySummary>), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/surveys")]
pub async fn surveys(
    access: SiteAccess<Viewer>,
    query: Query<SurveysParameters>,
    store: Data<Store>,
) -> Result<Json<Vec<SurveySummary>>, ApiError> {
    let (site, now) = (&access.site, clock::now());
    let answered = store.answered().await?;
    let sampled = Sampled::of_the_last_days(&store, site.key(), now).await?;
    let mut drafts: BTreeMap<SurveyId, DraftRecord> = store.drafts(site.key()).await?.into_iter().collect();
    let mut summaries = Vec::new();
    for current in &site.current {
        let draft = drafts.remove(&current.id).as_ref().map(editing::stamp);
        let state = site.state_of(current, &answered, now);
        if query.archived || state != SurveyState::Archived {
            let answers = site.answers_of(current, &answered);
            summaries.push(SurveySummary { draft, ..summary(current, state, answers, &sampled) });
        }
    }
    for (id, draft) in &drafts {
        summaries.push(never_published(id, draft, &sampled)?);
    }
    Ok(Json(summaries))
}

fn summary(current: &CurrentSurvey, state: SurveyState, answered: u64, sampled: &Sampled) -> SurveySummary {
    match &current.definition {
        Ok(survey) => understood(survey, state, answered, sampled),
        Err(_) => SurveySummary {
            version: Some(current.version),
            answered,
            ..unknown(&current.id, state, "unknown: a newer Pagepoll has published it")
        },
    }
}

/// As far as a draft can be read.
fn never_published(id: &SurveyId, draft: &DraftRecord, sampled: &Sampled) -> Result<SurveySummary, ApiError> {
    let document = editing::document(draft)?;
    let name = editing::name_of(&document);
    let summary = match serde_json::from_value::<Survey>(document) {
        Ok(survey) => understood(&survey, SurveyState::Draft, 0, sampled),
        Err(_) => unknown(id, SurveyState::Draft, "not yet known"),
    };
    let name = name.unwrap_or_else(|| id.to_string());
    Ok(SurveySummary { id: id.to_string(), name, version: None, draft: Some(editing::stamp(draft)), ..summary })
}

fn understood(survey: &Survey, state: SurveyState, answered: u64, sampled: &Sampled) -> SurveySummary {
    SurveySummary {
        id: survey.id().to_string(),
        version: Some(survey.version()),
        name: survey.name().to_owned(),
        state,
        draft: None,
        shown_where: wording::condition(survey.when()),
        shown_when: survey.triggers().iter().map(wording::trigger).collect(),
        frequency: wording::frequency(survey.frequency()),
        sample_percent: survey.sample().percent(),
        priority: survey.priority(),
        quota: survey.quota(),
        answered,
        starts_at: survey.starts_at().map(|start| start.to_string()),
        ends_at: survey.ends_at().map(|end| end.to_string()),
        format: in_words::format(survey.format()),
        languages: in_words::languages(survey),
        questions: in_words::questions(survey),
        endings: in_words::endings(survey),
        reach: sampled.reach(survey.when()),
    }
}

/// Of a survey that cannot be read, little more is known than that it is there.
fn unknown(id: &SurveyId, state: SurveyState, shown_where: &str) -> SurveySummary {
    SurveySummary {
        id: id.to_string(),
        version: None,
        name: id.to_string(),
        state,
        draft: None,
        shown_where: shown_where.to_owned(),
        shown_when: Vec::new(),
        frequency: "unknown".to_owned(),
        sample_percent: 0.0,
        priority: 0,
        quota: None,
        answered: 0,
        starts_at: None,
        ends_at: None,
        format: "unknown".to_owned(),
        languages: Vec::new(),
        questions: Vec::new(),
        endings: Vec::new(),
        reach: None,
    }
}
