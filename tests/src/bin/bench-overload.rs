//! What becomes of a collector that is sent three times what it can store, for a minute: open loop, so the senders do not slow
//! down because it does.
//!
//! First the peak is measured, by senders who wait for each answer. Then requests fall due at three times that rate, whatever becomes of
//! those before. Each is sent by a connection that has nothing else to do, and its wait counts from when it was due. A request
//! brings twenty answers, as from visitors who were away from the network: so the store is what there is too little of. The collector
//! has one core for itself, so that whoever makes the load does not take it from whoever bears it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::process::{Command, ExitCode, Stdio};
use std::rc::Rc;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use tests::bounds::{at_least, at_most};
use tests::raw::{RawConnection, RawRequest, percentile_ms};
use tests::{TestSite, ces_on};
use tokio::task::{JoinSet, LocalSet};

const ANSWERS: usize = 20;
const PEAK_CONNECTIONS: usize = 64;
const PEAK_TIME: Duration = Duration::from_secs(5);
/// How long those senders stay away who are told to come back.
const TOLD_TO_COME_BACK: Duration = Duration::from_millis(20);

/// How many times the peak is offered.
const OFFERED: f64 = 3.0;
const OVERLOAD_TIME: Duration = Duration::from_secs(60);
/// More than there are requests under way at once, as long as each is answered in time. They take turns, so that none is closed for
/// having nothing to do.
const OPEN_CONNECTIONS: usize = 3_000;

const LEAST_GOODPUT: f64 = 0.8;
const MOST_P99_MS: f64 = 500.0;

/// What became of the requests.
#[derive(Default)]
struct Ends {
    /// How long each took that was acknowledged, from when it was due.
    taken: Vec<Duration>,
    told_to_come_back: usize,
    broken: usize,
    /// Those for which no connection was free.
    unsent: usize,
    /// What was answered that nobody expects.
    unexpected: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    if cfg!(debug_assertions) {
        bail!("this build is not optimised; measure with `cargo xtask bench overload`");
    }
    let site = TestSite::with_survey(ces_on("/help")).await?;
    keep_apart(&site)?;
    let request = RawRequest::bringing(&site, ANSWERS, 6)?;
    let (peak, before) = measure_peak(&site, &request).await?;
    println!("peak: {peak:.0} requests/s of {ANSWERS} answers each, {PEAK_CONNECTIONS} senders who wait");

    let ends = LocalSet::new().run_until(overload(&site, &request, peak * OFFERED)).await?;
    let goodput = ends.taken.len() as f64 / OVERLOAD_TIME.as_secs_f64();
    println!(
        "offered {:.0} requests/s for {} s: {goodput:.0}/s acknowledged, {:.0}/s told to come back, {} not sent for want of a \
         connection",
        peak * OFFERED,
        OVERLOAD_TIME.as_secs(),
        ends.told_to_come_back as f64 / OVERLOAD_TIME.as_secs_f64(),
        ends.unsent,
    );
    if let Some(unexpected) = ends.unexpected {
        bail!("unexpected: {unexpected}");
    }
    let stored = site.collector.counted("stored").await?;
    let acknowledged = ((before + ends.taken.len()) * ANSWERS) as u64;
    ensure!(stored >= acknowledged, "{acknowledged} answers were acknowledged, but {stored} are stored");
    let held = [
        at_least("goodput, of the peak", goodput / peak, LEAST_GOODPUT),
        at_most("p99 of what was acknowledged, ms", percentile_ms(&ends.taken, 99), MOST_P99_MS),
        at_most("connections that broke", ends.broken as f64, 0.0),
    ];
    Ok(if held.iter().all(|held| *held) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Gives the collector the first core, and whoever makes the load the second.
fn keep_apart(site: &TestSite) -> anyhow::Result<()> {
    ensure!(available_parallelism()?.get() > 1, "this wants a core for the load and one for the collector");
    let collector = site.collector.id().context("the collector runs")?;
    for (core, process) in [("0", collector), ("1", std::process::id())] {
        // Of util-linux, so on every Debian; all threads at once.
        let placed =
            Command::new("taskset").args(["-apc", core, &process.to_string()]).stdout(Stdio::null()).status()?;
        ensure!(placed.success(), "taskset: {placed}");
    }
    Ok(())
}

/// How many requests a second are acknowledged to senders who wait; and how many that were.
async fn measure_peak(site: &TestSite, request: &RawRequest) -> anyhow::Result<(f64, usize)> {
    let mut senders = JoinSet::new();
    let began = Instant::now();
    for _ in 0..PEAK_CONNECTIONS {
        let mut connection = RawConnection::open(site, request.clone()).await?;
        senders.spawn(async move {
            let mut taken = 0;
            while began.elapsed() < PEAK_TIME {
                match connection.exchange().await?.0 {
                    204 => taken += 1,
                    _ => tokio::time::sleep(TOLD_TO_COME_BACK).await,
                }
            }
            anyhow::Ok(taken)
        });
    }
    let mut taken = 0;
    while let Some(sender) = senders.join_next().await {
        taken += sender??;
    }
    Ok((taken as f64 / began.elapsed().as_secs_f64(), taken))
}

/// Sends at this rate, come what may.
async fn overload(site: &TestSite, request: &RawRequest, per_second: f64) -> anyhow::Result<Ends> {
    let mut open = VecDeque::new();
    for _ in 0..OPEN_CONNECTIONS {
        open.push_back(RawConnection::open(site, request.clone()).await?);
    }
    let (idle, ends) = (Rc::new(RefCell::new(open)), Rc::new(RefCell::new(Ends::default())));
    let (began, mut due) = (Instant::now(), 0_usize);
    let mut senders = JoinSet::new();
    while began.elapsed() < OVERLOAD_TIME {
        let due_by_now = (began.elapsed().as_secs_f64() * per_second) as usize;
        for number in due..due_by_now {
            let Some(connection) = idle.borrow_mut().pop_front() else {
                ends.borrow_mut().unsent += 1;
                continue;
            };
            let due_at = began + Duration::from_secs_f64(number as f64 / per_second);
            senders.spawn_local(send(connection, due_at, idle.clone(), ends.clone()));
        }
        due = due_by_now;
        while senders.try_join_next().is_some() {}
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    while senders.join_next().await.is_some() {}
    drop(idle);
    let mut ends = Rc::into_inner(ends).context("every sender has ended")?.into_inner();
    ends.taken.sort_unstable();
    Ok(ends)
}

async fn send(
    mut connection: RawConnection,
    due_at: Instant,
    idle: Rc<RefCell<VecDeque<RawConnection>>>,
    ends: Rc<RefCell<Ends>>,
) {
    let answered = connection.exchange().await;
    let mut ends = ends.borrow_mut();
    match answered {
        Ok((204, _)) => ends.taken.push(due_at.elapsed()),
        Ok((503, _)) => ends.told_to_come_back += 1,
        Ok(_) => ends.unexpected = Some(connection.answer()),
        Err(_) => {
            ends.broken += 1;
            return;
        }
    }
    idle.borrow_mut().push_back(connection);
}
