//! Encoding and writing the MP4: H.264 by x264, AAC-LC, fast start, colours tagged BT.709 limited.

mod aac;
mod bits;
mod error;
mod frame;
mod mp4;
mod packet;
mod skip_pictures;
mod video;

pub use aac::{AAC_FRAME_SAMPLES, AacEncoder};
pub use error::EncodeError;
pub use mp4::{Mp4Writer, TrackDesc, TrackKind};
pub use video::{VideoEncoder, VideoSettings};
