//! From a prompt and what is known of some files to a template: by the built-in planner, or by a model that the operator
//! names, behind which the built-in one stands. Whoever does it gets facts about the files, never the files.
//!
//! ```text
//!  Brief ──▶ model set? ──no───────────────────────────────┐
//!              │ yes                                       ▼
//!              └─▶ ask ─▶ storyboard? ──no, twice repaired─▶ built-in ──▶ template + output + trace + notes
//!                            └─yes─▶ compile ─────────────────────────▶       (+ warning, if it fell back)
//! ```

mod built_in;
mod chat;
mod chat_answer;
mod model;
mod settings;

use std::sync::Arc;

use avs_creator::Note;
use futures_util::future::BoxFuture;
use serde_json::Value;

pub use self::built_in::BuiltInCreator;
pub(crate) use self::built_in::created;
pub use self::model::ModelCreator;
pub use self::settings::{CreatorSettings, CreatorSettingsError};
use crate::domain::job::Warning;

/// What a creator makes.
#[derive(Debug)]
pub struct Creation {
    /// An AVS Template JSON v1 document.
    pub template: Value,
    /// The `output` object that it is made for.
    pub output: Value,
    /// How it came to it, for support.
    pub trace: Value,
    /// What people should know of the video: of its files, and of words that found no place.
    pub notes: Vec<Note>,
    /// What the caller should know of how it came about.
    pub warnings: Vec<Warning>,
}

/// Why there is no template.
#[derive(Debug, thiserror::Error)]
pub enum CreatorError {
    /// There is none to be had, or ours is no good.
    #[error(transparent)]
    Create(#[from] avs_creator::CreateError),
    /// A fault of ours.
    #[error("the creator broke")]
    Broken(#[from] tokio::task::JoinError),
}

/// Makes templates.
pub trait Creator: Send + Sync {
    /// Makes a template that is valid and names no file that is not in the brief.
    fn create(&self, brief: Arc<avs_creator::Brief>) -> BoxFuture<'_, Result<Creation, CreatorError>>;
}
