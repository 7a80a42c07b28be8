//! Sound: clips on the timeline, their sum, the limiter. Files are decoded by `media`, AAC is made by `encode`.

mod clip;
mod clip_reader;
mod limiter;
mod mixer;

pub use clip::AudioClipDesc;
pub(crate) use limiter::{PHASES, TAPS, filter as interpolation_filter};
pub use mixer::Mixer;

/// Samples and gains are 32-bit floats.
#[expect(clippy::cast_possible_truncation, reason = "samples are 32-bit floats")]
fn narrow(value: f64) -> f32 {
    value as f32
}
