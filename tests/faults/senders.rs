//! Senders: visitors who answer without pause, over several connections, and keep a record of what was acknowledged.
//!
//! Like the widget, a sender gives up an answer only when it has been acknowledged; until then it sends the same again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;
use tests::{Rows, TestSite, Visitor, batch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::journal::now_ns;

/// How long a sender waits before it tries again.
const RETRY: Duration = Duration::from_millis(20);

/// How long the next acknowledgements may take, on a busy machine and after a restart.
const PATIENCE: Duration = Duration::from_secs(60);

/// Everything that was acknowledged, in the order in which it was heard.
#[derive(Clone, Default)]
pub struct Record {
    log: Arc<Mutex<Vec<Acknowledged>>>,
    unanswered: Arc<AtomicUsize>,
    refusals: Arc<Mutex<Vec<Duration>>>,
}

/// One answer or change of mind that a visitor may forget.
#[derive(Clone, Copy, Debug)]
struct Acknowledged {
    /// When it was heard, by the monotonic clock.
    at_ns: u64,
    response: Uuid,
    rev: i64,
    score: i64,
}

/// What became of what was acknowledged.
#[derive(Debug)]
pub struct Reckoning {
    /// Answers and changes of mind.
    pub acknowledged: usize,
    /// Requests that broke off or were refused for now, and were sent again.
    pub sent_again: usize,
    pub lost: usize,
    pub duplicated: i64,
}

/// Visitors who answer until they are told to stop.
pub struct Load {
    pub record: Record,
    is_over: Arc<AtomicBool>,
    senders: JoinSet<()>,
}

impl Load {
    /// Visitors who come where `somebody` came, over `connections` connections.
    pub fn of(somebody: &Visitor, connections: usize) -> Self {
        let (record, is_over) = (Record::default(), Arc::new(AtomicBool::new(false)));
        let mut senders = JoinSet::new();
        for _ in 0..connections {
            let (somebody, record, is_over) = (somebody.another(), record.clone(), Arc::clone(&is_over));
            senders.spawn(async move {
                while !is_over.load(Ordering::Relaxed) {
                    answer(&somebody.another(), &record).await;
                }
            });
        }
        Self { record, is_over, senders }
    }

    /// Waits until all have got rid of what they have to say.
    pub async fn end(self) -> Record {
        self.is_over.store(true, Ordering::Relaxed);
        self.senders.join_all().await;
        self.record
    }

    /// They go away, and take what was not acknowledged with them.
    pub async fn give_up(mut self) -> Record {
        self.senders.shutdown().await;
        self.record
    }
}

/// Sends until `wanted` answers are acknowledged, over `connections` connections.
pub fn send(site: &TestSite, wanted: usize, connections: usize) -> (Record, JoinSet<()>) {
    let record = Record::default();
    let mut senders = JoinSet::new();
    for _ in 0..connections {
        let site_of = site.visitor();
        let record = record.clone();
        senders.spawn(async move {
            while record.acknowledged() < wanted {
                answer(&site_of.another(), &record).await;
            }
        });
    }
    (record, senders)
}

/// What one request of a visitor comes to.
#[derive(Debug)]
pub struct Knock {
    /// None where the connection breaks.
    pub status: Option<StatusCode>,
    /// Whether it is said when to come back.
    pub says_when: bool,
    pub took: Duration,
}

/// Sends one answer of somebody new, once.
pub async fn knock(site: &TestSite) -> Knock {
    let visitor = site.visitor();
    let body = batch(site.key(), &[visitor.submission(1, 4, "/help")]);
    let asked = Instant::now();
    let told = site.door.request().body(body).send().await.ok();
    let took = asked.elapsed();
    let says_when = told.as_ref().is_some_and(|told| told.headers().contains_key(RETRY_AFTER));
    Knock { status: told.map(|told| told.status()), says_when, took }
}

/// Knocks until an answer is taken; tells how long that was.
pub async fn taken_again(site: &TestSite) -> Duration {
    let since = Instant::now();
    while knock(site).await.status != Some(StatusCode::NO_CONTENT) {
        assert!(since.elapsed() < PATIENCE, "nothing is taken any more");
        sleep(RETRY).await;
    }
    since.elapsed()
}

/// The time that `percent` of them do not exceed.
pub fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    let place = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(place).copied().unwrap_or_default()
}

