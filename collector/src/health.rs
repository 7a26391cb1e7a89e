//! Health: whether this collector lives, and whether it should be sent visitors. For balancers, containers and whoever is woken.
//!
//! *Alive* is a process that answers; to restart it would help if it did not. *Ready* is one that could store an answer now: a
//! balancer sends visitors elsewhere while it could not, and nobody restarts anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::disk::Disk;
use crate::store::Store;

/// How long the database may take to answer whoever asks whether it does.
const PATIENCE: Duration = Duration::from_secs(1);

/// What it takes to be ready.
#[derive(Clone)]
pub struct Health {
    store: Arc<Store>,
    disk: Disk,
    is_stopping: Arc<AtomicBool>,
}

impl Health {
    pub fn of(store: Arc<Store>, disk: Disk) -> Self {
        Self { store, disk, is_stopping: Arc::default() }
    }

    /// From now on nobody should send it visitors.
    pub fn begin_to_stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    /// Everything that keeps it from storing an answer now.
    async fn wrongs(&self) -> Vec<Wrong> {
        let mut wrongs = Vec::new();
        if self.is_stopping.load(Ordering::Relaxed) {
            wrongs.push(wrong("stopping", "it was told to stop"));
        }
        match tokio::time::timeout(PATIENCE, self.store.is_usable()).await {
            Ok(Ok(())) => {}
            // Whoever asks need not be of the house: the log says more.
            Ok(Err(error)) => {
                tracing::warn!(%error, "not ready: the database does not answer");
                wrongs.push(wrong("database", "it answers with an error; the log says which"));
            }
            Err(_) => wrongs.push(wrong("database", "it does not answer within a second")),
        }
        if self.disk.is_nearly_full() {
            wrongs.push(wrong("disk", "nearly no space is left for the database"));
        }
        wrongs
    }
}

/// Whether a collector should be sent visitors.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    ready: bool,
    /// What keeps it from it.
    wrong: Vec<Wrong>,
}

/// One thing that keeps a collector from being ready.
#[derive(Debug, Serialize, ToSchema)]
pub struct Wrong {
    /// `stopping`, `database` or `disk`.
    what: &'static str,
    reason: &'static str,
}

fn wrong(what: &'static str, reason: &'static str) -> Wrong {
    Wrong { what, reason }
}

/// Whether the collector lives: it answers.
#[utoipa::path(tag = "about", responses((status = 200, body = String)))]
#[get("/healthz")]
pub async fn alive() -> &'static str {
    "ok"
}

/// Whether the collector should be sent visitors: it could store an answer now.
#[utoipa::path(
    tag = "about",
    responses((status = 200, body = Readiness), (status = 503, description = "It says what is wrong", body = Readiness))
)]
#[get("/readyz")]
pub async fn ready(health: Data<Health>) -> HttpResponse {
    let wrong = health.wrongs().await;
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let readiness = Readiness { ready: wrong.is_empty(), wrong };
    HttpResponse::build(status).insert_header((CACHE_CONTROL, "no-store")).json(readiness)
}
