//! A flood of addresses: pages that exist once each, as crawlers and generated links make them, fill no memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use reqwest::StatusCode;
use serde_json::Value;
use tests::{TestSite, Visitor, ces_on, is_long};
use tokio::task::JoinSet;

/// Events in one request: as many as fit into its 32 KiB.
const AT_ONCE: usize = 64;
const CONNECTIONS: usize = 8;

const BOUND_MEBIBYTES: f64 = 64.0;

fn addresses() -> usize {
    if is_long() { 1_000_000 } else { 20_000 }
}

#[tokio::test]
async fn a_million_addresses_take_little_memory() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    // As busy, on one page: what being busy takes is not what addresses take.
    send(&site, addresses() / 10, |_| "/help".to_owned()).await;
    let before = site.collector.resident_bytes().unwrap();
    let began = Instant::now();
    send(&site, addresses(), |number| format!("/help/{number}/of-a-catalogue?colour=blue")).await;
    let took = began.elapsed();
    let after = site.collector.resident_bytes().unwrap();
    let grown = (after as f64 - before as f64) / f64::from(1 << 20);
    println!(
        "{} addresses in {:.0} s: resident memory + {grown:.1} MiB (bound {BOUND_MEBIBYTES}), from {:.1} to {:.1}",
        addresses(),
        took.as_secs_f64(),
        before as f64 / f64::from(1 << 20),
        after as f64 / f64::from(1 << 20),
    );
    let asked = Instant::now();
    let pages = site.pages().await.unwrap().pages.len();
    println!("its report of {pages} pages takes {} ms", asked.elapsed().as_millis());
    assert!(grown <= BOUND_MEBIBYTES, "{grown} MiB");
}

/// Sends so many showings, each of a visitor and on a page of its own.
async fn send(site: &TestSite, count: usize, page: impl Fn(usize) -> String + Clone + Send + 'static) {
    let next = Arc::new(AtomicUsize::new(0));
    let mut senders = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (next, page, visitor) = (Arc::clone(&next), page.clone(), site.visitor());
        senders.spawn(async move {
            loop {
                let first = next.fetch_add(AT_ONCE, Ordering::Relaxed);
                if first >= count {
                    return;
                }
                let numbers = first..(first + AT_ONCE).min(count);
                let events: Vec<Value> =
                    numbers.map(|number| visitor.another().exposure("shown", &page(number))).collect();
                deliver(&visitor, &events).await;
            }
        });
    }
    senders.join_all().await;
}

async fn deliver(visitor: &Visitor, events: &[Value]) {
    loop {
        match visitor.sends(events).await.expect("the collector stays").status {
            StatusCode::NO_CONTENT => return,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            refused => panic!("{refused}"),
        }
    }
}
