//! A table with a row for each answer to each question.

use survey::definition::ContactField;
use survey::targeting::Moment;

use super::asked::{Asked, Questions, filled_in, picked};
use super::cells::Table;
use crate::store::{ExportedRow, StoreError};

/// What is told of each response, in each kind of table.
pub const RESPONSE: [&str; 9] =
    ["number", "answered_at", "page", "survey", "version", "completed", "device", "language", "signal"];

const ANSWER: [&str; 11] = [
    "question",
    "prompt",
    "point",
    "scale",
    "band",
    "choices",
    "text",
    "contact_name",
    "contact_email",
    "contact_phone",
    "contact_other",
];

pub struct Sheet {
    pub table: Table,
    questions: Questions,
    /// Of a question that is not known here.
    unknown: Asked,
}

impl Sheet {
    pub fn begin(questions: Questions) -> Self {
        let mut table = Table::default();
        RESPONSE.iter().chain(&ANSWER).for_each(|name| table.own(name));
        table.end_row();
        Self { table, questions, unknown: Asked::default() }
    }

    pub fn write(&mut self, row: &ExportedRow<'_>) -> Result<(), StoreError> {
        let Some(given) = &row.given else { return Ok(()) };
        let asked = self.questions.question(row.survey, row.version, given.question).unwrap_or(&self.unknown);
        let table = &mut self.table;
        write_response(table, row);
        table.text(given.question);
        table.text(&asked.prompt);
        match given.point {
            Some(point) => table.own(point),
            None => table.text(""),
        }
        table.text(&asked.scale);
        table.text(asked.band(given.point));
        match given.choices {
            Some(choices) => table.text(&picked(choices)?.join(" ")),
            None => table.text(""),
        }
        table.text(given.text.unwrap_or_default());
        write_contact(table, given.contact)?;
        table.end_row();
        Ok(())
    }
}

pub fn write_response(table: &mut Table, row: &ExportedRow<'_>) {
    table.own(row.number);
    table.own(Moment(row.answered_at));
    table.text(row.page);
    table.text(row.survey);
    table.own(row.version);
    table.own(row.completed);
    table.text(row.device);
    table.text(row.language);
    table.text(row.signal.unwrap_or_default());
}

fn write_contact(table: &mut Table, contact: Option<&str>) -> Result<(), StoreError> {
    const COLUMNS: [&[ContactField]; 4] = [
        &[ContactField::Name],
        &[ContactField::Email],
        &[ContactField::Phone],
        &[ContactField::Company, ContactField::Message],
    ];
    let Some(contact) = contact else {
        COLUMNS.iter().for_each(|_| table.text(""));
        return Ok(());
    };
    let contact = filled_in(contact)?;
    for column in COLUMNS {
        let fields = contact.iter().filter(|(field, _)| column.contains(field));
        table.text(&fields.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("; "));
    }
    Ok(())
}
