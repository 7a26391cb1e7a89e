//! The database is gone, stands still, is slow, or is cut off in the middle of a commit: senders are asked to come back, soon; memory does
//! not grow; and when it is back, so is the collector, with nothing lost and nothing twice.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use reqwest::StatusCode;
use tests::postgres::Postgres;
use tests::proxy::{Direction, Proxy, Weather};
use tests::{Rows, TestSite, Visitor, ces_on, is_long, resident_bytes};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::senders::percentile;

/// How often somebody answers.
const PER_SECOND: u32 = 100;

/// How soon 99 of 100 are told one thing or the other.
const TOLD: Duration = Duration::from_secs(2);
/// How soon after the database is back nearly all get through.
const BACK: Duration = Duration::from_secs(5);
const NEARLY_ALL: f64 = 0.99;
const BOUND_MEBIBYTES: f64 = 64.0;

/// How long it is served well before and after.
const FINE: Duration = Duration::from_secs(1);
const MEASURED_AFTER: Duration = Duration::from_secs(2);

fn outage() -> Duration {
    Duration::from_secs(if is_long() { 30 } else { 3 })
}

/// A site whose collector reaches its database through a network that the test commands.
struct Away {
    postgres: Postgres,
    proxy: Proxy,
    site: TestSite,
}

impl Away {
    async fn start() -> anyhow::Result<Self> {
        let postgres = Postgres::start().await?;
        let proxy = Proxy::before(postgres.port()).await?;
        let database = postgres.create_database().await?;
        let (url, reached_by) = (Postgres::url(postgres.port(), &database), Postgres::url(proxy.port(), &database));
        let site = TestSite::in_postgres(&url, &reached_by, ces_on("/help")).await?;
        Ok(Self { postgres, proxy, site })
    }
}

/// One request of one visitor.
struct Attempt {
    began: Instant,
    took: Duration,
    status: Option<StatusCode>,
    visitor: Visitor,
}

impl Attempt {
    async fn of(visitor: Visitor) -> Self {
        let began = Instant::now();
        let answered = visitor.answers(5, "/help").await;
        Self { began, took: began.elapsed(), status: answered.ok().map(|answered| answered.status), visitor }
    }

    fn is_taken(&self) -> bool {
        self.status == Some(StatusCode::NO_CONTENT)
    }
}

/// What was seen while something was wrong.
struct Seen {
    attempts: Vec<Attempt>,
    wrong: Range<Instant>,
    grown_mebibytes: f64,
}

impl Seen {
    fn meanwhile(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter().filter(|one| self.wrong.contains(&one.began))
    }

    /// Which share of those who came later got through.
    fn share_taken_later(&self) -> f64 {
        let later = self.attempts.iter().filter(|one| one.began > self.wrong.end + BACK);
        let (taken, all) = later.fold((0, 0), |(taken, all), one| (taken + i32::from(one.is_taken()), all + 1));
        f64::from(taken) / f64::from(all.max(1))
    }

    fn back_after(&self) -> Duration {
        let taken = self.attempts.iter().filter(|one| one.began > self.wrong.end && one.is_taken());
        taken.map(|one| one.began + one.took - self.wrong.end).min().unwrap_or(Duration::MAX)
    }

    /// How many are not stored although they were told so.
    fn lost(&self, rows: &Rows) -> usize {
        let stored: HashSet<_> = rows.responses.iter().map(|response| response.id).collect();
        self.attempts.iter().filter(|one| one.is_taken() && !stored.contains(&one.visitor.response_id())).count()
    }
}

/// Visitors come evenly, whatever becomes of those before, while `outage` begins and ends what is wrong.
async fn watch(away: &mut Away, outage: impl AsyncFnOnce(&mut Away) -> anyhow::Result<()>) -> anyhow::Result<Seen> {
    let load = Arc::new(Mutex::new(JoinSet::new()));
    let coming = tokio::spawn(come(away.site.visitor(), Arc::clone(&load)));
    sleep(FINE).await;
    let process = away.site.collector.id().context("it runs")?;
    let before = resident_bytes(process)?;
    let highest = Arc::new(AtomicU64::new(before));
    let noted = Arc::clone(&highest);
    let noting = tokio::spawn(async move {
        while let Ok(bytes) = resident_bytes(process) {
            noted.fetch_max(bytes, Ordering::Relaxed);
            sleep(Duration::from_millis(50)).await;
        }
    });
    let from = Instant::now();
    outage(away).await?;
    let until = Instant::now();
    sleep(BACK + MEASURED_AFTER).await;
    coming.abort();
    let attempts = std::mem::take(&mut *load.lock().await).join_all().await;
    noting.abort();
    let grown = highest.load(Ordering::Relaxed) - before;
    ensure!(away.site.collector.id() == Some(process), "the collector was restarted");
    Ok(Seen { attempts, wrong: from..until, grown_mebibytes: grown as f64 / f64::from(1 << 20) })
}

