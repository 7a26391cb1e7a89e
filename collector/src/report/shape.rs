//! Shapes: heat maps, made from counts like all other reports; and cross-tables and drivers, made from single answers.

use std::sync::Arc;

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, get};
use survey::api::Problem;
use survey::definition::{Survey, SurveyId};
use survey::report::{HeatMapBy, HeatMapReport, Timeline};
use survey::shape::{Axis, CrossTable, CrossTableReport, Drivers, DriversReport};

use super::parameters::{CrossTableParameters, DriversParameters, HeatMapParameters};
use super::{fresh, reported};
use crate::admin::access::{SiteAccess, Viewer};
use crate::counts::Cut;
use crate::live::LiveSite;
use crate::problem::{ApiError, wrong};
use crate::query::Query;
use crate::store::{ShapeQuery, ShapedAnswers, Store, StoreError};

/// How many answers are read for one cross-table, or for drivers: the newest.
const MOST_READ: u64 = 100_000;

/// The headline figure of one metric, page by page and week by week, or by month; or of page groups. The most answered first.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), HeatMapParameters),
    responses((status = 200, body = HeatMapReport), (status = 304), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/heat-map")]
pub async fn heat_map(
    access: SiteAccess<Viewer>,
    query: Query<HeatMapParameters>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let (site, asked, rows) = (&access.site, query.asked(access.site.today())?, query.rows()?);
    let groups = &site.record.settings.page_groups;
    reported(&request, &store, site, asked, |reports| {
        Ok(match query.by {
            HeatMapBy::Page => reports.heat_map(query.metric, rows),
            HeatMapBy::Group => reports.heat_map_of_groups(groups, query.metric, rows),
        })
    })
    .await
}

/// Two questions of a survey against each other: how often each answer to the one came with each answer to the other, and whether they
/// have anything to do with each other. Of the newest 100,000 answers in the period.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), CrossTableParameters),
    responses((status = 200, body = CrossTableReport), (status = 304), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/cross-table")]
pub async fn cross_table(
    access: SiteAccess<Viewer>,
    query: Query<CrossTableParameters>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&query.survey, query.asked(access.site.today())?)?;
    let (site, query) = (access.site, query.0);
    table(&site, &query)?;
    fresh::answer(&request, &store, &site, async || {
        let answers = asked.read(&store, &site).await?;
        asked
            .tell(&site, move |site, asked| {
                let mut table = table(site, &query)?;
                answers.each(|answer| table.add(answer));
                Ok(table.report(&asked.survey, asked.timeline.days(), answers.read()))
            })
            .await
    })
    .await
}

/// What goes with low scores in a survey: of each choice, and of all that is known of visitors and pages, the share of low scores with it
/// and without it. Association, and not cause. Of the newest 100,000 answers in the period.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), DriversParameters),
    responses((status = 200, body = DriversReport), (status = 304), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/drivers")]
pub async fn drivers(
    access: SiteAccess<Viewer>,
    query: Query<DriversParameters>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let asked = Asked::of(&query.survey, query.asked(access.site.today())?)?;
    let (site, query) = (access.site, query.0);
    nothing_counted(&site, &query)?;
    fresh::answer(&request, &store, &site, async || {
        let answers = asked.read(&store, &site).await?;
        asked
            .tell(&site, move |site, asked| {
                let mut drivers = nothing_counted(site, &query)?;
                answers.each(|answer| drivers.add(answer));
                Ok(drivers.report(&asked.survey, asked.timeline.days(), answers.read()))
            })
            .await
    })
    .await
}

/// Whose answers are read.
#[derive(Clone)]
struct Asked {
    survey: SurveyId,
    timeline: Timeline,
    cut: Cut,
}

impl Asked {
    fn of(survey: &SurveyId, (timeline, cut): (Timeline, Cut)) -> Result<Self, ApiError> {
        if cut.is_of_others() {
            return Err(wrong("segment", "(other) stands for many values, and single answers do not say which"));
        }
        Ok(Self { survey: survey.clone(), timeline, cut })
    }

    async fn read(&self, store: &Store, site: &LiveSite) -> Result<ShapedAnswers, StoreError> {
        let counts = store.counts(site.key(), &self.timeline, &self.cut).await?;
        let query = ShapeQuery {
            site: site.key().clone(),
            survey: self.survey.clone(),
            days: self.timeline.days(),
            cut: self.cut.clone(),
            answers: counts.answered(&self.survey)?,
            most: MOST_READ,
        };
        store.shaped_answers(&query).await
    }

    /// Counting takes a while, and would keep the requests of others waiting.
    async fn tell<T: Send + 'static>(
        &self,
        site: &Arc<LiveSite>,
        tell: impl FnOnce(&LiveSite, &Self) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let (site, asked) = (site.clone(), self.clone());
        let told = web::block(move || tell(&site, &asked)).await;
        told.map_err(|error| ApiError::Internal(Box::new(error)))?
    }
}

fn table<'s>(site: &'s LiveSite, query: &CrossTableParameters) -> Result<CrossTable<'s>, ApiError> {
    let versions = versions(site, &query.survey)?;
    let axis = |field, question| Axis::of(&versions, question, query.detail()).map_err(|error| wrong(field, error));
    let (rows, columns) = (axis("rows", &query.rows)?, axis("columns", &query.columns)?);
    if query.rows == query.columns {
        return Err(wrong("columns", format!("the rows are {} already; name another question", query.rows)));
    }
    Ok(CrossTable::new(rows, columns))
}

fn nothing_counted<'s>(site: &'s LiveSite, query: &DriversParameters) -> Result<Drivers<'s>, ApiError> {
    let versions = versions(site, &query.survey)?;
    Drivers::of(&versions, query.metric, &site.record.settings.page_groups).map_err(|error| wrong("metric", error))
}

/// Every version of a survey, the newest first.
fn versions<'s>(site: &'s LiveSite, survey: &SurveyId) -> Result<Vec<&'s Survey>, ApiError> {
    let versions = site.versions_of(survey);
    if versions.is_empty() {
        let known: Vec<&str> = site.current.iter().map(|current| current.id.as_str()).collect();
        let reason = format!("no survey {survey} can be read here; the site has {}", known.join(", "));
        return Err(wrong("survey", reason));
    }
    Ok(versions)
}
