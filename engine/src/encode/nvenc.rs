//! H.264 on an NVIDIA card from frames in CPU memory, which FFmpeg uploads.

use std::path::Path;

use ffmpeg_next::format::Pixel;

use super::backend::{Session, SessionDesc};
use super::hardware_settings::{NVENC_RETREATS, nvenc_options};
use super::refusal::Refusal;
use super::video::VideoSettings;

/// FFmpeg's name of the encoder.
pub(super) const NAME: &str = "h264_nvenc";

/// What the driver shows: its control node, or, in Windows' Linux, the host's.
const CARD_NODES: [&str; 2] = ["/dev/nvidiactl", "/dev/dxg"];

/// Looks whether there is anything to try. Costs two looks into `/dev` where there is not.
pub(super) fn find_card() -> Result<(), Refusal> {
    if !CARD_NODES.iter().any(|node| Path::new(node).exists()) {
        return Err(Refusal::NoNvidiaCard);
    }
    #[cfg(target_os = "linux")]
    super::cuda::find_driver()?;
    Ok(())
}

/// Opens the encoder. FFmpeg picks the first card that has one.
pub(super) fn open(settings: &VideoSettings) -> Result<Session, Refusal> {
    let desc = SessionDesc { name: NAME, settings, format: Pixel::NV12, pool: None };
    Session::open_retreating(desc, nvenc_options(settings), &NVENC_RETREATS)
        .map_err(|error| Refusal::from_ffmpeg(NAME, error))
}
