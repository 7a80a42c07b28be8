//! `POST /api/v1/videos/…`: a request becomes a job, with its reservation, or is refused with every reason; or is
//! only looked at.

use std::sync::Arc;

use avs_template::Issues;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::auth::ApiCaller;
use super::idempotency::key_from_headers;
use super::upload::{Intake, Received};
use super::video_request::{Rules, VideoRequest, WebhookRequest, request_from_json};
use super::{Api, ApiError};
use crate::domain::account::TokenOwner;
use crate::domain::credits::{Item, bill_from_inputs, total_credits};
use crate::domain::fingerprint::Fingerprint;
use crate::domain::ids::{AccountId, JobId};
use crate::domain::job::{FieldError, Job, Mode, Warning};
use crate::domain::job_document::document_from_job;
use crate::domain::media_kind::{MediaKind, is_screen_recording};
use crate::domain::timestamp::Timestamp;
use crate::store::{AssetRecord, IdempotencyKey, NewJob, Project, StoreError, WebhookTarget};
use crate::workers::Preview;

const FROM_JSON: &str = "POST /api/v1/videos/from-json";
const FROM_PROMPT: &str = "POST /api/v1/videos/from-prompt";

/// Who asks for a video.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    pub(super) account_id: &'a AccountId,
    /// Public part of the token; none of a signed-in person.
    pub(super) token_id: Option<&'a str>,
}

impl<'a> From<&'a TokenOwner> for Asker<'a> {
    fn from(owner: &'a TokenOwner) -> Self {
        Self { account_id: &owner.account_id, token_id: Some(&owner.token_id) }
    }
}

/// Accepts a template, with its files or without.
pub(super) async fn create_from_json(
    State(api): State<Arc<Api>>,
    ApiCaller(caller): ApiCaller,
    request: Request,
) -> Result<Response, ApiError> {
    api.create((Mode::Json, FROM_JSON), Asker::from(&caller), request).await
}

/// Accepts a prompt, with files or without.
pub(super) async fn create_from_prompt(
    State(api): State<Arc<Api>>,
    ApiCaller(caller): ApiCaller,
    request: Request,
) -> Result<Response, ApiError> {
    api.create((Mode::Prompt, FROM_PROMPT), Asker::from(&caller), request).await
}

/// Says what would become of a template: nothing is kept, and nothing costs.
pub(super) async fn validate(
    State(api): State<Arc<Api>>,
    ApiCaller(caller): ApiCaller,
    request: Request,
) -> Result<Json<PreviewDocument>, ApiError> {
    api.validated(Asker::from(&caller), request).await
}

async fn create(api: Arc<Api>, new: NewJob, intake: Intake, now: Timestamp) -> Result<Job, ApiError> {
    // Before the commit: an accepted job must find its inputs.
    let uploads = new.project.assets.iter().filter(|asset| !asset.remote);
    let uploads: Vec<&str> = uploads.map(|asset| asset.file.as_str()).collect();
    api.objects.publish_inputs(&new.id, &uploads).await?;
    let created = api.store.create_job(&new, api.limits.open_jobs_max, now).await;
    match &created {
        Err(
            StoreError::InsufficientCredits { .. }
            | StoreError::TooManyOpenJobs { .. }
            | StoreError::IdempotencyKeyReused
            | StoreError::Replayed(_)
            | StoreError::Overloaded
            | StoreError::CommitLost,
        ) => {
            drop(intake);
            if !api.objects.is_local() {
                api.objects.remove_job(&new.id).await?;
            }
        }
        // After any other error the commit may have happened; if not, a sweep removes the files.
        _ => intake.keep(),
    }
    Ok(created?)
}

impl Api {
    /// Looks at a request.
    pub(super) async fn validated(
        &self,
        asker: Asker<'_>,
        request: Request,
    ) -> Result<Json<PreviewDocument>, ApiError> {
        let _permit = self.previews.try_acquire().map_err(|_full| ApiError::Busy)?;
        let (_intake, new) = self.dry_run(asker, request).await?;
        Ok(Json(PreviewDocument::from(self.workshop.preview(&new).await?)))
    }

