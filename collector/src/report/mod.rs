//! Reports: the API that the console, or any other program, reads scores from.
//!
//! Handlers ask the store for counts and hand them to [`survey::report::build`], where every figure is made. Only members of
//! a site get past [`SiteAccess`]; whoever has a link that was shared gets past [`FiguresAccess`].

pub mod answer;
pub mod badge;
mod drawing;
mod fresh;
mod parameters;
pub mod shape;
pub mod stream;
pub mod surveys;
pub mod words;

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use survey::api::{Problem, SiteSummary};
use survey::page::{GroupSuggestion, suggest_groups};
use survey::report::build::{Block, Reports};
use survey::report::{
    AnswerReport, AnswersReport, DimensionValues, GroupsReport, PageDetails, PageReport, PagesReport, StagesReport,
    Timeline, choices_report,
};

use crate::admin::access::{FiguresAccess, Principal, SiteAccess, Viewer};
use crate::admin::keys::snippet;
use crate::counts::Cut;
use crate::live::{LiveSite, Watcher};
use crate::origin::PublicUrl;
use crate::problem::{ApiError, wrong};
use crate::query::Query;
use crate::store::{Counts, Provenance, Store, StoreError, WhichAnswers};
use parameters::{AnswersParameters, PageParameters, PagesParameters, PeriodParameters};

/// The sites that one is a member of; that of a token, for a program.
#[utoipa::path(tag = "reports", responses((status = 200, body = Vec<SiteSummary>), (status = 401, body = Problem)))]
#[get("/sites")]
pub async fn sites(
    principal: Principal,
    live: Data<Watcher>,
    store: Data<Store>,
    public_url: Data<PublicUrl>,
) -> Result<Json<Vec<SiteSummary>>, ApiError> {
    let own = match principal {
        Principal::Account(account) => store.sites_of(account.number).await?,
        Principal::Token(token) => vec![token.site],
    };
    let snapshot = live.with_sites(&own).await;
    let sites = own.iter().filter_map(|key| snapshot.site(key));
    Ok(Json(sites.map(|site| site_summary(site, &public_url)).collect()))
}

