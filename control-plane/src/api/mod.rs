//! The public HTTP API: routes, who may call them, and what goes in and out. Decides nothing about jobs or money.

mod admin;
mod auth;
mod credits;
mod download;
mod envelope;
mod error;
mod jobs;
pub mod openapi;
mod problem;
pub mod server;
mod upload;
mod video_request;
mod videos;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use tower_http::timeout::RequestBodyTimeoutLayer;

pub use admin::{Health, admin_router};
pub use error::ApiError;

use crate::domain::entropy::Entropy;
use crate::domain::link::LinkSigner;
use crate::domain::timestamp::Clock;
use crate::fetch::client::UrlPolicy;
use crate::keys::Vault;
use crate::limits;
use crate::store::{JobFiles, Store};

/// What requests are answered with.
pub struct Api {
    /// Durable state.
    pub store: Store,
    /// Files of jobs.
    pub files: JobFiles,
    /// Signs and checks download links.
    pub links: Arc<LinkSigner>,
    /// Seals webhook secrets.
    pub vault: Vault,
    /// What webhooks may reach.
    pub webhook_policy: UrlPolicy,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// Every public route.
pub fn router(api: Arc<Api>) -> Router {
    let routes = Router::new()
        .route("/api/v1/videos/from-json", post(videos::create_from_json))
        .route("/api/v1/jobs/{jobId}", get(jobs::show))
        .route("/api/v1/credits", get(credits::show))
        .route("/d/{jobId}/{file}", get(download::send))
        .with_state(Arc::clone(&api));
    enveloped(routes, api)
}

/// Adds what every answer has: a request id, problems as JSON, a caught panic, a limit on slow bodies.
fn enveloped(routes: Router, api: Arc<Api>) -> Router {
    routes
        .fallback(|| async { ApiError::NotFound })
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed })
        // Bodies are limited where they are read: uploads and JSON differ.
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyTimeoutLayer::new(limits::BODY_IDLE_WAIT))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(envelope::problem_from_panic))
        .layer(axum::middleware::from_fn_with_state(api, envelope::wrap))
}
