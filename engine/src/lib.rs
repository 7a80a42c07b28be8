//! The render engine: an AVS Template and its media in, an MP4 out.
//!
//! Arrows: `worker`, `cli` → `sandbox`, `job`, `analysis`; `analysis` → `media`, `audio`, `color`; `job` → `media`, `compositor`, `encode`, `audio`, `text`; `compositor` → `color`, `gpu`.

pub mod analysis;
pub mod audio;
pub mod cli;
pub mod color;
pub mod compositor;
pub mod encode;
pub mod error;
pub mod geometry;
pub mod gpu;
pub mod job;
pub mod limits;
pub mod media;
pub mod sandbox;
pub mod text;
pub mod trace;
pub mod worker;
