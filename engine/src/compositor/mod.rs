//! From a scene to a frame: the plan (pure) and its execution in the encoder's own planes.
//!
//! ```text
//! Scene ── plan ──▶ Plan (passes as data) ── record ──▶ one command encoder, one submission
//! ```

mod draws;
mod effects;
mod layers;
mod params;
mod plan;
mod record;
mod sampled;

pub use layers::{Cover, LayerTexture};
pub use plan::{LayerContent, Pass, Plan, PlannedLayer, plan};
pub use record::{Compositor, FrameLayer, InFlightFrame};
