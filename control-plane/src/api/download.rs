//! `GET /d/{jobId}/{file}`: the video, for whoever holds a signed link, whole or one range of it.

use std::io::SeekFrom;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    IF_RANGE, RANGE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Response, StatusCode, Uri};
use serde::Deserialize;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::{Api, ApiError};
use crate::domain::byte_range::{Selection, selection_from_header};
use crate::domain::ids::JobId;
use crate::domain::job_document::VIDEO_FILE_NAME;
use crate::domain::link::LinkClaim;

const CHUNK_BYTES: usize = 64 << 10;

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
    Path((id, file)): Path<(String, String)>,
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
    let id = JobId::parse(&id).filter(|_| file == VIDEO_FILE_NAME).ok_or(ApiError::NotFound)?;
    let job = api.store.job(&id).await?;
    let video = job.video.as_ref().ok_or(ApiError::NotFound)?;
    let opened = File::open(api.files.video(&id, job.state.epoch)).await?;
    let etag = format!("\"{}\"", video.sha256);
    let video = OpenVideo { size_bytes: opened.metadata().await?.len(), file: opened, etag, id };
    video.respond(&headers).await
}

struct OpenVideo {
    file: File,
    size_bytes: u64,
    etag: String,
    id: JobId,
}

impl OpenVideo {
    async fn respond(mut self, headers: &HeaderMap) -> Result<Response<Body>, ApiError> {
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
        self.file.seek(SeekFrom::Start(first)).await?;
        let bytes = ReaderStream::with_capacity(self.file.take(length_bytes), CHUNK_BYTES);
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
