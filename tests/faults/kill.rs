//! `kill -9` under load: what was acknowledged is there after the restart, once.

use std::time::{Duration, Instant};

use tests::{TestSite, ces_on, is_long};

use crate::senders::send;

const ANSWERS: usize = 2_000;
const CONNECTIONS: usize = 16;

/// How soon it is ready again.
const READY: Duration = Duration::from_secs(2);

fn kills() -> usize {
    if is_long() { 25 } else { 3 }
}

#[tokio::test]
async fn every_answer_acknowledged_before_a_kill_is_there_after_the_restart_once() {
    let mut site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let (record, senders) = send(&site, ANSWERS, CONNECTIONS);
    let mut slowest = Duration::ZERO;
    for kill in 1..=kills() {
        // Not at a round number of answers, and not always at the same place of a commit.
        record.reaches(kill * ANSWERS / (kills() + 1) + rand::random_range(0..20)).await;
        site.collector.kill().await.unwrap();
        let started = Instant::now();
        site.collector.restart().await.unwrap();
        slowest = slowest.max(started.elapsed());
    }
    senders.join_all().await;

    let rows = site.rows().await.unwrap();
    let reckoning = record.reckon(&rows);
    println!(
        "{} acknowledged over {CONNECTIONS} connections, {} kills, {} requests sent again, ready again within {} ms (bound \
         {}): {} lost (bound 0), {} duplicated (bound 0)",
        reckoning.acknowledged,
        kills(),
        reckoning.sent_again,
        slowest.as_millis(),
        READY.as_millis(),
        reckoning.lost,
        reckoning.duplicated,
    );
    assert!(reckoning.acknowledged >= ANSWERS && reckoning.sent_again > 0, "the kills met nobody: {reckoning:?}");
    assert_eq!((reckoning.lost, reckoning.duplicated), (0, 0));
    assert!(slowest <= READY, "{slowest:?}");
    rows.assert_counted_right();
    let report = site.page("/help").await.unwrap().unwrap();
    assert_eq!(report.scores[0].figures.n, rows.responses.len() as u64, "the report tells of all of them");
}
