//! `/api/v1/jobs`: asked about, listed, cancelled.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::time::{Instant, timeout_at};

use super::auth::ApiCaller;
use super::query::Query;
use super::segment::JobSegment;
use super::{Api, ApiError};
use crate::domain::ids::{AccountId, EventId, JobId};
use crate::domain::job::{Job, Mode};
use crate::domain::job_document::{JobDocument, document_from_job};
use crate::domain::lifecycle::JobStatus;
use crate::limits;
use crate::store::{Announcement, JobFilter};

/// Pause that a polling client is asked to make.
const POLL_HINT: HeaderValue = HeaderValue::from_static("2");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Shows a job of the caller; with `?wait=SECONDS`, as soon as it has ended or the time is over.
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    ApiCaller(caller): ApiCaller,
    JobSegment(id): JobSegment,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut query = Query::parse(query.as_deref())?;
    let wait_secs = query.number("wait", 0..=limits::POLL_WAIT_MAX_SECS)?.unwrap_or(0);
    query.finish()?;
    let job = api.awaited_job(&caller.account_id, &id, Duration::from_secs(wait_secs)).await?;
    let body = serde_json::to_vec(&document_from_job(&job, &api.links))
        .map_err(|error| ApiError::Internal(error.into()))?;
    let etag = format!("\"{}\"", hex::encode(&Sha256::digest(&body)[..12]));
    let mut answer = HeaderMap::from_iter([(CACHE_CONTROL, NO_STORE)]);
    answer.extend(HeaderValue::try_from(&etag).ok().map(|value| (ETAG, value)));
    if !job.state.status.is_terminal() {
        answer.insert(RETRY_AFTER, POLL_HINT);
    }
    let known = headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    if known {
        return Ok((StatusCode::NOT_MODIFIED, answer).into_response());
    }
    answer.insert(axum::http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok((answer, body).into_response())
}

/// A page of jobs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageDocument<'a> {
    jobs: Vec<JobDocument<'a>>,
    next_cursor: Option<String>,
}

/// Lists the caller's jobs, newest first.
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    ApiCaller(caller): ApiCaller,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let mut query = Query::parse(query.as_deref())?;
    let most = query.number("limit", 1..=limits::PAGE_JOBS_MAX as u64)?.unwrap_or(limits::PAGE_JOBS as u64);
    let filter = JobFilter {
        status: query.named("status", &JobStatus::ALL, JobStatus::name)?,
        mode: query.named("mode", &Mode::ALL, Mode::name)?,
        created_after: query.time("createdAfter")?,
        created_before: query.time("createdBefore")?,
        before_seq: query.text("cursor").map(|text| seq_from_cursor(&text)).transpose()?,
    };
    query.finish()?;
    let most = usize::try_from(most).unwrap_or(limits::PAGE_JOBS_MAX);
    let page = api.store.jobs_of_account(&caller.account_id, &filter, most).await?;
    let jobs = page.jobs.iter().map(|job| document_from_job(job, &api.links)).collect();
    let document = PageDocument { jobs, next_cursor: page.next_before_seq.map(cursor_from_seq) };
    Ok(([(CACHE_CONTROL, NO_STORE)], Json(document)).into_response())
}

/// Stops a job of the caller, wherever it is.
pub(super) async fn cancel(
    State(api): State<Arc<Api>>,
    ApiCaller(caller): ApiCaller,
    JobSegment(id): JobSegment,
) -> Result<Response, ApiError> {
    let job = api.cancelled_job(&caller.account_id, &id).await?;
    let ended = job.state.status.is_terminal();
    let status = if ended { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, [(CACHE_CONTROL, NO_STORE)], Json(document_from_job(&job, &api.links))).into_response())
}

impl Api {
    /// Cancels, and gives the worker of a running job a little time to let go.
    pub(crate) async fn cancelled_job(&self, account: &AccountId, id: &JobId) -> Result<Job, ApiError> {
        let announcement = Announcement { event_id: EventId::generate(&*self.entropy), links: &self.links };
        let now = self.clock.now();
        let job = self.store.cancel_job(id, account, &announcement, now).await?;
        if job.state.status.is_terminal() {
            return Ok(job);
        }
        self.awaited_job(account, id, limits::CANCEL_WAIT).await
    }

    /// Waits for the end of a job, at most for `wait` and until the server stops.
    pub(super) async fn awaited_job(
        &self,
        account: &AccountId,
        id: &JobId,
        wait: Duration,
    ) -> Result<Job, ApiError> {
        let until = Instant::now() + wait;
        // Subscribed before the first look, so that no change falls between the two.
        let mut changes = self.store.changes();
        loop {
            let job = self.store.job_of_account(id, account).await?;
            let over = Instant::now() >= until || self.stop.is_cancelled();
            if job.state.status.is_terminal() || over {
                return Ok(job);
            }
            // Notifications can be lost between machines: a look now and then makes up for it. Time over: one last look.
            let look_at = until.min(Instant::now() + limits::CANCEL_POLL_INTERVAL);
            self.stop.run_until_cancelled(timeout_at(look_at, changes.of(id))).await;
        }
    }
}

/// Opaque to callers, so that it can come to mean something else.
pub(crate) fn cursor_from_seq(seq: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("s{seq}"))
}

pub(crate) fn seq_from_cursor(cursor: &str) -> Result<i64, ApiError> {
    let seq = URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| std::str::from_utf8(&bytes).ok()?.strip_prefix('s')?.parse::<i64>().ok());
    seq.ok_or_else(|| ApiError::MalformedQuery("`cursor` must be the `nextCursor` of the page before".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_place_and_nothing_else_does() {
        assert_eq!(seq_from_cursor(&cursor_from_seq(77)).unwrap(), 77);
        for text in ["", "77", "czc3YQ", "%00"] {
            assert!(matches!(seq_from_cursor(text), Err(ApiError::MalformedQuery(_))), "{text}");
        }
    }
}
