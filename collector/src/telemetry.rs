//! Logs and metrics: what an operator sees.
//!
//! Neither ever holds a comment, a response id or a full address: a log outlives its purpose and travels.

use std::io::IsTerminal;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use clap::ValueEnum;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};
use tracing::Span;
use tracing::field::Empty;
use tracing_actix_web::{RootSpanBuilder, TracingLogger};
use tracing_subscriber::EnvFilter;

use crate::clock::UnixMs;
use crate::disk::Disk;
use crate::ingest::room::Room;
use crate::store::StoreError;

/// How often is measured what nobody reports: memory, free space, what is waiting.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Upper bounds of the classes in which durations are counted, in seconds: from a memory access to a sender's patience.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The same for items of one commit.
const ITEMS: &[f64] = &[1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 5_000.0];

/// How log lines are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Plain,
    /// For programs: one JSON object a line.
    Json,
}

/// Sends logs to stderr, from the level that `RUST_LOG` names; without it, what an operator should know of.
/// `RUST_LOG=collector=debug` adds a line for each request.
pub fn start_logging(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,collector=info"));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // It would tell on stderr that stderr cannot be written, and panic: where the log is on a disk that is full, the collector
        // must not end for that.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal());
    // A second start, in a test, keeps the first.
    let _ = match format {
        LogFormat::Plain => subscriber.try_init(),
        LogFormat::Json => subscriber.json().try_init(),
    };
}

/// Why metrics cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum MetricsError {
    #[error(transparent)]
    Listen(#[from] std::io::Error),
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// Lets Prometheus read the metrics, on a listener that is not the public's.
pub fn export_metrics(listen: SocketAddr) -> Result<(), MetricsError> {
    // The exporter would bind it later, and only log that it could not.
    drop(TcpListener::bind(listen)?);
    PrometheusBuilder::new()
        .with_http_listener(listen)
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Full("pagepoll_commit_items".to_owned()), ITEMS)?
        .install()?;
    describe();
    Ok(())
}

fn describe() {
    describe_counter!("pagepoll_items_total", "Items that visitors sent, by how each ended");
    describe_counter!("pagepoll_page_views_total", "Page views that told of themselves, by how each ended");
    describe_counter!("pagepoll_database_errors_total", "Failures of the database, by their kind");
    describe_counter!("pagepoll_http_requests_total", "Requests, by method, route and status");
    describe_histogram!(
        "pagepoll_http_request_duration_seconds",
        Unit::Seconds,
        "From a request's head to its answer's"
    );
    describe_histogram!("pagepoll_commit_items", "Items that were committed together");
    describe_histogram!(
        "pagepoll_commit_duration_seconds",
        Unit::Seconds,
        "How long a commit took, until it was on disk"
    );
    describe_gauge!("pagepoll_queue_items", "Items that wait to be committed");
    describe_gauge!("pagepoll_disk_free_bytes", Unit::Bytes, "Free space where the database is");
    describe_gauge!("pagepoll_snapshot_timestamp_seconds", Unit::Seconds, "When what is published was last looked at");
    describe_gauge!("pagepoll_build_info", "1; the label says which version runs");
    metrics_process::Collector::default().describe();
}

/// Keeps measuring what nobody reports, as long as the process lives.
pub fn watch(room: Room, disk: Disk) {
    gauge!("pagepoll_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    tokio::spawn(async move {
        let process = metrics_process::Collector::default();
        loop {
            process.collect();
            gauge!("pagepoll_queue_items").set(room.waiting() as f64);
            if let Some(free) = disk.free_bytes() {
                gauge!("pagepoll_disk_free_bytes").set(free as f64);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    });
}

/// Counts a failure of the database.
pub fn count_failure(error: &StoreError) {
    counter!("pagepoll_database_errors_total", "kind" => error.kind()).increment(1);
}

/// What is served was what is published, at this moment.
pub fn snapshot_is_fresh(now: UnixMs) {
    gauge!("pagepoll_snapshot_timestamp_seconds").set(now as f64 / 1_000.0);
}

/// Middleware that measures each request, by the template of its route: an address would say what somebody looked at.
pub async fn measure<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let began = Instant::now();
    let method = method_name(request.method());
    let route = request.match_pattern().unwrap_or_else(|| "(none)".to_owned());
    let answered = next.call(request).await;
    let status = match &answered {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    let took = began.elapsed();
    let labels = [("method", method.to_owned()), ("route", route.clone())];
    histogram!("pagepoll_http_request_duration_seconds", &labels).record(took);
    counter!("pagepoll_http_requests_total", "method" => method, "route" => route.clone(), "status" => status.as_str().to_owned())
        .increment(1);
    tracing::debug!(method, route, status = status.as_u16(), duration_ms = took.as_secs_f64() * 1_000.0, "answered");
    answered
}

/// Methods that somebody makes up are one, so that they do not make the metrics grow.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Middleware that follows each request.
pub fn requests() -> TracingLogger<RequestSpan> {
    TracingLogger::new()
}

/// A request in the log: its route and its status, and not its address.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        // Debug, so that nothing is made for each request of a busy collector unless somebody looks.
        tracing::debug_span!(
            "request",
            method = %request.method(),
            route = request.match_pattern().unwrap_or_default(),
            status = Empty,
        )
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, actix_web::Error>) {
        let status = match outcome {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        span.record("status", status.as_u16());
    }
}
