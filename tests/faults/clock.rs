//! The clock is set wrong by a year, forward and back, while the collector runs: answers are stored, people sign in, reports work.

use tests::{Answered, TestSite, ces_on};

use crate::senders::send;
use crate::shim::Shim;

const ANSWERS: usize = 200;
const CONNECTIONS: usize = 8;

const YEAR_SECONDS: i64 = 365 * 24 * 60 * 60;

#[tokio::test]
async fn a_clock_that_jumps_by_a_year_loses_no_answer_and_breaks_nothing() {
    let mut site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.collector.stop().await.unwrap();
    let shim = Shim::new().unwrap();
    shim.slip_under(&mut site.collector).unwrap();
    site.collector.restart().await.unwrap();
    let process = site.collector.id();

    let mut records = Vec::new();
    for (when, shift) in [
        ("now", 0),
        ("in a year", YEAR_SECONDS),
        ("now again", 0),
        ("a year ago", -YEAR_SECONDS),
        ("two years later", YEAR_SECONDS),
        ("in the end", 0),
    ] {
        shim.shift_clock(shift).unwrap();
        // A page that was loaded a year ago would be doubted.
        site.reload().await.unwrap();
        let (record, senders) = send(&site, ANSWERS, CONNECTIONS);
        senders.join_all().await;
        records.push(record);
        // A session may have ended meanwhile, but who has a password gets in.
        let Answered { status, body } = site.team.sign_in(&TestSite::credentials()).await.unwrap();
        assert!(status.is_success(), "{when}: {body}");
        let page = site.page("/help").await.unwrap();
        let counted = page.map_or(0, |page| page.scores[0].figures.n);
        assert!(counted > 0, "{when}: the report of that day's answers is empty");
    }
    let rows = site.rows().await.unwrap();
    let reckonings: Vec<_> = records.iter().map(|record| record.reckon(&rows)).collect();
    let (acknowledged, lost): (usize, usize) =
        reckonings.iter().fold((0, 0), |sum, one| (sum.0 + one.acknowledged, sum.1 + one.lost));
    let ids: std::collections::HashSet<_> = rows.responses.iter().map(|response| response.id).collect();
    let days = rows.days();
    println!(
        "the clock jumped by a year and back 5 times: of {acknowledged} acknowledged {lost} lost (bound 0), {} responses of {} ids, \
         counted on {} days",
        rows.responses.len(),
        ids.len(),
        days.len(),
    );
    assert_eq!((lost, ids.len()), (0, rows.responses.len()));
    assert!(days.len() >= 3, "the collector did not notice: {days:?}");
    assert_eq!(site.collector.id(), process, "no restart was needed");
    rows.assert_counted_right();
}
