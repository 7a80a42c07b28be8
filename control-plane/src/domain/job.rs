//! A job: one request for one video, as the store keeps it and the other modules pass it on.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::credits::Item;
use super::ids::{AccountId, JobId};
use super::lifecycle::JobState;
use super::timestamp::Timestamp;

/// What kind of request made the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A prompt, turned into a template by the creator.
    Prompt,
    /// A template.
    Json,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 2] = [Self::Prompt, Self::Json];

    /// Its name in the database and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::Json => "json",
        }
    }
}

/// A job and everything that its owner may see of it.
#[derive(Debug, Clone)]
pub struct Job {
    /// Public name.
    pub id: JobId,
    /// Owner.
    pub account_id: AccountId,
    /// What kind of request made it.
    pub mode: Mode,
    /// Where it is.
    pub state: JobState,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When anything below last changed.
    pub updated_at: Timestamp,
    /// When it reached its terminal state.
    pub finished_at: Option<Timestamp>,
    /// When its files were removed.
    pub expired_at: Option<Timestamp>,
    /// How far the render is.
    pub progress: Option<Progress>,
    /// Why it failed.
    pub error: Option<JobError>,
    /// What was made.
    pub video: Option<Video>,
    /// What it costs.
    pub credits: JobCredits,
    /// The caller's own data, echoed.
    pub metadata: Option<Value>,
}

/// What a job holds and has cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobCredits {
    /// Held until the job ends.
    pub reserved: i64,
    /// Paid; 0 until the job has completed.
    pub charged: i64,
    /// The bill: estimated until the inputs are probed, final once completed, empty once failed.
    pub items: Vec<Item>,
}

/// What the engine is doing inside `rendering`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RenderStep {
    /// Opening media, laying out text.
    Preparing,
    /// Frames are being composed and encoded.
    Encoding,
    /// The file is being completed.
    Finishing,
}

/// How far a render is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// `frames_done / frames_total`, in [0, 1].
    pub fraction: f64,
    /// What is being done.
    pub step: RenderStep,
    /// Frames encoded so far.
    pub frames_done: u64,
    /// Frames the video will have.
    pub frames_total: u64,
    /// Mean speed so far.
    pub frames_per_second: f64,
    /// Rest at that speed, rounded up; absent until there is a speed.
    pub eta_seconds: Option<u64>,
}

impl Progress {
    /// Derives what the engine does not say itself.
    pub fn new(step: RenderStep, frames_done: u64, frames_total: u64, frames_per_second: f64) -> Self {
        let moving = frames_per_second.is_finite() && frames_per_second > 0.0;
        let frames_per_second = if moving { frames_per_second } else { 0.0 };
        let left = frames_total.saturating_sub(frames_done);
        Self {
            fraction: (frames_done as f64 / frames_total.max(1) as f64).min(1.0),
            step,
            frames_done,
            frames_total,
            frames_per_second,
            eta_seconds: moving.then(|| seconds_from_float(left as f64 / frames_per_second)),
        }
    }
}

/// Why a job failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobError {
    /// Stable name from a closed list.
    pub code: String,
    /// One sentence for a person.
    pub message: String,
    /// True where the same request may succeed later.
    pub retryable: bool,
    /// Each broken rule, where the input is at fault.
    pub errors: Vec<FieldError>,
}

impl JobError {
    /// The input crashes what decodes it: nobody tries it again.
    pub fn input_rejected() -> Self {
        Self {
            code: "input_rejected".into(),
            message:
                "these files and this template have crashed the renderer twice; it will not try them again"
                    .into(),
            retryable: false,
            errors: Vec::new(),
        }
    }

    /// The creator could make nothing of the prompt.
    pub fn generation_failed(message: String) -> Self {
        Self { code: "generation_failed".into(), message, retryable: false, errors: Vec::new() }
    }

    /// Our own failure: the attempts are used up, or the engine cannot work here.
    pub fn render_failed() -> Self {
        Self {
            code: "render_failed".into(),
            message: "the video could not be rendered because of a fault on our side; nothing was charged"
                .into(),
            retryable: true,
            errors: Vec::new(),
        }
    }
}

/// One broken rule of a request, with the place where it is broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// RFC 6901 pointer into the request's JSON.
    pub pointer: String,
    /// Stable name of the rule.
    pub code: String,
    /// One sentence for a person.
    pub detail: String,
    /// The nearest valid value, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

/// A finished video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Video {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Frames per second.
    pub fps: u32,
    /// Length.
    pub duration_seconds: f64,
    /// Size of the file.
    pub size_bytes: u64,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// What made it.
    pub engine: EngineIdentity,
    /// What the caller should know.
    pub warnings: Vec<Warning>,
}

/// The engine that made a video.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineIdentity {
    /// Version of the engine.
    pub version: String,
    /// Graphics adapter that composed it.
    pub adapter: String,
    /// Encoder that wrote it.
    pub encoder: String,
}

/// Something worth knowing about a video that was made all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// RFC 6901 pointer into the request's JSON.
    pub pointer: String,
    /// Stable name of the warning.
    pub code: String,
    /// One sentence for a person.
    pub detail: String,
}

fn seconds_from_float(seconds: f64) -> u64 {
    std::time::Duration::try_from_secs_f64(seconds.ceil()).map_or(u64::MAX, |rest| rest.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_that_reports_nonsense_cannot_break_the_progress() {
        for speed in [f64::NAN, f64::INFINITY, -1.0, 0.0] {
            let progress = Progress::new(RenderStep::Encoding, 9, 3, speed);
            assert_eq!((progress.fraction, progress.frames_per_second), (1.0, 0.0));
            assert_eq!(progress.eta_seconds, None);
        }
    }

    #[test]
    fn the_rest_is_estimated_from_the_speed_so_far() {
        let progress = Progress::new(RenderStep::Encoding, 126, 300, 61.2);
        assert_eq!((progress.fraction, progress.eta_seconds), (0.42, Some(3)));
    }
}
