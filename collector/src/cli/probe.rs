//! `pagepoll probe`: asks a collector on this machine whether it lives, or whether it is ready. For containers, whose image has
//! nothing else to ask with.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;

/// How long the answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The most of an answer that is of interest, in bytes.
const MOST: u64 = 4_096;

#[derive(Args)]
pub struct Options {
    /// Where it listens
    #[arg(long, env = "PAGEPOLL_LISTEN", default_value = "127.0.0.1:8700")]
    listen: SocketAddr,
    /// Ask whether it should be sent visitors, and not only whether it lives
    #[arg(long)]
    ready: bool,
}

pub fn run(Options { listen, ready }: &Options) -> anyhow::Result<()> {
    let address = reachable(*listen);
    let path = if *ready { "/readyz" } else { "/healthz" };
    let answer = ask(address, path).with_context(|| format!("nothing answers at http://{address}{path}"))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    match head.split(' ').nth(1) {
        Some("200") => {
            println!("{body}");
            Ok(())
        }
        status => bail!("http://{address}{path} answers {}: {body}", status.unwrap_or("nonsense")),
    }
}

/// Who listens everywhere is found here.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn ask(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(MOST).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
