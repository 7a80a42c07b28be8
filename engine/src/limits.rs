//! Every bound of the engine, with its reason.

use std::time::Duration;

/// Longest side of a picture we decode: H.264 level 6.2 and every phone stay below it.
pub const PICTURE_SIDE_PX_MAX: u32 = 16_384;
/// Most pixels of a picture we decode: 100 MP is 400 MB as RGBA, beyond every phone camera.
pub const PICTURE_MEGAPIXELS_MAX: u64 = 100;
/// Lowest sample rate we decode: half of telephone quality.
pub const SOUND_RATE_HZ_MIN: u32 = 4_000;
/// Highest sample rate we decode: the highest of any studio format.
pub const SOUND_RATE_HZ_MAX: u32 = 384_000;
/// Most channels we decode: 7.1.
pub const SOUND_CHANNELS_MAX: u16 = 8;
/// Videos decoded at once: each holds tens of megabytes of reference pictures.
pub const VIDEOS_AT_ONCE_MAX: usize = 32;
/// Threads of one video decoder; more only hold more pictures.
pub const DECODER_THREADS_MAX: usize = 4;
/// Decoded pictures waiting for the compositor, a block: a little more than x264's burst between B-frames.
pub const PICTURES_AHEAD: usize = 4;
/// Frames being drawn or read back at once: one drawn, one copied, one encoded.
pub const FRAMES_IN_FLIGHT: usize = 3;
/// Longest wait for one frame of the device. Software adapters need milliseconds; one silent for this long is gone.
pub const FRAME_WAIT_MAX: Duration = Duration::from_secs(30);
/// Encoded audio packets waiting for the muxer: 2048 × 1024 samples are 44 s, in about one megabyte. Sound is encoded
/// while the first pictures are still being decoded.
pub const AUDIO_PACKETS_AHEAD: usize = 2048;
/// Mixed blocks of 1024 samples waiting for the AAC encoder: enough that neither waits for the other's next one.
pub const SOUND_BLOCKS_AHEAD: usize = 8;
/// A video's decoder starts this long before its block is shown, so that its first picture is ready.
pub const DECODE_LEAD: Duration = Duration::from_secs(1);
/// An image is decoded this long before its block is shown: a photo of 24 megapixels takes half a second.
pub const IMAGE_LEAD: Duration = Duration::from_secs(3);
/// Shortest time between two progress reports.
pub const PROGRESS_INTERVAL: Duration = Duration::from_millis(250);
/// Longest side of a picture that moves on the canvas; what is nearer than this is enlarged from it.
pub const LAYER_SIDE_PX_MAX: u32 = 8192;
/// Largest SVG: drawings are text, and a larger one is a bomb or a traced photograph.
pub const SVG_BYTES_MAX: u64 = 4 << 20;
/// Longest file a serving engine writes: four times the longest video we allow at studio quality; far below most disks.
pub const FILE_BYTES_MAX: u64 = 16 << 30;
/// Memory at which a serving engine ends: ten times what any of our benches holds.
pub const MEMORY_BYTES_MAX: u64 = 8 << 30;
/// Longest analysis of one file: a minute of 1080p takes a tenth of it.
pub const ANALYSIS_WALL_MAX: Duration = Duration::from_secs(60);
/// Longest analysis of all files of a job, each of which has its share: what was found by then is better than nothing
/// found later than anybody waits for it (the control plane gives up after 1000 s).
pub const ANALYSIS_OF_ALL_WALL_MAX: Duration = Duration::from_secs(900);
