//! Refusals: each bad input is told what is wrong with which field, is counted, and stores nothing; the rest of its batch is
//! stored.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Answered, TestSite, Visitor, batch, ces_on, csat_after_seconds};

/// What a sender of something bad must be told.
struct Told {
    status: u16,
    error: &'static str,
    /// As a path into the request.
    field: &'static str,
    /// Part of what is said to people.
    reason: &'static str,
}

#[track_caller]
fn says(answered: &Answered, told: &Told) {
    assert_eq!(answered.status.as_u16(), told.status, "{answered:?}");
    assert_eq!((answered.error(), &answered.body["field"]), (told.error, &json!(told.field)), "{answered:?}");
    let reason = answered.body["reason"].as_str().expect("a refusal has a reason");
    assert!(reason.contains(told.reason), "{answered:?}");
    assert!(reason.chars().count() < 400, "a refusal does not send the body back: {reason}");
}

/// Sends a request that is refused as a whole, and looks that nothing came of it but a count.
async fn nothing_of_it_is_stored(site: &TestSite, answered: Answered, told: Told) {
    says(&answered, &told);
    assert_eq!(site.collector.counted(told.error).await.unwrap(), 1, "it is counted as {}", told.error);
    assert!(site.rows().await.unwrap().are_empty(), "nothing is stored");
}

/// Sends a bad event between two good ones, and looks that these alone are stored. `field` is a path into the event.
async fn only_the_rest_is_stored(bad: impl Fn(&Visitor) -> Value, told: Told) {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    only_the_rest_is_stored_on(&site, bad, told).await;
}

async fn only_the_rest_is_stored_on(site: &TestSite, bad: impl Fn(&Visitor) -> Value, told: Told) {
    let (before, refused, after) = (site.visitor(), site.visitor(), site.visitor());
    let earlier = site.rows().await.unwrap().responses.len();
    let counted = site.collector.counted(told.error).await.unwrap();
    let events = [before.submission(1, 7, "/help"), bad(&refused), after.submission(1, 7, "/help")];
    let answered = refused.sends(&events).await.unwrap();

    let field = format!("events[1].{}", told.field);
    says(&answered, &Told { field: Box::leak(field.trim_end_matches('.').into()), ..told });
    assert_eq!(answered.body["stored"], 2, "{answered:?}");
    assert_eq!(answered.body["refused"].as_array().map(Vec::len), Some(1), "{answered:?}");
    assert_eq!(site.collector.counted(told.error).await.unwrap(), counted + 1, "it is counted as {}", told.error);
    let rows = site.rows().await.unwrap();
    let stored: Vec<_> = rows.responses[earlier..].iter().map(|response| response.id).collect();
    assert_eq!(stored, [before.response_id(), after.response_id()]);
    assert_eq!(rows.presentations as usize, rows.responses.len(), "the refused one was never shown");
    rows.assert_counted_right();
}

/// A good event with something else in one place: `/submission/rev`, say.
fn spoiled(visitor: &Visitor, place: &str, value: Value) -> Value {
    let mut event = visitor.commented(1, 6, "Fine.", "/help");
    *event.pointer_mut(place).expect("the event has such a place") = value;
    event
}

#[tokio::test]
async fn an_unknown_site_key_is_refused() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let body = batch("no-such-site", &[site.visitor().submission(1, 6, "/help")]);
    let answered = site.door.post(body).await.unwrap();
    let told = Told { status: 404, error: "unknown_site", field: "site", reason: "no-such-site" };
    nothing_of_it_is_stored(&site, answered, told).await;
}

