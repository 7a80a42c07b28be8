//! From a scene to a frame: the plan (pure), and its execution in the encoder's own planes.
//!
//! ```text
//! Scene ── plan ──▶ Plan (passes as data) ──┬──▶ host: loops over the frame's own bytes
//!                                           └──▶ device: one command encoder, one submission, its area read back
//! ```

mod compose;
mod costs;
mod device;
mod draws;
mod effects;
mod frames;
mod host;
mod layers;
mod params;
mod plan;
mod sampled;

pub use compose::{ComposeError, Compositor, FrameLayer};
pub use costs::{Costs, PassCosts};
pub use frames::{
    ComposedFrame, DeviceSlot, FrameReturn, FrameRing, MakeSlot, SlotSupply, frame_ring, read_back,
};
pub use layers::{Cover, LayerTexture};
pub use plan::{LayerContent, Pass, Plan, PlannedLayer, ScaledPart};
