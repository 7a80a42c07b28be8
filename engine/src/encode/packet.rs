//! Taking packets from an encoder: one that is not ready yet is not an error, everything else is.

use ffmpeg_next as ffmpeg;

use super::error::EncodeError;

/// The next packet, `None` where the encoder wants more frames or has given its last.
pub(super) fn ready_packet(
    encoder: &mut ffmpeg::codec::encoder::Encoder,
    name: &'static str,
) -> Result<Option<ffmpeg::Packet>, EncodeError> {
    let mut packet = ffmpeg::Packet::empty();
    match encoder.receive_packet(&mut packet) {
        Ok(()) => Ok(Some(packet)),
        Err(ffmpeg::Error::Eof | ffmpeg::Error::Other { errno: ffmpeg::util::error::EAGAIN }) => Ok(None),
        Err(source) => Err(EncodeError::Encoder { name, source }),
    }
}