#[tokio::test]
async fn a_request_without_an_origin_is_refused() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let body = batch(site.key(), &[site.visitor().submission(1, 6, "/help")]);
    let answered = site.door.post_without_origin(body).await.unwrap();
    let told = Told { status: 403, error: "foreign_origin", field: "Origin", reason: "missing" };
    nothing_of_it_is_stored(&site, answered, told).await;
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused_however_alike() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let body = batch(site.key(), &[site.visitor().submission(1, 6, "/help")]);
    let foreign = [
        "https://evil.example",
        "null",
        "",
        "http://shop.example",
        "https://shop.example:8443",
        "https://shop.example.evil.example",
        "https://evil.example/https://shop.example",
        "https://www.shop.example",
    ];
    for origin in foreign {
        let answered = site.door.from_origin(origin).post(body.clone()).await.unwrap();
        says(&answered, &Told { status: 403, error: "foreign_origin", field: "Origin", reason: "" });
    }
    assert_eq!(site.collector.counted("foreign_origin").await.unwrap(), foreign.len() as u64);
    assert!(site.rows().await.unwrap().are_empty());
}

#[tokio::test]
async fn a_body_over_32_kib_is_refused() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let answered = site.door.post(padded(&site, 32 * 1024 + 1)).await.unwrap();
    let told = Told { status: 413, error: "body_too_large", field: "", reason: "32768 bytes" };
    nothing_of_it_is_stored(&site, answered, told).await;
}

#[tokio::test]
async fn a_body_of_32_kib_is_taken() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let answered = site.door.post(padded(&site, 32 * 1024)).await.unwrap();
    assert_eq!(answered.status, StatusCode::NO_CONTENT, "{answered:?}");
}

/// A good batch with white space behind it.
fn padded(site: &TestSite, length: usize) -> String {
    let mut body = batch(site.key(), &[site.visitor().submission(1, 6, "/help")]);
    body.push_str(&" ".repeat(length - body.len()));
    body
}

#[tokio::test]
async fn what_is_not_json_is_refused() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let good = batch(site.key(), &[site.visitor().submission(1, 6, "/help")]);
    let cut = good[..good.len() - 1].to_owned();
    let broken: [Vec<u8>; 6] = [
        vec![],
        b"score=7".to_vec(),
        cut.into_bytes(),
        format!("{good}{good}").into_bytes(),
        good.replace("/help", "/he\0lp").into_bytes(),
        [good.as_bytes(), b"\xff\xfe"].concat(),
    ];
    let count = broken.len() as u64;
    for body in broken {
        let answered = site.door.post(body).await.unwrap();
        says(&answered, &Told { status: 400, error: "not_json", field: "", reason: "not JSON" });
    }
    assert_eq!(site.collector.counted("not_json").await.unwrap(), count);
    assert!(site.rows().await.unwrap().are_empty());
}

#[tokio::test]
async fn json_that_nests_without_end_is_refused() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for levels in [15, 100, 10_000] {
        let nested = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let body = format!(r#"{{"v":1,"site":"{}","sent_at":1,"events":[{nested}]}}"#, site.key());
        let answered = site.door.post(body).await.unwrap();
        says(&answered, &Told { status: 400, error: "too_deep", field: "", reason: "16 levels" });
    }
    assert_eq!(site.collector.counted("too_deep").await.unwrap(), 3);
    assert!(site.rows().await.unwrap().are_empty());
    assert_eq!(site.visitor().answers(6, "/help").await.unwrap().status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_content_type_that_no_browser_sends_here_is_refused() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let sends = async |content_type: &str| {
        let body = batch(site.key(), &[site.visitor().submission(1, 6, "/help")]);
        let request = site.door.request_without_type().header("origin", site.door.origin()).body(body);
        let request = if content_type.is_empty() { request } else { request.header("content-type", content_type) };
        request.send().await.unwrap().status().as_u16()
    };
    for taken in
        ["text/plain", "text/plain;charset=UTF-8", "Text/Plain", "application/json", "application/json; charset=utf-8"]
    {
        assert_eq!(sends(taken).await, 204, "{taken}");
    }
    let refused =
        ["", "text/html", "text/plainer", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];
    for content_type in refused {
        assert_eq!(sends(content_type).await, 415, "{content_type}");
    }
    assert_eq!(site.collector.counted("unsupported_type").await.unwrap(), refused.len() as u64);
}

#[tokio::test]
async fn a_body_that_the_api_does_not_take_is_refused_with_a_problem() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let endless = "x".repeat(3_000_000);
    for told in [
        site.team.put("/api/sites/test-site/settings", &json!(endless)).await.unwrap(),
        site.team.post("/api/sites/test-site/why", &json!(endless)).await.unwrap(),
        site.team.post("/api/session", &json!({ "email": endless, "password": "x" })).await.unwrap(),
    ] {
        says(&told, &Told { status: 413, error: "body_too_large", field: "", reason: "larger" });
    }
}

