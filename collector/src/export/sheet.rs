//! A table with a row for each answer to each question.

use survey::csv::Table;

use super::asked::Questions;
use super::cells;
use super::row::{ANSWER, RESPONSE, of_answer, of_response};
use crate::store::{ExportedRow, StoreError};

pub struct Sheet {
    pub table: Table,
    questions: Questions,
}

impl Sheet {
    pub fn begin(questions: Questions) -> Self {
        let mut table = Table::default();
        RESPONSE.iter().chain(&ANSWER).for_each(|column| table.own(column.name));
        table.end_row();
        Self { table, questions }
    }

    pub fn write(&mut self, row: &ExportedRow<'_>) -> Result<(), StoreError> {
        let Some(given) = &row.given else { return Ok(()) };
        of_response(row).iter().for_each(|cell| cells::put(&mut self.table, cell));
        of_answer(row, given, &self.questions)?.iter().for_each(|cell| cells::put(&mut self.table, cell));
        self.table.end_row();
        Ok(())
    }
}
