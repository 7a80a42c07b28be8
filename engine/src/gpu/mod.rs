//! The graphics device: adapter, pipelines, textures and read-back. Knows nothing of templates.

mod context;
#[cfg(target_os = "linux")]
mod exported_buffer;
mod passes;
mod picture;
mod pipelines;
mod readback;
mod render_pipeline;
pub mod uniforms;

pub use context::{AdapterDesc, Gpu, GpuContext, GpuError, adapters};
#[cfg(target_os = "linux")]
pub use exported_buffer::{ExportError, ExportedMemory, ExportedSlot};
pub(crate) use passes::backdrop_group;
pub use passes::{EffectKind, PassPipelines, SampledKind};
pub use picture::{PlanePair, Rows, plane_texture, write_part, write_plane};
pub use pipelines::{PipelineKind, Pipelines};
pub use readback::ReadbackSlot;
