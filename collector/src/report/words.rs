//! What visitors talk about: the words and phrases of a period's comments, with their scores.

use std::time::{Duration, Instant};

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
use crate::store::{AnswerQuery, AnswerRecord, Store, StoreError};

/// How many comments are read for one report: the newest.
const MOST_READ: u64 = 20_000;

/// How long is read, as long as there are not so many: of words that are everywhere and never together the whole index would be.
const READ_FOR: Duration = Duration::from_secs(2);

/// How long is counted what was not read.
const COUNTED_FOR: Duration = Duration::from_millis(500);

/// The words and two-word phrases of comments, with the scores that came with them, and which of them go with low scores more than
/// chance has it; the languages that comments are written in; and how they sound. Of a period of days that ends today, unless said
/// otherwise. The newest 20,000 comments are read, or as many as are found within two seconds.
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
    let Comments { records, are_all } = newest(&store, &site, &asked.answers, Instant::now() + READ_FOR).await?;
    let read = records.len() as u64;
    let counted = if are_all { (read, true) } else { count(&store, &asked.answers, read).await? };
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
        told.report(asked.days, counted, asked.words)
    });
    let report = report.await.map_err(|error| ApiError::Internal(Box::new(error)))?;
    Ok(Json(report))
}

/// The newest comments of a query.
pub(crate) struct Comments {
    pub records: Vec<AnswerRecord>,
    pub are_all: bool,
}

/// Reads up to a number of them, and no further after some time.
pub(crate) async fn newest(
    store: &Store,
    site: &LiveSite,
    query: &AnswerQuery,
    until: Instant,
) -> Result<Comments, StoreError> {
    let (mut query, mut records) = (query.clone(), Vec::new());
    loop {
        let part = store.part_of_answers(&query, |record| answer::band(site, record)).await?;
        records.extend(part.answers);
        match part.next {
            None => return Ok(Comments { records, are_all: true }),
            Some(_) if records.len() as u64 >= MOST_READ || Instant::now() >= until => {
                return Ok(Comments { records, are_all: false });
            }
            next => query.before = next,
        }
    }
}

/// How many there are, as far as they can be counted in a while: at least as many as were read.
async fn count(store: &Store, query: &AnswerQuery, read: u64) -> Result<(u64, bool), StoreError> {
    let (counted, are_all) = store.count_comments(query, Instant::now() + COUNTED_FOR).await?;
    Ok((counted.max(read), are_all))
}

/// The first score that was given, with its scale.
fn first_score<'s>(site: &'s LiveSite, record: &AnswerRecord) -> Option<(&'s Scale, Score)> {
    let survey = site.survey(&record.survey, record.version).ok()?;
    survey.questions().iter().find_map(|question| {
        let QuestionKind::Score { scale, .. } = &question.kind else { return None };
        Some((scale, scale.score(record.point_of(&question.id)?.into())?))
    })
}
