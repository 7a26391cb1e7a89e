//! What surveys ask: choices are counted and told by their labels, contact details stay with the answer they came with, and whatever
//! is written anywhere is text.

use reqwest::StatusCode;
use serde_json::{Value, json};
use survey::api::SurveySummary;
use survey::report::{AnswersReport, ChoicesReport, PageDetails};
use tests::{TestSite, asking_everything};

const PAGE: &str = "page?page=shop.example/help";

async fn site() -> TestSite {
    TestSite::with_survey(asking_everything("/help")).await.unwrap()
}

async fn choices(site: &TestSite) -> Vec<ChoicesReport> {
    site.report::<PageDetails>(PAGE).await.unwrap().choices
}

fn counted(report: &ChoicesReport) -> Vec<(&str, u64)> {
    report.choices.iter().map(|choice| (choice.label.as_str(), choice.picked)).collect()
}

fn picks(question: &str, picked: &[&str]) -> Value {
    json!({ "question": question, "value": { "choices": { "picked": picked } } })
}

#[tokio::test]
async fn choices_are_counted_by_their_labels_and_each_visitor_once() {
    let site = site().await;
    for picked in [&["price", "size"][..], &["price"], &["other"]] {
        let visitor = site.visitor();
        let answered = visitor.sends(&[visitor.submission_of(1, json!([picks("topics", picked)]), "/help")]).await;
        assert_eq!(answered.unwrap().status, StatusCode::NO_CONTENT);
    }
    let report = choices(&site).await.remove(0);
    assert_eq!((report.prompt.as_str(), report.n, report.low_confidence), ("What is missing?", 3, true));
    assert_eq!(counted(&report), [("Price", 2), ("Size", 1), ("Something else", 1)]);
    assert!((report.choices[0].share.percent - 200.0 / 3.0).abs() < 1e-9);
    assert!(report.choices[0].share.interval.contains(report.choices[0].share.percent));
    site.rows().await.unwrap().assert_counted_right();
}

#[tokio::test]
async fn a_revised_choice_takes_its_count_back() {
    let site = site().await;
    let visitor = site.visitor();
    for (rev, picked) in [(1, &["price", "size"][..]), (2, &["size", "other"]), (2, &["price"]), (3, &["size"])] {
        visitor.sends(&[visitor.submission_of(rev, json!([picks("topics", picked)]), "/help")]).await.unwrap();
    }
    assert_eq!(counted(&choices(&site).await[0]), [("Price", 0), ("Size", 1), ("Something else", 0)]);
    let taken_back = json!([{ "question": "score", "value": { "score": 7 } }]);
    visitor.sends(&[visitor.submission_of(4, taken_back, "/help")]).await.unwrap();
    assert!(choices(&site).await.is_empty(), "nobody's choice is left");
    site.rows().await.unwrap().assert_counted_right();
}

