//! The application: everything put together, from the configuration to the last answer stored.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};
use tokio::net::TcpSocket;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;
use utoipa_actix_web::AppExt;

use crate::admin::setup::SetupKey;
use crate::admission::Admission;
use crate::admission::ticket::TicketKey;
use crate::api::{self, Document};
use crate::assets::Assets;
use crate::config::Config;
use crate::console;
use crate::counts;
use crate::deliver::country::CountryHeader;
use crate::disk::Disk;
use crate::documentation;
use crate::explain::token::WhyKey;
use crate::health::Health;
use crate::ingest::commit::CommitQueue;
use crate::limits::{self, Limits, SignInThrottle};
use crate::live::{SnapshotError, Watcher};
use crate::network::TrustedProxies;
use crate::origin::PublicUrl;
use crate::review::retention;
use crate::sockets::{self, Sockets};
use crate::store::{Store, StoreError};
use crate::telemetry::MetricsError;
use crate::views::Tally;
use crate::{problem, telemetry};

/// How many connections may wait to be accepted: a burst of visitors is not turned away.
const BACKLOG: u32 = 1_024;

/// How long open connections have to finish once the collector is told to stop, in seconds.
const SHUTDOWN_SECONDS: u64 = 5;

/// Why a collector did not start, or stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum ApplicationError {
    #[error("cannot listen on {address}: {reason}; {}, or give another with --listen", way_out(reason))]
    Listen { address: SocketAddr, reason: std::io::Error },
    #[error("{0} cannot be how browsers reach the collector; give --public-url")]
    PublicUrl(SocketAddr),
    #[error(
        "cannot serve metrics on {address}: {reason}; stop what uses the port, or give another with --metrics-listen"
    )]
    Metrics { address: SocketAddr, reason: MetricsError },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    #[error("serving ended: {0}")]
    Serving(#[from] std::io::Error),
}

/// What to do before an address is given up.
fn way_out(reason: &std::io::Error) -> &'static str {
    match reason.kind() {
        ErrorKind::PermissionDenied => "put a proxy in front of a port above 1023",
        ErrorKind::AddrNotAvailable => "take an address of this machine",
        _ => "stop what uses the port",
    }
}

/// What every worker shares.
#[derive(Clone)]
pub struct Shared {
    pub store: Data<Store>,
    pub live: Data<Watcher>,
    pub queue: Data<CommitQueue>,
    pub assets: Data<Assets>,
    pub public_url: Data<PublicUrl>,
    pub admission: Data<Admission>,
    pub limits: Data<Limits>,
    pub tickets: Data<TicketKey>,
    pub proxies: Data<TrustedProxies>,
    pub sign_ins: Data<SignInThrottle>,
    pub tally: Data<Tally>,
    pub why_key: Data<WhyKey>,
    pub setup_key: Data<SetupKey>,
    pub country: Data<CountryHeader>,
    pub health: Data<Health>,
}

/// A collector that is ready to serve.
pub struct Application {
    address: SocketAddr,
    public_url: PublicUrl,
    store: Arc<Store>,
    server: Server,
    writer: JoinHandle<Result<(), StoreError>>,
    tally: Arc<Tally>,
    health: Health,
    stop_signal: StopSignal,
    stop_notice: Duration,
}

impl Application {
    pub async fn build(config: Config) -> Result<Self, ApplicationError> {
        let stop_signal = StopSignal::listen()?;
        let listener = listen(config.listen)?;
        let address = listener.local_addr()?;
        let public_url = PublicUrl::new(match config.public_url {
            Some(origin) => origin,
            None => format!("http://{address}").parse().map_err(|_| ApplicationError::PublicUrl(address))?,
        });
        if let Some(address) = config.metrics_listen {
            telemetry::export_metrics(address).map_err(|reason| ApplicationError::Metrics { address, reason })?;
        }
        let disk = Disk::of(&config.database);
        let is_new = config.database.is_new_file();
        let store = Arc::new(Store::open(&config.database).await?);
        if is_new {
            tracing::info!("began a new database at {}", config.database);
        }
        let assets = Arc::new(Assets::load());
        let live = Watcher::start(store.clone(), assets.clone()).await?;
        let (queue, writer) = CommitQueue::start(store.clone(), config.commit_group);
        telemetry::watch(queue.room(), disk.clone());
        let health = Health::of(store.clone(), disk);
        let tally = Tally::start(store.clone());
        tokio::spawn(counts::keep_folding(store.clone()));
        tokio::spawn(retention::keep_forgetting(store.clone()));
        let (limits, sign_ins) = (Arc::new(Limits::new(config.rates)), Arc::<SignInThrottle>::default());
        tokio::spawn(limits::keep_forgetting(limits.clone(), sign_ins.clone()));
        let tickets = TicketKey::of(&store).await?;
        let shared = Shared {
            store: Data::from(store.clone()),
            admission: Data::new(Admission::new(live.clone(), limits.clone(), tickets.clone(), queue.room())),
            limits: Data::from(limits),
            tickets: Data::new(tickets),
            proxies: Data::new(TrustedProxies::new(&config.trusted_proxies)),
            sign_ins: Data::from(sign_ins),
            live: Data::new(live),
            queue: Data::new(queue),
            assets: Data::from(assets),
            public_url: Data::new(public_url.clone()),
            tally: Data::from(tally.clone()),
            why_key: Data::new(WhyKey::of(&store).await?),
            setup_key: Data::new(SetupKey::of(&store).await?),
            country: Data::new(CountryHeader(config.country_header)),
            health: Data::new(health.clone()),
        };
        let server = serve(listener, shared)?;
        let stop_notice = config.stop_notice;
        Ok(Self { address, public_url, store, server, writer, tally, health, stop_signal, stop_notice })
    }

