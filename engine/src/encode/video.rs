//! H.264 through libx264: NV12 frames in, packets out. A picture that stays is encoded once; what follows are skip pictures.

use std::collections::VecDeque;
use std::sync::Arc;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::Pixel;

use super::error::EncodeError;
use super::frame::PictureFrame;
use super::mp4::TrackDesc;
use super::packet::ready_packet;
use super::skip_pictures::SkipPictures;
use crate::color::CodedPicture;

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
    /// Encodes pictures that stay again and again, instead of writing skip pictures.
    pub encode_repeats: bool,
}

/// Frames from which on it pays to end x264's stream for a picture that stays: it begins a new one afterwards.
const STILL_FRAMES_MIN: u32 = 30;
/// Frames between two pictures to seek to, while nothing moves: x264's own default.
const KEYFRAME_INTERVAL: u32 = 250;

/// An open encoder and the picture that it shows.
pub struct VideoEncoder {
    settings: VideoSettings,
    encoder: ffmpeg::encoder::video::Encoder,
    frame: PictureFrame,
    /// None where repeats are encoded.
    skip_pictures: Option<SkipPictures>,
    /// There while the picture stays; x264 has ended its stream then.
    still: Option<Still>,
    /// Frames that show the picture and are not in the stream yet.
    held: u32,
    /// Number of the first of those.
    next_index: i64,
    ready: VecDeque<ffmpeg::Packet>,
    /// Frames by which a packet's decoding time is ahead of its place in the stream, for B-frames.
    delay: i64,
    packets_given: i64,
}

/// A picture that stays.
struct Still {
    /// It as a keyframe, to seek to now and then. A skip picture follows each, so that no two keyframes of one number
    /// follow each other.
    keyframe: ffmpeg::Packet,
    since_keyframe: u32,
}

impl VideoEncoder {
    /// Opens the encoder.
    ///
    /// # Errors
    /// [`EncodeError`] where it is missing or refuses the settings.
    pub fn open(settings: &VideoSettings) -> Result<Self, EncodeError> {
        let encoder = open_x264(settings)?;
        let frame = PictureFrame::new((settings.width_px, settings.height_px));
        let (parameter_sets, delay) = stream_facts(&encoder);
        let skip_pictures = SkipPictures::new(parameter_sets).filter(|_| !settings.encode_repeats);
        Ok(Self {
            settings: settings.clone(),
            encoder,
            frame,
            skip_pictures,
            still: None,
            held: 0,
            next_index: 0,
            ready: VecDeque::new(),
            delay,
            packets_given: 0,
        })
    }

    /// Shows another picture, for one frame at least; returns the one before, which is encoded.
    ///
    /// # Errors
    /// [`EncodeError::Encoder`] where the encoder refuses the one before.
    pub fn show(&mut self, picture: Arc<CodedPicture>) -> Result<Option<Arc<CodedPicture>>, EncodeError> {
        if self.end_still() {
            self.encoder = open_x264(&self.settings)?;
        } else {
            self.encode_held()?;
        }
        self.held = 1;
        Ok(self.frame.show(picture))
    }

    /// Shows the picture for one more frame.
    ///
    /// # Errors
    /// [`EncodeError::Encoder`] where the encoder refuses it.
    pub fn repeat(&mut self) -> Result<(), EncodeError> {
        self.held += 1;
        match self.skip_pictures {
            None => self.encode_held(),
            Some(skip) if self.still.is_some() => {
                // One is kept back: the last picture of a stretch is no keyframe.
                self.skip_held(skip, 1);
                Ok(())
            }
            Some(skip) if self.held >= STILL_FRAMES_MIN => self.begin_still(skip),
            Some(_) => Ok(()),
        }
    }

    /// Says that no frame follows.
    ///
    /// # Errors
    /// [`EncodeError::Encoder`] where the encoder refuses.
    pub fn finish(&mut self) -> Result<(), EncodeError> {
        if self.end_still() {
            return Ok(());
        }
        self.encode_held()?;
        self.end_stream()
    }

    /// The next packet that is ready, in time base 1/fps.
    pub fn next_packet(&mut self) -> Option<ffmpeg::Packet> {
        let mut packet = self.ready.pop_front()?;
        packet.set_duration(1);
        // As x264 counts in a stream without end; it does not know of the others.
        packet.set_dts(Some(self.packets_given - self.delay));
        self.packets_given += 1;
        Some(packet)
    }

    /// Writes what is left of a picture that stayed; false where none did.
    fn end_still(&mut self) -> bool {
        if let Some(skip) = self.skip_pictures {
            self.skip_held(skip, 0);
        }
        self.still.take().is_some()
    }

    fn encode_held(&mut self) -> Result<(), EncodeError> {
        while self.held > 0 {
            self.send_frame(ffmpeg::picture::Type::None, self.next_index)?;
            self.held -= 1;
            self.next_index += 1;
        }
        Ok(())
    }

