//! A table with a row for each visitor's answers to a survey, and a column for each question that a site has ever asked.

use std::collections::HashMap;

use survey::csv::Table;
use survey::definition::QuestionKind;

use super::asked::{filled_in, picked};
use super::cells;
use super::row::{RESPONSE, of_response};
use super::{ExportError, understood};
use crate::store::{ExportedAnswer, ExportedRow, SiteWithSurveys, StoreError};

pub struct WideSheet {
    pub table: Table,
    /// Which of the cells is each question's, by survey and question.
    columns: HashMap<String, HashMap<String, usize>>,
    /// Of the response that is being read.
    cells: Vec<String>,
    is_begun: bool,
}

impl WideSheet {
    /// Questions stand survey by survey, those of the newest version first.
    pub fn begin(stored: &SiteWithSurveys) -> Result<Self, ExportError> {
        let mut surveys: Vec<_> = stored.surveys.iter().rev().collect();
        surveys.sort_by(|one, other| one.id.as_str().cmp(other.id.as_str()));
        let is_one = surveys.iter().all(|survey| survey.id == surveys[0].id);
        let mut table = Table::default();
        RESPONSE.iter().for_each(|column| table.own(column.name));
        let mut columns: HashMap<String, HashMap<String, usize>> = HashMap::new();
        let mut count = 0;
        for record in surveys {
            let survey = understood(record)?;
            let of_survey = columns.entry(record.id.to_string()).or_default();
            for question in survey.asked() {
                let is_read = matches!(question.kind, QuestionKind::Statement { .. });
                if is_read || of_survey.contains_key(question.id.as_str()) {
                    continue;
                }
                of_survey.insert(question.id.to_string(), count);
                count += 1;
                let of = if is_one { String::new() } else { format!("{} ", record.id) };
                table.text(&format!("{of}{}: {}", question.id, survey.own(&question.prompt)));
            }
        }
        table.end_row();
        Ok(Self { table, columns, cells: vec![String::new(); count], is_begun: false })
    }

    pub fn write(&mut self, row: &ExportedRow<'_>) -> Result<(), StoreError> {
        if !self.is_begun {
            of_response(row).iter().for_each(|cell| cells::put(&mut self.table, cell));
            self.is_begun = true;
        }
        let Some(given) = &row.given else { return Ok(()) };
        let place = self.columns.get(row.survey).and_then(|columns| columns.get(given.question));
        if let Some(cell) = place.and_then(|place| self.cells.get_mut(*place)) {
            *cell = in_one_cell(given)?;
        }
        Ok(())
    }

    pub fn end_response(&mut self) {
        for cell in &mut self.cells {
            self.table.text(cell);
            cell.clear();
        }
        self.table.end_row();
        self.is_begun = false;
    }
}

/// A point; what was picked, with the words of "other"; what was written or filled in.
fn in_one_cell(given: &ExportedAnswer<'_>) -> Result<String, StoreError> {
    let mut parts = Vec::new();
    parts.extend(given.point.map(|point| point.to_string()));
    if let Some(choices) = given.choices {
        parts.push(picked(choices)?.join(" "));
    }
    parts.extend(given.text.map(str::to_owned));
    if let Some(contact) = given.contact {
        parts.extend(filled_in(contact)?.into_iter().map(|(_, text)| text));
    }
    Ok(parts.join("; "))
}
