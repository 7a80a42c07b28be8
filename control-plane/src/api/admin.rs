//! `/livez` and `/readyz`, on a listener of their own.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use crate::store::Store;
use crate::workers::Workshop;

/// What readiness depends on.
#[derive(Clone)]
pub struct Health {
    /// Must be readable.
    pub store: Store,
    /// Its fleet must be able to start engines.
    pub workshop: Arc<Workshop>,
}

#[derive(Serialize)]
struct Readiness {
    database: bool,
    engines: bool,
}

/// The routes for operators.
pub fn admin_router(health: Health) -> Router {
    Router::new().route("/livez", get(|| async { "ok" })).route("/readyz", get(ready)).with_state(health)
}

async fn ready(State(health): State<Health>) -> (StatusCode, Json<Readiness>) {
    let readiness =
        Readiness { database: health.store.is_readable().await, engines: health.workshop.fleet.is_healthy() };
    let status = super::error::readiness_status(readiness.database && readiness.engines);
    (status, Json(readiness))
}
