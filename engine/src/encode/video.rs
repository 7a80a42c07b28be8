//! The pictures of a video in, packets out. With x264, a picture that stays is encoded once; what follows are skip pictures.

use std::collections::VecDeque;
use std::sync::Arc;

use ffmpeg_next as ffmpeg;

use super::backend::H264Encoder;
use super::choice::{self, EncoderChoice};
#[cfg(target_os = "linux")]
use super::cuda::CudaFrames;
use super::error::EncodeError;
use super::frame::PictureFrame;
use super::mp4::TrackDesc;
#[cfg(target_os = "linux")]
use super::refusal::Refusal;
use super::skip_pictures::SkipPictures;
use super::x264;
use crate::color::CodedPicture;

/// What to encode to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoSettings {
    /// Width, even.
    pub width_px: u32,
    /// Height, even.
    pub height_px: u32,
    /// Frames per second.
    pub fps: u32,
    /// x264's preset; others take what is nearest to it.
    pub preset: String,
    /// x264's constant rate factor, 0..=51; others take what looks like it.
    pub crf: u8,
    /// Which encoder.
    pub encoder: EncoderChoice,
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
    encoder: Box<dyn H264Encoder>,
    shown: Shown,
    /// None where repeats are encoded: on request, and by every encoder but x264.
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

/// Where the picture is.
enum Shown {
    /// In memory of ours.
    Host(PictureFrame),
    /// On the encoder's own card.
    #[cfg(target_os = "linux")]
    Card(ffmpeg::frame::Video),
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
        let shown = Shown::Host(PictureFrame::new((settings.width_px, settings.height_px)));
        Ok(Self::with_encoder(settings, choice::open(settings)?, shown))
    }

    /// Opens NVENC for frames that are on its card already: give them to [`Self::show_on_card`].
    ///
    /// # Errors
    /// [`Refusal`] where it does not take them.
    #[cfg(target_os = "linux")]
    pub fn open_on_card(settings: &VideoSettings, frames: &CudaFrames) -> Result<Self, Refusal> {
        let encoder = choice::open_on_card(settings, frames)?;
        Ok(Self::with_encoder(settings, encoder, Shown::Card(ffmpeg::frame::Video::empty())))
    }

    fn with_encoder(settings: &VideoSettings, encoder: Box<dyn H264Encoder>, shown: Shown) -> Self {
        let delay = encoder.session().reordered_frames();
        let skip_pictures = SkipPictures::new(encoder.session().parameter_sets())
            .filter(|_| encoder.name() == x264::NAME && !settings.encode_repeats);
        Self {
            settings: settings.clone(),
            encoder,
            shown,
            skip_pictures,
            still: None,
            held: 0,
            next_index: 0,
            ready: VecDeque::new(),
            delay,
            packets_given: 0,
        }
    }

    /// Shows another picture, for one frame at least; returns the one before, which is encoded.
    ///
    /// # Errors
    /// [`EncodeError::Encoder`] where the encoder refuses the one before.
    pub fn show(&mut self, picture: Arc<CodedPicture>) -> Result<Option<Arc<CodedPicture>>, EncodeError> {
        self.begin_picture()?;
        match &mut self.shown {
            Shown::Host(frame) => Ok(frame.show(picture)),
            // Opened for frames of the card: a fault of ours.
            #[cfg(target_os = "linux")]
            Shown::Card(_) => {
                Err(EncodeError::Encoder { name: self.encoder.name(), source: ffmpeg::Error::Bug })
            }
        }
    }

    /// Shows another picture that is on the encoder's card, for one frame at least.
    ///
    /// # Errors
    /// [`EncodeError::Encoder`] where the encoder refuses the one before.
    #[cfg(target_os = "linux")]
    pub fn show_on_card(&mut self, frame: ffmpeg::frame::Video) -> Result<(), EncodeError> {
        self.begin_picture()?;
        self.shown = Shown::Card(frame);
        Ok(())
    }

    /// Encodes what the picture before is still owed.
    fn begin_picture(&mut self) -> Result<(), EncodeError> {
        if self.end_still() {
            self.encoder = Box::new(x264::open(&self.settings)?);
        } else {
            self.encode_held()?;
        }
        self.held = 1;
        Ok(())
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
        if self.skip_pictures.is_some() {
            // As x264 counts in a stream without end; it does not know of the others.
            packet.set_dts(Some(self.packets_given - self.delay));
        }
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
        match &mut self.shown {
            Shown::Host(picture) => {
                if let Some(frame) = picture.frame(kind, index) {
                    self.encoder.send(&frame)?;
                }
            }
            #[cfg(target_os = "linux")]
            Shown::Card(frame) => {
                frame.set_pts(Some(index));
                frame.set_kind(kind);
                self.encoder.send(frame)?;
            }
        }
        self.take_packets()
    }

    fn end_stream(&mut self) -> Result<(), EncodeError> {
        self.encoder.end()?;
        self.take_packets()
    }

    fn take_packets(&mut self) -> Result<(), EncodeError> {
        while let Some(packet) = self.encoder.next_packet()? {
            self.ready.push_back(packet);
        }
        Ok(())
    }

    /// The track its packets go to.
    #[must_use]
    pub fn track(&self) -> TrackDesc {
        let mut track = self.encoder.track();
        if self.skip_pictures.is_some() {
            append_parameter_set(&mut track.parameters, &SkipPictures::parameter_set());
        }
        track
    }

    /// The encoder's name, as reported.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.encoder.name()
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
