//! Exports as Parquet say what the other formats say, cell by cell; and every format says the same from either database.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use survey::targeting::Moment;
use tests::postgres::Postgres;
use tests::{Filling, TestSite, asking_everything, ces_on};

/// More than a group of rows.
const MANY: Filling = Filling::Answers { answers: 20_000, pages: 40, days: 30 };

async fn exported(site: &TestSite, query: &str) -> Vec<u8> {
    let path = format!("/api/sites/{}/export?{query}", site.key());
    let answer = site.team.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{query}");
    answer.bytes().await.unwrap().to_vec()
}

type Row = BTreeMap<String, Field>;

fn opened(written: Vec<u8>) -> SerializedFileReader<File> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&written).unwrap();
    SerializedFileReader::new(file).unwrap()
}

fn rows(file: &SerializedFileReader<File>) -> Vec<Row> {
    file.get_row_iter(None).unwrap().map(|row| row.unwrap().into_columns().into_iter().collect()).collect()
}

/// The rows of a table by the names of its columns, as another program reads them.
fn table(csv: &[u8]) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv);
    let heads: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |cells: csv::StringRecord| heads.iter().cloned().zip(cells.iter().map(str::to_owned)).collect();
    reader.records().map(|cells| row(cells.unwrap())).collect()
}

/// As the table writes it: nothing for what is null.
fn written(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::TimestampMillis(at) => Moment(*at).to_string(),
        other => other.to_string(),
    }
}

/// Whether both say the same. Where a spreadsheet would take a text for a formula, the table has an apostrophe before it.
fn assert_same(rows: &[Row], table: &[BTreeMap<String, String>]) {
    assert_eq!(rows.len(), table.len());
    for (row, cells) in rows.iter().zip(table) {
        assert!(row.keys().eq(cells.keys()), "{:?} {:?}", row.keys(), cells.keys());
        for (name, field) in row {
            let (cell, written) = (&cells[name], written(field));
            assert!(*cell == written || *cell == format!("'{written}"), "{name}: {cell:?} is not {field:?}");
        }
    }
}

/// One JSON object for each answer to a question, from lines that have one for each visitor.
fn given(ndjson: &[u8]) -> Vec<Value> {
    let lines = std::str::from_utf8(ndjson).unwrap().lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let answers = lines.filter(|line| line["answer"].is_object()).map(|mut line| line["answer"].take());
    let apart = |answer: Value| {
        let given = answer["answers"].as_array().unwrap().clone();
        given.into_iter().map(move |one| json!({ "of": answer, "given": one })).collect::<Vec<_>>()
    };
    answers.flat_map(apart).collect()
}

fn number(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Long(number) | Field::TimestampMillis(number) => json!(number),
        other => panic!("{other:?} is no number"),
    }
}

fn text(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Str(text) => json!(text),
        other => panic!("{other:?} is no text"),
    }
}

async fn everything() -> TestSite {
    let site = TestSite::with_survey(asking_everything("/help")).await.unwrap();
    for (score, words) in [(6, "=1+1, \"really\""), (2, "Слишком медленно 🌱"), (4, "line\nline")] {
        let line = words.replace('\n', " ");
        let answers = json!([
            { "question": "score", "value": { "score": score } },
            { "question": "topics", "value": { "choices": { "picked": ["size", "other"], "other": line } } },
            { "question": "why", "value": { "text": words } },
            { "question": "mail", "value": { "text": "ann@home.example" } },
            { "question": "who", "value": { "contact": [["name", line], ["message", words]] } },
        ]);
        let visitor = site.visitor();
        let answered = visitor.sends(&[visitor.submission_of(1, answers, "/help")]).await.unwrap();
        assert_eq!(answered.status, StatusCode::NO_CONTENT, "{answered:?}");
    }
    site
}

