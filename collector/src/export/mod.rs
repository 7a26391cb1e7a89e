//! Exports: a site's answers on their way to another program, a spreadsheet, or another collector.
//!
//! One way for the API and the command line. An [`Export`] is asked for one page after the other, each written while the database is
//! read, so neither time nor memory is spent on values in between; and its memory does not grow with the number of answers. What is
//! set apart or erased stays out, and nothing that could change an answer ever leaves: a response id is a secret between widget and
//! collector.

mod asked;
mod cells;
mod groups;
pub mod lines;
pub mod route;
mod row;
mod sheet;
mod wide;

use clap::ValueEnum;
use jiff::civil::Date;
use serde::Deserialize;
use survey::definition::{SiteKey, Survey, SurveyId};

use crate::clock::{Day, day_of_date};
use crate::store::{
    ExportQuery, ExportedRow, NoSuchSite, SiteWithSurveys, Store, StoreError, SurveyRecord, WriteAnswers,
};
use asked::Questions;
use groups::RowGroups;
use lines::Lines;
use sheet::Sheet;
use wide::WideSheet;

/// How it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A JSON object a line: the site, its surveys in all versions, its answers. What `pagepoll import` reads
    #[default]
    Ndjson,
    /// A table with a line for each answer to each question. For spreadsheets: no text in it is a formula
    Csv,
    /// A table with a line for each visitor's answers, and a column for each question
    CsvWide,
    /// The same table as `csv`, for programs that read columns: typed and compressed. Texts are as they were written
    Parquet,
}

impl Format {
    fn extension(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv | Self::CsvWide => "csv",
            Self::Parquet => "parquet",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv | Self::CsvWide => "text/csv; charset=utf-8; header=present",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// What somebody wants to have.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub format: Format,
    /// The first day, as the site's reports count them; from the beginning, if there is none.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
    /// Only the page with this key.
    pub page: Option<String>,
    /// Whether with contact details.
    pub contact: bool,
}

impl Wanted {
    /// `my-shop-answers-from-2026-11-01-to-2026-11-30.csv`. Keys of sites and dates have nothing in them that a header would not take.
    fn file_name(&self, site: &SiteKey) -> String {
        let from = self.from.map(|from| format!("-from-{from}")).unwrap_or_default();
        let to = self.to.map(|to| format!("-to-{to}")).unwrap_or_default();
        format!("{site}-answers{from}{to}.{}", self.format.extension())
    }
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    NoSuchSite(#[from] NoSuchSite),
    #[error("to: the period would end on {to}, before it begins, on {from}")]
    Backwards { from: Date, to: Date },
    /// Left out, its answers would be lost without a word.
    #[error("survey {survey} version {version} cannot be read here: {reason}; upgrade first")]
    NotUnderstood { survey: SurveyId, version: u32, reason: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An export under way.
pub struct Export {
    query: ExportQuery,
    /// The numbers that are still to come: from the first, to before the second.
    numbers: (i64, i64),
    /// Gone after an error: what is written then is no whole.
    writer: Option<Writer>,
}

impl Export {
    /// Makes sure that it can be written.
    pub async fn begin(store: &Store, site: &SiteKey, wanted: Wanted) -> Result<Self, ExportError> {
        if let (Some(from), Some(to)) = (wanted.from, wanted.to)
            && to < from
        {
            return Err(ExportError::Backwards { from, to });
        }
        let stored = store.sites_with_surveys().await?.into_iter().find(|stored| stored.site.key == *site);
        let stored = stored.ok_or_else(|| NoSuchSite(site.clone()))?;
        let query = ExportQuery {
            site: site.clone(),
            page: wanted.page,
            first_day: wanted.from.map_or(Day::MIN, day_of_date),
            last_day: wanted.to.map_or(Day::MAX, day_of_date),
            contact: wanted.contact,
        };
        let writer = Writer::new(wanted.format, &stored)?;
        Ok(Self { query, numbers: store.answer_numbers(site).await?, writer: Some(writer) })
    }

    /// The next part of the file; none at its end.
    pub async fn next(&mut self, store: &Store) -> Result<Option<Vec<u8>>, StoreError> {
        while let Some(writer) = self.writer.take() {
            let (first, before) = self.numbers;
            if before <= first {
                let end = writer.finish()?;
                return Ok(Some(end).filter(|end| !end.is_empty()));
            }
            let (mut writer, before) = store.export(&self.query, before, writer).await?;
            self.numbers = (first, before);
            let part = writer.take_written();
            self.writer = Some(writer);
            if !part.is_empty() {
                return Ok(Some(part));
            }
        }
        Ok(None)
    }
}

/// What a survey says, unless a newer Pagepoll has published it.
fn understood(record: &SurveyRecord) -> Result<&Survey, ExportError> {
    record.definition.as_ref().map_err(|reason| ExportError::NotUnderstood {
        survey: record.id.clone(),
        version: record.version,
        reason: reason.clone(),
    })
}

/// Decided once, and not for each answer by a pointer.
enum Writer {
    Lines(Lines),
    Sheet(Sheet),
    Wide(WideSheet),
    Groups(RowGroups),
}

impl Writer {
    fn new(format: Format, stored: &SiteWithSurveys) -> Result<Self, ExportError> {
        Ok(match format {
            Format::Ndjson => Self::Lines(Lines::begin(stored)?),
            Format::Csv => Self::Sheet(Sheet::begin(Questions::of(stored))),
            Format::CsvWide => Self::Wide(WideSheet::begin(stored)?),
            Format::Parquet => Self::Groups(RowGroups::begin(Questions::of(stored))?),
        })
    }

    /// What is written since this was last asked.
    fn take_written(&mut self) -> Vec<u8> {
        std::mem::take(match self {
            Self::Lines(lines) => &mut lines.out,
            Self::Sheet(sheet) => &mut sheet.table.out,
            Self::Wide(sheet) => &mut sheet.table.out,
            Self::Groups(groups) => &mut groups.out,
        })
    }

    /// What is still to be written after the last answer.
    fn finish(self) -> Result<Vec<u8>, StoreError> {
        match self {
            Self::Lines(lines) => Ok(lines.out),
            Self::Sheet(sheet) => Ok(sheet.table.out),
            Self::Wide(sheet) => Ok(sheet.table.out),
            Self::Groups(groups) => groups.finish(),
        }
    }
}

impl WriteAnswers for Writer {
    fn write(&mut self, row: &ExportedRow<'_>) -> Result<(), StoreError> {
        match self {
            Self::Lines(lines) => lines.write(row),
            Self::Sheet(sheet) => sheet.write(row),
            Self::Wide(sheet) => sheet.write(row),
            Self::Groups(groups) => groups.write(row),
        }
    }

    fn end_response(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Lines(lines) => lines.end_response(),
            Self::Sheet(_) | Self::Groups(_) => Ok(()),
            Self::Wide(sheet) => {
                sheet.end_response();
                Ok(())
            }
        }
    }

    fn written(&self) -> usize {
        match self {
            Self::Lines(lines) => lines.out.len(),
            Self::Sheet(sheet) => sheet.table.out.len(),
            Self::Wide(sheet) => sheet.table.out.len(),
            Self::Groups(groups) => groups.out.len(),
        }
    }
}
