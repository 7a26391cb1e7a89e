//! Sockets: how many there may be at once, and how long each may take over what.
//!
//! A head arrives within 5 seconds, a body within 10 as a whole, and a connection on which nothing moves for a minute is
//! closed. actix watches over the first head of a connection alone, so the last rule stands here: it is also for those who are
//! slow with their second request, or with reading an answer.

use std::net::{Shutdown, TcpStream as Socket};
use std::os::fd::AsFd;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use std::{any::Any, io};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Extensions, Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::middleware::Next;
use actix_web::rt::net::TcpStream;
use actix_web::web::Bytes;
use actix_web::{Error, HttpMessage};
use futures_util::{Stream, StreamExt, stream};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How long the first head on a connection may take.
pub const HEAD_WITHIN: Duration = Duration::from_secs(5);

/// How long a body may take, from when somebody begins to read it. 32 KiB come over 26 kbit/s in that time.
pub const ARRIVES_WITHIN: Duration = Duration::from_secs(10);

/// How long a connection is kept for another request.
pub const KEPT_ALIVE: Duration = Duration::from_secs(15);

/// After how long a connection on which nothing moves is closed.
const STALLED_AFTER: Duration = Duration::from_secs(60);

/// How often that is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The most connections at once, of all workers together; any more wait to be accepted.
pub const MOST: usize = 16_384;

/// What files and the database may need beside connections, each of which takes two descriptors: its own, and ours to close it by.
const OTHER_FILES: u64 = 512;

/// Lets the process open as many files as it may, and tells how many connections that is enough for.
pub fn room() -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = MOST as u64 * 2 + OTHER_FILES;
    let allowed = maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let opened = match current {
        Some(current) if current < allowed => {
            let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(allowed), maximum });
            if raised.is_ok() { allowed } else { current }
        }
        _ => wanted,
    };
    let room = usize::try_from(opened.saturating_sub(OTHER_FILES) / 2).unwrap_or(MOST).clamp(64, MOST);
    if room < MOST {
        tracing::warn!(
            connections = room,
            "this process may open {opened} files, so it takes that many connections at once; raise the limit (LimitNOFILE, \
             ulimit -n) to {wanted} for {MOST}",
        );
    }
    room
}

/// Every connection that is open.
#[derive(Clone, Default)]
pub struct Sockets {
    open: Arc<Mutex<Vec<Weak<Watched>>>>,
}

/// A connection, and when something last moved on it.
struct Watched {
    /// A second handle on it. Goes with the connection, so that it does not stay open for us.
    socket: Socket,
    opened: Instant,
    /// In milliseconds since it was opened.
    moved_at: AtomicU64,
    /// How many handlers are at work for it. They have limits of their own.
    busy: AtomicU64,
}

impl Watched {
    fn moves(&self) {
        self.moved_at.store(self.opened.elapsed().as_millis() as u64, Ordering::Relaxed);
    }

    fn is_stalled(&self) -> bool {
        // Something may move between the two readings.
        let since = (self.opened.elapsed().as_millis() as u64).saturating_sub(self.moved_at.load(Ordering::Relaxed));
        self.busy.load(Ordering::Relaxed) == 0 && since > STALLED_AFTER.as_millis() as u64
    }
}

impl Sockets {
    /// Begins to watch over a connection. To be called by the server as it is accepted.
    pub fn opened(&self, connection: &dyn Any, data: &mut Extensions) {
        let Some(connection) = connection.downcast_ref::<TcpStream>() else { return };
        // Without a handle it is not watched; so it is where files are short.
        let Ok(socket) = connection.as_fd().try_clone_to_owned() else { return };
        let (moved_at, busy) = (AtomicU64::new(0), AtomicU64::new(0));
        let watched = Arc::new(Watched { socket: socket.into(), opened: Instant::now(), moved_at, busy });
        self.lock().push(Arc::downgrade(&watched));
        data.insert(watched);
    }

    /// Closes what stalls, for as long as anybody else holds the sockets.
    pub async fn keep_closing(self) {
        while Arc::strong_count(&self.open) > 1 {
            tokio::time::sleep(LOOK_EVERY).await;
            self.lock().retain(|watched| {
                let Some(watched) = watched.upgrade() else { return false };
                if watched.is_stalled() {
                    // The server sees its end, and drops it.
                    let _ = watched.socket.shutdown(Shutdown::Both);
                }
                true
            });
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Weak<Watched>>> {
        // A panic elsewhere leaves a list behind that is still one.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Middleware: notes that something moves on the connection of a request, and lets no body arrive for ever.
pub async fn watch(mut request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse<MovingBody>, Error> {
    let watched = request.conn_data::<Arc<Watched>>().cloned();
    let payload = request.take_payload();
    request.set_payload(in_time(payload));
    let work = watched.as_ref().map(|watched| Work::begin(watched.clone()));
    let response = next.call(request).await;
    drop(work);
    Ok(response?.map_body(|_, body| MovingBody { body, watched }))
}

/// A handler at work: until it is dropped, however that comes.
struct Work(Arc<Watched>);

impl Work {
    fn begin(watched: Arc<Watched>) -> Self {
        watched.busy.fetch_add(1, Ordering::Relaxed);
        Self(watched)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.0.moves();
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The same body; but a handler that waits for it longer than it may take is told so.
fn in_time(payload: Payload) -> Payload {
    if matches!(payload, Payload::None) {
        return payload;
    }
    // Begins when somebody begins to read.
    let deadline: Option<Pin<Box<tokio::time::Sleep>>> = None;
    let timed = stream::unfold((payload, deadline), |(mut payload, deadline)| async move {
        let mut deadline = deadline.unwrap_or_else(|| Box::pin(tokio::time::sleep(ARRIVES_WITHIN)));
        let chunk = tokio::select! {
            chunk = payload.next() => chunk?,
            () = &mut deadline => Err(PayloadError::Io(io::ErrorKind::TimedOut.into())),
        };
        Some((chunk, (payload, Some(deadline))))
    });
    let timed: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> = Box::pin(timed);
    Payload::Stream { payload: timed }
}

/// An answer on its way out: whoever reads it, however slowly, moves.
pub struct MovingBody {
    body: BoxBody,
    watched: Option<Arc<Watched>>,
}

impl MessageBody for MovingBody {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.get_mut();
        if let Some(watched) = &this.watched {
            watched.moves();
        }
        Pin::new(&mut this.body).poll_next(context)
    }

    fn try_into_bytes(self) -> Result<Bytes, Self> {
        let Self { body, watched } = self;
        body.try_into_bytes().map_err(|body| Self { body, watched })
    }
}