#[tokio::test]
async fn a_choice_keeps_its_count_when_its_place_and_its_label_change() {
    let site = site().await;
    let visitor = site.visitor();
    visitor.sends(&[visitor.submission_of(1, json!([picks("topics", &["price"])]), "/help")]).await.unwrap();
    let mut survey = asking_everything("/help");
    let listed = survey["questions"][1]["kind"]["multiple_choice"]["choices"].as_array_mut().unwrap();
    listed.reverse();
    listed[1]["label"] = json!("Prices");
    site.publish(&survey).await.unwrap();
    let second = site.visitor().of_version(2);
    let event = second.submission_of(1, json!([picks("topics", &["price", "size"])]), "/help");
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(5);
    while second.sends(std::slice::from_ref(&event)).await.unwrap().status != StatusCode::NO_CONTENT {
        assert!(tokio::time::Instant::now() < deadline, "the second version is not live");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let report = choices(&site).await.remove(0);
    assert_eq!(counted(&report), [("Size", 1), ("Prices", 2), ("Something else", 0)]);
    assert_eq!(report.n, 2);
}

#[tokio::test]
async fn what_is_agreed_to_is_counted_and_contact_details_never_are() {
    let site = site().await;
    let visitor = site.visitor();
    let answers = json!([
        picks("agrees", &["agreed"]),
        { "question": "mail", "value": { "text": "ann@home.example" } },
        { "question": "who", "value": { "contact": [["name", "Ann"], ["message", "Call me"]] } },
    ]);
    visitor.sends(&[visitor.submission_of(1, answers, "/help")]).await.unwrap();
    let all = choices(&site).await;
    assert_eq!((all.len(), counted(&all[0])), (1, vec![("You may keep my answer", 1)]));
}

#[tokio::test]
async fn contact_details_are_never_in_a_list_of_comments_but_with_the_answer_they_came_with() {
    let site = site().await;
    let (silent, talkative) = (site.visitor(), site.visitor());
    let contact = json!([
        { "question": "score", "value": { "score": 2 } },
        { "question": "mail", "value": { "text": "secret@home.example" } },
        { "question": "who", "value": { "contact": [["name", "Secret Ann"], ["message", "Secret words"]] } },
    ]);
    let mut said = contact.clone();
    said.as_array_mut().unwrap().push(json!({ "question": "why", "value": { "text": "Too slow." } }));
    let other = json!({ "question": "topics", "value": { "choices": { "picked": ["other"], "other": "Colours" } } });
    said.as_array_mut().unwrap().push(other);
    silent.sends(&[silent.submission_of(1, contact, "/help")]).await.unwrap();
    talkative.sends(&[talkative.submission_of(1, said, "/help")]).await.unwrap();

    for query in ["answers?comments=true", "answers?comments=true&page=shop.example/help"] {
        let listed: Value = site.report(query).await.unwrap();
        assert!(!listed.to_string().to_lowercase().contains("secret"), "{listed}");
        let listed: AnswersReport = serde_json::from_value(listed).unwrap();
        assert_eq!(listed.answers.len(), 1, "who left only an address has made no comment");
        let mut words: Vec<_> = listed.answers[0].comments.iter().map(|it| (&*it.prompt, &*it.text)).collect();
        words.sort_unstable();
        assert_eq!(words, [("What is missing?", "Colours"), ("Why?", "Too slow.")]);
    }
    let with_contact: AnswersReport = site.report("answers?contact=true").await.unwrap();
    assert_eq!(with_contact.answers.len(), 2);
    let details: Vec<&str> =
        with_contact.answers[0].contact.iter().flat_map(|it| &it.details).map(|detail| &*detail.text).collect();
    assert_eq!(details, ["secret@home.example", "Secret Ann", "Secret words"]);
    let both = site.team.get("/api/sites/test-site/answers?contact=true&comments=true").await.unwrap();
    assert_eq!((both.status, &both.body["field"]), (StatusCode::BAD_REQUEST, &json!("contact")));
}

#[tokio::test]
async fn answers_of_the_wrong_kind_or_of_none_that_is_offered_are_refused() {
    let site = site().await;
    let choose = |choices: Value| json!({ "question": "topics", "value": { "choices": choices } });
    for (answer, error, reason) in [
        (choose(json!({ "picked": ["colour"] })), "unknown_choice", "question topics has no choice colour"),
        (choose(json!({ "picked": ["size", "size"] })), "bad_choices", "size is chosen twice"),
        (choose(json!({ "picked": [] })), "bad_choices", "nothing is chosen"),
        (choose(json!({ "picked": ["size"], "other": "x" })), "bad_choices", "only with it"),
        (choose(json!({ "picked": ["other"], "other": "x".repeat(201) })), "text_length", "1 to 200 characters"),
        (picks("one", &["a", "b"]), "bad_choices", "2 are chosen; it takes one"),
        (picks("agrees", &["other"]), "unknown_choice", "has no choice other"),
        (json!({ "question": "topics", "value": { "score": 1 } }), "wrong_kind", "another kind of answer"),
        (json!({ "question": "mail", "value": { "text": "ann at home" } }), "not_email", "is not an e-mail address"),
        (
            json!({ "question": "who", "value": { "contact": [["phone", "1"]] } }),
            "stray_field",
            "does not ask for phone",
        ),
        (json!({ "question": "who", "value": { "contact": [["fax", "1"]] } }), "malformed", "fax"),
        (json!({ "question": "read", "value": { "text": "x" } }), "wrong_kind", "another kind of answer"),
    ] {
        let visitor = site.visitor();
        let answered = visitor.sends(&[visitor.submission_of(1, json!([answer]), "/help")]).await.unwrap();
        assert_eq!(answered.error(), error, "{answer}: {answered:?}");
        assert!(answered.body["reason"].as_str().unwrap().contains(reason), "{answer}: {answered:?}");
    }
    assert!(site.rows().await.unwrap().are_empty());
}

#[tokio::test]
async fn a_team_reads_in_words_what_is_asked_where_it_leads_and_how_it_ends() {
    let site = site().await;
    let survey = site.report::<Vec<SurveySummary>>("surveys").await.unwrap().remove(0);
    assert_eq!(survey.format, "a bar along the top");
    assert_eq!(survey.questions[0].leads, ["if the score is good, on to “What is missing?”"]);
    assert_eq!(survey.questions[1].asks, "any of: Price, Size, Something else");
    assert_eq!(survey.languages.iter().map(|it| it.tag.as_str()).collect::<Vec<_>>(), ["en", "ru"]);
    assert!(survey.languages[1].missing.contains(&"questions[1].prompt".to_owned()));
    let endings: Vec<_> = survey.endings.iter().map(|ending| (&*ending.for_whom, &*ending.title)).collect();
    assert_eq!(endings, [("if at “How was it?”, the score is bad", "Sorry"), ("for everybody else", "Thank you.")]);
}

/// Scripts, markup, and what breaks out of attributes, styles, templates, comments and JSON.
fn payloads() -> Vec<String> {
    let tags =
        ["script", "img src=x", "svg", "iframe", "body", "details open", "video", "input autofocus", "math", "object"];
    let handlers = ["onerror=alert(1)", "onload=alert(1)", "onfocus=alert(1)"];
    let crossed = tags.iter().flat_map(|tag| handlers.map(|handler| format!("<{tag} {handler}>")));
    let others = [
        "<script>alert(1)</script>",
        "</script><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "'><svg/onload=alert(1)>",
        "--><script>alert(1)</script>",
        "]]><script>alert(1)</script>",
        "</style><script>alert(1)</script>",
        "</textarea><script>alert(1)</script>",
        "</title><script>alert(1)</script>",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "${alert(1)} {{constructor.constructor('alert(1)')()}}",
        "#{alert(1)} <%= alert(1) %>",
        "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<style>@import 'https://evil.example'</style>",
        "<base href=https://evil.example>",
        "=HYPERLINK(\"https://evil.example\",\"x\")",
        "'; DROP TABLE answers; --",
    ];
    crossed.chain(others.map(str::to_owned)).collect()
}

#[tokio::test]
async fn fifty_payloads_in_every_field_of_text_come_back_as_the_text_they_are() {
    let site = site().await;
    let payloads = payloads();
    assert_eq!(payloads.len(), 50);
    for payload in &payloads {
        let visitor = site.visitor();
        let answers = json!([
            { "question": "why", "value": { "text": payload } },
            { "question": "topics", "value": { "choices": { "picked": ["other"], "other": payload } } },
            { "question": "line", "value": { "text": payload } },
            { "question": "who", "value": { "contact": [["name", payload], ["message", payload]] } },
        ]);
        let mut event = visitor.submission_of(1, answers, "/help");
        event["submission"]["presentation"]["visit"]["title"] = json!(payload);
        event["submission"]["presentation"]["visit"]["referrer"] = json!(payload);
        let answered = visitor.sends(&[event]).await.unwrap();
        assert_eq!(answered.status, StatusCode::NO_CONTENT, "{payload}: {answered:?}");
    }
    let stored = site.answers().await.unwrap();
    assert_eq!(stored.answers.len(), payloads.len());
    for (answer, payload) in stored.answers.iter().rev().zip(&payloads) {
        let comments = answer.comments.iter().map(|comment| &comment.text);
        let details = answer.contact.iter().flat_map(|contact| &contact.details).map(|detail| &detail.text);
        let texts: Vec<&String> = comments.chain(details).collect();
        assert_eq!(texts, [payload; 5]);
    }
}

#[tokio::test]
async fn payloads_in_a_surveys_own_texts_are_published_and_told_as_text() {
    let site = site().await;
    // A blank must be one that can be filled in.
    for payload in payloads().into_iter().filter(|payload| !payload.contains("{{")) {
        let mut survey = asking_everything("/help");
        survey["name"] = json!(payload);
        survey["questions"][0]["prompt"] = json!(payload);
        survey["questions"][1]["kind"]["multiple_choice"]["choices"][0]["label"] = json!(payload);
        survey["endings"][1]["title"] = json!(payload);
        let read: survey::definition::Survey = serde_json::from_value(survey).unwrap();
        assert_eq!(read.own(&read.questions()[0].prompt), payload);
    }
    let mut survey = asking_everything("/help");
    survey["name"] = json!("<script>alert(1)</script>");
    survey["questions"][0]["prompt"] = json!("<img src=x onerror=alert(1)>");
    site.publish(&survey).await.unwrap();
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(5);
    loop {
        let told = site.report::<Vec<SurveySummary>>("surveys").await.unwrap().remove(0);
        if told.version == Some(2) {
            assert_eq!(
                (&*told.name, &*told.questions[0].prompt),
                ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>")
            );
            return;
        }
        assert!(tokio::time::Instant::now() < deadline, "the second version is not live");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
