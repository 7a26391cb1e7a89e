//! A customer's website: a few pages on an origin of their own.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A port that nobody listens on at the moment. Not one that the system hands out: those it may give to an outgoing connection
/// of another test before the port is used, or while a collector is being restarted. Nor one that browsers refuse to open, of
/// which the last is 10080 (Fetch Standard, "port blocking").
pub fn free_port() -> std::io::Result<u16> {
    const NOT_HANDED_OUT: std::ops::Range<u16> = 10_081..32_000;
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

/// Something as it is served.
#[derive(Clone)]
struct Page {
    body: Vec<u8>,
    /// Whole lines of the answer's head, each with its end.
    headers: String,
}

/// Of scripts that stand in a page whatever its policy says.
pub(crate) const NONCE: &str = "peephole";

const HTML: &str = "Content-Type: text/html; charset=utf-8\r\n";

type Shelf = Arc<Mutex<BTreeMap<String, Page>>>;

/// Serves pages by path. Anything else is 404.
pub struct Pages {
    port: u16,
    headers: &'static str,
    /// Before everything else in every page's head.
    first: &'static str,
    shelf: Shelf,
    asked_for: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Pages {
    /// All pages go with the same headers, unless [`Self::put_under`] says otherwise.
    pub async fn serve(headers: &'static str) -> std::io::Result<Self> {
        Self::serve_beginning(headers, "").await
    }

    /// The same with something in every page's head before all else: a script with the nonce [`NONCE`].
    pub async fn serve_beginning(headers: &'static str, first: &'static str) -> std::io::Result<Self> {
        // Never one that another site of these tests had: its visitor's browser keeps what it knows by origin.
        let port = free_port()?;
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
        let shelf = Shelf::default();
        let served = Arc::clone(&shelf);
        let asked_for = Arc::<Mutex<Vec<String>>>::default();
        let noted = Arc::clone(&asked_for);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&served), Arc::clone(&noted)));
            }
        });
        Ok(Self { port, headers, first, shelf, asked_for, task })
    }

    /// Puts a page at `path`, with `head` in its head.
    pub fn put(&self, path: &str, head: &str, body: &str) {
        self.put_in("lang=en", path, head, body);
    }

    /// The same with other attributes of its topmost element.
    pub fn put_in(&self, attributes: &str, path: &str, head: &str, body: &str) {
        let page = page(attributes, path, &format!("{}{head}", self.first), body);
        self.shelve(path, page, format!("{HTML}{}", self.headers));
    }

    /// Puts a page under a Content-Security-Policy of its own.
    pub fn put_under(&self, policy: &str, path: &str, head: &str, body: &str) {
        let policy = if self.first.is_empty() || policy.contains("'unsafe-inline'") {
            policy.to_owned()
        } else {
            policy.replace("script-src", &format!("script-src 'nonce-{NONCE}'"))
        };
        let page = page("lang=en", path, &format!("{}{head}", self.first), body);
        self.shelve(path, page, format!("{HTML}Content-Security-Policy: {policy}\r\n"));
    }

    /// Puts something else at `path`, with its own headers.
    pub fn put_file(&self, path: &str, headers: &str, body: impl Into<Vec<u8>>) {
        self.shelve(path, body, format!("{headers}{}", self.headers));
    }

    fn shelve(&self, path: &str, body: impl Into<Vec<u8>>, headers: String) {
        let mut shelf = self.shelf.lock().expect("no test panics while it holds the pages");
        shelf.insert(path.to_owned(), Page { body: body.into(), headers });
    }

    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Whatever has been asked for since it began to serve: paths with their queries, whether there was something or not.
    pub fn asked_for(&self) -> Vec<String> {
        self.asked_for.lock().expect("no test panics while it holds the list").clone()
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn page(attributes: &str, path: &str, head: &str, body: &str) -> String {
    format!(
        "<!doctype html><html {attributes}><head><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <title>{path}</title>{head}</head><body>{body}</body></html>"
    )
}

async fn answer(mut stream: TcpStream, shelf: Shelf, asked_for: Arc<Mutex<Vec<String>>>) -> std::io::Result<()> {
    let Some(head) = read_request(&mut stream).await? else { return Ok(()) };
    let target = head.split(' ').nth(1).unwrap_or("/");
    asked_for.lock().expect("no test panics while it holds the list").push(target.to_owned());
    let path = target.split('?').next().unwrap_or("/");
    let page = shelf.lock().expect("no test panics while it holds the pages").get(path).cloned();
    let found = page.map(|page| ("200 OK", page));
    let (status, Page { body, headers }) =
        found.unwrap_or_else(|| ("404 Not Found", Page { body: Vec::new(), headers: HTML.to_owned() }));
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await
}

/// Reads a request to its end, so that the sender is never cut short; hands back its head. None where nobody asks: browsers open
/// connections in advance.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut request = Vec::new();
    let end_of_head = loop {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(None);
        }
        if let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8_lossy(&request[..end_of_head]).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    while request.len() < end_of_head + 4 + length.unwrap_or(0) && stream.read_buf(&mut request).await? > 0 {}
    Ok(Some(head))
}
