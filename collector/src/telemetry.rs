//! Logs and metrics: what an operator sees.
//!
//! Neither ever holds a comment, a response id or a full address: a log outlives its purpose and travels.

use std::io::IsTerminal;
use std::net::SocketAddr;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use clap::ValueEnum;
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder};
use tracing::Span;
use tracing::field::Empty;
use tracing_actix_web::{RootSpanBuilder, TracingLogger};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

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
        .with_ansi(std::io::stderr().is_terminal())
        .with_span_events(FmtSpan::CLOSE);
    // A second start, in a test, keeps the first.
    let _ = match format {
        LogFormat::Plain => subscriber.try_init(),
        LogFormat::Json => subscriber.json().try_init(),
    };
}

/// Lets Prometheus read the metrics, on a listener that is not the public's.
pub fn export_metrics(listen: SocketAddr) -> Result<(), BuildError> {
    PrometheusBuilder::new().with_http_listener(listen).install()
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
