//! Answers on their way out of the database, as they lie there: nothing is copied that is not written.
//!
//! They go by stretches of numbers, newest first. Each stretch is one statement of one moment (and one before it for the
//! tags), so that whoever reads slowly keeps
//! neither a connection nor the write-ahead log, and a stretch in which nothing is found costs no more than one that is full.

use std::collections::HashMap;
use std::ops::ControlFlow;

use survey::definition::SiteKey;

use super::sql::{Found, TakeRows};
use super::tags::tags_between;
use super::{Store, StoreError, sql};
use crate::clock::{Day, UnixMs};

/// How many numbers one statement looks at.
const STRETCH: i64 = 5_000;

/// A page ends after the response with which this much is written, in bytes: some have long comments.
const PAGE_BYTES: usize = 1 << 20;

/// Which answers: of those that count, none of which is set apart or erased.
#[derive(Clone, Debug)]
pub struct ExportQuery {
    pub site: SiteKey,
    pub page: Option<String>,
    pub first_day: Day,
    pub last_day: Day,
    /// Whether with what somebody left to be written back to.
    pub contact: bool,
}

/// The answer to one question, beside what is known of the response. There is no response id in it.
#[derive(Clone, Copy, Debug)]
pub struct ExportedRow<'r> {
    pub number: i64,
    pub survey: &'r str,
    pub version: u32,
    pub page: &'r str,
    pub answered_at: UnixMs,
    pub completed: bool,
    pub device: &'r str,
    pub language: &'r str,
    pub signal: Option<&'r str>,
    pub tags: &'r [String],
    /// None if nothing is answered in the response, or nothing that may be told.
    pub given: Option<ExportedAnswer<'r>>,
}

#[derive(Clone, Copy, Debug)]
pub struct ExportedAnswer<'r> {
    pub question: &'r str,
    pub point: Option<u8>,
    pub text: Option<&'r str>,
    /// As JSON: each choice with its place.
    pub choices: Option<&'r str>,
    /// As JSON: pairs of a field and what was filled in.
    pub contact: Option<&'r str>,
}

/// Writes answers in some format, while the database is read.
pub trait WriteAnswers: Send + 'static {
    /// Takes one answer. Those of a response follow each other.
    fn write(&mut self, row: &ExportedRow<'_>) -> Result<(), StoreError>;

    /// Hears that the last response is complete.
    fn end_response(&mut self) -> Result<(), StoreError>;

    /// How much is written by now, in bytes.
    fn written(&self) -> usize;
}

/// Served by the primary keys of `responses` and `answers`. What is set apart is looked for but once, by the index
/// `presentations_apart`: for equal numbers, SQLite would not use it.
macro_rules! exported {
    ($place:literal) => {
        concat!(
            "SELECT r.number, r.survey, r.version, r.page, r.answered_at, r.completed, r.device, r.language, r.signal,
                    a.question, a.point, a.text, a.choices, a.contact
             FROM responses AS r LEFT JOIN answers AS a ON a.site = r.site AND a.response = r.number
             WHERE r.site = $1 AND r.number >= $2 AND r.number < $3 AND r.day >= $4 AND r.day <= $5 AND ",
            $place,
            " AND r.number NOT IN (SELECT p.number FROM presentations AS p
                                   WHERE p.site = $1 AND p.number >= $2 AND p.number < $3 AND ",
            not_counted!(),
            ") ORDER BY r.number DESC, a.question"
        )
    };
}

impl Store {
    /// The numbers between which all of a site's answers are: the first, and the one after the last. Served by the primary key of
    /// `responses`.
    pub async fn answer_numbers(&self, site: &SiteKey) -> Result<(i64, i64), StoreError> {
        let span = sql("SELECT (SELECT COALESCE(MIN(number), 0) FROM responses WHERE site = $1) AS first,
                               (SELECT COALESCE(MAX(number), -1) FROM responses WHERE site = $1) AS last")
        .bind(site.as_str());
        let row = self.database.one(span).await?;
        Ok((row.integer("first")?, row.integer("last")? + 1))
    }

    /// Has some answers written, newest first: those with numbers below `before`, and not many of them. Tells before which number
    /// to go on.
    pub async fn export<W: WriteAnswers>(
        &self,
        query: &ExportQuery,
        before: i64,
        writer: W,
    ) -> Result<(W, i64), StoreError> {
        let lowest = before.saturating_sub(STRETCH);
        // Few have any, so they are read by themselves and not looked for at each row.
        let tags = tags_between(self, &query.site, (lowest, before)).await?;
        let text = if query.page.is_some() { exported!("r.page = $6") } else { exported!("TRUE") };
        let statement =
            sql(text).bind(query.site.as_str()).bind(lowest).bind(before).bind(query.first_day).bind(query.last_day);
        let statement = match &query.page {
            Some(page) => statement.bind(page),
            None => statement,
        };
        let page = Page { writer, tags, contact: query.contact, response: None, is_full: false };
        let mut page = self.database.each(statement, page).await?;
        match page.response {
            Some(last) if page.is_full => Ok((page.writer, last)),
            Some(_) => {
                page.writer.end_response()?;
                Ok((page.writer, lowest))
            }
            None => Ok((page.writer, lowest)),
        }
    }
}

/// What one statement brings, until enough is written.
struct Page<W> {
    writer: W,
    tags: HashMap<i64, Vec<String>>,
    contact: bool,
    /// The number of the last one.
    response: Option<i64>,
    is_full: bool,
}

impl<W: WriteAnswers> TakeRows for Page<W> {
    fn take(&mut self, row: &Found<'_>) -> Result<ControlFlow<()>, StoreError> {
        let number = row.integer(0)?;
        if let Some(last) = self.response.filter(|last| *last != number) {
            self.writer.end_response()?;
            if self.writer.written() >= PAGE_BYTES {
                (self.response, self.is_full) = (Some(last), true);
                return Ok(ControlFlow::Break(()));
            }
        }
        self.response = Some(number);
        self.writer.write(&ExportedRow {
            number,
            survey: row.text(1)?,
            version: narrowed(row.integer(2)?, "version")?,
            page: row.text(3)?,
            answered_at: row.integer(4)?,
            completed: row.integer(5)? != 0,
            device: row.text(6)?,
            language: row.text(7)?,
            signal: row.optional_text(8)?,
            tags: self.tags.get(&number).map_or(&[], Vec::as_slice),
            given: self.given(row)?,
        })?;
        Ok(ControlFlow::Continue(()))
    }
}

impl<W> Page<W> {
    fn given<'r>(&self, row: &Found<'r>) -> Result<Option<ExportedAnswer<'r>>, StoreError> {
        let (question, contact) = (row.optional_text(9)?, row.optional_text(13)?);
        let Some(question) = question.filter(|_| self.contact || contact.is_none()) else { return Ok(None) };
        let point = row.optional_integer(10)?.map(|point| narrowed(point, "point")).transpose()?;
        let (text, choices) = (row.optional_text(11)?, row.optional_text(12)?);
        Ok(Some(ExportedAnswer { question, point, text, choices, contact }))
    }
}

pub(super) fn narrowed<T: TryFrom<i64>>(number: i64, column: &str) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| StoreError::unreadable(column, format!("{number} is out of range")))
}
