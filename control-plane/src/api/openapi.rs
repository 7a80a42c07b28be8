//! `GET /api/v1/openapi.json`: the contract, as committed.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;

/// The document, byte for byte as it is in the repository.
pub const OPENAPI_JSON: &str = include_str!("../../openapi.json");

/// Sends the document.
pub(super) async fn show() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "public, max-age=300")], OPENAPI_JSON)
}
