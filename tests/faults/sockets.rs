//! Slow sockets: thousands of connections that send a byte now and then hold nobody else up.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tests::{TestSite, ces_on, is_long};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use crate::senders::percentile;

/// Each sends a byte about so often.
const DRIP: Duration = Duration::from_secs(2);

/// How often somebody honest answers meanwhile, and for how long that is measured.
const PER_SECOND: u32 = 100;
const MEASURED: Duration = Duration::from_secs(5);

/// How often that is measured, while there are slow ones.
const RUNS: u32 = 3;

/// How many times as long as without the slow ones an honest answer may take.
const TIMES: u32 = 2;

fn slow_sockets() -> usize {
    if is_long() { 2_000 } else { 200 }
}

#[tokio::test]
async fn slow_sockets_hold_nobody_else_up() {
    let wanted = slow_sockets() as u64 * 2 + 1_000;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_some_and(|current| current < wanted) {
        // The collector, started below, gets the same.
        setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).unwrap();
    }
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let before = honest_p99(&site).await;

    let address: SocketAddr = site.collector.origin().trim_start_matches("http://").parse().unwrap();
    let counts = Arc::new(Counts::default());
    let mut slow = JoinSet::new();
    for place in 0..slow_sockets() {
        slow.spawn(drips(address, place, site.door.path(), Arc::clone(&counts)));
    }
    let deadline = Instant::now() + Duration::from_secs(30);
    while counts.open.load(Ordering::Relaxed) < slow_sockets() {
        assert!(Instant::now() < deadline, "only {} slow sockets got through", counts.open.load(Ordering::Relaxed));
        sleep(Duration::from_millis(20)).await;
    }
    // Whatever else the machine has to do comes and goes: the best of some runs on each side.
    let meanwhile = best_honest_p99(&site).await;
    let hung_up = counts.hung_up.load(Ordering::Relaxed);
    slow.shutdown().await;
    let after = honest_p99(&site).await;

    let bound = before.max(after) * TIMES;
    println!(
        "{} slow sockets, {hung_up} hung up on: honest p99 {:.1} ms (bound {:.1}: {TIMES} times the {:.1} and {:.1} before and after)",
        slow_sockets(),
        millis(meanwhile),
        millis(bound),
        millis(before),
        millis(after),
    );
    assert!(meanwhile <= bound, "{meanwhile:?}");
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

async fn best_honest_p99(site: &TestSite) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        best = best.min(honest_p99(site).await);
    }
    best
}

/// Visitors who come evenly and do not wait for each other.
async fn honest_p99(site: &TestSite) -> Duration {
    let somebody = site.visitor();
    let mut visitors = JoinSet::new();
    let mut clock = interval(Duration::from_secs(1) / PER_SECOND);
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for _ in 0..MEASURED.as_secs() * u64::from(PER_SECOND) {
        clock.tick().await;
        let visitor = somebody.another();
        visitors.spawn(async move {
            let asked = Instant::now();
            // The collector may hang up on an idle connection just as it is used again; browsers then send again, too.
            let mut answered = visitor.answers(5, "/help").await;
            if answered.is_err() {
                answered = visitor.answers(5, "/help").await;
            }
            let status = answered.expect("an honest visitor gets through").status;
            assert!(status.is_success(), "an honest visitor was refused: {status}");
            asked.elapsed()
        });
    }
    percentile(&mut visitors.join_all().await, 99)
}

#[derive(Default)]
struct Counts {
    open: AtomicUsize,
    hung_up: AtomicUsize,
}

/// Sends a request that looks honest byte by byte; comes back when it is hung up on. Some are slow with the head, some with the body.
async fn drips(address: SocketAddr, place: usize, path: String, counts: Arc<Counts>) {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\norigin: https://shop.example\r\nuser-agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\
         content-type: text/plain;charset=UTF-8\r\ncontent-length: 30000\r\n\r\n"
    );
    let in_one_go = if place.is_multiple_of(2) { head.len() } else { 12 };
    let mut has_been_open = false;
    loop {
        if let Ok(mut socket) = TcpStream::connect(address).await {
            let mut is_open = socket.write_all(&head.as_bytes()[..in_one_go]).await.is_ok();
            if !has_been_open {
                counts.open.fetch_add(1, Ordering::Relaxed);
                has_been_open = true;
            }
            let mut answer = [0; 1_024];
            while is_open {
                let pause = DRIP.mul_f64(rand::random_range(0.5..1.5));
                // An answer, an end or an error: the collector has had enough.
                is_open =
                    timeout(pause, socket.read(&mut answer)).await.is_err() && socket.write_all(b"x").await.is_ok();
            }
            counts.hung_up.fetch_add(1, Ordering::Relaxed);
        }
        sleep(DRIP.mul_f64(rand::random_range(0.5..1.5))).await;
    }
}
