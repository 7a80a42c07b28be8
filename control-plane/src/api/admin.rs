//! `/livez`, `/readyz` and `/metrics`, on a listener of their own.

use std::sync::Arc;

use avs_protocol::SandboxReport;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;

use crate::limits;
use crate::telemetry;
use crate::workers::Workshop;

/// What readiness depends on.
#[derive(Clone)]
pub struct Health {
    /// Its store must take writes, its fleet must be able to start engines, its disk must have room.
    pub workshop: Arc<Workshop>,
    /// True where this process runs jobs.
    pub runs_jobs: bool,
    /// Everything that is counted.
    pub metrics: PrometheusHandle,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Readiness {
    ready: bool,
    database: bool,
    engines: bool,
    disk: bool,
    /// What confines the engine that was started last; null until one was.
    sandbox: Option<SandboxReport>,
    /// What stands in the way, in words.
    reasons: Vec<String>,
}

/// The routes for operators.
pub fn admin_router(health: Health) -> Router {
    Router::new()
        .route("/livez", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(|State(health): State<Health>| async move { health.metrics.render() }))
        .with_state(health)
}

async fn ready(State(health): State<Health>) -> (StatusCode, Json<Readiness>) {
    let Workshop { store, fleet, objects, .. } = &*health.workshop;
    let mut reasons = Vec::new();
    let database = store.check().await;
    if let Err(error) = &database {
        reasons.push(format!("the database takes no writes: {}", telemetry::chain(error)));
    }
    let engines = !health.runs_jobs || fleet.is_healthy();
    if !engines {
        reasons.push("engines do not start, or crash one after the other; see the log".to_owned());
    }
    let free_bytes = crate::system::free_bytes(objects.local().root());
    let disk = free_bytes.is_ok_and(|bytes| bytes >= limits::FREE_DISK_BYTES_MIN);
    if !disk {
        reasons.push("the disk of the data directory is full or read-only".to_owned());
    }
    let ready = reasons.is_empty();
    let readiness =
        Readiness { ready, database: database.is_ok(), engines, disk, sandbox: fleet.sandbox(), reasons };
    (super::error::readiness_status(ready), Json(readiness))
}
