//! The public face of a job: the JSON that polling answers and webhooks carry.

use serde::Serialize;
use serde_json::Value;

use super::ids::JobId;
use super::job::{Job, JobCredits, JobError, Mode, Progress, Video};
use super::lifecycle::{JobStatus, Phase};
use super::link::LinkSigner;
use super::timestamp::Timestamp;
use crate::limits::VIDEO_RETENTION;

/// A job as the public API shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JobDocument<'a> {
    job_id: &'a str,
    mode: Mode,
    status: JobStatus,
    phase: Phase,
    created_at: Timestamp,
    updated_at: Timestamp,
    error: Option<&'a JobError>,
    result: Option<ResultDocument<'a>>,
    progress: Option<&'a Progress>,
    credits: &'a JobCredits,
    metadata: Option<&'a Value>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultDocument<'a> {
    download_url: String,
    expires_at: Timestamp,
    #[serde(flatten)]
    video: &'a Video,
}

/// Returns the public face of `job`, with a fresh signature under its download link.
pub fn document_from_job<'a>(job: &'a Job, links: &LinkSigner) -> JobDocument<'a> {
    let result = job.video.as_ref().zip(job.finished_at).map(|(video, finished_at)| {
        let expires_at = finished_at.plus(VIDEO_RETENTION);
        ResultDocument { download_url: links.url(&path_from_job(&job.id), expires_at), expires_at, video }
    });
    JobDocument {
        job_id: job.id.as_str(),
        mode: job.mode,
        status: job.state.status,
        phase: job.state.phase,
        created_at: job.created_at,
        updated_at: job.updated_at,
        error: job.error.as_ref(),
        result,
        progress: job.progress.as_ref(),
        credits: &job.credits,
        metadata: job.metadata.as_ref(),
    }
}

/// File name of a job's video in its download link.
pub const VIDEO_FILE_NAME: &str = "video.mp4";

/// Path of the download link of a job's video.
pub fn path_from_job(id: &JobId) -> String {
    format!("/d/{id}/{VIDEO_FILE_NAME}")
}
