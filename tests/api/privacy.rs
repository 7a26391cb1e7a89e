//! Privacy: what of a visitor is kept, and what is not.

use reqwest::StatusCode;
use serde_json::json;
use tests::{TestSite, ces_on};

const TELLING: &str = "Call me: +49 170 1234567, or ann@example.com. I paid 4111 1111 1111 1111 on 22.11.2026.";

#[tokio::test]
async fn comments_are_kept_as_they_are_unless_the_site_wants_them_scrubbed() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.visitor().comments(6, TELLING, "/help").await.unwrap();
    assert_eq!(site.answers().await.unwrap().answers[0].comments[0].text, TELLING);

    let site = TestSite::with_settings(&[ces_on("/help")], &["--scrub-comments", "true"]).await.unwrap();
    let visitor = site.visitor();
    visitor.comments(6, TELLING, "/help").await.unwrap();
    let expected = "Call me: [phone number], or [e-mail]. I paid [card number] on 22.11.2026.";
    assert_eq!(site.answers().await.unwrap().answers[0].comments[0].text, expected);
    let stored = site.rows().await.unwrap();
    assert_eq!(stored.response(visitor.response_id()).unwrap().comment.as_deref(), Some(expected), "nor is it on disk");
}

#[tokio::test]
async fn of_the_page_before_only_the_origin_is_kept() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitor = site.visitor();
    let mut event = visitor.submission(1, 6, "/help?token=hunter2#part");
    event["submission"]["presentation"]["visit"]["title"] = json!("Help");
    event["submission"]["presentation"]["visit"]["referrer"] = json!("https://mail.example/inbox?user=ann#1");
    assert_eq!(visitor.sends(&[event]).await.unwrap().status, StatusCode::NO_CONTENT);
    let database = std::fs::read(site.collector.database()).unwrap();
    let log = std::fs::read(site.collector.database().with_extension("db-wal")).unwrap_or_default();
    let stored = String::from_utf8_lossy(&[database, log].concat()).into_owned();
    assert!(stored.contains("https://mail.example") && !stored.contains("inbox") && !stored.contains("user=ann"));
    assert!(!stored.contains("hunter2"), "nor a query that the site does not keep");
}

#[tokio::test]
async fn settings_of_privacy_are_checked() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let mut settings = site.team.get("/api/sites/test-site/settings").await.unwrap().body;
    assert_eq!((&settings["scrub_comments"], &settings["retention_days"]), (&json!(false), &json!(null)));
    for (days, status) in
        [(json!(1), 200), (json!(3_650), 200), (json!(0), 400), (json!(3_651), 400), (json!("a"), 400)]
    {
        settings["retention_days"] = days.clone();
        let answered = site.team.put("/api/sites/test-site/settings", &settings).await.unwrap();
        assert_eq!(answered.status.as_u16(), status, "{days}: {answered:?}");
        assert!(status == 200 || answered.body["field"] == "retention_days", "{answered:?}");
    }
}
