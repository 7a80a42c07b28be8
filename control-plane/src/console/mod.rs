//! The console: pages for people, made on the server, that work without scripts and are nicer with them.
//!
//! ```text
//!  cookie --> Viewer (who looks) --> page
//!  form   --> SentForm (session, CSRF token, fields) --> change --> 303 to a page
//! ```
//! Decides nothing about jobs or money: what a page changes goes through the same functions as the public API.

mod credits;
mod error_page;
mod files;
mod jobs;
mod operator;
mod page;
mod playground;
mod reference;
mod sign_in;
mod tokens;
mod viewer;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::response::Redirect;
use axum::routing::{get, post};

use crate::api::Api;

/// Every page.
pub fn routes() -> Router<Arc<Api>> {
    Router::new()
        .route("/", get(|| async { Redirect::to("/jobs") }))
        .route("/login", get(sign_in::show).post(sign_in::sign_in))
        .route("/logout", post(sign_in::sign_out))
        .route("/setup", get(sign_in::show_setup).post(sign_in::set_up))
        .route("/settings", get(|| async { Redirect::to("/settings/api") }))
        .route("/settings/api", get(tokens::show).post(tokens::create))
        .route("/settings/api/{tokenId}/rotate", post(tokens::rotate))
        .route("/settings/api/{tokenId}/revoke", post(tokens::revoke))
        .route("/settings/cli", get(tokens::show_device).post(tokens::decide_device))
        .route("/jobs", get(jobs::list))
        .route("/jobs/{jobId}", get(jobs::show))
        .route("/jobs/{jobId}/cancel", post(jobs::cancel))
        .route("/jobs/{jobId}/redeliver", post(jobs::redeliver))
        .route("/credits", get(credits::show))
        .route("/operator", get(|| async { Redirect::to("/operator/fleet") }))
        .route("/operator/fleet", get(operator::fleet))
        .route("/operator/accounts", get(operator::accounts).post(operator::create_account))
        .route("/operator/accounts/{accountId}/grant", post(operator::grant))
        .route("/operator/jobs/{jobId}", get(operator::project))
        .route("/playground", get(playground::show))
        .route("/docs", get(|| async { Redirect::to("/docs/api") }))
        .route("/docs/api", get(reference::show))
        .layer(from_fn(page::guarded))
        .route("/console/{version}/{file}", get(files::send))
}
