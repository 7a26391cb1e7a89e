//! Another process holds the database: senders are told to come back, and nobody needs to restart anything.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;
use tests::{Hold, TestSite, batch, ces_on};
use tokio::time::sleep;

#[tokio::test]
async fn while_another_process_holds_the_database_senders_are_asked_to_come_back() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let hold = Hold::on(&site.collector.database()).await.unwrap();
    let visitor = site.visitor();
    let body = batch(site.key(), &[visitor.submission(1, 6, "/help")]);
    let asked = Instant::now();
    let told = site.door.request().body(body).send().await.unwrap();
    println!("told to come back after {} ms (bound 2000)", asked.elapsed().as_millis());
    assert_eq!(told.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(told.headers().contains_key(RETRY_AFTER), "{told:?}");
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    // What was queued ends on its own, once the writer has given up as well.
    while site.collector.counted("storage_failed").await.unwrap() < 1 {
        assert!(asked.elapsed() < Duration::from_secs(10), "nobody has counted the failure");
        sleep(Duration::from_millis(20)).await;
    }
    assert!(site.pages().await.unwrap().pages.is_empty(), "reports stay readable");

    drop(hold);
    assert_eq!(visitor.answers(6, "/help").await.unwrap().status, StatusCode::NO_CONTENT);
    assert_eq!(site.score("/help").await.unwrap().figures.n, 1);
}
