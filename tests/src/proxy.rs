//! A network between the collector and its database: it can be slow, stand still, refuse, or break in the middle of something.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    ToServer,
    ToClient,
}

/// What becomes of whatever is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weather {
    Fine,
    /// Nobody listens, and whoever was connected is cut off.
    Refusing,
    /// Connections stay open, and nothing comes through.
    Still,
    /// Each piece of data takes so much longer.
    Slow {
        to_server: Duration,
        to_client: Duration,
    },
}

/// Stands before a server. Ends with the value.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    server: SocketAddr,
    weather: watch::Sender<Weather>,
    /// How often all connections have been cut.
    cuts: watch::Sender<u64>,
    /// How many bytes still come through in a direction until everything is cut.
    left: Mutex<Option<(Direction, usize)>>,
}

impl Proxy {
    /// Stands before the server at a port of this machine.
    pub async fn before(port: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", crate::free_port()?)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            server: SocketAddr::from(([127, 0, 0, 1], port)),
            weather: watch::Sender::new(Weather::Fine),
            cuts: watch::Sender::new(0),
            left: Mutex::new(None),
        });
        let task = tokio::spawn(Arc::clone(&shared).listen(listener, address));
        Ok(Self { address, shared, task })
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn set(&self, weather: Weather) {
        self.shared.weather.send_replace(weather);
        if weather == Weather::Refusing {
            self.cut();
        }
    }

    /// Cuts off whoever is connected; who comes again is let through.
    pub fn cut(&self) {
        self.shared.cut();
    }

    /// Cuts off whoever is connected once so many more bytes have gone in a direction.
    pub fn cut_after(&self, direction: Direction, bytes: usize) {
        *self.shared.left() = Some((direction, bytes));
    }

    /// Nothing is cut any more.
    pub fn flow_freely(&self) {
        *self.shared.left() = None;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.cut();
    }
}

impl Shared {
    fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    fn left(&self) -> std::sync::MutexGuard<'_, Option<(Direction, usize)>> {
        self.left.lock().expect("nobody panics while it counts")
    }

    async fn listen(self: Arc<Self>, listener: TcpListener, address: SocketAddr) {
        let mut listener = Some(listener);
        let mut weather = self.weather.subscribe();
        loop {
            if *weather.borrow_and_update() == Weather::Refusing {
                listener = None;
            } else if listener.is_none() {
                listener = TcpListener::bind(address).await.ok();
            }
            match &listener {
                Some(listening) => tokio::select! {
                    Ok((client, _)) = listening.accept() => { tokio::spawn(Arc::clone(&self).join(client)); }
                    _ = weather.changed() => {}
                },
                // Also where the port could not be taken again at once.
                None => tokio::select! {
                    _ = weather.changed() => {}
                    () = sleep(Duration::from_millis(50)) => {}
                },
            }
        }
    }

    async fn join(self: Arc<Self>, client: TcpStream) {
        let mut cuts = self.cuts.subscribe();
        let piped = async {
            let server = TcpStream::connect(self.server).await.ok()?;
            // What is small goes at once, as it would without anybody in between.
            let _ = (client.set_nodelay(true), server.set_nodelay(true));
            let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
            tokio::select! {
                ended = self.pump(from_client, to_server, Direction::ToServer) => ended,
                ended = self.pump(from_server, to_client, Direction::ToClient) => ended,
            }
        };
        tokio::select! {
            _ = piped => {}
            _ = cuts.changed() => {}
        }
    }

    /// Passes on what comes in one direction; ends with the connection.
    async fn pump(&self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, direction: Direction) -> Option<()> {
        let mut weather = self.weather.subscribe();
        let mut piece = vec![0; 16 * 1_024];
        loop {
            let length = from.read(&mut piece).await.unwrap_or(0);
            // Not even the end of a connection comes through before.
            let now = *weather.wait_for(|weather| *weather != Weather::Still).await.ok()?;
            if length == 0 {
                return None;
            }
            if let Weather::Slow { to_server, to_client } = now {
                sleep(if direction == Direction::ToServer { to_server } else { to_client }).await;
            }
            let passed = self.passes(direction, length);
            to.write_all(&piece[..passed]).await.ok()?;
            if passed < length {
                self.cut();
                return None;
            }
        }
    }

    /// How much of a piece still comes through.
    fn passes(&self, direction: Direction, length: usize) -> usize {
        let mut left = self.left();
        match *left {
            Some((counted, bytes)) if counted == direction && bytes < length => {
                *left = None;
                bytes
            }
            Some((counted, bytes)) if counted == direction => {
                *left = Some((counted, bytes - length));
                length
            }
            _ => length,
        }
    }
}
