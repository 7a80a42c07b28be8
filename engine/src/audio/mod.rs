//! The sound of a timeline: clips read in order, gained, summed in 32-bit float at 48 kHz stereo.

mod clip;
mod mixer;

pub use clip::AudioClipDesc;
pub use mixer::Mixer;