    /// Where it really listens, also if it was told port 0.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn public_url(&self) -> &PublicUrl {
        &self.public_url
    }

    /// Where the first account can be made; nothing where somebody has one.
    pub async fn setup_link(&self) -> Result<Option<String>, ApplicationError> {
        let is_needed = self.store.has_no_account().await?;
        Ok(if is_needed { Some(SetupKey::of(&self.store).await?.link(&self.public_url)) } else { None })
    }

    /// Serves until Ctrl-C or SIGTERM; then finishes what is under way and stores what is queued.
    ///
    /// # Errors
    /// When the disk can no longer be trusted: nothing more is acknowledged, and the process should end.
    pub async fn run_until_stopped(self) -> Result<(), ApplicationError> {
        let Self { store, server, mut writer, tally, health, stop_signal, stop_notice, .. } = self;
        let handle = server.handle();
        let serving = tokio::spawn(server);
        let written = tokio::select! {
            () = notice_of_stopping(stop_signal, &health, stop_notice) => None,
            written = &mut writer => Some(written),
        };
        if let Some(written) = written {
            // The writer stops by itself only over a disk that does not keep what is written.
            handle.stop(false).await;
            return outcome_of(written);
        }
        finish(handle, serving).await?;
        // The last way into the queue went with the workers, so the writer stores what is left and stops.
        let written = writer.await;
        if let Err(error) = tally.store(&store).await {
            tracing::warn!(%error, "the last page views were not stored");
        }
        store.close().await;
        outcome_of(written)
    }
}

fn serve(listener: TcpListener, shared: Shared) -> Result<Server, ApplicationError> {
    let document = Data::new(Document::describe());
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(sockets::watch))
            .wrap(from_fn(telemetry::measure))
            .wrap(telemetry::requests())
            .app_data(shared.store.clone())
            .app_data(shared.live.clone())
            .app_data(shared.queue.clone())
            .app_data(shared.assets.clone())
            .app_data(shared.public_url.clone())
            .app_data(shared.admission.clone())
            .app_data(shared.limits.clone())
            .app_data(shared.tickets.clone())
            .app_data(shared.proxies.clone())
            .app_data(shared.sign_ins.clone())
            .app_data(shared.tally.clone())
            .app_data(shared.why_key.clone())
            .app_data(shared.setup_key.clone())
            .app_data(shared.country.clone())
            .app_data(shared.health.clone())
            .app_data(document.clone())
            .configure(problem::configure)
            .into_utoipa_app()
            .configure(api::configure)
            .into_app()
            .configure(documentation::configure)
            .default_service(web::to(console::deliver))
    });
    let workers = available_parallelism().map_or(1, NonZeroUsize::get);
    let (sockets, room) = (Sockets::default(), sockets::room());
    tokio::spawn(sockets.clone().keep_closing());
    let server = server
        .workers(workers)
        .max_connections(room.div_ceil(workers))
        .client_request_timeout(sockets::HEAD_WITHIN)
        .keep_alive(sockets::KEPT_ALIVE)
        .on_connect(move |connection, data| sockets.opened(connection, data));
    Ok(server.disable_signals().shutdown_timeout(SHUTDOWN_SECONDS).listen(listener)?.run())
}

/// Binds before anything else is made, so that a taken port is said at once, and the real one is known.
pub fn listen(address: SocketAddr) -> Result<TcpListener, ApplicationError> {
    let bind = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // A restart must not wait until connections of the one before are forgotten.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)?.into_std()
    };
    bind().map_err(|reason| ApplicationError::Listen { address, reason })
}

/// What asks the process to stop: Ctrl-C, or SIGTERM as service managers send it. Listened for from the beginning, so that nobody
/// who stops it right after it has begun kills it.
struct StopSignal {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignal {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn heard(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Waits until the process is asked to stop; then says so to balancers, and goes on serving until they have heard.
async fn notice_of_stopping(mut stop_signal: StopSignal, health: &Health, stop_notice: Duration) {
    stop_signal.heard().await;
    health.begin_to_stop();
    tokio::time::sleep(stop_notice).await;
}

async fn finish(handle: ServerHandle, serving: JoinHandle<std::io::Result<()>>) -> Result<(), ApplicationError> {
    handle.stop(true).await;
    match serving.await {
        Ok(served) => Ok(served?),
        Err(panicked) => Err(ApplicationError::Serving(panicked.into())),
    }
}

fn outcome_of(written: Result<Result<(), StoreError>, tokio::task::JoinError>) -> Result<(), ApplicationError> {
    match written {
        Ok(written) => Ok(written?),
        Err(panicked) => Err(ApplicationError::Serving(panicked.into())),
    }
}
