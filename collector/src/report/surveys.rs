//! The surveys of a site, as its team sees them: state, rules in words, answers and reach.

use std::collections::BTreeMap;

use actix_web::get;
use actix_web::web::{Data, Json};
use serde::Deserialize;
use survey::api::{Problem, SurveyState, SurveySummary};
use survey::definition::{Survey, SurveyId};
use survey::in_words;
use survey::targeting::wording::{Phrase, Tongue, Words};
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
    /// In which language the rules are told.
    #[serde(default)]
    #[param(inline)]
    language: Tongue,
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
    let (site, now, words) = (&access.site, clock::now(), query.language.words());
    let answered = store.answered().await?;
    let sampled = Sampled::of_the_last_days(&store, site.key(), now).await?;
    let mut drafts: BTreeMap<SurveyId, DraftRecord> = store.drafts(site.key()).await?.into_iter().collect();
    let mut summaries = Vec::new();
    for current in &site.current {
        let draft = drafts.remove(&current.id).as_ref().map(editing::stamp);
        let state = site.state_of(current, &answered, now);
        if query.archived || state != SurveyState::Archived {
            let answers = site.answers_of(current, &answered);
            summaries.push(SurveySummary {
                draft,
                ..summary(current, state, &Told { answered: answers, sampled: &sampled, words })
            });
        }
    }
    for (id, draft) in &drafts {
        summaries.push(never_published(id, draft, &Told { answered: 0, sampled: &sampled, words })?);
    }
    Ok(Json(summaries))
}

/// What a summary tells that its survey does not say, and in whose words.
struct Told<'a> {
    answered: u64,
    sampled: &'a Sampled,
    words: &'a dyn Words,
}

fn summary(current: &CurrentSurvey, state: SurveyState, told: &Told<'_>) -> SurveySummary {
    match &current.definition {
        Ok(survey) => understood(survey, state, told),
        Err(_) => SurveySummary {
            version: Some(current.version),
            answered: told.answered,
            ..unknown(&current.id, state, told.words, Phrase::NewerThanThis)
        },
    }
}

/// As far as a draft can be read.
fn never_published(id: &SurveyId, draft: &DraftRecord, told: &Told<'_>) -> Result<SurveySummary, ApiError> {
    let document = editing::document(draft)?;
    let name = editing::name_of(&document);
    let summary = match serde_json::from_value::<Survey>(document) {
        Ok(survey) => understood(&survey, SurveyState::Draft, told),
        Err(_) => unknown(id, SurveyState::Draft, told.words, Phrase::NotYetKnown),
    };
    let name = name.unwrap_or_else(|| id.to_string());
    Ok(SurveySummary { id: id.to_string(), name, version: None, draft: Some(editing::stamp(draft)), ..summary })
}

fn understood(survey: &Survey, state: SurveyState, told: &Told<'_>) -> SurveySummary {
    let words = told.words;
    SurveySummary {
        id: survey.id().to_string(),
        version: Some(survey.version()),
        name: survey.name().to_owned(),
        state,
        draft: None,
        shown_where: words.condition(survey.when()),
        shown_when: survey.triggers().iter().map(|trigger| words.trigger(trigger)).collect(),
        frequency: words.frequency(survey.frequency()),
        sample_percent: survey.sample().percent(),
        priority: survey.priority(),
        quota: survey.quota(),
        answered: told.answered,
        starts_at: survey.starts_at().map(|start| start.to_string()),
        ends_at: survey.ends_at().map(|end| end.to_string()),
        format: in_words::format(survey.format()),
        languages: in_words::languages(survey),
        questions: in_words::questions(survey),
        endings: in_words::endings(survey),
        reach: told.sampled.reach(survey.when()),
    }
}

/// Of a survey that cannot be read, little more is known than that it is there.
fn unknown(id: &SurveyId, state: SurveyState, words: &dyn Words, shown_where: Phrase) -> SurveySummary {
    SurveySummary {
        id: id.to_string(),
        version: None,
        name: id.to_string(),
        state,
        draft: None,
        shown_where: words.phrase(shown_where).to_owned(),
        shown_when: Vec::new(),
        frequency: words.phrase(Phrase::Unknown).to_owned(),
        sample_percent: 0.0,
        priority: 0,
        quota: None,
        answered: 0,
        starts_at: None,
        ends_at: None,
        format: words.phrase(Phrase::Unknown).to_owned(),
        languages: Vec::new(),
        questions: Vec::new(),
        endings: Vec::new(),
        reach: None,
    }
}
