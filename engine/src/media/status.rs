//! What a bare call of FFmpeg returns, as a result.

use ffmpeg_next as ffmpeg;

/// FFmpeg's status as a result: negative numbers are errors.
pub(crate) fn checked(status: std::ffi::c_int) -> Result<(), ffmpeg::Error> {
    if status < 0 { Err(ffmpeg::Error::from(status)) } else { Ok(()) }
}
