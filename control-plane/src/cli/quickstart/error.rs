//! Why `avs quickstart` made no video.

use std::path::PathBuf;

use crate::cli::serve::RunningServer;

/// Why `avs quickstart` made no video.
#[derive(Debug, thiserror::Error)]
pub enum QuickstartError {
    /// The engine is missing.
    #[error("there is no engine at {}; install avs-engine there, or name it with --engine-bin", path.display())]
    NoEngine {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The server that uses the data directory is of another version.
    #[error(
        "the server at {} has version {}, and this is avs {version}; restart it with this version, or name another \
         directory with --data-dir",
        running.base_url, running.version
    )]
    OtherVersion {
        /// The server.
        running: RunningServer,
        /// Our version.
        version: String,
    },
    /// The engine could not make or read the clip.
    #[error("the engine cannot {what} {}: {detail}", path.display())]
    Clip {
        /// `make` or `read`.
        what: &'static str,
        /// The clip.
        path: PathBuf,
        /// What the engine said.
        detail: String,
    },
    /// The server did not answer.
    #[error("no answer from {url}")]
    Http {
        /// What was asked.
        url: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The server refused.
    #[error("{url} answered {status}: {detail}")]
    Refused {
        /// What was asked.
        url: String,
        /// The HTTP status.
        status: u16,
        /// What the server said.
        detail: String,
    },
    /// The job ended without a video.
    #[error("the job is {status}: {detail}")]
    JobFailed {
        /// `failed` or `cancelled`.
        status: String,
        /// What the server said.
        detail: String,
    },
    /// A signal came first.
    #[error("stopped")]
    Stopped,
    /// The machine refused.
    #[error(transparent)]
    System(#[from] std::io::Error),
}