#[tokio::test]
async fn an_envelope_of_wrong_types_is_refused_with_the_field() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let wrong = [
        ("v", json!("1")),
        ("v", json!(-1)),
        ("site", json!(7)),
        ("site", json!("../../etc/passwd")),
        ("site", json!("test-site\u{0}")),
        ("sent_at", json!("now")),
        ("events", json!({})),
    ];
    let count = wrong.len() as u64;
    for (field, value) in wrong {
        let mut body: Value =
            serde_json::from_str(&batch(site.key(), &[site.visitor().submission(1, 6, "/help")])).unwrap();
        body[field] = value;
        let answered = site.door.post(body.to_string()).await.unwrap();
        says(&answered, &Told { status: 400, error: "malformed", field, reason: "" });
    }
    assert_eq!(site.collector.counted("malformed").await.unwrap(), count);
    assert!(site.rows().await.unwrap().are_empty());
}

#[tokio::test]
async fn an_envelope_of_another_version_is_refused() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let body = batch(site.key(), &[site.visitor().submission(1, 6, "/help")]).replacen(r#""v":1"#, r#""v":2"#, 1);
    let answered = site.door.post(body).await.unwrap();
    let told = Told { status: 400, error: "unknown_envelope", field: "v", reason: "version 2" };
    nothing_of_it_is_stored(&site, answered, told).await;
}

#[tokio::test]
async fn more_events_than_a_batch_has_are_refused() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let answered = site.visitor().sends(&vec![json!({}); 101]).await.unwrap();
    let told = Told { status: 413, error: "too_many_events", field: "events", reason: "at most 100" };
    nothing_of_it_is_stored(&site, answered, told).await;
}

#[tokio::test]
async fn an_event_of_wrong_types_is_refused_with_the_field() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for (place, value, field) in [
        ("/submission/answers/0/value/score", json!("7"), "submission.answers[0].value.score"),
        ("/submission/answers/0/value/score", json!(6.5), "submission.answers[0].value.score"),
        ("/submission/answers/1/value/text", json!(["x"]), "submission.answers[1].value.text"),
        ("/submission/answers", json!("none"), "submission.answers"),
        ("/submission/rev", json!(-1), "submission.rev"),
        ("/submission/completed", json!(1), "submission.completed"),
        ("/submission/presentation/response_id", json!("me"), "submission.presentation.response_id"),
        ("/submission/presentation/version", json!("one"), "submission.presentation.version"),
        ("/submission/presentation/at", json!(null), "submission.presentation.at"),
        ("/submission/presentation/page", json!({}), "submission.presentation.page"),
        ("/submission/presentation/visit/device", json!("toaster"), "submission.presentation.visit.device"),
    ] {
        let told = Told { status: 400, error: "malformed", field, reason: "" };
        only_the_rest_is_stored_on(&site, |visitor| spoiled(visitor, place, value.clone()), told).await;
    }
}

#[tokio::test]
async fn an_event_that_is_none_is_refused() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for event in [json!(null), json!([]), json!({}), json!("shown"), json!({ "purchase": {} })] {
        let told = Told { status: 400, error: "malformed", field: "", reason: "" };
        only_the_rest_is_stored_on(&site, |_| event.clone(), told).await;
    }
}

