//! `GET /d/{jobId}/{file}`: the video, for whoever holds a signed link, whole or one range of it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    IF_RANGE, RANGE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Response, StatusCode, Uri};
use serde::Deserialize;

use super::{Api, ApiError};
use crate::domain::byte_range::{Selection, selection_from_header};
use crate::domain::ids::JobId;
use crate::domain::job_document::VIDEO_FILE_NAME;
use crate::domain::link::LinkClaim;

/// The query of a signed link.
#[derive(Deserialize)]
pub(super) struct LinkQuery {
    exp: Option<i64>,
    kid: Option<String>,
    sig: Option<String>,
}

/// Sends the file of a signed link.
pub(super) async fn send(
    State(api): State<Arc<Api>>,
    path: Result<Path<(String, String)>, PathRejection>,
    query: Result<Query<LinkQuery>, axum::extract::rejection::QueryRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let Ok(Query(LinkQuery { exp: Some(expires_at_secs), kid: Some(key_id), sig: Some(signature) })) = query
    else {
        return Err(ApiError::LinkRefused);
    };
    let claim = LinkClaim { expires_at_secs, key_id: &key_id, signature: &signature };
    if !api.links.accepts(uri.path(), claim, api.clock.now()) {
        return Err(ApiError::LinkRefused);
    }
    let Ok(Path((id, file))) = path else { return Err(ApiError::NotFound) };
    let id = JobId::parse(&id).filter(|_| file == VIDEO_FILE_NAME).ok_or(ApiError::NotFound)?;
    let job = api.store.job(&id).await?;
    let video = job.video.as_ref().ok_or(ApiError::NotFound)?;
    if job.expired_at.is_some() {
        return Err(ApiError::VideoExpired);
    }
    let etag = format!("\"{}\"", video.sha256);
    let video = SignedVideo { id, epoch: job.state.epoch, size_bytes: video.size_bytes, etag };
    video.respond(&api, &headers).await
}

struct SignedVideo {
    id: JobId,
    epoch: u32,
    size_bytes: u64,
    etag: String,
}

impl SignedVideo {
    async fn respond(self, api: &Api, headers: &HeaderMap) -> Result<Response<Body>, ApiError> {
        let mut response = Response::builder()
            .header(CONTENT_TYPE, "video/mp4")
            .header(CONTENT_DISPOSITION, format!("attachment; filename=\"{}.mp4\"", self.id))
            .header(ACCEPT_RANGES, "bytes")
            .header(CACHE_CONTROL, "private, no-transform")
            .header(ETAG, &self.etag)
            .header(REFERRER_POLICY, "no-referrer")
            .header(X_CONTENT_TYPE_OPTIONS, "nosniff");
        let (first, length_bytes) = match self.selection(headers) {
            Selection::Unsatisfiable => {
                return Err(ApiError::RangeNotSatisfiable { size_bytes: self.size_bytes });
            }
            Selection::Whole => (0, self.size_bytes),
            Selection::Part { first, last } => {
                let range = format!("bytes {first}-{last}/{}", self.size_bytes);
                response = response.status(StatusCode::PARTIAL_CONTENT).header(CONTENT_RANGE, range);
                (first, last - first + 1)
            }
        };
        let opened = api.objects.open_video((&self.id, self.epoch), first, length_bytes).await;
        let bytes = match opened {
            // The sweep removes files before it notes that they are gone.
            Err(error) if error.is_not_found() => return Err(ApiError::VideoExpired),
            opened => opened?,
        };
        let response = response.header(CONTENT_LENGTH, length_bytes).body(Body::from_stream(bytes));
        response.map_err(|error| ApiError::Internal(error.into()))
    }

    fn selection(&self, headers: &HeaderMap) -> Selection {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let unchanged = text(IF_RANGE).is_none_or(|etag| etag == self.etag);
        match text(RANGE) {
            Some(range) if unchanged => selection_from_header(range, self.size_bytes),
            _ => Selection::Whole,
        }
    }
}
