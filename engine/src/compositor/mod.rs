//! From a scene to a frame: the plan (pure) and its execution in the encoder's own planes.
//!
//! ```text
//! Scene ── plan ──▶ Plan (passes as data) ── record ──▶ one command encoder, one submission
//! ```

mod draws;
mod layers;
mod plan;
mod record;

pub use draws::DrawTable;
pub use layers::{LayerSource, StillLayer, VideoLayer};
pub use plan::{LayerContent, Pass, Plan, PlannedLayer, plan};
pub use record::{Compositor, FrameLayer, InFlightFrame};
