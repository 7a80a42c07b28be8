//! The public HTTP API: routes, who may call them, and what goes in and out. Decides nothing about jobs or money.

mod admin;
mod auth;
mod body_pace;
mod cli_auth;
mod credits;
mod download;
mod envelope;
mod error;
mod events;
mod guesses;
mod idempotency;
pub(crate) mod internal;
pub(crate) mod jobs;
pub mod openapi;
pub(crate) mod problem;
mod query;
mod rate;
pub(crate) mod segment;
pub mod server;
mod tally;
mod upload;
mod video_request;
mod videos;
mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower_http::timeout::RequestBodyTimeoutLayer;

pub use admin::{Health, admin_router};
pub use error::ApiError;
pub use rate::Rates;
pub use server::{ClientWaits, ServerTiming};

use self::guesses::Guesses;
use self::rate::Touches;
use self::tally::Tally;
use crate::domain::credits::Billing;
use crate::domain::entropy::Entropy;
use crate::domain::ids::AccountId;
use crate::domain::link::LinkSigner;
use crate::domain::timestamp::Clock;
use crate::fetch::client::UrlPolicy;
use crate::keys::Vault;
use crate::limits;
use crate::objects::Objects;
use crate::store::Store;
use crate::workers::Workshop;

/// How much callers may do, as the operator has it.
#[derive(Debug, Clone, Copy)]
pub struct ApiLimits {
    /// Open jobs of one account.
    pub open_jobs_max: i64,
    /// Between two pieces of a body.
    pub body_idle_wait: Duration,
}

/// What requests are answered with.
pub struct Api {
    /// Durable state.
    pub store: Store,
    /// Inputs and videos of jobs.
    pub objects: Objects,
    /// Looks into the files of dry runs.
    pub workshop: Arc<Workshop>,
    /// Signs and checks download links.
    pub links: Arc<LinkSigner>,
    /// Seals webhook secrets.
    pub vault: Vault,
    /// What webhooks may reach.
    pub webhook_policy: UrlPolicy,
    /// Whether jobs cost anything.
    pub billing: Billing,
    /// How much callers may do.
    pub limits: ApiLimits,
    /// How often callers may ask.
    pub rates: Rates,
    /// Ends what waits, when the server stops.
    pub stop: CancellationToken,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Opens the first account of an installation without passwords, once.
    pub setup_key: Option<String>,
    /// What requests share while the server lives.
    pub shared: Shared,
}

/// Counters that requests share.
pub struct Shared {
    streams: Arc<Tally<AccountId>>,
    touches: Arc<Touches>,
    pub(crate) guesses: Guesses,
    previews: Semaphore,
    passwords: Semaphore,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            streams: Arc::new(Tally::new(limits::EVENT_STREAMS_MAX)),
            touches: Arc::default(),
            guesses: Guesses::default(),
            previews: Semaphore::new(limits::PREVIEWS_AT_ONCE_MAX),
            passwords: Semaphore::new(limits::PASSWORDS_AT_ONCE_MAX),
        }
    }
}

impl std::ops::Deref for Api {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

/// Every public route, and those of `pages`.
pub fn router(api: Arc<Api>, pages: Router<Arc<Api>>) -> Router {
    let routes = Router::new()
        .route("/api/v1/videos/from-json", post(videos::create_from_json))
        .route("/api/v1/videos/from-prompt", post(videos::create_from_prompt))
        .route("/api/v1/videos/validate", post(videos::validate))
        .route("/api/v1/jobs", get(jobs::list))
        .route("/api/v1/jobs/{jobId}", get(jobs::show))
        .route("/api/v1/jobs/{jobId}/cancel", post(jobs::cancel))
        .route("/api/v1/jobs/{jobId}/events", get(events::follow))
        .route("/api/v1/jobs/{jobId}/webhook/deliveries", get(webhooks::deliveries))
        .route("/api/v1/jobs/{jobId}/webhook/redeliver", post(webhooks::redeliver))
        .route("/api/v1/credits", get(credits::show))
        .route("/api/v1/openapi.json", get(openapi::show))
        .route("/d/{jobId}/{file}", get(download::send))
        .route("/cli/auth/device", post(cli_auth::begin))
        .route("/cli/auth/token", post(cli_auth::poll))
        .route("/cli/v1/whoami", get(cli_auth::whoami))
        .route("/cli/v1/logout", post(cli_auth::log_out))
        .merge(internal::routes())
        .merge(pages)
        .with_state(Arc::clone(&api));
    enveloped(routes, api)
}

/// Adds what every answer has: a request id, problems as JSON, a caught panic, a limit on slow bodies.
fn enveloped(routes: Router, api: Arc<Api>) -> Router {
    let body_idle_wait = api.limits.body_idle_wait;
    routes
        .fallback(|| async { ApiError::NotFound })
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed })
        // Bodies are limited where they are read: uploads and JSON differ.
        .layer(DefaultBodyLimit::disable())
        .layer(axum::middleware::map_request(move |request: Request| async move {
            request.map(|body| body_pace::paced(body, body_idle_wait))
        }))
        .layer(RequestBodyTimeoutLayer::new(body_idle_wait))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(envelope::problem_from_panic))
        .layer(axum::middleware::from_fn_with_state(api, envelope::wrap))
}
