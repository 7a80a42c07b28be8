//! `GET /api/v1/jobs/{jobId}`: polling, with an optional wait for the end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, RETRY_AFTER};
use axum::response::{IntoResponse as _, Response};
use tokio::time::{Instant, timeout_at};

use super::auth::ApiCaller;
use super::{Api, ApiError};
use crate::domain::account::TokenOwner;
use crate::domain::ids::JobId;
use crate::domain::job::Job;
use crate::domain::job_document::document_from_job;
use crate::limits;

/// Pause that a polling client is asked to make.
const POLL_HINT: HeaderValue = HeaderValue::from_static("2");

/// Shows a job of the caller; with `?wait=SECONDS`, as soon as it has ended or the time is over.
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    ApiCaller(caller): ApiCaller,
    Path(id): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, ApiError> {
    let id = JobId::parse(&id).ok_or(ApiError::NotFound)?;
    let job = api.awaited_job(&caller, &id, wait_from_query(&query)?).await?;
    let mut headers = HeaderMap::from_iter([(CACHE_CONTROL, HeaderValue::from_static("no-store"))]);
    if !job.state.status.is_terminal() {
        headers.insert(RETRY_AFTER, POLL_HINT);
    }
    Ok((headers, Json(document_from_job(&job, &api.links))).into_response())
}

impl Api {
    async fn awaited_job(&self, caller: &TokenOwner, id: &JobId, wait: Duration) -> Result<Job, ApiError> {
        let until = Instant::now() + wait;
        // Subscribed before the first look, so that no change falls between the two.
        let mut changes = self.store.changes();
        loop {
            let job = self.store.job_of_account(id, &caller.account_id).await?;
            if job.state.status.is_terminal() || Instant::now() >= until {
                return Ok(job);
            }
            let changed = async {
                // Having lagged behind counts as a change.
                while changes.recv().await.is_ok_and(|changed| changed != *id) {}
            };
            // Time over: one last look.
            timeout_at(until, changed).await.ok();
        }
    }
}

fn wait_from_query(query: &BTreeMap<String, String>) -> Result<Duration, ApiError> {
    let Some(text) = query.get("wait") else { return Ok(Duration::ZERO) };
    let seconds = text.parse().ok().filter(|seconds| *seconds <= limits::POLL_WAIT_MAX_SECS);
    let most = limits::POLL_WAIT_MAX_SECS;
    let refused = || ApiError::MalformedQuery(format!("`wait` must be whole seconds from 0 to {most}"));
    seconds.map(Duration::from_secs).ok_or_else(refused)
}
