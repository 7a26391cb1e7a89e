//! Reports: the API that the console, or any other program, reads scores from.
//!
//! Handlers ask the store for counts and hand them to [`survey::report::build`], where every figure is made. Only members of
//! a site get past [`SiteAccess`].

mod asked;
mod parameters;
pub mod surveys;

use actix_web::get;
use actix_web::web::{Data, Json};
use survey::api::{Problem, SiteSummary};
use survey::definition::{QuestionId, SurveyId};
use survey::report::build::pages_report;
use survey::report::{AnswerReport, AnswersReport, CommentGiven, Days, PageReport, PagesReport, ScoreGiven};

use crate::admin::access::{SignedIn, SiteAccess};
use crate::application::PublicUrl;
use crate::clock;
use crate::problem::ApiError;
use crate::published::{Publications, PublishedSite};
use crate::store::{AnswerRecord, Counts, GivenRecord, Provenance, Store};
use asked::Asked;
use parameters::{AnswersParameters, DaysParameter, PageParameters};

/// The sites that the signed-in user is a member of.
#[utoipa::path(tag = "reports", responses((status = 200, body = Vec<SiteSummary>), (status = 401, body = Problem)))]
#[get("/sites")]
pub async fn sites(
    user: SignedIn,
    publications: Data<Publications>,
    store: Data<Store>,
    public_url: Data<PublicUrl>,
) -> Result<Json<Vec<SiteSummary>>, ApiError> {
    let published = publications.present();
    let own = store.sites_of(user.number).await?;
    let sites = own.iter().filter_map(|key| published.site(key));
    Ok(Json(sites.map(|site| site_summary(site, &public_url)).collect()))
}

/// Every page's scores in a period of days that ends today, and the site's as a whole.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), DaysParameter),
    responses((status = 200, body = PagesReport), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/pages")]
pub async fn pages(
    access: SiteAccess,
    query: Asked<DaysParameter>,
    store: Data<Store>,
) -> Result<Json<PagesReport>, ApiError> {
    let days = query.days(clock::now())?;
    Ok(Json(report_of(&access.site, days, &store).await?))
}

/// One page's scores. A page of which nothing is known has none.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), PageParameters),
    responses((status = 200, body = PageReport), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/page")]
pub async fn page(
    access: SiteAccess,
    query: Asked<PageParameters>,
    store: Data<Store>,
) -> Result<Json<PageReport>, ApiError> {
    let days = query.days(clock::now())?;
    // All pages are counted, because a page with few answers is judged by what is usual on the others.
    let report = report_of(&access.site, days, &store).await?;
    let page = report.pages.into_iter().find(|report| report.page == query.page);
    Ok(Json(page.unwrap_or_else(|| PageReport::empty(&query.page))))
}

/// Single answers, newest first.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), AnswersParameters),
    responses((status = 200, body = AnswersReport), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/answers")]
pub async fn answers(
    access: SiteAccess,
    query: Asked<AnswersParameters>,
    store: Data<Store>,
) -> Result<Json<AnswersReport>, ApiError> {
    let query = query.0.query(access.site.site.key.clone())?;
    let records = store.answers(&query).await?;
    let next = (records.len() == query.limit as usize).then(|| records.last().map(|last| last.number)).flatten();
    let answers = records.into_iter().map(|record| answer_report(&access.site, record)).collect();
    Ok(Json(AnswersReport { answers, next }))
}

async fn report_of(site: &PublishedSite, days: Days, store: &Store) -> Result<PagesReport, ApiError> {
    let Counts { histograms, funnels } = store.counts(&site.site.key, days).await?;
    Ok(pages_report(days, &histograms, &funnels, |survey, version, question| site.scale(survey, version, question)))
}

fn site_summary(PublishedSite { site, .. }: &PublishedSite, public_url: &PublicUrl) -> SiteSummary {
    SiteSummary {
        key: site.key.to_string(),
        name: site.name.clone(),
        origins: site.origins.clone(),
        snippet: format!(r#"<script async src="{public_url}/w/{}.js"></script>"#, site.key),
        demo: site.provenance == Provenance::Demo,
    }
}

fn answer_report(site: &PublishedSite, record: AnswerRecord) -> AnswerReport {
    let (survey, version) = (&record.survey, record.version);
    let scores = record.given.iter().filter_map(|given| score_given(site, survey, version, given)).collect();
    let comments = record.given.iter().filter_map(|GivenRecord { question, text, .. }| {
        Some(CommentGiven { question: question.clone(), text: text.clone()? })
    });
    AnswerReport {
        number: record.number,
        page: record.page,
        survey: record.survey.to_string(),
        version: record.version,
        answered_at: record.answered_at,
        completed: record.completed,
        device: record.device,
        language: record.language,
        signal: record.signal,
        comments: comments.collect(),
        scores,
    }
}

fn score_given(site: &PublishedSite, survey: &SurveyId, version: u32, given: &GivenRecord) -> Option<ScoreGiven> {
    let question: QuestionId = given.question.parse().ok()?;
    let scale = site.scale(survey, version, &question)?;
    let score = scale.score(given.point?.into())?;
    Some(ScoreGiven {
        question: given.question.clone(),
        metric: scale.metric(),
        point: score.point(),
        last_point: scale.last(),
        band: scale.band(score).into(),
    })
}
