//! Answers as Parquet: the rows of the long table, column by column, typed and compressed, for programs that read columns.
//!
//! Rows wait until they are a group, and a group is all that is ever in memory, beside some kilobytes of what the file's end says of each
//! group before it.

use std::sync::Arc;

use actix_web::web::Bytes;
use parquet::basic::Compression;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::asked::Questions;
use super::row::{ANSWER, Cell, Column, Kind, RESPONSE, of_answer, of_response};
use crate::store::{ExportedRow, StoreError};

/// A group has at most so many rows.
const GROUP_ROWS: usize = 16_384;

/// And it ends with the row with which its texts are this long, in bytes: some comments are long.
const GROUP_BYTES: usize = 4 << 20;

/// A file that is being written, group by group.
pub struct RowGroups {
    /// What is written and not yet taken.
    pub out: Vec<u8>,
    file: SerializedFileWriter<Vec<u8>>,
    questions: Questions,
    /// Of the rows that wait.
    columns: Vec<Waiting>,
    rows: usize,
    text_bytes: usize,
}

impl RowGroups {
    pub fn begin(questions: Questions) -> Result<Self, StoreError> {
        let schema = parse_message_type(&schema()).map_err(unwritable)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            // What a reader can leave out, it leaves out by the group: an index of pages would be held in memory until the end.
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .build();
        let file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties)).map_err(unwritable)?;
        let columns = columns().map(Waiting::new).collect();
        Ok(Self { out: Vec::new(), file, questions, columns, rows: 0, text_bytes: 0 })
    }

    pub fn write(&mut self, row: &ExportedRow<'_>) -> Result<(), StoreError> {
        let Some(given) = &row.given else { return Ok(()) };
        let cells = of_response(row).into_iter().chain(of_answer(row, given, &self.questions)?);
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            self.text_bytes += column.push(&cell)?;
        }
        self.rows += 1;
        if self.rows < GROUP_ROWS && self.text_bytes < GROUP_BYTES { Ok(()) } else { self.end_group() }
    }

    fn end_group(&mut self) -> Result<(), StoreError> {
        self.write_group().map_err(unwritable)?;
        (self.rows, self.text_bytes) = (0, 0);
        self.out.append(self.file.inner_mut());
        Ok(())
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        for column in &mut self.columns {
            let Some(mut writer) = group.next_column()? else { break };
            column.write_to(writer.untyped())?;
            writer.close()?;
        }
        group.close()?;
        Ok(self.file.flush()?)
    }

    /// What is left to write: the last rows, and the end of the file, without which it is none.
    pub fn finish(mut self) -> Result<Vec<u8>, StoreError> {
        if self.rows > 0 {
            self.end_group()?;
        }
        self.out.append(&mut self.file.into_inner().map_err(unwritable)?);
        Ok(self.out)
    }
}

fn columns() -> impl Iterator<Item = &'static Column> {
    RESPONSE.iter().chain(&ANSWER)
}

/// `message answers { REQUIRED INT64 number; … }`
fn schema() -> String {
    let fields = columns().map(|Column { name, kind, is_optional }| {
        let repetition = if *is_optional { "OPTIONAL" } else { "REQUIRED" };
        match kind {
            Kind::Number => format!("{repetition} INT64 {name};"),
            Kind::Moment => format!("{repetition} INT64 {name} (TIMESTAMP(MILLIS,true));"),
            Kind::Truth => format!("{repetition} BOOLEAN {name};"),
            Kind::Text => format!("{repetition} BYTE_ARRAY {name} (STRING);"),
        }
    });
    format!("message answers {{ {} }}", fields.collect::<Vec<_>>().join(" "))
}

fn unwritable(error: ParquetError) -> StoreError {
    StoreError::unreadable("answers", error)
}

/// The cells of a column that wait for their group to be complete.
struct Waiting {
    column: &'static Column,
    /// Of an optional column: 1 for each row that has something in it, and 0 for the others.
    there: Vec<i16>,
    values: Values,
}

/// What there is, without the rows that have nothing.
enum Values {
    Numbers(Vec<i64>),
    Truths(Vec<bool>),
    /// One behind the other, with the end of each.
    Texts {
        bytes: Vec<u8>,
        ends: Vec<usize>,
    },
}

impl Waiting {
    fn new(column: &'static Column) -> Self {
        let values = match column.kind {
            Kind::Number | Kind::Moment => Values::Numbers(Vec::new()),
            Kind::Truth => Values::Truths(Vec::new()),
            Kind::Text => Values::Texts { bytes: Vec::new(), ends: Vec::new() },
        };
        Self { column, there: Vec::new(), values }
    }

    /// Takes the next row's cell; tells how long its text is.
    fn push(&mut self, cell: &Cell<'_>) -> Result<usize, StoreError> {
        let mut length = 0;
        match (&mut self.values, cell) {
            (_, Cell::Nothing) if self.column.is_optional => {}
            (Values::Numbers(numbers), Cell::Number(number) | Cell::Moment(number)) => numbers.push(*number),
            (Values::Truths(truths), Cell::Truth(is_so)) => truths.push(*is_so),
            (Values::Texts { bytes, ends }, Cell::Text(text)) => {
                length = text.len();
                bytes.extend_from_slice(text.as_bytes());
                ends.push(bytes.len());
            }
            (_, cell) => {
                return Err(StoreError::unreadable(self.column.name, format!("{cell:?} does not belong there")));
            }
        }
        if self.column.is_optional {
            self.there.push((*cell != Cell::Nothing).into());
        }
        Ok(length)
    }

