//! Why `avs create` has made no video.

use avs_template::Issues;

use crate::creator::CreatorError;
use crate::engines::{QuestionError, StartError};
use crate::workers::UnpackError;

/// Why `avs create` has made no video.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// No engine.
    #[error(transparent)]
    Engine(Box<StartError>),
    /// It did not do it.
    #[error(transparent)]
    Question(#[from] QuestionError),
    /// `--aspect` or `--quality`.
    #[error("the output settings break rules:\n{0}")]
    Output(Issues),
    /// Where something shall be written.
    #[error("{0} cannot be written: there is no such folder")]
    NoFolder(std::path::PathBuf),
    /// The file given is no JSON.
    #[error("the storyboard is not JSON")]
    StoryboardJson(#[source] serde_json::Error),
    /// The file given is no storyboard for these files.
    #[error("the storyboard breaks rules:\n{0}")]
    Storyboard(Issues),
    /// Nothing can be made of the prompt or the storyboard.
    #[error(transparent)]
    Planner(#[from] CreatorError),
    /// `--planner model` without one.
    #[error("no model is set; give --creator-model-url and --creator-model")]
    NoModel,
    /// More than a job may have.
    #[error("the folder has more than {} files", crate::limits::ASSETS_MAX)]
    TooManyFiles,
    /// A packed screen recording is no good.
    #[error("the screen recording {name} {error}")]
    Recording {
        /// Which.
        name: String,
        /// What is wrong with it.
        error: UnpackError,
    },
    /// An answer has not come in the time that it may take.
    #[error("{0} took too long")]
    TooSlow(&'static str),
    /// By whoever started it.
    #[error("stopped before the video was done")]
    Stopped,
    /// The disk refused.
    #[error("the files cannot be brought together")]
    Files(#[from] std::io::Error),
}