#[tokio::test]
async fn each_cell_is_that_of_the_table_and_of_the_lines() {
    let site = everything().await;
    for query in ["", "&contact=false"] {
        let rows = rows(&opened(exported(&site, &format!("format=parquet{query}")).await));
        assert_same(&rows, &table(&exported(&site, &format!("format=csv{query}")).await));
        let given = given(&exported(&site, &format!("format=ndjson{query}")).await);
        assert_eq!((rows.len(), given.len()), (given.len(), if query.is_empty() { 15 } else { 9 }));
        for (row, line) in rows.iter().zip(&given) {
            let (of, one) = (&line["of"], &line["given"]);
            for name in ["number", "version", "answered_at"] {
                assert_eq!(number(&row[name]), of[name], "{name}");
            }
            for name in ["page", "survey", "device", "language", "signal"] {
                assert_eq!(text(&row[name]), of[name], "{name}");
            }
            assert_eq!(json!(matches!(row["completed"], Field::Bool(true))), of["completed"]);
            assert_eq!((number(&row["point"]), text(&row["text"])), (one["point"].clone(), one["text"].clone()));
            let choices = one["choices"].as_array().map(|ids| ids.iter().map(|id| id.as_str().unwrap()));
            let choices = choices.map_or(Value::Null, |ids| json!(ids.collect::<Vec<_>>().join(" ")));
            assert_eq!((text(&row["question"]), text(&row["choices"])), (one["question"].clone(), choices));
        }
    }
}

#[tokio::test]
async fn what_there_is_not_is_null_and_a_text_is_what_was_written() {
    let site = everything().await;
    let rows = rows(&opened(exported(&site, "format=parquet").await));
    let of = |question: &str| rows.iter().rev().find(|row| row["question"] == Field::Str(question.into())).unwrap();
    let why = of("why");
    assert_eq!(why["text"], Field::Str("=1+1, \"really\"".into()), "no apostrophe: nothing computes it");
    for name in ["point", "scale", "band", "choices", "contact_name"] {
        assert_eq!(why[name], Field::Null, "{name}");
    }
    let score = of("score");
    assert_eq!((&score["point"], &score["scale"]), (&Field::Long(6), &Field::Str("1-7".into())));
    assert_eq!((&score["band"], &score["text"]), (&Field::Str("positive".into()), &Field::Null));
}

#[tokio::test]
async fn an_export_of_many_answers_is_several_groups_of_rows() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let empty = opened(exported(&site, "format=parquet").await);
    assert_eq!((empty.metadata().num_row_groups(), empty.metadata().file_metadata().num_rows()), (0, 0));
    assert_eq!(empty.metadata().file_metadata().schema_descr().num_columns(), 21, "columns it has all the same");

    site.collector.fill(site.key(), MANY).await.unwrap();
    let file = opened(exported(&site, "format=parquet").await);
    let groups: Vec<i64> = file.metadata().row_groups().iter().map(|group| group.num_rows()).collect();
    let table_of_all = table(&exported(&site, "format=csv").await);
    assert_eq!(groups, [16_384, table_of_all.len() as i64 - 16_384]);
    assert_same(&rows(&file), &table_of_all);
    let page = "page=shop.example/filled/7";
    let of_page = rows(&opened(exported(&site, &format!("format=parquet&{page}")).await));
    assert!(of_page.len() > 100, "{}", of_page.len());
    assert_same(&of_page, &table(&exported(&site, &format!("format=csv&{page}")).await));
}

#[tokio::test]
async fn a_file_says_what_it_is() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let path = format!("/api/sites/{}/export?format=parquet&from=2026-11-01", site.key());
    let answer = site.team.request(Method::GET, &path).send().await.unwrap();
    let head = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(head("content-type"), "application/vnd.apache.parquet");
    let name = "attachment; filename=\"test-site-answers-from-2026-11-01.parquet\"";
    assert_eq!(head("content-disposition"), name);
}

#[tokio::test]
async fn both_databases_say_the_same_in_every_format() {
    if let Some(missing) = Postgres::missing() {
        println!("skipped: {missing}");
        return;
    }
    let server = Postgres::start().await.unwrap();
    let url = Postgres::url(server.port(), &server.create_database().await.unwrap());
    let on_postgres = TestSite::in_postgres(&url, &url, ces_on("/help")).await.unwrap();
    let on_sqlite = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for site in [&on_postgres, &on_sqlite] {
        site.collector.fill(site.key(), MANY).await.unwrap();
    }
    for format in ["ndjson", "csv", "csv_wide", "parquet"] {
        for rest in ["", "&page=shop.example/filled/7", "&contact=false"] {
            let query = format!("format={format}{rest}");
            let (one, other) = (exported(&on_postgres, &query).await, exported(&on_sqlite, &query).await);
            assert!(one.len() > 1_000, "{query}: {}", one.len());
            assert!(one == other, "{query}: {} and {} bytes, which differ", one.len(), other.len());
        }
    }
}