async fn come(somebody: Visitor, load: Arc<Mutex<JoinSet<Attempt>>>) {
    let mut clock = interval(Duration::from_secs(1) / PER_SECOND);
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    loop {
        clock.tick().await;
        load.lock().await.spawn(Attempt::of(somebody.another()));
    }
}

async fn survives(name: &str, outage: impl AsyncFnOnce(&mut Away) -> anyhow::Result<()>) -> anyhow::Result<()> {
    if is_missing() {
        return Ok(());
    }
    let mut away = Away::start().await?;
    let seen = watch(&mut away, outage).await?;
    let lost = seen.lost(&away.site.rows().await?);
    // Whoever was not told "stored" sends again; some of it is stored already.
    for attempt in seen.attempts.iter().filter(|one| !one.is_taken()) {
        let again = attempt.visitor.answers(5, "/help").await?;
        assert_eq!(again.status, StatusCode::NO_CONTENT, "{again:?}");
    }
    let rows = away.site.rows().await?;
    let counted = rows.counted();
    let duplicated = counted - seen.attempts.len() as i64;
    // Of all who came meanwhile: whoever gets through late has waited as well.
    let p99 = percentile(&mut seen.meanwhile().map(|one| one.took).collect::<Vec<_>>(), 99);
    let asked_back = seen.meanwhile().filter(|one| !one.is_taken()).count();
    println!(
        "{name} for {:.0} s: {asked_back} of {} asked to come back, told within {} ms (p99, bound {}); memory + {:.1} MiB (bound {BOUND_MEBIBYTES}); taken again \
         after {} ms; {:.1} % of those who came {} s later and on got through (bound {}); of {} acknowledged {lost} lost (bound 0), \
         {duplicated} duplicated (bound 0)",
        (seen.wrong.end - seen.wrong.start).as_secs_f64(),
        seen.meanwhile().count(),
        p99.as_millis(),
        TOLD.as_millis(),
        seen.grown_mebibytes,
        seen.back_after().as_millis(),
        seen.share_taken_later() * 100.0,
        BACK.as_secs(),
        NEARLY_ALL * 100.0,
        seen.attempts.iter().filter(|one| one.is_taken()).count(),
    );
    let is_an_answer = |one: &&Attempt| one.is_taken() || one.status == Some(StatusCode::SERVICE_UNAVAILABLE);
    let others: Vec<_> = seen.attempts.iter().filter(|one| !is_an_answer(one)).map(|one| one.status).collect();
    assert!(others.is_empty(), "neither stored nor asked to come back: {others:?}");
    assert!(asked_back > 0, "nobody noticed");
    assert!(p99 <= TOLD, "{p99:?}");
    assert!(seen.grown_mebibytes <= BOUND_MEBIBYTES, "{} MiB", seen.grown_mebibytes);
    assert!(seen.share_taken_later() >= NEARLY_ALL, "{}", seen.share_taken_later());
    assert_eq!((lost, duplicated, rows.responses.len()), (0, 0, seen.attempts.len()));
    rows.assert_counted_right();
    Ok(())
}

#[tokio::test]
async fn a_database_that_is_stopped_and_started_again() {
    survives("database stopped", async |away| {
        away.postgres.stop()?;
        sleep(outage()).await;
        away.postgres.restart().await
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_database_that_is_killed_and_recovers() {
    survives("database killed", async |away| {
        away.postgres.kill()?;
        sleep(outage()).await;
        away.postgres.restart().await
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_database_that_stands_still() {
    survives("database standing still", async |away| {
        away.postgres.pause()?;
        sleep(outage()).await;
        away.postgres.resume()
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_network_that_swallows_everything() {
    survives("network swallowing everything", async |away| {
        away.proxy.set(Weather::Still);
        sleep(outage()).await;
        away.proxy.set(Weather::Fine);
        Ok(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_database_that_is_far_too_slow() {
    survives("database slow by 0.6 s a turn", async |away| {
        let each = Duration::from_millis(300);
        away.proxy.set(Weather::Slow { to_server: each, to_client: each });
        sleep(outage()).await;
        away.proxy.set(Weather::Fine);
        Ok(())
    })
    .await
    .unwrap();
}

/// Anywhere in a commit: before the server has heard of it, half-way through a statement, or after it is done and before anybody knows.
#[tokio::test]
async fn a_network_that_breaks_in_the_middle_of_commits() {
    survives("network cut in the middle of commits", async |away| {
        let until = Instant::now() + outage();
        while Instant::now() < until {
            let direction = if rand::random() { Direction::ToServer } else { Direction::ToClient };
            away.proxy.cut_after(direction, rand::random_range(0..8_000));
            sleep(Duration::from_millis(rand::random_range(50..300))).await;
        }
        away.proxy.flow_freely();
        Ok(())
    })
    .await
    .unwrap();
}

/// Skipped, and said so, where there is no PostgreSQL; a failure where everything must be there.
pub fn is_missing() -> bool {
    let Some(reason) = Postgres::missing() else { return false };
    assert!(std::env::var_os("CI").is_none(), "{reason}");
    println!("skipped: {reason}");
    true
}
