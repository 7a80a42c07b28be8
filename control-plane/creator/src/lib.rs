//! From a prompt and what is known of some files to an AVS Template. Pure: no file, clock, network or randomness; the
//! same brief gives the same template, byte for byte.
//!
//! ```text
//!  prompt ──prompt──▶ Understanding ─┐
//!                                    ├─planner──▶ Storyboard ──compile──▶ template + report
//!  files ──engine──▶ AssetAnalysis ──┘    ▲            │  ├─ timing    scenes on the grid of frames, cuts on beats
//!                      └─footage: moments ┘            │  ├─ layout    where words stand, and what lies under them
//!  a model may write the Storyboard instead ───────────┘  ├─ palette   colours and letters of a tone
//!                                                         └─ sound     gains, ducking, loudness
//! ```
//!
//! A storyboard holds words, choices from closed lists and opaque ids of assets (`a1`, `a2`, …). URLs, paths and colours of
//! the template come from the compiler alone.

mod brief;
pub mod compile;
mod create;
pub mod footage;
mod layout;
pub mod model;
mod note;
mod palette;
pub mod planner;
pub mod prompt;
mod reading_time;
pub mod recording;
pub mod sound;
mod storyboard;
mod storyboard_read;
mod text_fit;
pub mod timing;
mod words;

pub use brief::{Brief, BriefAsset, asset_id};
pub use create::{CreateError, Creation, create, create_from_model, create_from_storyboard};
pub use note::{Note, NoteCode};
pub use storyboard::{
    AssetId, ClipSound, Layout, Motion, PaletteBase, Scene, Storyboard, Tone, Transition, limits,
};
