//! H.264 on the CPU through libx264.

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::Pixel;

use super::backend::{Session, SessionDesc};
use super::error::EncodeError;
use super::video::VideoSettings;

/// FFmpeg's name of the encoder.
pub(super) const NAME: &str = "libx264";

/// Opens the encoder.
pub(super) fn open(settings: &VideoSettings) -> Result<Session, EncodeError> {
    let desc = SessionDesc { name: NAME, settings, format: Pixel::NV12, pool: None };
    let options = vec![
        ("preset", settings.preset.clone()),
        ("crf", settings.crf.to_string()),
        // Pictures that we ask to be intra can be seeked to.
        ("forced-idr", "1".to_owned()),
    ];
    Session::open(desc, &options).map_err(|source| match source {
        ffmpeg::Error::EncoderNotFound => EncodeError::MissingEncoder { name: NAME },
        source => EncodeError::Encoder { name: NAME, source },
    })
}
