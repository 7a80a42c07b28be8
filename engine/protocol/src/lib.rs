//! The contract between the control plane and one engine process: three enums and their framing.
//! No transport is here, and nothing that draws.
//!
//! ```text
//! control plane                         engine process (serves exactly one job)
//!      |  <------------- Hello -----------  adapter open, pipelines compiled, fonts loaded
//!      |  --- Ping ------------------->     at any time; answered by Pong
//!      |  --- Probe ------------------>     once per job, before Render
//!      |  <------------- Probed | Failed
//!      |  --- Analyze ---------------->     at most once, after Probe and before Render
//!      |  <------------- Analyzed *, then AnalysisEnded | Failed
//!      |  --- Render ----------------->     once
//!      |  <------------- Progress *         at most a few a second
//!      |  <------------- Completed | Failed, then the process exits
//!      |  --- Still ------------------>     in the place of Render
//!      |  <------------- Pictured | Failed, then the process exits
//!      |  --- Cancel ----------------->     answered by Failed { code: cancelled }
//! ```

mod analysis;
mod command;
mod event;
mod failure;
mod frame;
mod sandbox;

pub use analysis::{
    AssetAnalysis, Beat, ColorShare, GRID_COLUMNS, GRID_ROWS, PICTURE_SAMPLES_MAX, PictureAnalysis,
    PictureGrid, PictureSample, SOUND_BLOCK_SECS, SOUND_BLOCKS_MAX, SoundAnalysis, Span,
};
pub use command::{AssetFile, AssetRole, Command, JobRef};
pub use event::{Event, MediaKind, ProbedAsset, RenderReport, RenderStep, RenderWarning};
pub use failure::{Failure, FailureCode, FieldError};
pub use frame::{FRAME_BYTES_MAX, FrameDecoder, FrameError, frame_from_message};
pub use sandbox::{LandlockLevel, SandboxReport};

/// Version of the messages. An engine whose `Hello` carries another one is refused.
pub const PROTOCOL_VERSION: u32 = 2;
