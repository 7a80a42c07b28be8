//! The input files of a job, as its project records them.

use serde::{Deserialize, Serialize};

/// One input file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetRecord {
    /// By which the template names it.
    pub name: String,
    /// File name below the job's `assets` directory; ours, never the caller's.
    pub file: String,
    /// Its size.
    pub size_bytes: u64,
    /// What the engine found in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<ProbeRecord>,
}

/// What an engine found in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProbeRecord {
    /// `video`, `image` or `audio`.
    pub kind: String,
    /// Container or image format.
    pub format: String,
    /// Length in seconds; absent for images.
    pub duration_secs: Option<f64>,
    /// Upright width; absent for audio.
    pub width_px: Option<u32>,
    /// Upright height; absent for audio.
    pub height_px: Option<u32>,
    /// True where there is a sound track.
    pub has_audio: bool,
}
