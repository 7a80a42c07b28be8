//! `POST /api/v1/videos/from-json`: a request becomes a job, with its reservation, or is refused with every reason.

use std::sync::Arc;

use avs_template::Issues;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};

use super::auth::ApiCaller;
use super::upload::{Intake, Received};
use super::video_request::{VideoRequest, WebhookRequest, request_from_json};
use super::{Api, ApiError};
use crate::domain::account::TokenOwner;
use crate::domain::credits::bill_from_uploads;
use crate::domain::ids::JobId;
use crate::domain::job::{FieldError, Job, Mode};
use crate::domain::job_document::document_from_job;
use crate::store::{NewJob, Project, StoreError, WebhookTarget};

/// Accepts a template, with its files or without.
pub(super) async fn create_from_json(
    State(api): State<Arc<Api>>,
    ApiCaller(caller): ApiCaller,
    request: Request,
) -> Result<Response, ApiError> {
    let id = JobId::generate(&*api.entropy);
    let intake = Intake::new(api.files.job_dir(&id), api.files.assets_dir(&id));
    let received = intake.receive(request).await?;
    let new = api.job_from_received(id, &caller, received)?;
    // In a task of its own: a client that hangs up must not stop the transaction half-way and take the files along.
    let creation = tokio::spawn(create(Arc::clone(&api), new, intake)).await;
    let job = creation.map_err(|error| ApiError::Internal(error.into()))??;
    let location = format!("/api/v1/jobs/{}", job.id);
    Ok((StatusCode::ACCEPTED, [(LOCATION, location)], Json(document_from_job(&job, &api.links)))
        .into_response())
}

async fn create(api: Arc<Api>, new: NewJob, intake: Intake) -> Result<Job, StoreError> {
    let created = api.store.create_job(&new, api.clock.now()).await;
    match &created {
        Err(StoreError::InsufficientCredits { .. } | StoreError::Overloaded) => drop(intake),
        // After any other error the commit may have happened; if not, the next start sweeps the files.
        _ => intake.keep(),
    }
    created
}

impl Api {
    fn job_from_received(
        &self,
        id: JobId,
        caller: &TokenOwner,
        received: Received,
    ) -> Result<NewJob, ApiError> {
        let json = serde_json::from_slice(&received.json)
            .map_err(|error| ApiError::MalformedJson(error.to_string()))?;
        let names: Vec<&str> = received.files.iter().map(|file| file.asset.name.as_str()).collect();
        let VideoRequest { template, output, webhook, metadata } =
            request_from_json(&json, &names, &self.webhook_policy).map_err(error_from_issues)?;
        let uploads = received.files.iter().map(|file| (file.asset.name.as_str(), file.assumed_kind));
        let items = bill_from_uploads(uploads);
        let webhook = webhook.map(|webhook| self.sealed(&webhook, &id));
        let assets = received.files.into_iter().map(|file| file.asset).collect();
        Ok(NewJob {
            id,
            account_id: caller.account_id.clone(),
            token_id: caller.token_id.clone(),
            mode: Mode::Json,
            items,
            metadata,
            project: Project { template, output, assets },
            webhook,
        })
    }

    fn sealed(&self, webhook: &WebhookRequest, id: &JobId) -> WebhookTarget {
        let seal = |secret: &String| self.vault.seal(secret, id.as_str(), &*self.entropy);
        WebhookTarget { url: webhook.url.clone(), sealed_secret: webhook.secret.as_ref().map(seal) }
    }
}

fn error_from_issues(issues: Issues) -> ApiError {
    let field = |issue: avs_template::Issue| FieldError {
        pointer: issue.pointer,
        code: issue.code.to_owned(),
        detail: issue.detail,
        suggestion: issue.suggestion,
    };
    ApiError::Invalid(issues.into_vec().into_iter().map(field).collect())
}
