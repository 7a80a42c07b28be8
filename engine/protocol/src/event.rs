//! What an engine tells the control plane.

use serde::{Deserialize, Serialize};

use crate::{AssetAnalysis, Failure, JobRef, SandboxReport};

/// What a media file turned out to be; decides its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// Has moving pictures.
    Video,
    /// Has one picture.
    Image,
    /// Has sound only.
    Audio,
    /// Letters for texts.
    Font,
}

/// What an engine found in one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProbedAsset {
    /// The asset's key in the template.
    pub name: String,
    /// What it is.
    pub kind: MediaKind,
    /// Container or image format, as FFmpeg or the image decoder names it.
    pub format: String,
    /// Length in seconds; absent for images.
    pub duration_secs: Option<f64>,
    /// Upright width in square pixels; absent for audio.
    pub width_px: Option<u32>,
    /// Upright height in square pixels; absent for audio.
    pub height_px: Option<u32>,
    /// True where there is a sound track.
    pub has_audio: bool,
}

/// What the engine is doing inside `rendering`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RenderStep {
    /// Opening media, laying out text, compiling what is missing.
    Preparing,
    /// Frames are being composed and encoded.
    Encoding,
    /// The index is being moved to the front of the file.
    Finishing,
}

/// Something the caller should know about a video that was made all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RenderWarning {
    /// RFC 6901 pointer into the template.
    pub pointer: String,
    /// Stable name of the warning.
    pub code: String,
    /// One sentence for a person.
    pub detail: String,
}

/// The finished file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RenderReport {
    /// Width of the video.
    pub width_px: u32,
    /// Height of the video.
    pub height_px: u32,
    /// Frames per second.
    pub fps: u32,
    /// Number of video frames in the file.
    pub frame_count: u64,
    /// `frame_count / fps`.
    pub duration_secs: f64,
    /// Size of the file.
    pub size_bytes: u64,
    /// Graphics adapter that composed it.
    pub adapter: String,
    /// Encoder that wrote it.
    pub encoder: String,
    /// Version of the engine.
    pub engine_version: String,
    /// Wall time from the command to the finished file.
    pub elapsed_millis: u64,
    /// What the caller should know.
    pub warnings: Vec<RenderWarning>,
}

/// Messages from an engine to the control plane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    /// First message of a process: it is warm and waits for a job.
    Hello {
        /// Must equal [`crate::PROTOCOL_VERSION`].
        protocol: u32,
        /// Version of the engine.
        engine_version: String,
        /// Graphics adapter, as the driver names it.
        adapter: String,
        /// True for a software adapter.
        software: bool,
        /// What confines the process.
        #[serde(default)]
        sandbox: SandboxReport,
    },
    /// Answer to `Ping`.
    Pong {
        /// The nonce of the `Ping`.
        nonce: u64,
    },
    /// Answer to `Probe`: one entry per file, in the order asked.
    Probed {
        /// The job of the `Probe`.
        job: JobRef,
        /// What the files are.
        assets: Vec<ProbedAsset>,
    },
    /// What one file looks and sounds like.
    Analyzed {
        /// The job of the `Analyze`.
        job: JobRef,
        /// What was found. Boxed: it is much larger than the other events.
        analysis: Box<AssetAnalysis>,
    },
    /// Every file has been told of.
    AnalysisEnded {
        /// The job of the `Analyze`.
        job: JobRef,
        /// Families of letters that texts can use on this machine, sorted.
        font_families: Vec<String>,
    },
    /// How far `Render` is; sent at most a few times a second.
    Progress {
        /// The job of the `Render`.
        job: JobRef,
        /// What is being done.
        step: RenderStep,
        /// Frames encoded so far.
        frames_done: u64,
        /// Frames the video will have.
        frames_total: u64,
        /// Mean speed so far, in output frames per second of wall time.
        frames_per_second: f64,
    },
    /// The file is complete at its path. Last message of a process.
    Completed {
        /// The job of the `Render`.
        job: JobRef,
        /// What was made.
        report: RenderReport,
    },
    /// The picture is complete at its path. Last message of a process.
    Pictured {
        /// The job of the `Still`.
        job: JobRef,
        /// Width of the picture.
        width_px: u32,
        /// Height of the picture.
        height_px: u32,
        /// Size of the file.
        size_bytes: u64,
    },
    /// The job cannot go on in this process. Last message of a process.
    Failed {
        /// The job of the `Probe`, `Analyze`, `Render` or `Still`.
        job: JobRef,
        /// Why.
        failure: Failure,
    },
}