    /// Writes all, and begins anew.
    fn write_to(&mut self, writer: &mut ColumnWriter<'_>) -> Result<(), ParquetError> {
        let there = self.column.is_optional.then_some(self.there.as_slice());
        match (&mut self.values, writer) {
            (Values::Numbers(numbers), ColumnWriter::Int64ColumnWriter(writer)) => {
                writer.write_batch(numbers, there, None)?;
                numbers.clear();
            }
            (Values::Truths(truths), ColumnWriter::BoolColumnWriter(writer)) => {
                writer.write_batch(truths, there, None)?;
                truths.clear();
            }
            (Values::Texts { bytes, ends }, ColumnWriter::ByteArrayColumnWriter(writer)) => {
                writer.write_batch(&texts(std::mem::take(bytes), ends), there, None)?;
                ends.clear();
            }
            _ => return Err(ParquetError::General(format!("{} has another type", self.column.name))),
        }
        self.there.clear();
        Ok(())
    }
}

/// Each text as a part of all of them, which are shared and not copied.
fn texts(bytes: Vec<u8>, ends: &[usize]) -> Vec<ByteArray> {
    let bytes = Bytes::from(bytes);
    let begins = std::iter::once(0).chain(ends.iter().copied());
    begins.zip(ends).map(|(begin, end)| ByteArray::from(bytes.slice(begin..*end))).collect()
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    use super::*;
    use crate::store::ExportedAnswer;

    fn row<'r>(number: i64, comment: &'r str) -> ExportedRow<'r> {
        let given = ExportedAnswer { question: "why", point: None, text: Some(comment), choices: None, contact: None };
        ExportedRow {
            tags: &[],
            number,
            survey: "help",
            version: 1,
            page: "shop.example/help",
            answered_at: number,
            completed: true,
            device: "phone",
            language: "de",
            signal: None,
            given: Some(given),
        }
    }

    fn begun() -> RowGroups {
        RowGroups::begin(Questions::default()).unwrap()
    }

    /// Takes what is written as an export does: whenever there is something.
    fn file<'r>(rows: impl IntoIterator<Item = ExportedRow<'r>>) -> SerializedFileReader<Bytes> {
        let (mut groups, mut file) = (begun(), Vec::new());
        for row in rows {
            groups.write(&row).unwrap();
            file.append(&mut groups.out);
        }
        file.append(&mut groups.finish().unwrap());
        SerializedFileReader::new(Bytes::from(file)).unwrap()
    }

    fn rows_of_groups(file: &SerializedFileReader<Bytes>) -> Vec<i64> {
        file.metadata().row_groups().iter().map(|group| group.num_rows()).collect()
    }

    #[test]
    fn a_group_has_a_bounded_number_of_rows_and_all_of_them_are_there() {
        let file = file((0..40_000).map(|number| row(number, "Fine")));
        assert_eq!(rows_of_groups(&file), [16_384, 16_384, 7_232]);
        let numbers = file.get_row_iter(None).unwrap().map(|row| match row.unwrap().into_columns().swap_remove(0) {
            (_, Field::Long(number)) => number,
            other => panic!("{other:?}"),
        });
        assert!(numbers.eq(0..40_000));
    }

    #[test]
    fn a_group_ends_before_long_texts_fill_the_memory() {
        let long = "x".repeat(100_000);
        let file = file((0..100).map(|number| row(number, &long)));
        assert_eq!(rows_of_groups(&file), [42, 42, 16]);
    }

    #[test]
    fn nothing_is_held_of_what_is_written() {
        let mut groups = begun();
        for number in 0..16_384 {
            groups.write(&row(number, "Fine")).unwrap();
        }
        assert!(groups.out.len() > 10_000, "{}", groups.out.len());
        assert_eq!((groups.rows, groups.text_bytes, groups.file.inner().len()), (0, 0, 0));
    }

    #[test]
    fn what_there_is_not_is_null_and_an_empty_text_is_a_text() {
        let file = file([row(1, ""), ExportedRow { signal: Some("idle"), ..row(2, "Fine") }]);
        let rows: Vec<_> = file.get_row_iter(None).unwrap().map(|row| row.unwrap().into_columns()).collect();
        let cell = |row: usize, name: &str| rows[row].iter().find(|(column, _)| column == name).unwrap().1.clone();
        assert_eq!((cell(0, "signal"), cell(1, "signal")), (Field::Null, Field::Str("idle".into())));
        assert_eq!((cell(0, "text"), cell(1, "text")), (Field::Str(String::new()), Field::Str("Fine".into())));
        assert_eq!((cell(0, "prompt"), cell(0, "point")), (Field::Null, Field::Null));
        assert_eq!(cell(1, "answered_at"), Field::TimestampMillis(2));
        assert_eq!(cell(1, "completed"), Field::Bool(true));
    }

    #[test]
    fn a_file_without_rows_has_its_columns_all_the_same() {
        let file = file([]);
        assert_eq!(rows_of_groups(&file), Vec::<i64>::new());
        let columns = file.metadata().file_metadata().schema_descr().columns();
        assert!(columns.iter().map(|column| column.name()).eq(super::columns().map(|column| column.name)));
    }
}
