//! How many answers the collector puts on disk in a second, and how long a visitor's browser waits for each.
//!
//! The yardstick is the same request with a score that is off its scale: it is read, admitted and parsed like a good one and
//! refused at the last check before storing. So the ratio says what storing costs, and little of the machine. Both are measured
//! in turns over the same connections. The load comes from one thread of this program, on the same machine.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use tests::{BROWSER, TestSite, asked_a_minute_ago, batch, ces_on};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// The bounds hold for the last.
const CONNECTIONS: [usize; 2] = [64, 512];
const TURNS: usize = 2;
const TURN: Duration = Duration::from_millis(1_000);
const WARM_UP: Duration = Duration::from_millis(200);

const LEAST_RATIO: f64 = 0.55;
const MOST_P99_MS: f64 = 100.0;

/// What is sent, and what the collector says to it.
#[derive(Clone, Copy)]
enum Load {
    Durable,
    Refused,
}

impl Load {
    fn score(self) -> i64 {
        match self {
            Self::Durable => 6,
            Self::Refused => 9,
        }
    }

    fn status(self) -> &'static [u8] {
        match self {
            Self::Durable => b"HTTP/1.1 204",
            Self::Refused => b"HTTP/1.1 422",
        }
    }
}

/// What was measured of one kind of load.
#[derive(Default)]
struct Measured {
    spent: Duration,
    waits: Vec<Duration>,
}

impl Measured {
    fn per_second(&self) -> f64 {
        self.waits.len() as f64 / self.spent.as_secs_f64()
    }

    /// The wait that `percent` of the answers did not exceed, in milliseconds. The waits must be sorted.
    fn percentile_ms(&self, percent: usize) -> f64 {
        let index = (self.waits.len() * percent / 100).min(self.waits.len().saturating_sub(1));
        self.waits.get(index).map_or(f64::NAN, |wait| wait.as_secs_f64() * 1_000.0)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    if cfg!(debug_assertions) {
        bail!("this build is not optimised; measure with `cargo xtask bench ingest`");
    }
    let site = TestSite::with_survey(ces_on("/help")).await?;
    let (mut ratio, mut p99_ms, mut acknowledged) = (0.0, 0.0, 0);
    for connections in CONNECTIONS {
        let (durable, refused) = measure(&site, connections, &mut acknowledged).await?;
        (ratio, p99_ms) = (durable.per_second() / refused.per_second(), durable.percentile_ms(99));
        println!(
            "{connections:>4} connections: {:>6.0} durable acknowledgements/s, p50 {:.1} ms, p99 {p99_ms:.1} ms; \
             the same refused: {:>6.0}/s; ratio {ratio:.2}",
            durable.per_second(),
            durable.percentile_ms(50),
            refused.per_second(),
        );
    }
    let stored = site.rows().await?.responses.len();
    ensure!(stored == acknowledged, "{acknowledged} were acknowledged, but {stored} are stored");
    println!("all {acknowledged} acknowledged answers are stored, once");

    let most = CONNECTIONS[CONNECTIONS.len() - 1];
    println!("p99 at {most} connections: {p99_ms:.1} ms (bound {MOST_P99_MS})");
    println!("durable throughput at {most} connections: {ratio:.2} of the no-storage route (bound {LEAST_RATIO})");
    Ok(if ratio >= LEAST_RATIO && p99_ms <= MOST_P99_MS { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Measures good and refused answers in turns, so that a change in the machine's mood meets both.
async fn measure(site: &TestSite, connections: usize, stored: &mut usize) -> anyhow::Result<(Measured, Measured)> {
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(site).await?);
    }
    let (mut durable, mut refused) = (Measured::default(), Measured::default());
    for _ in 0..TURNS {
        for (load, measured) in [(Load::Durable, &mut durable), (Load::Refused, &mut refused)] {
            for (duration, counts) in [(WARM_UP, false), (TURN, true)] {
                let turn = take_turn(&mut open, load, duration).await?;
                if let Load::Durable = load {
                    *stored += turn.waits.len();
                }
                if counts {
                    measured.spent += turn.spent;
                    measured.waits.extend(turn.waits);
                }
            }
        }
    }
    durable.waits.sort_unstable();
    Ok((durable, refused))
}

/// Sends over all connections for a while; ends when everything that was sent is answered.
async fn take_turn(open: &mut Vec<Connection>, load: Load, duration: Duration) -> anyhow::Result<Measured> {
    let began = Instant::now();
    let mut senders = JoinSet::new();
    for mut connection in open.drain(..) {
        senders.spawn(async move {
            let mut waits = Vec::new();
            while began.elapsed() < duration {
                waits.push(connection.exchange(load).await?);
            }
            anyhow::Ok((connection, waits))
        });
    }
    let mut measured = Measured::default();
    while let Some(sent) = senders.join_next().await {
        let (connection, waits) = sent??;
        open.push(connection);
        measured.waits.extend(waits);
    }
    measured.spent = began.elapsed();
    Ok(measured)
}

/// A connection that stays open, with its requests ready but for the response id. A client library would cost more than the
/// collector.
struct Connection {
    stream: TcpStream,
    requests: [Request; 2],
    answer: Vec<u8>,
}

struct Request {
    bytes: Vec<u8>,
    id_at: usize,
}

impl Connection {
    async fn open(site: &TestSite) -> anyhow::Result<Self> {
        let origin = site.collector.origin();
        let address = origin.strip_prefix("http://").context("the collector's origin is one of HTTP")?;
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let requests = [Request::new(site, Load::Durable)?, Request::new(site, Load::Refused)?];
        Ok(Self { stream, requests, answer: vec![0; 4_096] })
    }

    /// Sends one answer of a new visitor; tells how long it took until it was acknowledged, or refused.
    async fn exchange(&mut self, load: Load) -> anyhow::Result<Duration> {
        let request = &mut self.requests[load as usize];
        asked_a_minute_ago().hyphenated().encode_lower(&mut request.bytes[request.id_at..]);
        let sent = Instant::now();
        self.stream.write_all(&request.bytes).await?;
        let mut length = 0;
        while !is_whole(&self.answer[..length]) {
            let read = self.stream.read(&mut self.answer[length..]).await?;
            ensure!(read > 0, "the collector hung up");
            length += read;
        }
        let answer = &self.answer[..length];
        ensure!(answer.starts_with(load.status()), "unexpected: {}", String::from_utf8_lossy(answer));
        Ok(sent.elapsed())
    }
}

impl Request {
    fn new(site: &TestSite, load: Load) -> anyhow::Result<Self> {
        let visitor = site.visitor();
        let event: Value = visitor.submission(1, load.score(), "/help");
        let body = batch(site.key(), &[event]);
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: localhost\r\nOrigin: {}\r\nUser-Agent: {BROWSER}\r\n\
             Content-Type: text/plain;charset=UTF-8\r\nContent-Length: {}\r\n\r\n",
            site.door.path(),
            site.door.origin(),
            body.len()
        );
        let text = [head, body].concat();
        let id_at = text.find(&visitor.response_id().to_string()).context("the body names its response id")?;
        Ok(Self { bytes: text.into_bytes(), id_at })
    }
}

/// Whether an answer has arrived with its body.
fn is_whole(answer: &[u8]) -> bool {
    let text = std::str::from_utf8(answer).unwrap_or_default();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.is_none_or(|length| length.parse() == Ok(body.len()))
}
