//! What the control plane asks of an engine.

use serde::{Deserialize, Serialize};

/// One attempt at one job; every message about a job carries it, so that a late answer is never mistaken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobRef {
    /// Public job id.
    pub job_id: String,
    /// Attempt number, from 1.
    pub attempt: u32,
}

/// A media file that the template refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssetFile {
    /// The key by which the template names it: its upload name or its URL.
    pub name: String,
    /// Where the template first names it, an RFC 6901 pointer: the place of errors about the file.
    pub pointer: String,
    /// Absolute path of a readable local file. Engines never see a URL as a place to read from.
    pub path: String,
    /// What it is used as.
    pub role: AssetRole,
    /// True where the template can do without it (`onAssetError`): probing then leaves it out if it cannot be read.
    pub optional: bool,
}

/// What a file is used as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetRole {
    /// A source of blocks.
    Media,
    /// A font of the template's own.
    Font,
}

/// Messages from the control plane to an engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Command {
    /// Asks for a `Pong` with the same nonce. Valid at any time.
    Ping {
        /// Echoed in the answer.
        nonce: u64,
    },
    /// Asks what each file is. Valid once, before `Render`; answered by `Probed` or `Failed`.
    Probe {
        /// The job these files belong to.
        job: JobRef,
        /// The files to look into.
        assets: Vec<AssetFile>,
    },
    /// Asks to look into files and listen to them. Valid once, between `Probe` and `Render`; answered by one `Analyzed`
    /// a file and then `AnalysisEnded`, or by `Failed`.
    Analyze {
        /// The job these files belong to.
        job: JobRef,
        /// The files; fonts are left out of the answer.
        assets: Vec<AssetFile>,
    },
    /// Asks for the MP4. Valid once; answered by `Progress` events and then `Completed` or `Failed`.
    Render {
        /// The job to render.
        job: JobRef,
        /// The AVS Template JSON document, as the caller sent it.
        template: serde_json::Value,
        /// The `output` object of the request; `null` stands for every default.
        output: serde_json::Value,
        /// Each file that the template names.
        assets: Vec<AssetFile>,
        /// Absolute path of the MP4 to write; it appears there only when complete.
        out_path: String,
    },
    /// Asks for one picture of the video, as a PNG. Valid once, in the place of `Render`; answered by `Pictured` or `Failed`.
    Still {
        /// The job to look into.
        job: JobRef,
        /// As for `Render`.
        template: serde_json::Value,
        /// As for `Render`.
        output: serde_json::Value,
        /// Each file that the template names.
        assets: Vec<AssetFile>,
        /// Time of the picture in the video, at least 0; after its end, the last one is meant.
        at_secs: f64,
        /// Absolute path of the PNG to write.
        out_path: String,
    },
    /// Stops the job. A render in progress answers with `Failed` and the code `cancelled`; a process that is not
    /// rendering yet refuses the `Render` that follows in the same way. To end a process, close its socket.
    Cancel {
        /// The job to stop.
        job: JobRef,
    },
}
