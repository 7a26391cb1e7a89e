//! Exports over the API and on the command line: whole, of a period or a page, without formulas and without response ids.

use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use survey::report::AnswersReport;
use tests::{Chore, Filling, TestSite, asking_everything, ces_on, change_past_the_collector, date, today};

const FORMATS: [&str; 3] = ["ndjson", "csv", "csv_wide"];

/// What spreadsheets compute. No answer has a carriage return: the collector refuses it.
const FORMULAS: [&str; 8] = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1:A9)",
    "\t=1",
    "\n=1",
    "=cmd|' /C calc'!A0",
    "=HYPERLINK(\"https://x.example\",\"y\")",
];

async fn asks(site: &TestSite, query: &str) -> Response {
    let path = format!("/api/sites/{}/export?{query}", site.key());
    site.team.request(Method::GET, &path).send().await.unwrap()
}

async fn exported(site: &TestSite, query: &str) -> String {
    let answer = asks(site, query).await;
    assert_eq!(answer.status(), StatusCode::OK, "{query}");
    answer.text().await.unwrap()
}

/// The rows of a table, its head first, as another program reads them.
fn table(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The cell of a row that stands under a name.
fn cell<'t>(table: &'t [Vec<String>], row: usize, name: &str) -> &'t str {
    let place = table[0].iter().position(|head| head.starts_with(name));
    &table[row][place.unwrap_or_else(|| panic!("no column {name} in {:?}", table[0]))]
}

/// The numbers of the answers in lines of JSON, as they follow each other.
fn numbers(ndjson: &str) -> Vec<i64> {
    let lines = ndjson.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter_map(|line| line["answer"]["number"].as_i64()).collect()
}

async fn everything() -> TestSite {
    let mut survey = asking_everything("/help");
    survey["questions"][3]["prompt"] = json!("=1+1, why?");
    TestSite::with_survey(survey).await.unwrap()
}

async fn answers_with(site: &TestSite, text: &str) {
    // What is asked in one line takes no others.
    let line = text.trim();
    let answers = json!([
        { "question": "score", "value": { "score": 6 } },
        { "question": "topics", "value": { "choices": { "picked": ["size", "other"], "other": text } } },
        { "question": "why", "value": { "text": text } },
        { "question": "line", "value": { "text": line } },
        { "question": "mail", "value": { "text": "ann@home.example" } },
        { "question": "who", "value": { "contact": [["name", line], ["message", text]] } },
    ]);
    let visitor = site.visitor();
    let answered = visitor.sends(&[visitor.submission_of(1, answers, "/help")]).await.unwrap();
    assert_eq!(answered.status, StatusCode::NO_CONTENT, "{answered:?}");
}

#[tokio::test]
async fn no_text_of_any_field_and_no_head_of_a_column_is_a_formula() {
    let site = everything().await;
    for formula in FORMULAS {
        answers_with(&site, formula).await;
    }
    for format in ["csv", "csv_wide"] {
        let table = table(&exported(&site, &format!("format={format}")).await);
        assert!(table.len() > FORMULAS.len(), "{format}: {table:?}");
        for cell in table.iter().flatten() {
            assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{format}: {cell:?}");
            assert!(!cell.starts_with(['\t', '\r', '\n']), "{format}: {cell:?}");
        }
        assert!(table.iter().flatten().any(|cell| cell.contains("'=1+1")), "{format}: {table:?}");
    }
}

#[tokio::test]
async fn a_table_says_what_was_asked_on_which_scale_and_how_good_the_answer_is() {
    let site = everything().await;
    answers_with(&site, "Fine, \"really\"").await;
    let long = table(&exported(&site, "format=csv").await);
    assert_eq!(long.len(), 1 + 6, "{long:?}");
    let score = (1..long.len()).find(|row| cell(&long, *row, "question") == "score").unwrap();
    let told = ["prompt", "point", "scale", "band", "page"].map(|name| cell(&long, score, name));
    assert_eq!(told, ["How was it?", "6", "1-7", "positive", "shop.example/help"]);
    let wide = table(&exported(&site, "format=csv_wide").await);
    assert_eq!(wide.len(), 1 + 1, "{wide:?}");
    let told = ["score: How was it?", "topics: What is missing?", "why: =1+1, why?", "mail: Where?", "one: Which one?"];
    let told = told.map(|name| cell(&wide, 1, name));
    assert_eq!(told, ["6", "size other; Fine, \"really\"", "Fine, \"really\"", "ann@home.example", ""]);
}

