//! The engine fleet: processes that each render one job, started ahead of need, watched, and put to death by ladder.
//! What a job is, and what follows from its end, is not known here.

mod fleet;
mod lone;
mod process;
mod questions;
mod rendering;
mod session;

pub use fleet::{Fleet, FleetConfig};
pub use lone::Lone;
pub use questions::{Analysis, QuestionError, StillDesc};
pub use rendering::{Heard, RenderDesc, Rendering};
pub use session::{Engine, EngineGone, Fate, StartError};