    /// Ends x264's stream with the picture as a keyframe.
    fn begin_still(&mut self, skip: SkipPictures) -> Result<(), EncodeError> {
        self.send_frame(ffmpeg::picture::Type::I, self.next_index)?;
        self.end_stream()?;
        self.held -= 1;
        self.next_index += 1;
        if let Some(keyframe) = self.ready.back().cloned() {
            self.still = Some(Still { keyframe, since_keyframe: 0 });
        }
        self.skip_held(skip, 1);
        Ok(())
    }

    fn skip_held(&mut self, skip: SkipPictures, kept: u32) {
        let Some(still) = &mut self.still else { return };
        while self.held > kept {
            still.since_keyframe += 1;
            let mut packet = if still.since_keyframe >= KEYFRAME_INTERVAL && self.held > 1 {
                still.since_keyframe = 0;
                still.keyframe.clone()
            } else {
                ffmpeg::Packet::copy(&skip.picture(still.since_keyframe))
            };
            packet.set_pts(Some(self.next_index));
            self.ready.push_back(packet);
            self.held -= 1;
            self.next_index += 1;
        }
    }

    fn send_frame(&mut self, kind: ffmpeg::picture::Type, index: i64) -> Result<(), EncodeError> {
        let Some(frame) = self.frame.frame(kind, index) else { return Ok(()) };
        self.encoder.send_frame(&frame).map_err(|source| EncodeError::Encoder { name: NAME, source })?;
        self.take_packets()
    }

    fn end_stream(&mut self) -> Result<(), EncodeError> {
        self.encoder.send_eof().map_err(|source| EncodeError::Encoder { name: NAME, source })?;
        self.take_packets()
    }

    fn take_packets(&mut self) -> Result<(), EncodeError> {
        while let Some(packet) = ready_packet(&mut self.encoder, NAME)? {
            self.ready.push_back(packet);
        }
        Ok(())
    }

    /// The track its packets go to.
    #[must_use]
    pub fn track(&self) -> TrackDesc {
        let mut parameters = (&self.encoder).into();
        if self.skip_pictures.is_some() {
            append_parameter_set(&mut parameters, &SkipPictures::parameter_set());
        }
        TrackDesc { parameters, time_base: self.encoder.time_base() }
    }

    /// The encoder's name, as reported.
    #[must_use]
    pub fn name(&self) -> &'static str {
        NAME
    }
}

fn open_x264(settings: &VideoSettings) -> Result<ffmpeg::encoder::video::Encoder, EncodeError> {
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
    // Pictures that we ask to be intra can be seeked to.
    options.set("forced-idr", "1");
    video.open_with(options).map_err(failed)
}

/// The parameter sets of an open encoder (Annex B), and how many frames it reorders.
#[expect(unsafe_code, reason = "the binding has no call for them")]
fn stream_facts(encoder: &ffmpeg::encoder::video::Encoder) -> (&[u8], i64) {
    // SAFETY: the context is open and outlives the borrow; its extradata has the size that it says, or is null.
    unsafe {
        let context = encoder.as_ptr();
        let (data, size) = ((*context).extradata, (*context).extradata_size);
        let bytes = match usize::try_from(size) {
            Ok(size) if !data.is_null() => std::slice::from_raw_parts(data, size),
            _ => &[],
        };
        (bytes, i64::from((*context).has_b_frames))
    }
}

/// Adds a NAL unit to the parameter sets of a track.
#[expect(unsafe_code, reason = "the binding has no call for it")]
fn append_parameter_set(parameters: &mut ffmpeg::codec::Parameters, unit: &[u8]) {
    // SAFETY: the parameters are ours; their extradata is replaced by a longer, zero-padded copy from FFmpeg's own
    // allocator, which frees both.
    unsafe {
        let raw = parameters.as_mut_ptr();
        let size = usize::try_from((*raw).extradata_size).unwrap_or(0);
        let longer = size + unit.len();
        let Ok(longer_int) = i32::try_from(longer) else { return };
        let padding = usize::try_from(ffmpeg::ffi::AV_INPUT_BUFFER_PADDING_SIZE).unwrap_or(64);
        let bytes = ffmpeg::ffi::av_mallocz(longer + padding).cast::<u8>();
        if bytes.is_null() {
            return;
        }
        if size > 0 {
            std::ptr::copy_nonoverlapping((*raw).extradata, bytes, size);
        }
        std::ptr::copy_nonoverlapping(unit.as_ptr(), bytes.add(size), unit.len());
        ffmpeg::ffi::av_freep((&raw mut (*raw).extradata).cast());
        ((*raw).extradata, (*raw).extradata_size) = (bytes, longer_int);
    }
}
