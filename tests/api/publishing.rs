//! Publishing: a change goes live by itself.

use std::time::Duration;

use reqwest::StatusCode;
use tests::{TestSite, Visitor, ces_on, csat_after_seconds};
use tokio::time::{Instant, sleep};

/// How long a published change may take to be live.
const SOON: Duration = Duration::from_secs(3);

#[tokio::test]
async fn a_published_survey_is_answered_without_a_restart() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitor = site.visitor_asked("page-csat");
    assert_eq!(visitor.answers(5, "/help").await.unwrap().error(), "unknown_survey");
    site.publish(&csat_after_seconds("/help", 5)).await.unwrap();
    until_accepted(&visitor, 5, "/help").await;
}

#[tokio::test]
async fn who_answers_what_has_just_been_published_elsewhere_is_not_refused() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for version in 2..6 {
        site.publish(&ces_on(&format!("/help/{version}"))).await.unwrap();
        // At once: this collector has not looked since.
        let answered = site.visitor().of_version(version).answers(7, "/help").await.unwrap();
        assert_eq!(answered.status, StatusCode::NO_CONTENT, "version {version}: {answered:?}");
    }
}

#[tokio::test]
async fn many_who_ask_for_what_is_not_there_are_refused_together() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let began = Instant::now();
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let visitor = site.visitor_asked("nobody-asked");
        senders.spawn(async move { visitor.answers(7, "/help").await.unwrap().error().to_owned() });
    }
    let told = senders.join_all().await;
    assert!(told.iter().all(|error| error == "unknown_survey"), "{told:?}");
    assert!(began.elapsed() < Duration::from_secs(5), "each looked by itself: {:?}", began.elapsed());
}

#[tokio::test]
async fn publishing_the_same_again_makes_no_new_version() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    assert!(site.publish(&ces_on("/help")).await.unwrap().contains("already"));
    assert!(site.publish(&ces_on("/other")).await.unwrap().contains("version 2"));
}

/// Answers until the collector knows the survey, which it must soon.
pub async fn until_accepted(visitor: &Visitor, score: i64, path: &str) {
    let deadline = Instant::now() + SOON;
    loop {
        let answered = visitor.answers(score, path).await.unwrap();
        if answered.status == StatusCode::NO_CONTENT {
            return;
        }
        assert!(Instant::now() < deadline, "not live after {SOON:?}: {answered:?}");
        sleep(Duration::from_millis(50)).await;
    }
}
