//! Several collectors on one database: whatever visitors send twice, in the wrong order, or to another collector than before, and whichever
//! collector is killed meanwhile, each response is stored once, as it was last acknowledged.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;
use tests::postgres::Postgres;
use tests::{Collector, TestSite, Visitor, ces_on, is_long};
use tokio::task::JoinSet;
use tokio::time::sleep;
use uuid::Uuid;

use crate::away::is_missing;

const CONNECTIONS: usize = 12;

/// How many percent of the sends come twice, or in the wrong order.
const UNRULY_PERCENT: u32 = 30;

/// A collector is killed so often.
const KILLED_EVERY: Duration = Duration::from_secs(3);
const DOWN: Duration = Duration::from_millis(500);

/// How long a sender waits before it tries again.
const RETRY: Duration = Duration::from_millis(50);

fn kills() -> usize {
    if is_long() { 20 } else { 3 }
}

/// What the visitors know: the highest revision of each response that was acknowledged, with its score.
#[derive(Default)]
struct Told {
    latest: Mutex<HashMap<Uuid, (u32, i64)>>,
    unruly: AtomicUsize,
    sent: AtomicUsize,
    is_over: AtomicBool,
}

impl Told {
    fn enter(&self, response: Uuid, rev: u32, score: i64) {
        let mut latest = self.latest.lock().expect("no sender panics while it writes");
        let known = latest.entry(response).or_insert((rev, score));
        if rev > known.0 {
            *known = (rev, score);
        }
    }
}

#[tokio::test]
async fn three_collectors_store_each_response_once_whatever_is_killed_repeated_or_reordered() {
    if is_missing() {
        return;
    }
    let postgres = Postgres::start().await.unwrap();
    let url = Postgres::url(postgres.port(), &postgres.create_database().await.unwrap());
    let mut site = TestSite::in_postgres(&url, &url, ces_on("/help")).await.unwrap();
    let mut others = [site.collector.beside().await.unwrap(), site.collector.beside().await.unwrap()];
    let mut somebodies = Vec::new();
    for collector in [&site.collector, &others[0], &others[1]] {
        somebodies.push(site.visitor_of(collector).await.unwrap());
    }
    let somebodies: Arc<[Visitor]> = somebodies.into();
    let told = Arc::new(Told::default());
    let mut senders = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (somebodies, told) = (Arc::clone(&somebodies), Arc::clone(&told));
        senders.spawn(async move {
            while !told.is_over.load(Ordering::Relaxed) {
                answer(&somebodies, &told).await;
            }
        });
    }
    for kill in 0..kills() {
        sleep(KILLED_EVERY).await;
        let [one, another] = &mut others;
        let unlucky: &mut Collector = [&mut site.collector, one, another].into_iter().nth(kill % 3).unwrap();
        unlucky.kill().await.unwrap();
        sleep(DOWN).await;
        unlucky.restart().await.unwrap();
    }
    sleep(KILLED_EVERY).await;
    told.is_over.store(true, Ordering::Relaxed);
    senders.join_all().await;

    let rows = site.rows().await.unwrap();
    let latest = told.latest.lock().unwrap();
    let ids: HashSet<Uuid> = rows.responses.iter().map(|response| response.id).collect();
    let stored: HashMap<Uuid, (u32, i64)> = rows
        .responses
        .iter()
        .map(|response| (response.id, (response.rev as u32, response.point.unwrap_or_default())))
        .collect();
    let lost = latest.iter().filter(|(id, kept)| stored.get(id) != Some(kept)).count();
    println!(
        "three collectors, {} kills, {} sends of which {} repeated or reordered: {} rows of {} ids and {} visitors, {lost} of their answers \
         lost (bound 0)",
        kills(),
        told.sent.load(Ordering::Relaxed),
        told.unruly.load(Ordering::Relaxed),
        rows.responses.len(),
        ids.len(),
        latest.len(),
    );
    assert!(told.unruly.load(Ordering::Relaxed) > 0);
    assert_eq!((rows.responses.len(), ids.len(), lost), (latest.len(), latest.len(), 0));
    rows.assert_counted_right();
}

/// One visitor gives a score and thinks better of it. Some send twice at once, some send the second before the first.
async fn answer(somebodies: &[Visitor], told: &Told) {
    let visitor = somebodies[0].another();
    let bits = visitor.response_id().as_u128();
    let scores = [1 + (bits % 7) as i64, 1 + (bits / 7 % 7) as i64];
    let events = [
        vec![visitor.exposure("shown", "/help"), visitor.submission(1, scores[0], "/help")],
        vec![visitor.submission(2, scores[1], "/help")],
    ];
    let send = |place: usize| {
        deliver(somebodies, &events[place], (visitor.response_id(), place as u32 + 1, scores[place]), told)
    };
    match rand::random_range(0..100) {
        chance if chance < UNRULY_PERCENT / 2 => {
            told.unruly.fetch_add(2, Ordering::Relaxed);
            tokio::join!(send(0), send(0));
            tokio::join!(send(1), send(1));
        }
        chance if chance < UNRULY_PERCENT => {
            told.unruly.fetch_add(2, Ordering::Relaxed);
            tokio::join!(send(1), send(0));
            send(0).await;
        }
        _ => {
            send(0).await;
            send(1).await;
        }
    }
}

/// Sends until it is heard, each time to any collector.
async fn deliver(somebodies: &[Visitor], events: &[Value], (response, rev, score): (Uuid, u32, i64), told: &Told) {
    loop {
        told.sent.fetch_add(1, Ordering::Relaxed);
        let by = &somebodies[rand::random_range(0..somebodies.len())];
        match by.sends(events).await {
            Ok(answered) if answered.status == StatusCode::NO_CONTENT => return told.enter(response, rev, score),
            // A later one was there first.
            Ok(answered) if answered.status == StatusCode::CONFLICT => return,
            Err(_) => {}
            Ok(answered) if answered.status == StatusCode::SERVICE_UNAVAILABLE => {}
            Ok(answered) => panic!("a good answer was refused: {answered:?}"),
        }
        sleep(RETRY).await;
    }
}
