//! What reports read: counts for figures, and rows only where single answers are asked for.

use std::collections::{BTreeMap, HashMap};

use survey::definition::{ContactField, QuestionId, SiteKey, SurveyId};
use survey::targeting::Signal;
use survey::wire::Device;

use super::search::AnswerQuery;
use super::sql::{Row, Rows, Statement};
use super::tags::tags_of;
use super::{Connection, Store, StoreError, sql, variant};
use crate::clock::{Day, UnixMs};
use crate::ingest::flags::Flags;
use crate::ingest::rollup::Standing;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhichAnswers {
    All,
    WithComments,
    WithContact,
    /// Those that are in no figure, because there is a doubt about them or somebody has said so.
    SetApart,
}

impl Store {
    /// What pages called themselves to whoever answered there last, of those who count; nothing where none of the last nine does. Served
    /// by the index `responses_of_page`, which SQLite uses only where it need not look beyond it.
    pub async fn titles(&self, site: &SiteKey, pages: &[&str]) -> Result<HashMap<String, String>, StoreError> {
        let rows = Rows::new().texts(pages.iter().map(|_| site.as_str())).texts(pages.iter().copied());
        let newest = sql(concat!(
            "WITH wanted (site, page) AS ({rows})
             SELECT w.page, (SELECT r.title FROM responses AS r
                             JOIN presentations AS p ON p.site = r.site AND p.response_id = r.response_id
                             WHERE r.site = w.site AND r.number IN (
                                 SELECT of_page.number FROM responses AS of_page
                                 WHERE of_page.site = w.site AND of_page.page = w.page
                                 ORDER BY of_page.number DESC LIMIT 9) AND ",
            counted!(),
            " ORDER BY r.number DESC LIMIT 1) AS title FROM wanted AS w"
        ))
        .rows(rows);
        let mut titles = HashMap::new();
        for row in self.database.all(newest).await? {
            if let Some(title) = row.optional_text("title")?.filter(|title| !title.is_empty()) {
                titles.insert(row.text("page")?, title);
            }
        }
        Ok(titles)
    }
}

/// One visitor's answers to one survey.
#[derive(Clone, Debug)]
pub struct AnswerRecord {
    pub number: i64,
    pub survey: SurveyId,
    pub version: u32,
    pub page: String,
    /// On which it is counted.
    pub day: Day,
    pub answered_at: UnixMs,
    pub completed: bool,
    pub device: Device,
    pub language: String,
    pub signal: Option<Signal>,
    pub flags: Flags,
    pub standing: Standing,
    /// In the order of the alphabet.
    pub tags: Vec<String>,
    pub given: Vec<GivenRecord>,
}

impl AnswerRecord {
    /// The point that a question was answered with.
    pub fn point_of(&self, question: &QuestionId) -> Option<u8> {
        self.given.iter().find(|given| given.question == question.as_str())?.point
    }
}

#[derive(Clone, Debug)]
pub struct GivenRecord {
    pub question: String,
    pub point: Option<u8>,
    /// A comment, a short text, or the words of "other".
    pub text: Option<String>,
    /// The choices that were picked, with their places.
    pub choices: Option<BTreeMap<String, u8>>,
    /// What somebody left to be written back to: each field with what was filled in. Never a comment.
    pub contact: Option<Vec<(ContactField, String)>>,
}

macro_rules! response_columns {
    () => {
        "r.number, r.survey, r.version, r.page, r.day, r.answered_at, r.completed, r.device, r.language, r.signal, p.flags, p.standing"
    };
}

impl Store {
    /// Single answers, newest first, whatever their band.
    pub async fn answers(&self, query: &AnswerQuery) -> Result<Vec<AnswerRecord>, StoreError> {
        Ok(self.part_of_answers(query, |_| query.band).await?.answers)
    }

    /// Answers by their numbers, oldest first. Served by the primary keys of `responses` and `presentations`.
    pub async fn answers_numbered(&self, site: &SiteKey, numbers: &[i64]) -> Result<Vec<AnswerRecord>, StoreError> {
        let mut records = self
            .database
            .snapshot(async |connection| {
                let rows = numbered(site, numbers).all(connection).await?;
                answer_records(connection, site, &rows).await
            })
            .await?;
        records.sort_by_key(|record| record.number);
        Ok(records)
    }
}

/// Responses by their numbers, in no order.
pub(super) fn numbered<'a>(site: &'a SiteKey, numbers: &[i64]) -> Statement<'a> {
    let wanted = Rows::new().texts(numbers.iter().map(|_| site.as_str())).integers(numbers.iter().copied());
    sql(concat!(
        "WITH wanted (site, number) AS ({rows}) SELECT ",
        response_columns!(),
        " FROM wanted AS w JOIN responses AS r ON r.site = w.site AND r.number = w.number
          JOIN presentations AS p ON p.site = r.site AND p.response_id = r.response_id"
    ))
    .rows(wanted)
}

/// Statements of their own, rather than one with an OR in it, which no index would serve.
macro_rules! responses_where {
    ($place:literal, $which:expr) => {
        concat!(
            "SELECT ",
            response_columns!(),
            " FROM responses AS r JOIN presentations AS p ON p.site = r.site AND p.response_id = r.response_id
             WHERE r.site = $1 AND r.number < $2 AND ",
            $place,
            " AND ",
            $which,
            " ORDER BY r.number DESC LIMIT $3"
        )
    };
}

