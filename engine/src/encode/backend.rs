//! What every H.264 encoder looks like from outside, and the FFmpeg session that is the same for all of them.

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::Pixel;

use super::error::EncodeError;
use super::hardware::BufferRef;
use super::mp4::TrackDesc;
use super::packet::ready_packet;
use super::video::VideoSettings;

/// An open H.264 encoder. Pictures come in as frames of the format that it was opened with: NV12 in CPU memory, or frames
/// of a device. The caller sets time and kind of each; the encoder is through with a frame's bytes, or holds a reference
/// of its own, when `send` returns and the ready packets are taken.
pub(super) trait H264Encoder: Send {
    /// The FFmpeg encoder behind it.
    fn session(&self) -> &Session;

    /// The same, to work with.
    fn session_mut(&mut self) -> &mut Session;

    /// Takes one picture.
    fn send(&mut self, frame: &ffmpeg::frame::Video) -> Result<(), EncodeError> {
        self.session_mut().send(frame)
    }

    /// FFmpeg's name of it, as reported.
    fn name(&self) -> &'static str {
        self.session().name
    }

    /// Says that no picture follows.
    fn end(&mut self) -> Result<(), EncodeError> {
        self.session_mut().end()
    }

    /// The next packet that is ready, in time base 1/fps.
    fn next_packet(&mut self) -> Result<Option<ffmpeg::Packet>, EncodeError> {
        self.session_mut().next_packet()
    }

    /// The track its packets go to.
    fn track(&self) -> TrackDesc {
        self.session().track()
    }
}

/// An open FFmpeg encoder.
pub(super) struct Session {
    name: &'static str,
    encoder: ffmpeg::encoder::video::Encoder,
}

/// How to open one.
#[derive(Clone, Copy)]
pub(super) struct SessionDesc<'a> {
    /// FFmpeg's name of the encoder.
    pub(super) name: &'static str,
    /// Size and rate; quality is in the options.
    pub(super) settings: &'a VideoSettings,
    /// What its frames are.
    pub(super) format: Pixel,
    /// The pool that they come from, for frames of a device.
    pub(super) pool: Option<&'a BufferRef>,
}

/// Options by FFmpeg's names.
pub(super) type Options = Vec<(&'static str, String)>;

impl Session {
    /// Opens an encoder with these options.
    pub(super) fn open(desc: SessionDesc<'_>, options: &Options) -> Result<Self, ffmpeg::Error> {
        let SessionDesc { name, settings, format, pool } = desc;
        let codec = ffmpeg::encoder::find_by_name(name).ok_or(ffmpeg::Error::EncoderNotFound)?;
        let mut context = ffmpeg::codec::Context::new_with_codec(codec);
        // MP4 keeps the parameter sets in its header.
        context.set_flags(ffmpeg::codec::Flags::GLOBAL_HEADER);
        let mut video = context.encoder().video()?;
        let fps = i32::try_from(settings.fps).unwrap_or(i32::MAX);
        video.set_width(settings.width_px);
        video.set_height(settings.height_px);
        video.set_format(format);
        video.set_time_base((1, fps));
        video.set_frame_rate(Some((fps, 1)));
        video.set_aspect_ratio((1, 1));
        video.set_colorspace(ffmpeg::color::Space::BT709);
        video.set_color_range(ffmpeg::color::Range::MPEG);
        video.set_color_primaries(ffmpeg::color::Primaries::BT709);
        video.set_color_transfer_characteristic(ffmpeg::color::TransferCharacteristic::BT709);
        if let Some(pool) = pool {
            attach_pool(&mut video, pool);
        }
        let mut dictionary = ffmpeg::Dictionary::new();
        for (option, value) in options {
            dictionary.set(option, value);
        }
        Ok(Self { name, encoder: video.open_with(dictionary)? })
    }

    /// Opens an encoder, and where it refuses, again with one more of `retreats` each time, which replace options.
    pub(super) fn open_retreating(
        desc: SessionDesc<'_>,
        mut options: Options,
        retreats: &[(&'static str, &str)],
    ) -> Result<Self, ffmpeg::Error> {
        let mut outcome = Self::open(desc, &options);
        for (option, value) in retreats {
            // Only "not implemented" says that the settings are at fault; more tries would not cure the rest.
            let Err(ffmpeg::Error::Other { errno: ffmpeg::util::error::ENOSYS }) = outcome else { break };
            replace_option(&mut options, option, value);
            outcome = Self::open(desc, &options);
        }
        outcome
    }

    fn send(&mut self, frame: &ffmpeg::frame::Video) -> Result<(), EncodeError> {
        self.encoder.send_frame(frame).map_err(|source| EncodeError::Encoder { name: self.name, source })
    }

    fn end(&mut self) -> Result<(), EncodeError> {
        self.encoder.send_eof().map_err(|source| EncodeError::Encoder { name: self.name, source })
    }

    fn next_packet(&mut self) -> Result<Option<ffmpeg::Packet>, EncodeError> {
        ready_packet(&mut self.encoder, self.name)
    }

    fn track(&self) -> TrackDesc {
        TrackDesc { parameters: (&self.encoder).into(), time_base: self.encoder.time_base() }
    }

    /// Its parameter sets (Annex B); empty where it gives none beforehand.
    #[expect(unsafe_code, reason = "the binding has no call for them")]
    pub(super) fn parameter_sets(&self) -> &[u8] {
        // SAFETY: the context is open and outlives the borrow; its extradata has the size that it says, or is null.
        unsafe {
            let context = self.encoder.as_ptr();
            let (data, size) = ((*context).extradata, (*context).extradata_size);
            match usize::try_from(size) {
                Ok(size) if !data.is_null() => std::slice::from_raw_parts(data, size),
                _ => &[],
            }
        }
    }

    /// How many frames it reorders.
    #[expect(unsafe_code, reason = "the binding has no call for it")]
    pub(super) fn reordered_frames(&self) -> i64 {
        // SAFETY: the context is open.
        i64::from(unsafe { (*self.encoder.as_ptr()).has_b_frames })
    }
}

impl H264Encoder for Session {
    fn session(&self) -> &Session {
        self
    }

    fn session_mut(&mut self) -> &mut Session {
        self
    }
}

fn replace_option(options: &mut Options, option: &'static str, value: &str) {
    options.retain(|(name, _)| *name != option);
    options.push((option, value.to_owned()));
}

#[expect(unsafe_code, reason = "the binding has no call for it")]
fn attach_pool(video: &mut ffmpeg::encoder::video::Video, pool: &BufferRef) {
    // SAFETY: the context is ours and not open yet; it takes the new reference and gives it up when it is freed.
    unsafe { (*video.as_mut_ptr()).hw_frames_ctx = pool.clone().into_raw() };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retreat_replaces_the_option_it_names() {
        let mut options = vec![("bf", "2".to_owned()), ("cq", "23".to_owned())];
        replace_option(&mut options, "bf", "0");
        assert_eq!(options, [("cq", "23".to_owned()), ("bf", "0".to_owned())]);
    }
}
