//! H.264 through libx264: NV12 frames in, packets out.

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::Pixel;

use super::error::EncodeError;
use super::mp4::TrackDesc;
use super::packet::ready_packet;

/// FFmpeg's name of the encoder.
const NAME: &str = "libx264";

/// What to encode to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoSettings {
    /// Width, even.
    pub width_px: u32,
    /// Height, even.
    pub height_px: u32,
    /// Frames per second.
    pub fps: u32,
    /// x264's preset.
    pub preset: String,
    /// x264's constant rate factor, 0..=51.
    pub crf: u8,
}

/// An open encoder and the one frame that it is fed from.
pub struct VideoEncoder {
    encoder: ffmpeg::encoder::video::Encoder,
    frame: ffmpeg::frame::Video,
}

impl VideoEncoder {
    /// Opens the encoder.
    ///
    /// # Errors
    /// [`EncodeError`] where it is missing or refuses the settings.
    pub fn open(settings: &VideoSettings) -> Result<Self, EncodeError> {
        let codec = ffmpeg::encoder::find_by_name(NAME).ok_or(EncodeError::MissingEncoder { name: NAME })?;
        let failed = |source| EncodeError::Encoder { name: NAME, source };
        let mut context = ffmpeg::codec::Context::new_with_codec(codec);
        // MP4 keeps the parameter sets in its header.
        context.set_flags(ffmpeg::codec::Flags::GLOBAL_HEADER);
        let mut video = context.encoder().video().map_err(failed)?;
        let fps = i32::try_from(settings.fps).unwrap_or(i32::MAX);
        video.set_width(settings.width_px);
        video.set_height(settings.height_px);
        video.set_format(Pixel::NV12);
        video.set_time_base((1, fps));
        video.set_frame_rate(Some((fps, 1)));
        video.set_aspect_ratio((1, 1));
        video.set_colorspace(ffmpeg::color::Space::BT709);
        video.set_color_range(ffmpeg::color::Range::MPEG);
        video.set_color_primaries(ffmpeg::color::Primaries::BT709);
        video.set_color_transfer_characteristic(ffmpeg::color::TransferCharacteristic::BT709);
        let mut options = ffmpeg::Dictionary::new();
        options.set("preset", &settings.preset);
        options.set("crf", &settings.crf.to_string());
        let encoder = video.open_with(options).map_err(failed)?;
        let frame = ffmpeg::frame::Video::new(Pixel::NV12, settings.width_px, settings.height_px);
        Ok(Self { encoder, frame })
    }

    /// Copies one row of luma (plane 0) or interleaved chroma (plane 1) into the frame to encode next.
    pub fn set_row(&mut self, plane: usize, row: usize, bytes: &[u8]) {
        let stride = self.frame.stride(plane);
        self.frame.data_mut(plane)[row * stride..][..bytes.len()].copy_from_slice(bytes);
    }

    /// Encodes the frame as number `index`.
    ///
    /// # Errors
    /// [`EncodeError::Encoder`] where the encoder refuses it.
    pub fn encode(&mut self, index: i64) -> Result<(), EncodeError> {
        self.frame.set_pts(Some(index));
        self.encoder.send_frame(&self.frame).map_err(|source| EncodeError::Encoder { name: NAME, source })
    }

    /// Says that no frame follows.
    ///
    /// # Errors
    /// [`EncodeError::Encoder`] where the encoder refuses.
    pub fn finish(&mut self) -> Result<(), EncodeError> {
        self.encoder.send_eof().map_err(|source| EncodeError::Encoder { name: NAME, source })
    }

    /// The next packet that is ready, in time base 1/fps. Take all before the next frame: it reuses the buffer.
    ///
    /// # Errors
    /// [`EncodeError::Encoder`] where the encoder failed.
    pub fn next_packet(&mut self) -> Result<Option<ffmpeg::Packet>, EncodeError> {
        let Some(mut packet) = ready_packet(&mut self.encoder, NAME)? else { return Ok(None) };
        packet.set_duration(1);
        Ok(Some(packet))
    }

    /// The track its packets go to.
    #[must_use]
    pub fn track(&self) -> TrackDesc {
        TrackDesc { parameters: (&self.encoder).into(), time_base: self.encoder.time_base() }
    }

    /// The encoder's name, as reported.
    #[must_use]
    pub fn name(&self) -> &'static str {
        NAME
    }
}
