//! `GET /api/v1/jobs/{jobId}/events`: the life of a job as server-sent events.
//!
//! Each step has a number, by which a client that lost its connection goes on where it was (`Last-Event-ID`).
//! Progress has none: the latest is all there is. The stream pulls from the database, so that a client that does not
//! read makes nothing grow. It ends with the job.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::Stream;
use tokio::time::{Instant, timeout};

use super::auth::ApiCaller;
use super::segment::JobSegment;
use super::tally::TallyPermit;
use super::{Api, ApiError};
use crate::domain::ids::{AccountId, JobId};
use crate::domain::job::Progress;
use crate::domain::job_document::document_from_job;
use crate::domain::timestamp::Timestamp;
use crate::limits;
use crate::store::{Changes, EventRecord};

/// Reconnection time for clients, in milliseconds.
const RETRY: std::time::Duration = std::time::Duration::from_millis(3000);

/// Follows a job of the caller.
pub(super) async fn follow(
    State(api): State<Arc<Api>>,
    ApiCaller(caller): ApiCaller,
    JobSegment(id): JobSegment,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    followed(api, (caller.account_id, id), &headers).await
}

/// Streams the life of a job to its owner.
pub(super) async fn followed(
    api: Arc<Api>,
    (account_id, id): (AccountId, JobId),
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let permit = Arc::clone(&api.streams).take(account_id.clone()).ok_or(ApiError::TooManyStreams)?;
    let changes = api.store.changes();
    // The job is the caller's; what follows does not ask again.
    api.store.job_of_account(&id, &account_id).await?;
    let last_seq = last_event_id(headers)?;
    let follower = Follower {
        api,
        id,
        last_seq,
        changes,
        ready: VecDeque::new(),
        progress_at: Timestamp::from_unix_millis(0),
        ended: false,
        _permit: permit,
    };
    let answer = [
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // nginx would collect events until it has a buffer full.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    let stream = Sse::new(stream_from_follower(follower));
    Ok((answer, stream.keep_alive(KeepAlive::new().interval(limits::EVENT_KEEP_ALIVE))).into_response())
}

fn last_event_id(headers: &HeaderMap) -> Result<i64, ApiError> {
    let Some(value) = headers.get("last-event-id") else { return Ok(0) };
    let seq = value.to_str().ok().and_then(|text| text.parse().ok());
    seq.ok_or_else(|| ApiError::MalformedQuery("`Last-Event-ID` must be the `id` of an event".into()))
}

struct Follower {
    api: Arc<Api>,
    id: JobId,
    last_seq: i64,
    changes: Changes,
    ready: VecDeque<Event>,
    progress_at: Timestamp,
    ended: bool,
    _permit: TallyPermit<AccountId>,
}

fn stream_from_follower(follower: Follower) -> impl Stream<Item = Result<Event, Infallible>> {
    futures_util::stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok(event), follower))
    })
}

impl Follower {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.ended || self.api.stop.is_cancelled() {
                return None;
            }
            if let Err(error) = self.look().await {
                tracing::warn!(job = %self.id, error = error.to_string(), "an event stream breaks off");
                return None;
            }
            if self.ready.is_empty() {
                self.wait().await;
            }
        }
    }

    /// Reads what is new.
    async fn look(&mut self) -> Result<(), ApiError> {
        let mut job = self.api.store.job(&self.id).await?;
        let terminal = job.state.status.is_terminal();
        let records = self.api.store.events_after(&self.id, self.last_seq).await?;
        if !terminal && records.iter().any(is_end) {
            // It has ended between the two looks.
            job = self.api.store.job(&self.id).await?;
        }
        for record in records {
            self.last_seq = record.seq;
            let is_end = is_end(&record);
            let event = Event::default().event(&record.event).id(record.seq.to_string()).retry(RETRY);
            let event = if is_end {
                self.ended = true;
                event.json_data(document_from_job(&job, &self.api.links))
            } else {
                event.json_data(&record)
            };
            self.ready.push_back(event.map_err(|error| ApiError::Internal(error.into()))?);
        }
        // A client that has had the end gets nothing more.
        self.ended |= terminal;
        if let Some(progress) =
            job.progress.as_ref().filter(|_| !self.ended && job.updated_at > self.progress_at)
        {
            self.progress_at = job.updated_at;
            self.ready.push_back(progress_event(progress)?);
        }
        Ok(())
    }

    async fn wait(&mut self) {
        let changed = self.changes.of(&self.id);
        let begun = Instant::now();
        self.api.stop.run_until_cancelled(timeout(limits::CANCEL_POLL_INTERVAL, changed)).await;
        // Progress comes twice a second; a step that falls into the pause comes with it.
        if begun.elapsed() < limits::EVENT_PROGRESS_INTERVAL / 4 {
            tokio::time::sleep(limits::EVENT_PROGRESS_INTERVAL / 4).await;
        }
    }
}

fn is_end(record: &EventRecord) -> bool {
    matches!(record.event.as_str(), "job.completed" | "job.failed" | "job.cancelled")
}

fn progress_event(progress: &Progress) -> Result<Event, ApiError> {
    let event = Event::default().event("progress").json_data(progress);
    event.map_err(|error| ApiError::Internal(error.into()))
}
