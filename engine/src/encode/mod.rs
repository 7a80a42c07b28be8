//! Encoding and writing the MP4: H.264 by x264 or hardware, AAC-LC, fast start, colours tagged BT.709 limited.

mod aac;
mod backend;
mod bits;
mod choice;
#[cfg(target_os = "linux")]
mod cuda;
mod error;
mod frame;
mod hardware;
mod hardware_settings;
mod mp4;
mod nvenc;
mod packet;
mod refusal;
mod skip_pictures;
mod vaapi;
mod video;
mod videotoolbox;
mod x264;

pub use aac::{AAC_FRAME_SAMPLES, AacEncoder};
pub use choice::{EncoderChoice, EncoderStatus, encoders, nvenc_usable, warm_up};
#[cfg(target_os = "linux")]
pub use cuda::{CudaDevice, CudaFrames, CudaSlot, CudaSlotDesc};
pub use error::EncodeError;
pub use mp4::{Mp4Writer, TrackDesc, TrackKind};
pub use refusal::Refusal;
pub use video::{VideoEncoder, VideoSettings};
