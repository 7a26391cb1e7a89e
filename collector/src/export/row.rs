//! A row for each answer to each question: which columns it has, and what stands in them. Tables and Parquet both write it.

use std::borrow::Cow;

use survey::definition::ContactField;

use super::asked::{Asked, Questions, filled_in, picked};
use crate::clock::UnixMs;
use crate::store::{ExportedAnswer, ExportedRow, StoreError};

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Number,
    Moment,
    Truth,
    Text,
}

/// A column, and whether a row may have nothing in it.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    pub is_optional: bool,
}

const fn always(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, is_optional: false }
}

const fn perhaps(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, is_optional: true }
}

/// What is told of each response, in each kind of table.
pub const RESPONSE: [Column; 10] = [
    always("number", Kind::Number),
    always("answered_at", Kind::Moment),
    always("page", Kind::Text),
    always("survey", Kind::Text),
    always("version", Kind::Number),
    always("completed", Kind::Truth),
    always("device", Kind::Text),
    always("language", Kind::Text),
    perhaps("signal", Kind::Text),
    perhaps("tags", Kind::Text),
];

/// What is told of each answer.
pub const ANSWER: [Column; 11] = [
    always("question", Kind::Text),
    perhaps("prompt", Kind::Text),
    perhaps("point", Kind::Number),
    perhaps("scale", Kind::Text),
    perhaps("band", Kind::Text),
    perhaps("choices", Kind::Text),
    perhaps("text", Kind::Text),
    perhaps("contact_name", Kind::Text),
    perhaps("contact_email", Kind::Text),
    perhaps("contact_phone", Kind::Text),
    perhaps("contact_other", Kind::Text),
];

/// Which fields of a contact form stand in each of the last columns.
const CONTACT: [&[ContactField]; 4] = [
    &[ContactField::Name],
    &[ContactField::Email],
    &[ContactField::Phone],
    &[ContactField::Company, ContactField::Message],
];

/// What stands in a column of a row.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell<'r> {
    Nothing,
    Number(i64),
    Moment(UnixMs),
    Truth(bool),
    Text(Cow<'r, str>),
}

impl<'r> Cell<'r> {
    fn text(text: &'r str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    fn optional(text: Option<&'r str>) -> Self {
        text.map_or(Self::Nothing, Self::text)
    }
}

/// The cells of [`RESPONSE`].
pub fn of_response<'r>(row: &ExportedRow<'r>) -> [Cell<'r>; RESPONSE.len()] {
    [
        Cell::Number(row.number),
        Cell::Moment(row.answered_at),
        Cell::text(row.page),
        Cell::text(row.survey),
        Cell::Number(row.version.into()),
        Cell::Truth(row.completed),
        Cell::text(row.device),
        Cell::text(row.language),
        Cell::optional(row.signal),
        if row.tags.is_empty() { Cell::Nothing } else { Cell::Text(row.tags.join("; ").into()) },
    ]
}

/// The cells of [`ANSWER`].
pub fn of_answer<'r>(
    row: &ExportedRow<'r>,
    given: &ExportedAnswer<'r>,
    questions: &'r Questions,
) -> Result<[Cell<'r>; ANSWER.len()], StoreError> {
    let asked = questions.question(row.survey, row.version, given.question);
    let [name, email, phone, other] = of_contact(given.contact)?;
    Ok([
        Cell::text(given.question),
        Cell::optional(asked.map(|asked| asked.prompt.as_str())),
        given.point.map_or(Cell::Nothing, |point| Cell::Number(point.into())),
        Cell::optional(asked.and_then(Asked::scale)),
        Cell::optional(asked.and_then(|asked| asked.band(given.point))),
        match given.choices {
            Some(choices) => Cell::Text(picked(choices)?.join(" ").into()),
            None => Cell::Nothing,
        },
        Cell::optional(given.text),
        name,
        email,
        phone,
        other,
    ])
}

fn of_contact(contact: Option<&str>) -> Result<[Cell<'static>; CONTACT.len()], StoreError> {
    let contact = contact.map(filled_in).transpose()?.unwrap_or_default();
    Ok(CONTACT.map(|column| {
        let fields = contact.iter().filter(|(field, _)| column.contains(field));
        let texts: Vec<&str> = fields.map(|(_, text)| text.as_str()).collect();
        if texts.is_empty() { Cell::Nothing } else { Cell::Text(texts.join("; ").into()) }
    }))
}
