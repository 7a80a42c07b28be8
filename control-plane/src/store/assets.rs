//! The input files of a job, as its project records them.

use serde::{Deserialize, Serialize};

/// One input file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetRecord {
    /// By which the template names it: its upload name, or its URL.
    pub name: String,
    /// File name below the job's `assets` directory; ours, never the caller's.
    pub file: String,
    /// Its size; 0 until it has been fetched.
    pub size_bytes: u64,
    /// Where the request first names it, an RFC 6901 pointer; empty for what it names nowhere.
    #[serde(default)]
    pub pointer: String,
    /// True where it is to be fetched from the URL that is its name.
    #[serde(default)]
    pub remote: bool,
    /// SHA-256 of its bytes, in hexadecimal; absent until it has been fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What the engine found in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<ProbeRecord>,
}

/// What an engine found in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProbeRecord {
    /// `video`, `image`, `audio` or `font`.
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
