//! Answers as bytes: connections that stay open, with their requests ready but for the response ids. Under a load that one machine both
//! makes and bears, a client library would cost more than the collector.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::BROWSER;
use crate::site::TestSite;
use crate::visitor::{asked_a_minute_ago, batch};

/// A request that sends answers of new visitors each time.
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
        let body = batch(site.key(), &events);
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: localhost\r\nOrigin: {}\r\nUser-Agent: {BROWSER}\r\n\
             Content-Type: text/plain;charset=UTF-8\r\nContent-Length: {}\r\n\r\n",
            site.door.path(),
            site.door.origin(),
            body.len()
        );
        let text = [head, body].concat();
        let id_at = |visitor: &crate::Visitor| text.find(&visitor.response_id().to_string());
        let ids_at = visitors.iter().map(|visitor| id_at(visitor).context("the body names each response id"));
        Ok(Self { ids_at: ids_at.collect::<anyhow::Result<_>>()?, bytes: text.into_bytes() })
    }

    fn renew(&mut self) {
        for at in &self.ids_at {
            asked_a_minute_ago().hyphenated().encode_lower(&mut self.bytes[*at..]);
        }
    }
}

/// A connection that stays open.
pub struct RawConnection {
    stream: TcpStream,
    request: RawRequest,
    answer: Vec<u8>,
}

impl RawConnection {
    pub async fn open(site: &TestSite, request: RawRequest) -> anyhow::Result<Self> {
        let origin = site.collector.origin();
        let address = origin.strip_prefix("http://").context("the collector's origin is one of HTTP")?;
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, request, answer: vec![0; 4_096] })
    }

    /// Sends its request; tells the status that it was answered with, and how long that took.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn exchange(&mut self) -> anyhow::Result<(u16, Duration)> {
        self.request.renew();
        let sent = Instant::now();
        self.stream.write_all(&self.request.bytes).await?;
        let mut length = 0;
        while !is_whole(&self.answer[..length]) {
            let read = self.stream.read(&mut self.answer[length..]).await?;
            ensure!(read > 0, "the collector hung up");
            length += read;
        }
        let status = self.answer.get(9..12).and_then(|status| std::str::from_utf8(status).ok()?.parse().ok());
        Ok((status.context("an answer of HTTP begins with its status")?, sent.elapsed()))
    }

    /// What the last request was answered with.
    pub fn answer(&self) -> String {
        String::from_utf8_lossy(&self.answer).trim_end_matches('\0').to_owned()
    }
}

/// Whether an answer has arrived with its body.
fn is_whole(answer: &[u8]) -> bool {
    let text = std::str::from_utf8(answer).unwrap_or_default();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.is_none_or(|length| length.parse() == Ok(body.len()))
}

/// The wait that `percent` of them did not exceed, in milliseconds. They must be sorted.
pub fn percentile_ms(waits: &[Duration], percent: usize) -> f64 {
    let index = (waits.len() * percent / 100).min(waits.len().saturating_sub(1));
    waits.get(index).map_or(f64::NAN, |wait| wait.as_secs_f64() * 1_000.0)
}