/// One visitor: gives a score, and every fourth thinks better of it.
pub async fn answer(visitor: &Visitor, record: &Record) {
    let score = |bits: u128| 1 + (bits % 7) as i64;
    let bits = visitor.response_id().as_u128();
    deliver(visitor, 1, score(bits), record).await;
    if bits.is_multiple_of(4) {
        deliver(visitor, 2, score(bits / 7), record).await;
    }
}

async fn deliver(visitor: &Visitor, rev: u32, score: i64, record: &Record) {
    let events = [visitor.exposure("shown", "/help"), visitor.submission(rev, score, "/help")];
    loop {
        let asked = Instant::now();
        match visitor.sends(&events).await {
            Ok(answered) if answered.status == StatusCode::NO_CONTENT => {
                return record.enter(visitor.response_id(), rev, score);
            }
            // Not reached, or asked to come back.
            Err(_) => {}
            Ok(answered) if answered.status == StatusCode::SERVICE_UNAVAILABLE => {
                record.refusals.lock().expect("no sender panics while it writes").push(asked.elapsed());
            }
            Ok(answered) => panic!("a good answer was refused: {answered:?}"),
        }
        record.unanswered.fetch_add(1, Ordering::Relaxed);
        sleep(RETRY).await;
    }
}

impl Record {
    fn enter(&self, response: Uuid, rev: u32, score: i64) {
        let acknowledged = Acknowledged { at_ns: now_ns(), response, rev: rev.into(), score };
        self.log.lock().expect("no sender panics while it writes").push(acknowledged);
    }

    pub fn acknowledged(&self) -> usize {
        self.log.lock().expect("no sender panics while it writes").len()
    }

    /// Requests that broke off or were refused for now.
    pub fn unanswered(&self) -> usize {
        self.unanswered.load(Ordering::Relaxed)
    }

    /// The longest time in which nobody heard anything, among those that ended after a moment of the monotonic clock.
    pub fn longest_silence_since(&self, at_ns: u64) -> Duration {
        let log = self.log.lock().expect("no sender panics while it writes");
        let pairs = log.windows(2).filter(|pair| pair[1].at_ns > at_ns);
        Duration::from_nanos(pairs.map(|pair| pair[1].at_ns.saturating_sub(pair[0].at_ns)).max().unwrap_or_default())
    }

    /// How long those took to hear it who were asked to come back since this was last asked.
    pub fn refusals(&self) -> Vec<Duration> {
        std::mem::take(&mut self.refusals.lock().expect("no sender panics while it writes"))
    }

    /// When the first and the last were heard, by the monotonic clock.
    pub fn span_ns(&self) -> Option<(u64, u64)> {
        let log = self.log.lock().expect("no sender panics while it writes");
        Some((log.first()?.at_ns, log.last()?.at_ns))
    }

    /// Waits until so many are acknowledged.
    pub async fn reaches(&self, count: usize) {
        let deadline = Instant::now() + PATIENCE;
        while self.acknowledged() < count {
            assert!(
                Instant::now() < deadline,
                "{} and not {count} acknowledged after {PATIENCE:?}",
                self.acknowledged()
            );
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// Compares what was acknowledged with what is stored.
    pub fn reckon(&self, rows: &Rows) -> Reckoning {
        self.reckon_before(u64::MAX, rows)
    }

    /// The same for what had been heard by a moment of the monotonic clock.
    pub fn reckon_before(&self, at_ns: u64, rows: &Rows) -> Reckoning {
        let log = self.log.lock().expect("no sender panics while it writes");
        let heard: Vec<&Acknowledged> = log.iter().filter(|one| one.at_ns < at_ns).collect();
        // Nobody sends a change of mind before the answer is acknowledged, so the last that was heard is the latest.
        let latest: HashMap<Uuid, &Acknowledged> = heard.iter().map(|one| (one.response, *one)).collect();
        let stored: HashMap<Uuid, (i64, Option<i64>)> =
            rows.responses.iter().map(|response| (response.id, (response.rev, response.point))).collect();
        // What was stored and not yet acknowledged may be there, too.
        let is_kept = |one: &Acknowledged| {
            stored
                .get(&one.response)
                .is_some_and(|(rev, point)| *rev > one.rev || (*rev == one.rev && *point == Some(one.score)))
        };
        // Each response counts one point, so whatever is counted beyond the distinct responses is counted twice.
        let counted = rows.counted();
        Reckoning {
            acknowledged: heard.len(),
            sent_again: self.unanswered.load(Ordering::Relaxed),
            lost: latest.values().filter(|one| !is_kept(one)).count(),
            duplicated: counted - stored.len() as i64,
        }
    }
}
