//! A customer's website: a few pages on an origin of their own.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A port that nobody listens on at the moment. Not one that the system hands out: those it may give to an outgoing connection
/// of another test before the port is used, or while a collector is being restarted.
pub fn free_port() -> std::io::Result<u16> {
    const NOT_HANDED_OUT: std::ops::Range<u16> = 10_000..32_000;
    static NEXT: LazyLock<AtomicU16> = LazyLock::new(|| AtomicU16::new(rand::random_range(NOT_HANDED_OUT)));

    let mut refused = std::io::Error::other("no port was tried");
    for _ in 0..100 {
        // Counting up, so that no two tests of one process get the same.
        let count = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = NOT_HANDED_OUT.start + count % (NOT_HANDED_OUT.end - NOT_HANDED_OUT.start);
        match TcpListener::bind(("127.0.0.1", port)) {
            Ok(_) => return Ok(port),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

/// Serves pages by path, and whatever headers go with all of them. Anything else is 404.
pub struct Pages {
    port: u16,
    pages: Arc<Mutex<BTreeMap<String, String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Pages {
    pub async fn serve(headers: &'static str) -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let pages = Arc::new(Mutex::new(BTreeMap::new()));
        let served = Arc::clone(&pages);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&served), headers));
            }
        });
        Ok(Self { port, pages, task })
    }

    /// Puts a page at `path`, with `head` in its head.
    pub fn put(&self, path: &str, head: &str, body: &str) {
        let html = format!(
            "<!doctype html><html lang=en><head><meta charset=utf-8><title>{path}</title>{head}</head><body>{body}</body></html>"
        );
        self.pages.lock().expect("no test panics while it holds the pages").insert(path.to_owned(), html);
    }

    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    mut stream: TcpStream,
    pages: Arc<Mutex<BTreeMap<String, String>>>,
    headers: &str,
) -> std::io::Result<()> {
    let mut request = vec![0; 8192];
    let length = stream.read(&mut request).await?;
    let request = String::from_utf8_lossy(&request[..length]);
    let target = request.split(' ').nth(1).unwrap_or("/");
    let path = target.split('?').next().unwrap_or("/").to_owned();
    let page = pages.lock().expect("no test panics while it holds the pages").get(&path).cloned();
    let (status, body) = page.map_or(("404 Not Found", String::new()), |page| ("200 OK", page));
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await
}