#[tokio::test]
async fn a_score_off_its_scale_is_refused() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for score in [8, 0, -1, 256 + 7, i64::MAX, i64::MIN] {
        let reason = Box::leak(format!("{score} is not on its scale (1 to 7)").into_boxed_str());
        let told = Told { status: 422, error: "off_scale", field: "submission.answers[0].value", reason };
        only_the_rest_is_stored_on(&site, |visitor| visitor.submission(1, score, "/help"), told).await;
    }
}

#[tokio::test]
async fn an_unknown_survey_is_refused() {
    let told = Told {
        status: 422,
        error: "unknown_survey",
        field: "submission.presentation.survey",
        reason: "survey nobody-asked is not published",
    };
    let bad = |visitor: &Visitor| spoiled(visitor, "/submission/presentation/survey", json!("nobody-asked"));
    only_the_rest_is_stored(bad, told).await;
}

#[tokio::test]
async fn an_unknown_version_is_refused() {
    let told = Told {
        status: 422,
        error: "unknown_version",
        field: "submission.presentation.version",
        reason: "has no version 2; the newest is 1",
    };
    only_the_rest_is_stored(|visitor| spoiled(visitor, "/submission/presentation/version", json!(2)), told).await;
}

#[tokio::test]
async fn an_unknown_question_is_refused() {
    let told = Told {
        status: 422,
        error: "unknown_question",
        field: "submission.answers[1].question",
        reason: "has no question who",
    };
    only_the_rest_is_stored(|visitor| spoiled(visitor, "/submission/answers/1/question", json!("who")), told).await;
}

#[tokio::test]
async fn an_exposure_of_an_unknown_survey_is_refused() {
    let told =
        Told { status: 422, error: "unknown_survey", field: "exposure.presentation.survey", reason: "not published" };
    let bad = |visitor: &Visitor| {
        let mut event = visitor.exposure("shown", "/help");
        event["exposure"]["presentation"]["survey"] = json!("nobody-asked");
        event
    };
    only_the_rest_is_stored(bad, told).await;
}

#[tokio::test]
async fn a_comment_where_a_score_belongs_is_refused() {
    let told = Told { status: 422, error: "wrong_kind", field: "submission.answers[0].value", reason: "another kind" };
    let bad = |visitor: &Visitor| spoiled(visitor, "/submission/answers/0/value", json!({ "comment": "seven" }));
    only_the_rest_is_stored(bad, told).await;
}

#[tokio::test]
async fn a_question_answered_twice_is_refused() {
    let told = Told {
        status: 422,
        error: "answered_twice",
        field: "submission.answers[1].question",
        reason: "answered twice",
    };
    let score = json!({ "question": "score", "value": { "score": 7 } });
    let bad = |visitor: &Visitor| visitor.submission_of(1, json!([score, score]), "/help");
    only_the_rest_is_stored(bad, told).await;
}

#[tokio::test]
async fn a_submission_without_answers_is_refused() {
    let told = Told { status: 422, error: "no_answers", field: "submission.answers", reason: "at least one" };
    only_the_rest_is_stored(|visitor| visitor.submission_of(1, json!([]), "/help"), told).await;
}

#[tokio::test]
async fn a_rev_that_goes_backwards_is_refused() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitor = site.visitor();
    visitor.sends(&[visitor.commented(3, 6, "The last word.", "/help")]).await.unwrap();
    let other = site.visitor();
    let answered = visitor.sends(&[visitor.submission(2, 1, "/help"), other.submission(1, 6, "/help")]).await.unwrap();

    let told = Told {
        status: 409,
        error: "stale_rev",
        field: "events[0].submission.rev",
        reason: "rev 2 is older than rev 3",
    };
    says(&answered, &told);
    assert_eq!(answered.body["stored"], 1);
    assert_eq!(site.collector.counted("stale_rev").await.unwrap(), 1);
    let rows = site.rows().await.unwrap();
    let stored = rows.response(visitor.response_id()).unwrap();
    assert_eq!((stored.rev, stored.point, stored.comment.as_deref()), (3, Some(6), Some("The last word.")));
    assert!(rows.response(other.response_id()).is_some(), "the rest of the batch is stored");
    rows.assert_counted_right();
}

