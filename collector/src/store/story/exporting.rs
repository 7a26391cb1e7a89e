//! What leaves in files says the same, in every format, from either database.

use actix_web::web::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::*;
use crate::comments::Tags;
use crate::export::{Export, Format, Wanted};

const EVERYTHING: &str = r#"{"question":"ease","value":{"score":6}},
    {"question":"why","value":{"text":"=1+1, \"really\""}},
    {"question":"topic","value":{"choices":{"picked":["size","other"],"other":"Both"}}},
    {"question":"who","value":{"contact":[["name","Ann"],["email","ann@home.example"]]}},
    {"question":"mail","value":{"text":"ann@work.example"}}"#;

async fn exported(store: &Store, format: Format) -> Vec<u8> {
    let wanted = Wanted { format, from: None, to: None, page: None, contact: true };
    let mut export = Export::begin(store, &shop(), wanted).await.unwrap();
    let mut file = Vec::new();
    while let Some(mut part) = export.next(store).await.unwrap() {
        file.append(&mut part);
    }
    file
}

async fn text(store: &Store, format: Format) -> String {
    String::from_utf8(exported(store, format).await).unwrap()
}

/// The cells of each row, with a bar between them. What is null is left out.
async fn columns(store: &Store) -> Vec<String> {
    let file = SerializedFileReader::new(Bytes::from(exported(store, Format::Parquet).await)).unwrap();
    let cell = |(name, field)| match field {
        Field::Null => None,
        Field::Str(text) => Some(format!("{name}={text}")),
        Field::TimestampMillis(at) => Some(format!("{name}={at}")),
        other => Some(format!("{name}={other}")),
    };
    let row = |columns: Vec<(String, Field)>| columns.into_iter().filter_map(cell).collect::<Vec<_>>().join("|");
    file.get_row_iter(None).unwrap().map(|found| row(found.unwrap().into_columns())).collect()
}

pub(super) async fn an_export_says_the_same_whatever_it_is_read_from(place: Place) {
    let shop_ = Shop::open(place).await;
    let store = &shop_.store;
    assert_eq!(text(store, Format::Csv).await.lines().count(), 1, "nothing but the head");
    assert_eq!(columns(store).await, Vec::<String>::new());

    let says = Visit { visitor: 1, page: "/help", sends: Sends::Says { rev: 1, answers: EVERYTHING } };
    let seen = Visit { visitor: 9, page: "/help", sends: Sends::Shown };
    shop_.commit("shop", &[says, answers(2, 1, 2), seen]).await;
    shop_.commit("other", &[answers(3, 1, 7)]).await;
    let tags = Tags::parse(&["Delivery".to_owned(), "=bug".to_owned()]).unwrap();
    store.set_tags(&shop(), 1, &tags, &operator()).await.unwrap();

    let lines = text(store, Format::Ndjson).await;
    let lines: Vec<&str> = lines.lines().filter(|line| line.starts_with(r#"{"answer""#)).collect();
    assert_eq!(lines, LINES);
    assert_eq!(text(store, Format::Csv).await, TABLE);
    assert_eq!(text(store, Format::CsvWide).await, WIDE_TABLE);
    assert_eq!(columns(store).await, COLUMNS);
}

const LINES: [&str; 2] = [
    r#"{"answer":{"number":2,"survey":"help","version":1,"page":"shop.example/help","answered_at":1763726400000,"completed":true,"device":"desktop","language":"","answers":[{"question":"ease","point":2}]}}"#,
    r#"{"answer":{"number":1,"survey":"help","version":1,"page":"shop.example/help","answered_at":1763726400000,"completed":true,"device":"desktop","language":"","tags":["=bug","Delivery"],"answers":[{"question":"ease","point":6},{"question":"mail","contact":[["email","ann@work.example"]]},{"question":"topic","text":"Both","choices":["size","other"]},{"question":"who","contact":[["name","Ann"],["email","ann@home.example"]]},{"question":"why","text":"=1+1, \"really\""}]}}"#,
];

const TABLE: &str = r#"number,answered_at,page,survey,version,completed,device,language,signal,tags,question,prompt,point,scale,band,choices,text,contact_name,contact_email,contact_phone,contact_other
2,2025-11-21T12:00:00Z,shop.example/help,help,1,true,desktop,,,,ease,Easy?,2,1-7,negative,,,,,,
1,2025-11-21T12:00:00Z,shop.example/help,help,1,true,desktop,,,"'=bug; Delivery",ease,Easy?,6,1-7,positive,,,,,,
1,2025-11-21T12:00:00Z,shop.example/help,help,1,true,desktop,,,"'=bug; Delivery",mail,Where?,,,,,,,ann@work.example,,
1,2025-11-21T12:00:00Z,shop.example/help,help,1,true,desktop,,,"'=bug; Delivery",topic,On what?,,,,size other,Both,,,,
1,2025-11-21T12:00:00Z,shop.example/help,help,1,true,desktop,,,"'=bug; Delivery",who,Who?,,,,,,Ann,ann@home.example,,
1,2025-11-21T12:00:00Z,shop.example/help,help,1,true,desktop,,,"'=bug; Delivery",why,Why?,,,,,"'=1+1, ""really""",,,,
"#;

const WIDE_TABLE: &str = r#"number,answered_at,page,survey,version,completed,device,language,signal,tags,ease: Easy?,why: Why?,topic: On what?,who: Who?,mail: Where?
2,2025-11-21T12:00:00Z,shop.example/help,help,1,true,desktop,,,,2,,,,
1,2025-11-21T12:00:00Z,shop.example/help,help,1,true,desktop,,,"'=bug; Delivery",6,"'=1+1, ""really""","size other; Both","Ann; ann@home.example",ann@work.example
"#;

macro_rules! row {
    ($number:literal, $rest:literal) => {
        concat!(
            "number=",
            $number,
            "|answered_at=1763726400000|page=shop.example/help|survey=help|version=1|completed=true|device=desktop|language=|",
            $rest
        )
    };
}

const COLUMNS: [&str; 6] = [
    row!(2, "question=ease|prompt=Easy?|point=2|scale=1-7|band=negative"),
    row!(1, "tags==bug; Delivery|question=ease|prompt=Easy?|point=6|scale=1-7|band=positive"),
    row!(1, "tags==bug; Delivery|question=mail|prompt=Where?|contact_email=ann@work.example"),
    row!(1, "tags==bug; Delivery|question=topic|prompt=On what?|choices=size other|text=Both"),
    row!(1, "tags==bug; Delivery|question=who|prompt=Who?|contact_name=Ann|contact_email=ann@home.example"),
    row!(1, "tags==bug; Delivery|question=why|prompt=Why?|text==1+1, \"really\""),
];
