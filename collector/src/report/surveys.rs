//! The surveys of a site, as its team sees them: state, rules in words, answers and reach.

use actix_web::get;
use actix_web::web::{Data, Json};
use survey::api::{Problem, SurveyState, SurveySummary};
use survey::definition::Survey;
use survey::targeting::wording;

use crate::admin::access::{SiteAccess, Viewer};
use crate::clock;
use crate::explain::reach::Sampled;
use crate::in_words;
use crate::live::CurrentSurvey;
use crate::problem::ApiError;
use crate::store::Store;

/// The newest version of each survey of a site, in the order of their priority.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path)),
    responses((status = 200, body = Vec<SurveySummary>), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/surveys")]
pub async fn surveys(access: SiteAccess<Viewer>, store: Data<Store>) -> Result<Json<Vec<SurveySummary>>, ApiError> {
    let (site, now) = (&access.site, clock::now());
    let answered = store.answered().await?;
    let sampled = Sampled::of_the_last_days(&store, site.key(), now).await?;
    let summaries = site.current.iter().map(|current| {
        let state = site.state_of(current, &answered, now);
        summary(current, state, site.answers_of(current, &answered), &sampled)
    });
    Ok(Json(summaries.collect()))
}

fn summary(current: &CurrentSurvey, state: SurveyState, answered: u64, sampled: &Sampled) -> SurveySummary {
    match &current.definition {
        Ok(survey) => understood(survey, state, answered, sampled),
        Err(_) => not_understood(current, state, answered),
    }
}

fn understood(survey: &Survey, state: SurveyState, answered: u64, sampled: &Sampled) -> SurveySummary {
    SurveySummary {
        id: survey.id().to_string(),
        version: survey.version(),
        name: survey.name().to_owned(),
        state,
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
fn not_understood(current: &CurrentSurvey, state: SurveyState, answered: u64) -> SurveySummary {
    SurveySummary {
        id: current.id.to_string(),
        version: current.version,
        name: current.id.to_string(),
        state,
        shown_where: "unknown: a newer Pagepoll has published it".to_owned(),
        shown_when: Vec::new(),
        frequency: "unknown".to_owned(),
        sample_percent: 0.0,
        priority: 0,
        quota: None,
        answered,
        starts_at: None,
        ends_at: None,
        format: "unknown".to_owned(),
        languages: Vec::new(),
        questions: Vec::new(),
        endings: Vec::new(),
        reach: None,
    }
}