#[tokio::test]
async fn a_comment_of_10_kb_is_refused() {
    let told = Told {
        status: 422,
        error: "text_length",
        field: "submission.answers[1].value",
        reason: "1 to 2000 characters here, this one 10000",
    };
    only_the_rest_is_stored(|visitor| visitor.commented(1, 6, &"x".repeat(10_000), "/help"), told).await;
}

#[tokio::test]
async fn a_comment_is_as_long_as_its_characters_and_not_its_bytes() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let told = Told { status: 422, error: "text_length", field: "submission.answers[1].value", reason: "this one 0" };
    only_the_rest_is_stored_on(&site, |visitor| visitor.commented(1, 6, "", "/help"), told).await;
    let visitor = site.visitor();
    let longest = "\u{1F33F}".repeat(2_000);
    assert_eq!(visitor.comments(6, &longest, "/help").await.unwrap().status, StatusCode::NO_CONTENT);
    let rows = site.rows().await.unwrap();
    assert_eq!(rows.response(visitor.response_id()).unwrap().comment.as_ref(), Some(&longest));
}

#[tokio::test]
async fn nul_bytes_are_refused_wherever_a_text_is_taken() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for (place, field) in [
        ("/submission/answers/1/value/text", "submission.answers[1].value"),
        ("/submission/presentation/visit/title", "submission.presentation.visit.title"),
        ("/submission/presentation/visit/language", "submission.presentation.visit.language"),
    ] {
        let told = Told { status: 422, error: "control_character", field, reason: "U+0000" };
        only_the_rest_is_stored_on(&site, |visitor| spoiled(visitor, place, json!("a\u{0}b")), told).await;
    }
    let told = Told { status: 422, error: "bad_page", field: "submission.presentation.page", reason: "U+0000" };
    let bad = |visitor: &Visitor| spoiled(visitor, "/submission/presentation/page", json!("shop.example/a\u{0}b"));
    only_the_rest_is_stored_on(&site, bad, told).await;
    for place in ["/submission/presentation/survey", "/submission/answers/0/question"] {
        let field = place[1..].replace('/', ".").replace(".0.", "[0].");
        let told = Told { status: 400, error: "malformed", field: Box::leak(field.into()), reason: "is not a name" };
        only_the_rest_is_stored_on(&site, |visitor| spoiled(visitor, place, json!("page-ces\u{0}")), told).await;
    }
}

#[tokio::test]
async fn a_hostile_url_is_refused() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let endless = format!("shop.example/{}", "x".repeat(5_000));
    let hostile = [
        ("javascript:alert(1)", "bad_page"),
        ("shop.example\"><script>alert(1)</script>/", "bad_page"),
        ("shop.example\r\nSet-Cookie: a=b/", "bad_page"),
        ("shop.example@evil.example/help", "bad_page"),
        ("shop.example\\@evil.example/help", "bad_page"),
        ("shop.example", "bad_page"),
        ("shop.example?/help", "bad_page"),
        ("//evil.example/help", "bad_page"),
        ("/help", "bad_page"),
        ("", "bad_page"),
        ("shop.example/\u{7f}", "bad_page"),
        ("shop.example/\u{85}", "bad_page"),
        ("ѕhop.example/help", "bad_page"),
        ("evil.example/help", "foreign_page"),
        ("shop.example.evil.example/help", "foreign_page"),
        ("https://shop.example/help", "foreign_page"),
        ("shop.example:8443/help", "foreign_page"),
        ("localhost/help", "foreign_page"),
        ("[::1]/help", "foreign_page"),
        (endless.as_str(), "page_too_long"),
    ];
    for (page, error) in hostile {
        println!("{page:?}");
        let told = Told { status: 422, error, field: "submission.presentation.page", reason: "" };
        let bad = |visitor: &Visitor| spoiled(visitor, "/submission/presentation/page", json!(page));
        only_the_rest_is_stored_on(&site, bad, told).await;
    }
}

