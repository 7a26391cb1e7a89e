//! How long a collector takes to be ready on a database of a gigabyte: after it was stopped, and after it was killed under load.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use reqwest::StatusCode;
use tests::bounds::at_most;
use tests::raw::{RawConnection, RawRequest};
use tests::{TestSite, ces_on};
use tokio::task::JoinSet;
use tokio::time::sleep;

const BYTES: u64 = 1_000_000_000;
const ANSWERS: usize = 20;
const SENDERS: usize = 64;
const STARTS: usize = 5;
const FILLING: Duration = Duration::from_secs(5);
const BEFORE_THE_KILL: Duration = Duration::from_secs(1);

const MOST_MS: f64 = 300.0;
const MOST_AFTER_CRASH_MS: f64 = 2_000.0;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    if cfg!(debug_assertions) {
        bail!("this build is not optimised; measure with `cargo xtask bench start`");
    }
    let mut site = TestSite::with_survey(ces_on("/help")).await?;
    let request = RawRequest::bringing(&site, ANSWERS, 6)?;
    let mut sent = 0;
    while std::fs::metadata(site.collector.database())?.len() < BYTES {
        sent += ANSWERS * answer(&site, &request, FILLING).await?.join_all().await.into_iter().sum::<usize>();
    }
    println!("{sent} answers, {} MB", std::fs::metadata(site.collector.database())?.len() / 1_000_000);

    let (mut slowest, mut slowest_after_crash) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..STARTS {
        ensure!(site.collector.stop().await?.success(), "it did not stop in order");
        slowest = slowest.max(ready_again(&mut site).await?);
        let senders = answer(&site, &request, BEFORE_THE_KILL * 2).await?;
        sleep(BEFORE_THE_KILL).await;
        site.collector.kill().await?;
        senders.join_all().await;
        slowest_after_crash = slowest_after_crash.max(ready_again(&mut site).await?);
    }
    let held = [
        at_most("ready after a stop, at the slowest, ms", slowest.as_secs_f64() * 1e3, MOST_MS),
        at_most("ready after a kill, at the slowest, ms", slowest_after_crash.as_secs_f64() * 1e3, MOST_AFTER_CRASH_MS),
    ];
    Ok(if held.iter().all(|held| *held) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Has senders answer without pause for a while, or until the collector goes; each tells how many requests were acknowledged.
async fn answer(site: &TestSite, request: &RawRequest, time: Duration) -> anyhow::Result<JoinSet<usize>> {
    let (mut senders, began) = (JoinSet::new(), Instant::now());
    for _ in 0..SENDERS {
        let mut connection = RawConnection::open(site, request.clone()).await?;
        senders.spawn(async move {
            let mut taken = 0;
            while began.elapsed() < time {
                match connection.exchange().await {
                    Ok((204, _)) => taken += 1,
                    Ok(_) => sleep(Duration::from_millis(20)).await,
                    Err(_) => break,
                }
            }
            taken
        });
    }
    Ok(senders)
}

/// Starts the collector again; tells how long it took until it could store an answer.
async fn ready_again(site: &mut TestSite) -> anyhow::Result<Duration> {
    let started = Instant::now();
    site.collector.restart().await?;
    let ready = reqwest::get(format!("{}/readyz", site.collector.origin())).await?.status();
    ensure!(ready == StatusCode::OK, "it listens, and is not ready");
    Ok(started.elapsed())
}
