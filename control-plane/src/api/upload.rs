//! Bodies of requests: JSON into memory, files straight to disk. Every size is limited while the bytes arrive.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::{Body, Bytes};
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest as _, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use futures_util::{Stream, StreamExt as _};
use sha2::{Digest, Sha256};
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt as _;

use super::ApiError;
use super::body_pace::Trickle;
use crate::domain::media_kind::{HEAD_BYTES, MediaKind, assumed_kind};
use crate::limits;
use crate::store::AssetRecord;

/// Bytes that the multipart parser may hold before it yields some of them: a boundary and the headers of a
/// part, several times. Without it, headers that never end would fill the memory.
const PARSER_BYTES_MAX: u64 = 4 << 20;

/// What came with a request.
pub(super) struct Received {
    /// The JSON text.
    pub(super) json: Vec<u8>,
    /// The files, in the order they came.
    pub(super) files: Vec<ReceivedFile>,
}

/// A file on disk.
pub(super) struct ReceivedFile {
    pub(super) asset: AssetRecord,
    /// What it probably is.
    pub(super) assumed_kind: MediaKind,
}

/// The directory of a request's files. Removed with them when dropped, unless a job has come of it.
pub(super) struct Intake {
    job_dir: PathBuf,
    assets_dir: PathBuf,
    kept: bool,
}

impl Intake {
    /// Files will go to `assets_dir`, below `job_dir`.
    pub(super) fn new(job_dir: PathBuf, assets_dir: PathBuf) -> Self {
        Self { job_dir, assets_dir, kept: false }
    }

    /// The files belong to a job now.
    pub(super) fn keep(mut self) {
        self.kept = true;
    }

    /// Receives a body of either form.
    pub(super) async fn receive(&self, request: Request) -> Result<Received, ApiError> {
        match form_from_headers(request.headers())? {
            Form::Json => {
                let json = json_from_stream(chunks_of_body(request.into_body())).await?;
                Ok(Received { json, files: Vec::new() })
            }
            Form::Multipart => self.receive_multipart(request).await,
        }
    }

    async fn receive_multipart(&self, request: Request) -> Result<Received, ApiError> {
        let flow = Arc::new(Flow::default());
        let request = request.map(|body| Body::from_stream(flow.clone().watch(body)));
        let mut parts = Multipart::from_request(request, &())
            .await
            .map_err(|rejection| ApiError::MalformedMultipart(rejection.body_text()))?;
        let (mut json, mut files) = (None, Vec::new());
        while let Some(part) = parts.next_field().await.map_err(|error| error_from_multipart(&error))? {
            match part.name().unwrap_or_default() {
                "request" if json.is_none() => json = Some(json_from_stream(flow.count(part)).await?),
                "request" => return Err(malformed("there are two `request` parts")),
                "files" if files.len() < limits::ASSETS_MAX => {
                    files.push(self.receive_file(part, files.len(), &flow).await?);
                }
                "files" => {
                    return Err(ApiError::TooLarge {
                        what: "the number of files",
                        limit: limits::ASSETS_MAX as u64,
                    });
                }
                _ => return Err(malformed("there is a part that is neither `request` nor `files`")),
            }
        }
        let json = json.ok_or_else(|| malformed("the part `request` is missing"))?;
        if !files.is_empty() {
            // The names of the files must survive a power cut as well as their bytes.
            File::open(&self.assets_dir).await?.sync_all().await?;
        }
        Ok(Received { json, files })
    }

    async fn receive_file(
        &self,
        part: Field<'_>,
        index: usize,
        flow: &Flow,
    ) -> Result<ReceivedFile, ApiError> {
        let name = part.file_name().unwrap_or_default().to_owned();
        let plain = !name.contains(['/', '\\']) && !name.contains(char::is_control);
        if name.is_empty() || name.len() > limits::UPLOAD_NAME_BYTES_MAX || !plain {
            return Err(malformed("each `files` part needs a filename of 1 to 255 bytes without slashes"));
        }
        fs::create_dir_all(&self.assets_dir).await?;
        let file_name = index.to_string();
        let written = write_file(&self.assets_dir.join(&file_name), flow.count(part)).await?;
        let assumed_kind = assumed_kind(&name, &written.head);
        let asset = AssetRecord {
            name,
            file: file_name,
            size_bytes: written.size_bytes,
            pointer: String::new(),
            remote: false,
            sha256: Some(hex::encode(written.hasher.finalize())),
            probe: None,
        };
        Ok(ReceivedFile { asset, assumed_kind })
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        if !self.kept && self.job_dir.exists() {
            // A few unlinks; what fails here is swept at the next start.
            if let Err(error) = std::fs::remove_dir_all(&self.job_dir) {
                tracing::warn!(%error, "the files of a refused request stay on disk");
            }
        }
    }
}

