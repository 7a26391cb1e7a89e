//! What visitors send, and what becomes of it.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;
use tests::{Hold, TestSite, ces_on, csat_after_seconds};
use tokio::time::{Instant, sleep};

#[tokio::test]
async fn an_acknowledged_answer_is_on_disk_and_in_the_report_at_once() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitor = site.visitor();
    let answered = visitor.comments(6, "Found it at once.", "/help").await.unwrap();
    assert_eq!(answered.status, StatusCode::NO_CONTENT, "{answered:?}");

    let rows = site.rows().await.unwrap();
    let stored = rows.response(visitor.response_id()).expect("it was acknowledged");
    assert_eq!((stored.point, stored.comment.as_deref()), (Some(6), Some("Found it at once.")));
    rows.assert_counted_right();
    assert_eq!(site.score("/help").await.unwrap().figures.n, 1);
    let answers = site.answers().await.unwrap().answers;
    assert_eq!((answers[0].scores[0].point, answers[0].comments[0].text.as_str()), (6, "Found it at once."));
}

#[tokio::test]
async fn a_comment_that_an_earlier_widget_left_in_its_outbox_is_still_taken() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitor = site.visitor();
    let earlier = json!([{ "question": "why", "value": { "comment": "Written before the upgrade." } }]);
    let answered = visitor.sends(&[visitor.submission_of(1, earlier, "/help")]).await.unwrap();
    assert_eq!(answered.status, StatusCode::NO_CONTENT, "{answered:?}");
    assert_eq!(site.answers().await.unwrap().answers[0].comments[0].text, "Written before the upgrade.");
}

#[tokio::test]
async fn an_answer_whose_sender_has_left_is_stored_and_counted() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitor = site.visitor();
    let hold = Hold::on(&site.collector.database()).await.unwrap();
    let sending = tokio::spawn({
        let visitor = visitor.clone();
        async move { visitor.answers(6, "/help").await }
    });
    sleep(Duration::from_millis(400)).await;
    sending.abort();
    assert!(sending.await.unwrap_err().is_cancelled(), "it was acknowledged while nobody could write");
    drop(hold);
    let begun = Instant::now();
    while site.collector.counted("stored").await.unwrap() == 0 {
        assert!(begun.elapsed() < Duration::from_secs(3), "it was not counted");
        sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(site.rows().await.unwrap().response(visitor.response_id()).unwrap().point, Some(6));
    assert_eq!(site.collector.counted("stored").await.unwrap(), 1);
}

#[tokio::test]
async fn a_changed_mind_moves_the_histogram() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitor = site.visitor();
    visitor.answers(2, "/help").await.unwrap();
    assert_eq!(distribution(&site, "/help").await, [0, 1, 0, 0, 0, 0, 0]);
    visitor.sends(&[visitor.submission(2, 6, "/help")]).await.unwrap();
    assert_eq!(distribution(&site, "/help").await, [0, 0, 0, 0, 0, 1, 0]);
    site.rows().await.unwrap().assert_counted_right();
}

#[tokio::test]
async fn an_answer_taken_back_leaves_no_score_behind() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitor = site.visitor();
    visitor.answers(2, "/help").await.unwrap();
    let comment_alone = json!([{ "question": "why", "value": { "text": "Rather in words." } }]);
    visitor.sends(&[visitor.submission_of(2, comment_alone, "/help")]).await.unwrap();
    assert_eq!(site.page("/help").await.unwrap().unwrap().scores, []);
    site.rows().await.unwrap().assert_counted_right();
}

#[tokio::test]
async fn a_changed_mind_counts_on_the_page_where_the_visitor_was_asked() {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    let visitor = site.visitor();
    visitor.answers(2, "/help").await.unwrap();
    visitor.sends(&[visitor.submission(2, 6, "/elsewhere")]).await.unwrap();
    assert_eq!(distribution(&site, "/help").await, [0, 0, 0, 0, 0, 1, 0]);
    assert_eq!(site.page("/elsewhere").await.unwrap(), None);
    site.rows().await.unwrap().assert_counted_right();
}

#[tokio::test]
async fn addresses_of_one_page_are_one_page() {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    for path in ["/caf%C3%A9", "/café/", "/caf%c3%a9?utm_source=mail&fbclid=1", "/%63af%C3%A9"] {
        let answered = site.visitor().answers(5, path).await.unwrap();
        assert_eq!(answered.status, StatusCode::NO_CONTENT, "{path}: {answered:?}");
    }
    let pages = site.pages().await.unwrap().pages;
    assert_eq!(pages.iter().map(|page| page.page.as_str()).collect::<Vec<_>>(), ["shop.example/café"]);
    assert_eq!(pages[0].scores[0].figures.n, 4);
}

#[tokio::test]
async fn a_batch_is_acknowledged_as_a_whole() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitors: Vec<_> = (0..50).map(|_| site.visitor()).collect();
    let events: Vec<_> = visitors
        .iter()
        .flat_map(|visitor| [visitor.exposure("shown", "/help"), visitor.submission(1, 4, "/help")])
        .collect();
    assert_eq!(visitors[0].sends(&events).await.unwrap().status, StatusCode::NO_CONTENT);
    assert_eq!(site.score("/help").await.unwrap().figures.n, 50);
}

#[tokio::test]
async fn an_older_version_of_a_survey_is_still_answered_where_it_is_still_open() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let (before, after) = (site.visitor(), site.visitor().of_version(2));
    before.answers(7, "/help").await.unwrap();
    site.publish(&ces_on("/help/**")).await.unwrap();
    crate::publishing::until_accepted(&after, 7, "/help").await;
    let late = site.visitor().answers(7, "/help").await.unwrap();
    assert_eq!(late.status, StatusCode::NO_CONTENT, "{late:?}");
    assert_eq!(site.score("/help").await.unwrap().figures.n, 3);
}

#[tokio::test]
async fn surveys_of_one_site_are_counted_apart() {
    let site = TestSite::with_surveys(&[ces_on("/help"), csat_after_seconds("/help", 5)]).await.unwrap();
    site.visitor_asked("page-ces").answers(7, "/help").await.unwrap();
    site.visitor_asked("page-csat").answers(1, "/help").await.unwrap();
    let page = site.page("/help").await.unwrap().unwrap();
    assert_eq!(page.scores.iter().map(|score| score.figures.n).collect::<Vec<_>>(), [1, 1]);
    site.rows().await.unwrap().assert_counted_right();
}

async fn distribution(site: &TestSite, path: &str) -> Vec<u64> {
    site.score(path).await.unwrap().distribution.iter().map(|point| point.count).collect()
}
