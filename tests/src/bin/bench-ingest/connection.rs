//! A connection that stays open, with its request ready but for the response id: a client library would cost more than the
//! collector.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::Value;
use tests::{BROWSER, TestSite, asked_a_minute_ago, batch};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Load;

pub struct Connection {
    stream: TcpStream,
    load: Load,
    request: Request,
    answer: Vec<u8>,
}

impl Connection {
    pub async fn open(site: &TestSite, load: Load) -> anyhow::Result<Self> {
        let origin = site.collector.origin();
        let address = origin.strip_prefix("http://").context("the collector's origin is one of HTTP")?;
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, load, request: Request::new(site, load)?, answer: vec![0; 4_096] })
    }

    /// Sends one answer of a new visitor; tells how long it took until it was acknowledged, or refused as it should be. None if it
    /// is to be sent again later.
    pub async fn exchange(&mut self) -> anyhow::Result<Option<Duration>> {
        asked_a_minute_ago().hyphenated().encode_lower(&mut self.request.bytes[self.request.id_at..]);
        let sent = Instant::now();
        self.stream.write_all(&self.request.bytes).await?;
        let mut length = 0;
        while !is_whole(&self.answer[..length]) {
            let read = self.stream.read(&mut self.answer[length..]).await?;
            ensure!(read > 0, "the collector hung up");
            length += read;
        }
        let answer = &self.answer[..length];
        // Whoever commits one by one may keep somebody waiting too long.
        if self.load == Load::Alone && answer.starts_with(b"HTTP/1.1 503") {
            return Ok(None);
        }
        ensure!(answer.starts_with(self.load.status()), "unexpected: {}", String::from_utf8_lossy(answer));
        Ok(Some(sent.elapsed()))
    }
}

impl Load {
    fn score(self) -> i64 {
        match self {
            Self::Durable | Self::Alone => 6,
            Self::Refused => 9,
        }
    }

    fn status(self) -> &'static [u8] {
        match self {
            Self::Durable | Self::Alone => b"HTTP/1.1 204",
            Self::Refused => b"HTTP/1.1 422",
        }
    }
}

struct Request {
    bytes: Vec<u8>,
    id_at: usize,
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