/// Reads a small JSON body, such as a form of our own.
pub(super) async fn small_json(request: Request) -> Result<serde_json::Value, ApiError> {
    let Form::Json = form_from_headers(request.headers())? else {
        return Err(ApiError::UnsupportedMediaType);
    };
    let bytes = json_from_stream(chunks_of_body(request.into_body())).await?;
    serde_json::from_slice(&bytes).map_err(|error| ApiError::MalformedJson(error.to_string()))
}

enum Form {
    Json,
    Multipart,
}

fn form_from_headers(headers: &HeaderMap) -> Result<Form, ApiError> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let length_bytes = header(CONTENT_LENGTH).and_then(|value| value.parse::<u64>().ok()).unwrap_or(0);
    if length_bytes > limits::BODY_BYTES_MAX {
        return Err(ApiError::TooLarge { what: "the request", limit: limits::BODY_BYTES_MAX });
    }
    let media_type = header(CONTENT_TYPE).unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let is = |name: &str| media_type.eq_ignore_ascii_case(name);
    match (is("application/json"), is("multipart/form-data")) {
        (true, _) => Ok(Form::Json),
        (_, true) => Ok(Form::Multipart),
        (false, false) => Err(ApiError::UnsupportedMediaType),
    }
}

/// Counts what goes into the multipart parser and what comes out of it.
#[derive(Default)]
struct Flow {
    taken_bytes: AtomicU64,
    given_bytes: AtomicU64,
}

impl Flow {
    fn watch(self: Arc<Self>, body: Body) -> impl Stream<Item = Result<Bytes, axum::Error>> {
        body.into_data_stream().map(move |chunk| {
            let chunk = chunk?;
            let taken =
                self.taken_bytes.fetch_add(chunk.len() as u64, Ordering::Relaxed) + chunk.len() as u64;
            let held = taken.saturating_sub(self.given_bytes.load(Ordering::Relaxed));
            let over = taken > limits::BODY_BYTES_MAX || held > PARSER_BYTES_MAX;
            if over { Err(axum::Error::new(OverLimit)) } else { Ok(chunk) }
        })
    }

    fn count<'a>(&'a self, part: Field<'a>) -> impl Stream<Item = Result<Bytes, ApiError>> + 'a {
        part.map(|chunk| {
            let chunk = chunk.map_err(|error| error_from_multipart(&error))?;
            self.given_bytes.fetch_add(chunk.len() as u64, Ordering::Relaxed);
            Ok(chunk)
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the body is over its limit")]
struct OverLimit;

struct WrittenFile {
    size_bytes: u64,
    head: Vec<u8>,
    hasher: Sha256,
}

async fn write_file(
    path: &Path,
    chunks: impl Stream<Item = Result<Bytes, ApiError>>,
) -> Result<WrittenFile, ApiError> {
    let mut chunks = std::pin::pin!(chunks);
    let mut file = File::create_new(path).await?;
    let mut written =
        WrittenFile { size_bytes: 0, head: Vec::with_capacity(HEAD_BYTES), hasher: Sha256::new() };
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        written.size_bytes += chunk.len() as u64;
        if written.size_bytes > limits::FILE_BYTES_MAX {
            return Err(ApiError::TooLarge { what: "a file", limit: limits::FILE_BYTES_MAX });
        }
        let missing = HEAD_BYTES - written.head.len();
        written.head.extend(chunk.iter().take(missing));
        written.hasher.update(&chunk);
        file.write_all(&chunk).await?;
    }
    // Without it the error of a write that is still under way would be lost.
    file.flush().await?;
    file.sync_all().await?;
    Ok(written)
}

fn chunks_of_body(body: Body) -> impl Stream<Item = Result<Bytes, ApiError>> {
    let error = |error: axum::Error| error_from_body(&error).unwrap_or(ApiError::BodyBrokeOff);
    body.into_data_stream().map(move |chunk| chunk.map_err(error))
}

async fn json_from_stream(chunks: impl Stream<Item = Result<Bytes, ApiError>>) -> Result<Vec<u8>, ApiError> {
    let mut chunks = std::pin::pin!(chunks);
    let mut json = Vec::new();
    while let Some(chunk) = chunks.next().await {
        json.extend_from_slice(&chunk?);
        if json.len() > limits::JSON_BYTES_MAX {
            let limit = limits::JSON_BYTES_MAX as u64;
            return Err(ApiError::TooLarge { what: "the JSON of the request", limit });
        }
    }
    Ok(json)
}

fn error_from_multipart(error: &MultipartError) -> ApiError {
    error_from_body(error).unwrap_or_else(|| ApiError::MalformedMultipart(error.body_text()))
}

/// Finds out what stopped a body: the layers above report it as a cause of a cause.
fn error_from_body(error: &(dyn Error + 'static)) -> Option<ApiError> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<tower_http::timeout::TimeoutError>() || error.is::<Trickle>() {
            return Some(ApiError::BodyTooSlow);
        }
        if error.is::<OverLimit>() {
            return Some(ApiError::TooLarge { what: "the request", limit: limits::BODY_BYTES_MAX });
        }
        cause = error.source();
    }
    None
}

fn malformed(what: &str) -> ApiError {
    ApiError::MalformedMultipart(what.to_owned())
}
