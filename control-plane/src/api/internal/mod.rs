//! `/internal/v1`: what the console's own pages do. A session cookie says who, and every change carries the session's
//! CSRF token as well; bearer tokens mean nothing here.

pub(crate) mod devices;
pub(crate) mod session;
pub(crate) mod tokens;
mod videos;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};

use super::Api;

/// The routes of the console.
pub(super) fn routes() -> Router<Arc<Api>> {
    Router::new()
        .route("/internal/v1/session", get(session::show).post(session::sign_in).delete(session::sign_out))
        .route("/internal/v1/session/reauthenticate", post(session::reauthenticate))
        .route("/internal/v1/tokens", get(tokens::list).post(tokens::create))
        .route("/internal/v1/tokens/{tokenId}/rotate", post(tokens::rotate))
        .route("/internal/v1/tokens/{tokenId}", delete(tokens::revoke))
        .route("/internal/v1/devices/{userCode}", get(devices::show).post(devices::decide))
        .route("/internal/v1/jobs/{jobId}/events", get(tokens::follow))
        .route("/internal/v1/videos", post(videos::create))
        .route("/internal/v1/videos/validate", post(videos::validate))
        .route("/internal/v1/videos/still", post(videos::still))
        .route("/internal/v1/jobs/{jobId}/cancel", post(tokens::cancel_job))
        .route("/internal/v1/jobs/{jobId}/webhook/redeliver", post(tokens::redeliver))
}
