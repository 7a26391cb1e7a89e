//! Senders: visitors who answer without pause, over several connections, and keep a record of what was acknowledged.
//!
//! Like the widget, a sender gives up an answer only when it has been acknowledged; until then it sends the same again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::StatusCode;
use tests::{Rows, TestSite, Visitor};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// How long a sender waits before it tries again.
const RETRY: Duration = Duration::from_millis(20);

/// How long the next acknowledgements may take, on a busy machine and after a restart.
const PATIENCE: Duration = Duration::from_secs(60);

/// Everything that was acknowledged: the latest score of each response.
#[derive(Clone, Default)]
pub struct Record {
    scores: Arc<Mutex<HashMap<Uuid, i64>>>,
    acknowledged: Arc<AtomicUsize>,
    unanswered: Arc<AtomicUsize>,
}

/// What became of what was acknowledged.
#[derive(Debug)]
pub struct Reckoning {
    /// Answers and changes of mind that were acknowledged.
    pub acknowledged: usize,
    /// Requests that broke off or were refused for now, and were sent again.
    pub sent_again: usize,
    pub lost: usize,
    pub duplicated: i64,
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

/// One visitor: gives a score, and every fourth thinks better of it.
async fn answer(visitor: &Visitor, record: &Record) {
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
        match visitor.sends(&events).await {
            Ok(answered) if answered.status == StatusCode::NO_CONTENT => {
                return record.enter(visitor.response_id(), score);
            }
            // Not reached, or asked to come back.
            Err(_) => {}
            Ok(answered) if answered.status == StatusCode::SERVICE_UNAVAILABLE => {}
            Ok(answered) => panic!("a good answer was refused: {answered:?}"),
        }
        record.unanswered.fetch_add(1, Ordering::Relaxed);
        sleep(RETRY).await;
    }
}

impl Record {
    fn enter(&self, response: Uuid, score: i64) {
        self.scores.lock().expect("no sender panics while it writes").insert(response, score);
        self.acknowledged.fetch_add(1, Ordering::Relaxed);
    }

    pub fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Relaxed)
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
        let scores = self.scores.lock().expect("no sender panics while it writes");
        let stored: HashMap<Uuid, Option<i64>> =
            rows.responses.iter().map(|response| (response.id, response.point)).collect();
        let lost = scores.iter().filter(|(id, score)| stored.get(id) != Some(&Some(**score)));
        // Each response counts one point, so whatever is counted beyond the distinct responses is counted twice.
        let counted: i64 = rows.histograms.values().sum();
        Reckoning {
            acknowledged: self.acknowledged(),
            sent_again: self.unanswered.load(Ordering::Relaxed),
            lost: lost.count(),
            duplicated: counted - stored.len() as i64,
        }
    }
}