/// Every page's scores in a period, and the site's as a whole.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), PagesParameters),
    responses((status = 200, body = PagesReport), (status = 304), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/pages")]
pub async fn pages(
    access: FiguresAccess,
    query: Query<PagesParameters>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let (site, (timeline, cut)) = (&access.site, query.asked(access.site.today())?);
    let listing = query.listing()?;
    fresh::answer(&request, &store, site, async || {
        let counts = store.counts(site.key(), &timeline, &cut).await?;
        let mut report = reports_of(site, timeline, &counts)?.list(&listing).map_err(|error| wrong("after", error))?;
        entitle(&store, &access, &mut report.pages).await?;
        Ok(report)
    })
    .await
}

/// One page's scores, and how often each choice was picked there. A page of which nothing is known has none.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), PageParameters),
    responses((status = 200, body = PageDetails), (status = 304), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/page")]
pub async fn page(
    access: FiguresAccess,
    query: Query<PageParameters>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let (site, (timeline, cut)) = (&access.site, query.asked(access.site.today())?);
    fresh::answer(&request, &store, site, async || {
        // All pages are counted, because a page with few answers is judged by what is usual on the others.
        let counts = store.counts(site.key(), &timeline, &cut).await?;
        let published = |survey: &_, version| site.survey(survey, version).ok();
        let choices = choices_report(&counts.of_page(query.page.as_str()).map_err(StoreError::from)?, published);
        let reports = reports_of(site, timeline, &counts)?;
        let (period, mut report) = (reports.period(), reports.page(query.page.as_str()));
        entitle(&store, &access, std::slice::from_mut(&mut report)).await?;
        Ok(PageDetails { period, report, choices })
    })
    .await
}

/// The scores of each page group, by what the settings say now, also of the past.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), PeriodParameters),
    responses((status = 200, body = GroupsReport), (status = 304), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/groups")]
pub async fn groups(
    access: FiguresAccess,
    query: Query<PeriodParameters>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let (site, asked) = (&access.site, query.asked(access.site.today())?);
    reported(&request, &store, site, asked, |reports| Ok(reports.groups(&site.record.settings.page_groups))).await
}

/// The scores of each stage of the journey, in its order.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), PeriodParameters),
    responses((status = 200, body = StagesReport), (status = 304), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/stages")]
pub async fn stages(
    access: FiguresAccess,
    query: Query<PeriodParameters>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let (site, asked) = (&access.site, query.asked(access.site.today())?);
    let settings = &site.record.settings;
    reported(&request, &store, site, asked, |reports| Ok(reports.stages(&settings.page_groups, &settings.stages))).await
}

/// Groups that might be declared: for pages of a period that are in none, and whose addresses are alike.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), PeriodParameters),
    responses((status = 200, body = Vec<GroupSuggestion>), (status = 304), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/suggested-groups")]
pub async fn suggested_groups(
    access: FiguresAccess,
    query: Query<PeriodParameters>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let (site, asked) = (&access.site, query.asked(access.site.today())?);
    let declared = &site.record.settings.page_groups;
    reported(&request, &store, site, asked, |reports| Ok(suggest_groups(reports.counted_pages(), declared))).await
}

/// What visitors were told apart by so far: what reports can be filtered by.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path)),
    responses((status = 200, body = Vec<DimensionValues>), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/segments")]
pub async fn segments(access: SiteAccess<Viewer>, store: Data<Store>) -> Result<Json<Vec<DimensionValues>>, ApiError> {
    let dimensions = store.dimensions(access.key()).await?.into_iter();
    let told =
        dimensions.map(|(dimension, values)| DimensionValues { dimension, values: values.into_iter().collect() });
    Ok(Json(told.collect()))
}

/// Single answers, newest first. A part may be shorter than `limit`: the list is at its end where there is no `next`.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), AnswersParameters),
    responses((status = 200, body = AnswersReport), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/answers")]
pub async fn answers(
    access: SiteAccess<Viewer>,
    query: Query<AnswersParameters>,
    store: Data<Store>,
) -> Result<Json<AnswersReport>, ApiError> {
    let query = query.0.query(access.key().clone())?;
    let part = store.part_of_answers(&query, |record| answer::band(&access.site, record)).await?;
    let mut answers: Vec<AnswerReport> =
        part.answers.into_iter().map(|record| answer::report(&access.site, record)).collect();
    if matches!(query.which, WhichAnswers::WithComments | WhichAnswers::SetApart) {
        answers.iter_mut().for_each(|answer| answer.contact.clear());
    }
    Ok(Json(AnswersReport { answers, next: part.next }))
}

/// Gives each page its title. A title may greet a visitor by name, so guests are not told.
async fn entitle(store: &Store, access: &FiguresAccess, reports: &mut [PageReport]) -> Result<(), ApiError> {
    if access.is_guest {
        return Ok(());
    }
    let keys: Vec<&str> = reports.iter().map(|report| report.page.as_str()).collect();
    let mut titles = store.titles(access.site.key(), &keys).await?;
    reports.iter_mut().for_each(|report| report.title = titles.remove(&report.page));
    Ok(())
}

/// What is told of the counts of some days and visitors, unless the asker has it.
async fn reported<T: Serialize>(
    request: &HttpRequest,
    store: &Store,
    site: &LiveSite,
    (timeline, cut): (Timeline, Cut),
    tell: impl FnOnce(&Reports<'_, '_>) -> Result<T, ApiError>,
) -> Result<HttpResponse, ApiError> {
    fresh::answer(request, store, site, async || {
        let counts = store.counts(site.key(), &timeline, &cut).await?;
        tell(&reports_of(site, timeline, &counts)?)
    })
    .await
}

fn reports_of<'c, 's: 'c>(
    site: &'s LiveSite,
    timeline: Timeline,
    counts: &'c Counts,
) -> Result<Reports<'c, 's>, StoreError> {
    let sample =
        |survey: &_, version| site.survey(survey, version).map_or(100.0, |survey| survey.candidate().sample.percent());
    let blocks =
        counts.blocks().map(|block| Block { stands_for: 100.0 / sample(block.survey, block.version), ..block });
    let scale = |survey: &_, version, question: &_| site.scale(survey, version, question);
    Reports::count(timeline, counts.pages(), blocks, scale).map_err(StoreError::from)
}

pub fn site_summary(live: &LiveSite, public_url: &PublicUrl) -> SiteSummary {
    let site = &live.record;
    SiteSummary {
        key: site.key.to_string(),
        name: site.name.clone(),
        origins: site.origins.clone(),
        snippet: snippet(public_url, live.newest_key()),
        demo: site.provenance == Provenance::Demo,
    }
}