    /// Makes the picture that the video of a request would show at a time: a PNG.
    pub(super) async fn pictured(
        &self,
        asker: Asker<'_>,
        at_secs: f64,
        request: Request,
    ) -> Result<Vec<u8>, ApiError> {
        let _permit = self.previews.try_acquire().map_err(|_full| ApiError::Busy)?;
        let (_intake, new) = self.dry_run(asker, request).await?;
        Ok(self.workshop.still(&new, at_secs).await?)
    }

    /// A job that will not be created; its workplace goes with the intake.
    async fn dry_run(&self, asker: Asker<'_>, request: Request) -> Result<(Intake, NewJob), ApiError> {
        let id = JobId::generate(&*self.entropy);
        let files = self.objects.local();
        let intake = Intake::new(files.job_dir(&id), files.assets_dir(&id));
        let received = intake.receive(request).await?;
        let new = self.job_from_received(id, (asker, Mode::Json), received)?;
        Ok((intake, new))
    }

    /// Makes a job of a request.
    pub(super) async fn create(
        self: &Arc<Self>,
        (mode, route): (Mode, &'static str),
        asker: Asker<'_>,
        request: Request,
    ) -> Result<Response, ApiError> {
        if self.store.is_overloaded() {
            // Before the body is read: a refusal must cost less than what it spares.
            return Err(StoreError::Overloaded.into());
        }
        let key = key_from_headers(request.headers())?;
        let id = JobId::generate(&*self.entropy);
        let files = self.objects.local();
        let intake = Intake::new(files.job_dir(&id), files.assets_dir(&id));
        let received = intake.receive(request).await?;
        let fingerprint = received.fingerprint();
        let mut new = self.job_from_received(id, (asker, mode), received)?;
        // Once: the answer that is kept must be the one that is given, to the byte.
        let now = self.clock.now();
        new.idempotency = match key {
            Some(key) => {
                Some(IdempotencyKey { key, route, fingerprint, answer: self.first_answer(&new, now)? })
            }
            None => None,
        };
        // In a task of its own: a client that hangs up must not stop the transaction half-way and take the files along.
        let creation = tokio::spawn(create(Arc::clone(self), new, intake, now)).await;
        let job = creation.map_err(|error| ApiError::Internal(error.into()))??;
        let location = location_of(&job.id);
        Ok((StatusCode::ACCEPTED, [(LOCATION, location)], Json(document_from_job(&job, &self.links)))
            .into_response())
    }

    /// The body with which the request is answered, now and whenever it is repeated.
    fn first_answer(&self, new: &NewJob, now: Timestamp) -> Result<String, ApiError> {
        let job = new.job(now);
        serde_json::to_string(&document_from_job(&job, &self.links))
            .map_err(|error| ApiError::Internal(error.into()))
    }

    fn job_from_received(
        &self,
        id: JobId,
        (asker, mode): (Asker<'_>, Mode),
        received: Received,
    ) -> Result<NewJob, ApiError> {
        let json = serde_json::from_slice(&received.json)
            .map_err(|error| ApiError::MalformedJson(error.to_string()))?;
        let names: Vec<&str> = received.files.iter().map(|file| file.asset.name.as_str()).collect();
        let rules =
            Rules { uploads: &names, webhooks: &self.webhook_policy, sources: &self.workshop.downloader };
        let request = request_from_json(&json, mode, &rules).map_err(error_from_issues)?;
        let VideoRequest { template, prompt, remote, upload_pointers, output, webhook, metadata } = request;
        let uploaded = received.files.iter().map(|file| (file.asset.name.as_str(), file.assumed_kind));
        let fetched = remote.iter().map(|source| (source.url.as_str(), assumed_remote_kind(&source.url)));
        let items = bill_from_inputs(self.billing, mode, uploaded.chain(fetched));
        let webhook = webhook.map(|webhook| self.sealed(&webhook, &id));
        let uploads = received.files.into_iter().zip(upload_pointers);
        let uploads = uploads.map(|(file, pointer)| AssetRecord { pointer, ..file.asset });
        let mut assets: Vec<AssetRecord> = uploads.collect();
        for source in remote {
            let file = assets.len().to_string();
            assets.push(AssetRecord {
                name: source.url,
                file,
                size_bytes: 0,
                pointer: source.pointer,
                remote: true,
                sha256: None,
                probe: None,
            });
        }
        Ok(NewJob {
            id,
            account_id: asker.account_id.clone(),
            token_id: asker.token_id.map(str::to_owned),
            mode,
            items,
            metadata,
            project: Project { template, prompt, output, assets },
            webhook,
            idempotency: None,
        })
    }

    fn sealed(&self, webhook: &WebhookRequest, id: &JobId) -> WebhookTarget {
        let seal = |secret: &String| self.vault.seal(secret, id.as_str(), &*self.entropy);
        WebhookTarget { url: webhook.url.clone(), sealed_secret: webhook.secret.as_ref().map(seal) }
    }
}

impl Received {
    /// SHA-256 of everything that was asked, whatever the form: the boundary of a multipart body differs each time.
    fn fingerprint(&self) -> [u8; 32] {
        let mut fingerprint = Fingerprint::default();
        fingerprint.add(&self.json);
        for file in &self.files {
            fingerprint.add(&file.asset.name);
            fingerprint.add(file.asset.sha256.as_deref().unwrap_or_default());
        }
        fingerprint.finish()
    }
}

/// Where a job is asked for.
pub(super) fn location_of(id: &JobId) -> String {
    format!("/api/v1/jobs/{id}")
}

/// The dearest that the bytes behind a URL can turn out to be.
fn assumed_remote_kind(url: &str) -> MediaKind {
    if is_screen_recording(url) { MediaKind::ScreenRecording } else { MediaKind::Video }
}

pub(super) fn error_from_issues(issues: Issues) -> ApiError {
    let field = |issue: avs_template::Issue| FieldError {
        pointer: issue.pointer,
        code: issue.code.to_owned(),
        detail: issue.detail,
        suggestion: issue.suggestion,
    };
    ApiError::Invalid(issues.into_vec().into_iter().map(field).collect())
}

/// What would become of a request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PreviewDocument {
    valid: bool,
    credits: Estimate,
    video: VideoFacts,
    assets: Vec<AssetFacts>,
    warnings: Vec<Warning>,
}

#[derive(Serialize)]
struct Estimate {
    estimated: i64,
    items: Vec<Item>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VideoFacts {
    width: u32,
    height: u32,
    fps: u32,
    duration_seconds: f64,
    frame_count: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AssetFacts {
    name: String,
    kind: &'static str,
    format: String,
    duration_seconds: Option<f64>,
    width: Option<u32>,
    height: Option<u32>,
    has_audio: bool,
}

impl From<Preview> for PreviewDocument {
    fn from(preview: Preview) -> Self {
        let facts = |(kind, asset): (&'static str, avs_protocol::ProbedAsset)| AssetFacts {
            name: asset.name,
            kind,
            format: asset.format,
            duration_seconds: asset.duration_secs,
            width: asset.width_px,
            height: asset.height_px,
            has_audio: asset.has_audio,
        };
        Self {
            valid: true,
            credits: Estimate { estimated: total_credits(&preview.items), items: preview.items },
            video: VideoFacts {
                width: preview.width,
                height: preview.height,
                fps: preview.fps,
                duration_seconds: preview.frame_count as f64 / f64::from(preview.fps),
                frame_count: preview.frame_count,
            },
            assets: preview.assets.into_iter().map(facts).collect(),
            warnings: preview.warnings,
        }
    }
}