/// The same for each choice of answers. What is set apart is only in its own list, and that and what came with a contact detail are rare:
/// each is served by an index of its own, `presentations_apart` and `answers_with_contact`.
macro_rules! responses_at {
    ($place:literal, $which:expr) => {
        match $which {
            WhichAnswers::All => responses_where!($place, counted!()),
            WhichAnswers::WithComments => responses_where!(
                $place,
                concat!(
                    counted!(),
                    " AND EXISTS (SELECT 1 FROM texts AS t WHERE t.site = r.site AND t.response = r.number)"
                )
            ),
            WhichAnswers::WithContact => concat!(
                "SELECT ",
                response_columns!(),
                // Once, however many of its questions were answered so.
                " FROM answers AS a {by answers_with_contact}
                  JOIN responses AS r ON r.site = a.site AND r.number = a.response
                  JOIN presentations AS p ON p.site = r.site AND p.response_id = r.response_id
                  WHERE a.site = $1 AND a.response < $2 AND r.number < $2 AND a.contact IS NOT NULL
                      AND NOT EXISTS (SELECT 1 FROM answers AS other
                                      WHERE other.site = a.site AND other.response = a.response
                                          AND other.contact IS NOT NULL AND other.question < a.question) AND ",
                $place,
                " AND ",
                counted!(),
                " ORDER BY a.response DESC LIMIT $3"
            ),
            WhichAnswers::SetApart => concat!(
                "SELECT ",
                response_columns!(),
                " FROM presentations AS p JOIN responses AS r ON r.site = p.site AND r.number = p.number
                  WHERE p.site = $1 AND p.number < $2 AND r.number < $2 AND (p.flags <> 0 OR p.standing <> 0) AND ",
                $place,
                " AND ",
                set_apart!(),
                " ORDER BY p.number DESC LIMIT $3"
            ),
        }
    };
}

/// The newest of a query's responses below a number. (Said of both tables: PostgreSQL would merge them from the newest response on.)
/// Served by the index `responses_of_page`, or the primary key of `responses`; those with comments by that of `texts`.
pub(super) fn listed(query: &AnswerQuery, before: i64, limit: u32) -> Statement<'_> {
    let text = match (&query.page, query.which) {
        (None, WhichAnswers::WithComments) => concat!(
            "SELECT ",
            response_columns!(),
            " FROM texts AS t JOIN responses AS r ON r.site = t.site AND r.number = t.response
              JOIN presentations AS p ON p.site = r.site AND p.response_id = r.response_id
              WHERE t.site = $1 AND t.response < $2 AND r.number < $2 AND ",
            counted!(),
            " ORDER BY t.response DESC LIMIT $3"
        ),
        (Some(_), _) => responses_at!("r.page = $4", query.which),
        (None, _) => responses_at!("TRUE", query.which),
    };
    let statement = sql(text).bind(query.site.as_str()).bind(before).bind(limit);
    match &query.page {
        Some(page) => statement.bind(page),
        None => statement,
    }
}

pub(super) async fn answer_records(
    connection: &mut Connection,
    site: &SiteKey,
    responses: &[Row],
) -> Result<Vec<AnswerRecord>, StoreError> {
    let numbers = responses.iter().map(|row| row.integer("number")).collect::<Result<Vec<_>, _>>()?;
    let mut given = given(connection, site, &numbers).await?;
    let mut tags = tags_of(connection, site, &numbers).await?;
    let record = |row| {
        let record = answer_record(row, &mut given)?;
        Ok(AnswerRecord { tags: tags.remove(&record.number).unwrap_or_default(), ..record })
    };
    responses.iter().map(record).collect()
}

/// What was answered in some responses, by their numbers. Served by the primary key of `answers`.
async fn given(
    connection: &mut Connection,
    site: &SiteKey,
    numbers: &[i64],
) -> Result<HashMap<i64, Vec<GivenRecord>>, StoreError> {
    let wanted = Rows::new().texts(numbers.iter().map(|_| site.as_str())).integers(numbers.iter().copied());
    let answers = sql("WITH wanted (site, response) AS ({rows})
         SELECT a.response, a.question, a.point, a.text, a.choices, a.contact
         FROM wanted AS w JOIN answers AS a ON a.site = w.site AND a.response = w.response")
    .rows(wanted);
    let mut given: HashMap<i64, Vec<GivenRecord>> = HashMap::new();
    for row in answers.all(connection).await? {
        given.entry(row.integer("response")?).or_default().push(GivenRecord {
            question: row.text("question")?,
            point: match row.optional_integer("point")? {
                Some(_) => Some(row.number("point")?),
                None => None,
            },
            text: row.optional_text("text")?,
            choices: row.optional_json("choices")?,
            contact: row.optional_json("contact")?,
        });
    }
    Ok(given)
}

fn answer_record(row: &Row, given: &mut HashMap<i64, Vec<GivenRecord>>) -> Result<AnswerRecord, StoreError> {
    let number = row.integer("number")?;
    let signal = row.optional_text("signal")?;
    Ok(AnswerRecord {
        number,
        survey: row.parsed("survey")?,
        version: row.number("version")?,
        page: row.text("page")?,
        day: row.number("day")?,
        answered_at: row.integer("answered_at")?,
        completed: row.integer("completed")? != 0,
        device: variant("device", &row.text("device")?)?,
        language: row.text("language")?,
        signal: signal.map(|signal| variant("signal", &signal)).transpose()?,
        flags: Flags::from_bits(row.number("flags")?),
        standing: standing(row)?,
        tags: Vec::new(),
        given: given.remove(&number).unwrap_or_default(),
    })
}

pub(super) fn standing(row: &Row) -> Result<Standing, StoreError> {
    let code = row.integer("standing")?;
    let unknown = || StoreError::unreadable("standing", format!("{code} means nothing"));
    Standing::from_code(code).ok_or_else(unknown)
}
