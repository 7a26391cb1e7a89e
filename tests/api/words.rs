//! What visitors say in their own words: found by their team, and told of in what they have in common.

use reqwest::StatusCode;
use survey::comments::WordsReport;
use survey::report::AnswersReport;
use tests::{TestSite, ces_on};

/// What is typed to look for comments, as it stands in an address.
fn typed(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn points(site: &TestSite, query: &str) -> Vec<u8> {
    let report: AnswersReport = site.report(&format!("answers?{query}")).await.unwrap();
    report.answers.iter().map(|answer| answer.scores[0].point).collect()
}

#[tokio::test]
async fn comments_are_searched_by_words_page_band_and_days() {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    for (score, comment, path) in [
        (1, "The delivery is slow.", "/a"),
        (4, "Delivery? Fine.", "/b"),
        (7, "Fast delivery!", "/a"),
        (2, "Доставка была слишком медленной, и никто мне не ответил на вопросы", "/a"),
    ] {
        site.visitor().comments(score, comment, path).await.unwrap();
    }
    site.visitor().answers(3, "/a").await.unwrap();
    for (query, expected) in [
        ("search=delivery".to_owned(), &[7, 4, 1][..]),
        ("search=deliv&limit=2".to_owned(), &[7, 4]),
        ("search=slow+delivery".to_owned(), &[1]),
        ("search=delivery&page=shop.example/a".to_owned(), &[7, 1]),
        ("search=delivery&band=negative".to_owned(), &[1]),
        ("search=delivery&band=neutral&comments=true".to_owned(), &[4]),
        ("search=delivery&from=2020-01-01".to_owned(), &[7, 4, 1]),
        ("search=delivery&to=2020-01-01".to_owned(), &[]),
        ("search=delivery&apart=true".to_owned(), &[]),
        (format!("search={}", typed("ДОСТАВКИ")), &[]),
        (format!("search={}", typed("ДОСТАВК")), &[2]),
        ("search=".to_owned(), &[3, 2, 7, 4, 1]),
        ("band=negative".to_owned(), &[3, 2, 1]),
        ("band=negative&comments=true".to_owned(), &[2, 1]),
        ("band=positive&from=2020-01-01&to=2199-01-01".to_owned(), &[7]),
        ("to=2020-01-01".to_owned(), &[]),
        ("written_in=ru".to_owned(), &[2]),
    ] {
        assert_eq!(points(&site, &query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn whatever_is_typed_is_a_plain_search_or_refused_with_its_name() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.visitor().comments(2, "The \"near\" button does not work", "/help").await.unwrap();
    for search in [
        "\"near\"",
        "near*",
        "NEAR(button, 5)",
        "button OR nothing",
        "-button",
        "terms:button",
        "words : button",
        "^button",
        "button\0",
        "'; DROP TABLE texts; --",
        "button & | ! <-> :*",
        "\\",
        "\"",
        "*",
        "()",
        "👍🏽",
        "\u{202e}",
        "\0",
        "=bnegative",
        "test-site/0/button",
        "{}",
        "button AND",
        "NOT",
        "a b c d e f g h i j k l m n o p",
        &"x".repeat(10_000),
        &"é ".repeat(90),
        &"送".repeat(150),
        "%",
        "_",
    ] {
        let answered =
            site.team.get(&format!("/api/sites/{}/answers?search={}", site.key(), typed(search))).await.unwrap();
        match answered.status {
            StatusCode::OK => {}
            StatusCode::BAD_REQUEST => assert_eq!(answered.body["field"], "search", "{search:?}: {answered:?}"),
            _ => panic!("{search:?}: {answered:?}"),
        }
    }
    for (search, found) in
        [("NEAR(button)", 1), ("near*", 1), ("button OR nothing", 0), ("terms:button", 0), ("=bnegative", 0)]
    {
        assert_eq!(points(&site, &format!("search={}", typed(search))).await.len(), found, "{search}");
    }
    for (path, field) in [
        ("answers?band=low", "band"),
        ("answers?search=a&from=soon", "from"),
        ("answers?search=a&from=2026-02-02&to=2026-01-01", "to"),
        ("answers?written_in=%27", "written_in"),
        ("answers?page=a%00b", "page"),
        ("words?limit=0", "limit"),
        ("words?limit=201", "limit"),
        ("words?days=0", "days"),
        ("words?band=low", "band"),
        ("words?search=***", "search"),
        ("words?page=%00", "page"),
    ] {
        let answered = site.team.get(&format!("/api/sites/{}/{path}", site.key())).await.unwrap();
        assert_eq!(
            (answered.status, answered.body["field"].as_str()),
            (StatusCode::BAD_REQUEST, Some(field)),
            "{path}: {answered:?}"
        );
    }
}

#[tokio::test]
async fn what_is_erased_is_found_no_more() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.visitor().comments(2, "Call me Ishmael", "/help").await.unwrap();
    assert_eq!(points(&site, "search=ishmael").await, [2]);
    let erased = site.team.delete(&format!("/api/sites/{}/answers/1", site.key())).await.unwrap();
    assert!(erased.status.is_success(), "{erased:?}");
    assert!(points(&site, "search=ishmael").await.is_empty());
    let words: WordsReport = site.report("words").await.unwrap();
    assert_eq!((words.read, words.comments), (0, 0));
}

#[tokio::test]
async fn what_is_set_apart_is_in_its_own_list_and_in_no_report_of_words() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.visitor().comments(2, "Buy our pills", "/help").await.unwrap();
    let apart = serde_json::json!({ "standing": "apart" });
    let path = format!("/api/sites/{}/answers/1/standing", site.key());
    assert!(site.team.put(&path, &apart).await.unwrap().status.is_success());
    assert!(points(&site, "search=pills").await.is_empty());
    assert!(points(&site, "search=pills&comments=true").await.is_empty());
    assert_eq!(points(&site, "search=pills&apart=true").await, [2]);
    let words: WordsReport = site.report("words").await.unwrap();
    assert_eq!(words.read, 0);
}

#[tokio::test]
async fn words_are_told_with_their_scores_and_what_goes_with_low_ones_first() {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    for _ in 0..12 {
        site.visitor().comments(1, "The delivery was terrible and the parcel was late.", "/a").await.unwrap();
        site.visitor().comments(7, "I love the search, and the delivery was great.", "/b").await.unwrap();
    }
    site.visitor().comments(6, "Die Lieferung war schnell und alles ist heil angekommen.", "/b").await.unwrap();
    let words: WordsReport = site.report("words").await.unwrap();
    assert_eq!((words.read, words.comments), (25, 25));
    let scale = words.scale.unwrap();
    assert_eq!((scale.figures.n, scale.figures.negative), (25, 12));
    let of = |text: &str| words.words.iter().find(|word| word.text == text).cloned();
    let late = of("parcel").unwrap();
    let figures = late.figures.unwrap();
    assert_eq!((late.words, late.n, figures.n, figures.mean.value, late.low_confidence), (1, 12, 12, 1.0, false));
    assert!(late.contrast.unwrap().z > 0.0);
    assert_eq!(of("delivery").unwrap().n, 24);
    assert!(of("delivery").unwrap().contrast.unwrap().z < late.contrast.unwrap().z);
    assert!(of("the").is_none(), "every text has it");
    assert!(of("lieferung").is_none(), "said once");
    let zs: Vec<f64> = words.words.iter().map(|word| word.contrast.unwrap().z).collect();
    assert!(zs.is_sorted_by(|one, other| one >= other), "{zs:?}");
    assert_eq!(words.languages[0].language.as_deref(), Some("en"));
    let sentiment = &words.sentiment[0];
    assert_eq!((sentiment.lexicon.as_str(), sentiment.language.as_str(), sentiment.indicative), ("VADER", "en", true));
    assert_eq!((sentiment.comments, sentiment.positive, sentiment.negative), (24, 12, 12));

    let of_a_page: WordsReport = site.report("words?page=shop.example/a&limit=3").await.unwrap();
    assert_eq!((of_a_page.read, of_a_page.words.len()), (12, 3));
    assert!(of_a_page.words.iter().all(|word| word.contrast.is_none()), "there is nothing to compare with");
    let low: WordsReport = site.report("words?band=negative").await.unwrap();
    assert_eq!(low.read, 12);
    let earlier: WordsReport = site.report("words?from=2020-01-01&to=2020-02-01").await.unwrap();
    assert_eq!((earlier.read, earlier.scale, earlier.words), (0, None, vec![]));
}