#[tokio::test]
async fn what_no_browser_has_in_a_path_is_refused_or_written_as_browsers_write_it() {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    for path in ["/<script>alert(1)</script>", "/\"onload=alert(1)", "/a b", "/../../etc/passwd", "/\u{202e}txt.exe"] {
        site.visitor().answers(6, path).await.unwrap();
    }
    let pages = site.pages().await.unwrap().pages;
    let hostile = |page: &String| page.contains(['<', '>', '"', ' ', '\u{202e}']) || page.contains("/..");
    let kept: Vec<String> = pages.into_iter().map(|page| page.page).filter(hostile).collect();
    assert!(kept.is_empty(), "{kept:?}");
}

#[tokio::test]
async fn a_response_id_that_a_widget_would_not_make_is_refused() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for id in ["00000000-0000-0000-0000-000000000000", "8f14e45f-ceea-467f-a1d2-0123456789ab"] {
        let told = Told {
            status: 422,
            error: "bad_response_id",
            field: "submission.presentation.response_id",
            reason: "is not a UUID of version 7",
        };
        let bad = |visitor: &Visitor| spoiled(visitor, "/submission/presentation/response_id", json!(id));
        only_the_rest_is_stored_on(&site, bad, told).await;
    }
}

#[tokio::test]
async fn a_response_id_of_another_survey_is_refused() {
    let site = TestSite::with_surveys(&[ces_on("/help"), csat_after_seconds("/help", 5)]).await.unwrap();
    let first = site.visitor();
    first.answers(6, "/help").await.unwrap();
    let second = site.visitor_asked("page-csat").posing_as(&first);
    let answered = second.sends(&[second.submission(2, 1, "/help")]).await.unwrap();
    let told = Told { status: 409, error: "conflicting_response", field: "events[0]", reason: "another survey" };
    says(&answered, &told);
    assert_eq!(site.collector.counted("conflicting_response").await.unwrap(), 1);
    let rows = site.rows().await.unwrap();
    assert_eq!(rows.response(first.response_id()).unwrap().point, Some(6));
    rows.assert_counted_right();
}

#[tokio::test]
async fn a_visit_that_is_out_of_bounds_is_refused() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for name in ["title", "language"] {
        let place = format!("/submission/presentation/visit/{name}");
        let field = Box::leak(format!("submission.presentation.visit.{name}").into_boxed_str());
        let told = Told { status: 422, error: "text_too_long", field, reason: "201 characters" };
        only_the_rest_is_stored_on(&site, |visitor| spoiled(visitor, &place, json!("é".repeat(201))), told).await;
    }
    let told = Told {
        status: 422,
        error: "bad_percent",
        field: "submission.presentation.visit.scroll_percent",
        reason: "101 is more than 100",
    };
    let bad = |visitor: &Visitor| spoiled(visitor, "/submission/presentation/visit", json!({ "scroll_percent": 101 }));
    only_the_rest_is_stored_on(&site, bad, told).await;
}

#[tokio::test]
async fn every_refusal_of_a_batch_is_told_with_its_own_reason() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitor = site.visitor();
    let events = [
        visitor.submission(1, 8, "/help"),
        visitor.submission_of(1, json!([]), "/help"),
        visitor.submission(1, 7, "/help"),
        json!(null),
    ];
    let answered = visitor.sends(&events).await.unwrap();
    assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY, "the status of the first");
    let refused = answered.body["refused"].as_array().unwrap();
    let told: Vec<_> =
        refused.iter().map(|one| (one["error"].as_str().unwrap(), one["field"].as_str().unwrap())).collect();
    assert_eq!(
        told,
        [
            ("off_scale", "events[0].submission.answers[0].value"),
            ("no_answers", "events[1].submission.answers"),
            ("malformed", "events[3]"),
        ]
    );
    assert_eq!(answered.body["stored"], 1);
}
