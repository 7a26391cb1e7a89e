//! Requests as bytes: connections that stay open, with their requests ready but for the response ids. Under a load that one machine both
//! makes and bears, a client library would cost more than the collector.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::BROWSER;
use crate::site::TestSite;
use crate::visitor::{Visitor, asked_a_minute_ago, batch};

/// What a browser says of itself with each request, beside its name: whole lines, as Chromium sends them.
pub const BROWSER_LINES: &str = "Connection: keep-alive\r\nsec-ch-ua: \"Chromium\";v=\"140\", \"Not=A?Brand\";v=\"24\"\r\n\
    sec-ch-ua-mobile: ?0\r\nsec-ch-ua-platform: \"Linux\"\r\nAccept: */*\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\n\
    Sec-Fetch-Dest: empty\r\nReferer: https://shop.example/\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n\
    Accept-Language: en-GB,en;q=0.9\r\n";

/// A request that speaks of new visitors each time, if of any.
#[derive(Clone)]
pub struct RawRequest {
    bytes: Vec<u8>,
    ids_at: Vec<usize>,
}

impl RawRequest {
    /// One that brings so many answers, each of a visitor of its own, with this score.
    pub fn bringing(site: &TestSite, answers: usize, score: i64) -> anyhow::Result<Self> {
        let visitors: Vec<_> = (0..answers).map(|_| site.visitor()).collect();
        let events: Vec<Value> = visitors.iter().map(|visitor| visitor.submission(1, score, "/help")).collect();
        Self::post(site, &site.door.path(), "", &batch(site.key(), &events)).of(&visitors)
    }

    /// One that brings an event of one visitor, as a browser sends it.
    pub fn telling(site: &TestSite, visitor: &Visitor, event: &Value) -> anyhow::Result<Self> {
        let body = batch(site.key(), std::slice::from_ref(event));
        Self::post(site, &site.door.path(), BROWSER_LINES, &body).of(std::slice::from_ref(visitor))
    }

    /// One that posts any text from a page of the site, with more lines in its head.
    pub fn post(site: &TestSite, path: &str, lines: &str, body: &str) -> Self {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: {}\r\nUser-Agent: {BROWSER}\r\n{lines}\
             Content-Type: text/plain;charset=UTF-8\r\nContent-Length: {}\r\n\r\n",
            site.door.origin(),
            body.len()
        );
        Self { bytes: [head.as_str(), body].concat().into_bytes(), ids_at: Vec::new() }
    }

    /// One that asks for something, with more lines in its head.
    pub fn get(path: &str, lines: &str) -> Self {
        let text = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {BROWSER}\r\n{lines}\r\n");
        Self { bytes: text.into_bytes(), ids_at: Vec::new() }
    }

    /// Notes where the visitors' response ids are.
    fn of(mut self, visitors: &[Visitor]) -> anyhow::Result<Self> {
        let id_at = |visitor: &Visitor| {
            let id = visitor.response_id().to_string();
            self.bytes
                .windows(id.len())
                .position(|part| part == id.as_bytes())
                .context("the body names each response id")
        };
        self.ids_at = visitors.iter().map(id_at).collect::<anyhow::Result<_>>()?;
        Ok(self)
    }

    fn renew(&mut self) {
        for at in &self.ids_at {
            asked_a_minute_ago().hyphenated().encode_lower(&mut self.bytes[*at..]);
        }
    }

    fn speak_of(&mut self, id: Uuid) {
        for at in &self.ids_at {
            id.hyphenated().encode_lower(&mut self.bytes[*at..]);
        }
    }
}

/// A connection that stays open.
pub struct RawConnection {
    stream: TcpStream,
    request: RawRequest,
    answer: Vec<u8>,
    /// How much of it the last answer was.
    answered: usize,
}

impl RawConnection {
    pub async fn open(site: &TestSite, request: RawRequest) -> anyhow::Result<Self> {
        let origin = site.collector.origin();
        let address = origin.strip_prefix("http://").context("the collector's origin is one of HTTP")?;
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, request, answer: vec![0; 4_096], answered: 0 })
    }

    /// Sends its request, of new visitors; tells the status that it was answered with, and how long that took.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn exchange(&mut self) -> anyhow::Result<(u16, Duration)> {
        self.request.renew();
        self.send().await
    }

    /// The same of a visitor who may be known.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn exchange_of(&mut self, id: Uuid) -> anyhow::Result<(u16, Duration)> {
        self.request.speak_of(id);
        self.send().await
    }

    async fn send(&mut self) -> anyhow::Result<(u16, Duration)> {
        let sent = Instant::now();
        self.stream.write_all(&self.request.bytes).await?;
        self.answered = 0;
        while !is_whole(&self.answer[..self.answered]) {
            if self.answered == self.answer.len() {
                self.answer.resize(2 * self.answered, 0);
            }
            let read = self.stream.read(&mut self.answer[self.answered..]).await?;
            ensure!(read > 0, "the collector hung up");
            self.answered += read;
        }
        let status = self.answer.get(9..12).and_then(|status| std::str::from_utf8(status).ok()?.parse().ok());
        Ok((status.context("an answer of HTTP begins with its status")?, sent.elapsed()))
    }

    /// Has it send something else from now on.
    pub fn turn_to(&mut self, request: RawRequest) {
        self.request = request;
    }

    /// How many bytes the last request was, and its answer.
    pub fn bytes(&self) -> (usize, usize) {
        (self.request.bytes.len(), self.answered)
    }

    /// What the last request was answered with.
    pub fn answer(&self) -> String {
        String::from_utf8_lossy(&self.answer[..self.answered]).into_owned()
    }
}

/// Whether an answer has arrived with its body, which may be anything.
fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = std::str::from_utf8(&answer[..end]).unwrap_or_default();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.is_none_or(|length| length.parse() == Ok(answer.len() - end - 4))
}

/// The wait that `percent` of them did not exceed, in milliseconds. They must be sorted.
pub fn percentile_ms(waits: &[Duration], percent: usize) -> f64 {
    let index = (waits.len() * percent / 100).min(waits.len().saturating_sub(1));
    waits.get(index).map_or(f64::NAN, |wait| wait.as_secs_f64() * 1_000.0)
}
