//! Restarts while visitors answer: each is delivered by its own queue, which tries again as the widget's does.

use std::time::Duration;

use anyhow::ensure;
use reqwest::StatusCode;
use tests::{TestSite, Visitor, ces_on, is_long};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::senders::percentile;

/// How often somebody answers.
const PER_SECOND: u32 = 500;

/// How long the collector serves between two restarts.
const SERVES: Duration = Duration::from_secs(3);

/// How soon every answer is delivered, however often it had to be sent.
const DELIVERED: Duration = Duration::from_secs(30);

/// The widget's first pause before it sends again; doubles each time (`widget/src/host/outbox.rs`).
const PAUSE: Duration = Duration::from_secs(2);
const MAX_DOUBLINGS: u32 = 6;

fn restarts() -> usize {
    if is_long() { 20 } else { 3 }
}

struct Delivered {
    took: Duration,
    sent: u32,
}

#[tokio::test]
async fn whatever_is_sent_while_the_collector_restarts_is_delivered_within_half_a_minute() {
    let mut site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let somebody = site.visitor();
    // Open loop: whoever comes does not wait for those before.
    let visitors = tokio::spawn(async move {
        let mut visitors = JoinSet::new();
        let mut clock = interval(Duration::from_secs(1) / PER_SECOND);
        clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let until = Instant::now() + SERVES * (restarts() as u32 + 1);
        while Instant::now() < until {
            clock.tick().await;
            visitors.spawn(deliver(somebody.another()));
        }
        visitors
    });
    let (mut slowest_stop, mut slowest_gap) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..restarts() {
        sleep(SERVES).await;
        let asked = Instant::now();
        let ended = site.collector.stop().await.unwrap();
        assert!(ended.success(), "{ended}");
        slowest_stop = slowest_stop.max(asked.elapsed());
        site.collector.restart().await.unwrap();
        slowest_gap = slowest_gap.max(asked.elapsed());
    }
    let deliveries: Vec<anyhow::Result<Delivered>> = visitors.await.unwrap().join_all().await;
    let all = deliveries.len();
    let delivered: Vec<Delivered> = deliveries.into_iter().collect::<anyhow::Result<_>>().unwrap();
    let again = delivered.iter().filter(|one| one.sent > 1).count();
    let mut times: Vec<Duration> = delivered.iter().map(|one| one.took).collect();
    let slowest = percentile(&mut times, 100);
    let rows = site.rows().await.unwrap();
    println!(
        "{} restarts at {PER_SECOND} answers a second: {all} sent, {again} of them more than once, p99 {} ms, the last delivered \
         within {} ms (bound {}); stopped within {} ms, listening again within {} ms of SIGTERM; {} stored",
        restarts(),
        percentile(&mut times, 99).as_millis(),
        slowest.as_millis(),
        DELIVERED.as_millis(),
        slowest_stop.as_millis(),
        slowest_gap.as_millis(),
        rows.responses.len(),
    );
    assert!(again > 0, "the restarts met nobody");
    assert!(slowest <= DELIVERED, "{slowest:?}");
    assert_eq!(rows.responses.len(), all);
    rows.assert_counted_right();
}

/// As the widget does it: again after a pause, where there was no answer or "not now".
async fn deliver(visitor: Visitor) -> anyhow::Result<Delivered> {
    let began = Instant::now();
    for sent in 1.. {
        match visitor.answers(5, "/help").await.map(|answered| answered.status) {
            Ok(StatusCode::NO_CONTENT) => return Ok(Delivered { took: began.elapsed(), sent }),
            Err(_) | Ok(StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) => {}
            Ok(refused) => anyhow::bail!("a good answer was refused: {refused}"),
        }
        ensure!(began.elapsed() < DELIVERED * 2, "not delivered after {:?}", began.elapsed());
        sleep((PAUSE * (1 << (sent - 1).min(MAX_DOUBLINGS))).mul_f64(rand::random_range(0.5..1.5))).await;
    }
    anyhow::bail!("nobody sends so often")
}
