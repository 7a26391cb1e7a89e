//! Languages: each visitor is sent what they read, one language and no more; whoever reads none of a survey's gets its own.

use brotli::BrotliDecompress;
use reqwest::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, IF_NONE_MATCH};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use survey::definition::Piece;
use survey::script::Script;
use survey::wire::SiteConfig;
use tests::{TestSite, asking_everything, ces_on, csat_after_seconds};

fn in_languages(prompt: Value) -> Value {
    let mut survey = ces_on("/help");
    survey["questions"][0]["prompt"] = prompt;
    survey
}

async fn site() -> TestSite {
    let first = in_languages(json!({ "en": "Easy?", "ru": "Легко?", "pt-BR": "Fácil?", "ar": "سهل؟" }));
    let mut second = csat_after_seconds("/order", 5);
    second["language"] = json!("de");
    second["questions"][0]["prompt"] = json!({ "de": "Zufrieden?", "ru": "Довольны?" });
    TestSite::with_surveys(&[first, second]).await.unwrap()
}

async fn address(site: &TestSite) -> String {
    let loader = reqwest::get(format!("{}/w/{}.js", site.collector.origin(), site.key())).await.unwrap();
    let loader = loader.text().await.unwrap();
    let quoted =
        loader.split(['"', '\'', '`']).find(|text| text.starts_with("/w/test-site.") && text.ends_with(".bin"));
    quoted.expect("the loader names the surveys").to_owned()
}

async fn fetch(site: &TestSite, query: &str) -> Response {
    let address = format!("{}{}{query}", site.collector.origin(), address(site).await);
    Client::new().get(address).send().await.unwrap()
}

/// What visitors are sent who read these languages.
async fn scripts(site: &TestSite, query: &str) -> Vec<Script> {
    let answer = fetch(site, query).await;
    assert_eq!(answer.status(), StatusCode::OK, "{query}");
    SiteConfig::from_bytes(&answer.bytes().await.unwrap()).unwrap().scripts
}

fn prompt(script: &Script) -> &str {
    match script.steps[0].prompt.0.as_slice() {
        [Piece::Plain(text)] => text,
        pieces => panic!("not a plain text: {pieces:?}"),
    }
}

async fn prompts(site: &TestSite, query: &str) -> [String; 2] {
    let scripts = scripts(site, query).await;
    [0, 1].map(|place| prompt(&scripts[place]).to_owned())
}

#[tokio::test]
async fn each_survey_speaks_the_first_language_of_the_visitor_that_it_has() {
    let site = site().await;
    for (wanted, expected) in [
        ("?l=ru", ["Легко?", "Довольны?"]),
        ("?l=ar,ru", ["سهل؟", "Довольны?"]),
        ("?l=pt-PT,de", ["Fácil?", "Zufrieden?"]),
        ("?l=pt", ["Fácil?", "Zufrieden?"]),
        ("?l=RU-ru", ["Легко?", "Довольны?"]),
        ("?l=ja,de-CH,en-GB", ["Easy?", "Zufrieden?"]),
    ] {
        assert_eq!(prompts(&site, wanted).await, expected, "{wanted}");
    }
    assert!(scripts(&site, "?l=ar").await[0].is_rtl);
}

#[tokio::test]
async fn a_visitor_of_another_language_gets_each_surveys_own() {
    let site = site().await;
    for wanted in [
        "",
        "?l=",
        "?l=ja",
        "?l=ja,ko,zh",
        "?x=ru",
        "?l=%3Cscript%3E",
        "?l=../../etc",
        "?l=%00%ff",
        "?l=ja,ko,zh,fr,tr,ru",
        "?l=english,russian",
        &format!("?l={}", "x,".repeat(2_000)),
    ] {
        assert_eq!(prompts(&site, wanted).await, ["Easy?", "Zufrieden?"], "{wanted}");
    }
}

#[tokio::test]
async fn only_the_language_in_use_is_sent() {
    let site = site().await;
    let bytes = fetch(&site, "?l=ru").await.bytes().await.unwrap();
    let sent = String::from_utf8_lossy(&bytes);
    assert!(
        sent.contains("Легко?") && !sent.contains("Fácil?") && !sent.contains("Easy?") && !sent.contains("Zufrieden?")
    );
}

#[tokio::test]
async fn every_language_is_packed_tagged_and_kept_under_the_one_address() {
    let site = site().await;
    let plain = fetch(&site, "?l=ru").await.bytes().await.unwrap();
    let address = format!("{}{}?l=ru", site.collector.origin(), address(&site).await);
    let packed = Client::new().get(&address).header(ACCEPT_ENCODING, "br").send().await.unwrap();
    assert_eq!(packed.headers()[CONTENT_ENCODING], "br");
    assert!(packed.headers()[CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    let tag = packed.headers()[ETAG].clone();
    let mut unpacked = Vec::new();
    BrotliDecompress(&mut packed.bytes().await.unwrap().as_ref(), &mut unpacked).unwrap();
    assert_eq!(unpacked, plain);
    let again =
        Client::new().get(&address).header(ACCEPT_ENCODING, "br").header(IF_NONE_MATCH, &tag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let other = Client::new().get(address.replace("l=ru", "l=ar")).header(ACCEPT_ENCODING, "br").send().await.unwrap();
    assert_ne!(other.headers()[ETAG], tag, "another language is another content");
}

#[tokio::test]
async fn a_new_translation_is_a_new_address_for_everybody() {
    let site = TestSite::with_survey(in_languages(json!({ "en": "Easy?" }))).await.unwrap();
    let before = address(&site).await;
    site.publish(&in_languages(json!({ "en": "Easy?", "ru": "Легко?" }))).await.unwrap();
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(5);
    while address(&site).await == before {
        assert!(tokio::time::Instant::now() < deadline, "the translation is not live");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(prompt(&scripts(&site, "?l=ru").await[0]), "Легко?");
}

#[tokio::test]
async fn a_hundred_languages_asked_for_at_once_are_all_answered() {
    let tags: Vec<String> = ('a'..='z').flat_map(|a| ('a'..='d').map(move |b| format!("{a}{b}"))).take(100).collect();
    let mut texts: Value = tags.iter().map(|tag| (tag.clone(), json!(format!("In {tag}?")))).collect();
    texts["en"] = json!("Easy?");
    let site = TestSite::with_survey(in_languages(texts)).await.unwrap();
    for tag in &tags {
        let scripts = scripts(&site, &format!("?l={tag}")).await;
        assert_eq!(prompt(&scripts[0]), format!("In {tag}?"));
    }
}

#[tokio::test]
async fn interface_words_and_direction_follow_the_language() {
    let site = TestSite::with_survey(asking_everything("/help")).await.unwrap();
    let (english, russian) = (scripts(&site, "?l=en").await, scripts(&site, "?l=ru").await);
    assert_ne!(english[0].words, russian[0].words);
    assert_eq!((russian[0].language.as_str(), russian[0].is_rtl), ("ru", false));
    assert_eq!(russian[0].steps.len(), english[0].steps.len());
}
