//! A graceful stop under load: nothing that was acknowledged is lost, and what was under way is finished.

use std::time::Instant;

use tests::{TestSite, ces_on};

use crate::senders::send;

const ANSWERS: usize = 600;
const CONNECTIONS: usize = 16;

#[tokio::test]
async fn a_collector_told_to_stop_while_visitors_answer_loses_nothing() {
    let mut site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let (record, senders) = send(&site, ANSWERS, CONNECTIONS);
    record.reaches(ANSWERS / 2).await;
    let asked = Instant::now();
    let ended = site.collector.stop().await.unwrap();
    let took = asked.elapsed().as_millis();
    assert!(ended.success(), "{ended}");
    let folded = std::fs::metadata(site.collector.database().with_extension("db-wal"));
    assert!(folded.is_err(), "everything is in the one file that a backup takes");

    let at_the_stop = record.reckon(&site.rows().await.unwrap());
    site.collector.restart().await.unwrap();
    senders.join_all().await;
    let rows = site.rows().await.unwrap();
    let in_the_end = record.reckon(&rows);
    println!(
        "{} acknowledged, stopped after {} in {took} ms: {} lost (bound 0), {} duplicated (bound 0)",
        in_the_end.acknowledged, at_the_stop.acknowledged, in_the_end.lost, in_the_end.duplicated,
    );
    assert_eq!((at_the_stop.lost, at_the_stop.duplicated), (0, 0));
    assert_eq!((in_the_end.lost, in_the_end.duplicated), (0, 0));
    rows.assert_counted_right();
}
