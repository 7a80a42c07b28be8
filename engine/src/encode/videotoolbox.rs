//! H.264 on a Mac through VideoToolbox, from frames in CPU memory.

use ffmpeg_next::format::Pixel;

use super::backend::{Session, SessionDesc};
use super::hardware_settings::{VIDEOTOOLBOX_RETREATS, videotoolbox_options};
use super::refusal::Refusal;
use super::video::VideoSettings;

/// FFmpeg's name of the encoder.
pub(super) const NAME: &str = "h264_videotoolbox";

/// Looks whether there is anything to try.
pub(super) fn find_framework() -> Result<(), Refusal> {
    if cfg!(target_os = "macos") { Ok(()) } else { Err(Refusal::NotMacos) }
}

/// Opens the encoder.
pub(super) fn open(settings: &VideoSettings) -> Result<Session, Refusal> {
    let desc = SessionDesc { name: NAME, settings, format: Pixel::NV12, pool: None };
    Session::open_retreating(desc, videotoolbox_options(settings), &VIDEOTOOLBOX_RETREATS)
        .map_err(|error| Refusal::from_ffmpeg(NAME, error))
}
