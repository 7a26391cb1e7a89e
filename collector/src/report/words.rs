//! What visitors talk about: the words and phrases of a period's comments, with their scores.

use actix_web::get;
use actix_web::web::{Data, Json};
use survey::api::Problem;
use survey::comments::WordsReport;
use survey::definition::{QuestionKind, Scale, Score};

use super::parameters::WordsParameters;
use crate::admin::access::{SiteAccess, Viewer};
use crate::comments::Told;
use crate::live::LiveSite;
use crate::problem::ApiError;
use crate::query::Query;
use crate::report::answer;
use crate::store::{AnswerQuery, AnswerRecord, Store};

/// How many comments are read for one report: the newest.
const MOST_READ: u64 = 20_000;

/// The words and two-word phrases of comments, with the scores that came with them, and which of them go with low scores more than
/// chance has it; the languages that comments are written in; and how they sound. Of a period of days that ends today, unless said
/// otherwise. The newest 20,000 comments are read.
#[utoipa::path(
    tag = "reports",
    params(("site" = String, Path), WordsParameters),
    responses((status = 200, body = WordsReport), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/words")]
pub async fn words(
    access: SiteAccess<Viewer>,
    query: Query<WordsParameters>,
    store: Data<Store>,
) -> Result<Json<WordsReport>, ApiError> {
    let asked = query.0.query(access.key().clone(), access.site.today())?;
    let site = access.site.clone();
    let mut query = asked.answers.clone();
    let mut records = Vec::new();
    loop {
        let part = store.part_of_answers(&query, |record| answer::band(&site, record)).await?;
        records.extend(part.answers);
        match part.next {
            Some(next) if (records.len() as u64) < MOST_READ => query = AnswerQuery { before: Some(next), ..query },
            next => {
                let is_all = next.is_none();
                let comments = if is_all { records.len() as u64 } else { store.count_comments(&asked.answers).await? };
                let numbers: Vec<i64> = records.iter().map(|record| record.number).collect();
                let languages = store.languages_of(site.key(), &numbers).await?;
                // Splitting takes a while, and would keep the requests of others waiting.
                let report = actix_web::web::block(move || {
                    let mut told = Told::default();
                    for record in &records {
                        let texts: Vec<&str> = record.given.iter().filter_map(|given| given.text.as_deref()).collect();
                        let language = languages.get(&record.number).map(String::as_str);
                        told.read(&texts, language, &record.language, first_score(&site, record));
                    }
                    told.report(asked.days, comments, asked.words)
                });
                let report = report.await.map_err(|error| ApiError::Internal(Box::new(error)))?;
                return Ok(Json(report));
            }
        }
    }
}

/// The first score that was given, with its scale.
fn first_score<'s>(site: &'s LiveSite, record: &AnswerRecord) -> Option<(&'s Scale, Score)> {
    let survey = site.survey(&record.survey, record.version).ok()?;
    survey.questions().iter().find_map(|question| {
        let QuestionKind::Score { scale, .. } = &question.kind else { return None };
        Some((scale, scale.score(record.point_of(&question.id)?.into())?))
    })
}