#[tokio::test]
async fn contact_details_are_left_out_where_nobody_wants_them_and_response_ids_always() {
    let site = everything().await;
    answers_with(&site, "Ann Example").await;
    let ids: Vec<String> = site.rows().await.unwrap().responses.iter().map(|one| one.id.simple().to_string()).collect();
    for format in FORMATS {
        let with = exported(&site, &format!("format={format}")).await;
        assert!(with.contains("ann@home.example"), "{format}: {with}");
        let without = exported(&site, &format!("format={format}&contact=false")).await;
        assert!(!without.contains("ann@home.example"), "{format}: {without}");
        assert_eq!(without.matches("Ann Example").count(), 3, "{format}: {without}");
        for id in &ids {
            assert!(!with.replace('-', "").contains(id), "{format}: {with}");
        }
        let said = ["export", site.key(), "--without-contact", "--format", &format.replace('_', "-")];
        let said = site.collector.also(Chore { arguments: &said, input: "" }).await.unwrap();
        assert_eq!(said, without, "the command line says the same");
    }
}

#[tokio::test]
async fn what_is_set_apart_or_erased_is_in_no_export() {
    let site = everything().await;
    for text in ["One", "Two", "Three"] {
        answers_with(&site, text).await;
    }
    let apart = format!("/api/sites/{}/answers/2/standing", site.key());
    assert!(site.team.put(&apart, &json!({ "standing": "apart" })).await.unwrap().status.is_success());
    assert!(site.team.delete(&format!("/api/sites/{}/answers/1", site.key())).await.unwrap().status.is_success());
    for format in FORMATS {
        let told = exported(&site, &format!("format={format}")).await;
        assert!(told.contains("Three") && !told.contains("One") && !told.contains("Two"), "{format}: {told}");
    }
    assert!(site.team.put(&apart, &json!({ "standing": "counted" })).await.unwrap().status.is_success());
    assert_eq!(numbers(&exported(&site, "").await), [3, 2]);
}

#[tokio::test]
async fn an_export_of_many_answers_has_those_of_the_paged_lists_in_their_order() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let many = Filling::Answers { answers: 12_000, pages: 40, days: 30 };
    site.collector.fill(site.key(), many).await.unwrap();
    let all = exported(&site, "format=ndjson").await;
    assert_eq!(numbers(&all), (1..=12_000).rev().collect::<Vec<i64>>());
    let page = "shop.example/filled/7";
    let mut paged = Vec::new();
    let mut before = String::new();
    loop {
        let path = format!("answers?limit=200&page={page}{before}");
        let report: AnswersReport = site.report(&path).await.unwrap();
        paged.extend(report.answers.iter().map(|answer| answer.number));
        let Some(next) = report.next else { break };
        before = format!("&before={next}");
    }
    assert!(paged.len() > 100, "{}", paged.len());
    assert_eq!(numbers(&exported(&site, &format!("page={page}")).await), paged);
    let (from, to) = (date(today().unwrap() - 9), date(today().unwrap() - 5));
    let part = exported(&site, &format!("format=csv_wide&from={from}&to={to}")).await;
    let part = table(&part);
    let days: Vec<&str> = (1..part.len()).map(|row| &cell(&part, row, "answered_at")[..10]).collect();
    assert!(days.iter().all(|day| (from.as_str()..=to.as_str()).contains(day)), "{days:?}");
    let wanted = all.lines().filter(|line| {
        let answered_at = serde_json::from_str::<Value>(line).unwrap()["answer"]["answered_at"].as_i64();
        answered_at.is_some_and(|ms| (from.as_str()..=to.as_str()).contains(&date(ms / 86_400_000).as_str()))
    });
    assert_eq!(days.len(), wanted.count());
    assert!(days.len() > 1_000, "{}", days.len());
}

#[tokio::test]
async fn an_export_says_what_it_is_and_what_is_wrong_with_the_wish() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let answer = asks(&site, "format=csv&from=2026-11-01&to=2026-11-30").await;
    let head = |name| answer.headers()[name].to_str().unwrap().to_owned();
    assert!(head(CONTENT_TYPE).starts_with("text/csv"), "{}", head(CONTENT_TYPE));
    let name = "attachment; filename=\"test-site-answers-from-2026-11-01-to-2026-11-30.csv\"";
    assert_eq!(head(CONTENT_DISPOSITION), name);
    for (query, field) in [("from=2026-11-02&to=2026-11-01", "to"), ("format=xls", "format"), ("from=soon", "from")] {
        let answer = asks(&site, query).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{query}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["field"], field, "{query}: {problem}");
    }
}

#[tokio::test]
async fn an_export_that_breaks_off_does_not_look_like_a_whole_one() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let many = Filling::Answers { answers: 12_000, pages: 40, days: 30 };
    site.collector.fill(site.key(), many).await.unwrap();
    let spoil = "UPDATE answers SET choices = 'nonsense' WHERE response = 3 AND question = 'score'";
    change_past_the_collector(&site.collector.database(), spoil).await.unwrap();
    for format in FORMATS {
        let answer = asks(&site, &format!("format={format}")).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(answer.text().await.is_err(), "{format}");
    }
    assert!(site.collector.log().unwrap().contains("an export broke off"));
}
