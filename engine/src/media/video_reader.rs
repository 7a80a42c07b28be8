//! The pictures of a video by time: the one shown at any moment, whatever the file's frame rate.

use std::path::{Path, PathBuf};

use avs_template::Ticks;
use ffmpeg_next as ffmpeg;
use ffmpeg_next::codec::discard::Discard;

use super::decoded_frame;
use super::error::MediaFault;
use super::frame_filter::FrameFilter;
use super::input::{MediaInput, open_decoder};
use super::orientation::Orientation;
use crate::limits;

/// A picture counts as shown from this much before its timestamp: containers round timestamps to 1 ms (Matroska).
fn timestamp_tolerance() -> Ticks {
    Ticks::new(Ticks::PER_SECOND / 1000)
}

/// Fields to pictures, one for each; what is not interlaced passes unchanged.
const DEINTERLACER: &str = "bwdif=mode=send_frame:deint=interlaced";

pub(crate) struct VideoReader {
    path: PathBuf,
    threads: usize,
    input: MediaInput,
    decoder: ffmpeg::decoder::Video,
    stream_index: usize,
    time_base: ffmpeg::Rational,
    orientation: Orientation,
    /// Width over height of one coded pixel, where the container or the codec says so.
    pixel_aspect: ffmpeg::Rational,
    /// There from the first interlaced picture on.
    deinterlacer: Option<FrameFilter>,
    deinterlacer_finished: bool,
    current: ffmpeg::frame::Video,
    next: Option<(Ticks, ffmpeg::frame::Video)>,
    shown_any: bool,
    sent_eof: bool,
    /// Duration of a picture, where it is the same for all.
    period: Option<Ticks>,
    /// The times that will be asked for, increasing; empty where that is not known.
    wanted: Vec<Ticks>,
}

impl VideoReader {
    /// Opens the best video stream of a file, to be decoded by so many threads, each a frame.
    pub(crate) fn open(path: &Path, threads: usize) -> Result<Self, MediaFault> {
        let input = MediaInput::open(path)?;
        let stream = input.best_stream(ffmpeg::media::Type::Video).ok_or(MediaFault::NoVideo)?;
        let (stream_index, time_base) = (stream.index(), stream.time_base());
        let orientation = Orientation::of_stream(&stream);
        let pixel_aspect = input.pixel_aspect(&stream);
        let period = constant_period(&stream);
        let decoder = open_video_decoder(&stream, threads)?;
        Ok(Self {
            path: path.to_owned(),
            threads,
            input,
            decoder,
            stream_index,
            time_base,
            orientation,
            pixel_aspect,
            deinterlacer: None,
            deinterlacer_finished: false,
            current: ffmpeg::frame::Video::empty(),
            next: None,
            shown_any: false,
            sent_eof: false,
            period,
            wanted: Vec::new(),
        })
    }

    /// Says which times will be asked for: pictures between them, on which no other depends, are not decoded.
    pub(crate) fn want(&mut self, times: &[Ticks]) {
        self.wanted = times.to_vec();
    }

    pub(crate) fn orientation(&self) -> Orientation {
        self.orientation
    }

    /// Size of the picture as shown: upright, in square pixels.
    pub(crate) fn upright_size(&self) -> (u32, u32) {
        let (width, height) = (self.decoder.width(), self.decoder.height());
        let (num, den) = (self.pixel_aspect.numerator(), self.pixel_aspect.denominator());
        let width = match (u64::try_from(num), u64::try_from(den)) {
            (Ok(num), Ok(den)) if num > 0 && den > 0 => {
                let wide = u32::try_from((u64::from(width) * num + den / 2) / den).unwrap_or(u32::MAX);
                // A nonsensical aspect is no reason to refuse the file.
                if wide > limits::PICTURE_SIDE_PX_MAX { width } else { wide }
            }
            _ => width,
        };
        self.orientation.turned((width.max(1), height))
    }

    /// True where the current picture has an alpha channel.
    pub(crate) fn has_alpha(&self) -> bool {
        has_alpha(self.current.format())
    }

    /// Starts near `time`, which is later than the beginning.
    pub(crate) fn seek(&mut self, time: Ticks) -> Result<(), MediaFault> {
        // A file without an index is read from its start: slower, and just as right.
        if self.input.seek_before(time).is_err() {
            return Ok(());
        }
        self.decoder.flush();
        self.sent_eof = false;
        (self.deinterlacer, self.deinterlacer_finished) = (None, false);
        self.next = self.decode_next()?;
        // A transport stream may be entered behind its last keyframe, where nothing can be decoded.
        if self.next.as_ref().is_none_or(|(starts, _)| *starts > time + timestamp_tolerance()) {
            *self = Self::open(&self.path, self.threads)?;
        }
        Ok(())
    }

    /// Goes on to the picture shown at `time`, which never decreases. `None`: still the one of the last call.
    /// After the last picture it stays; before the first one, the first one is shown.
    pub(crate) fn advance_to(
        &mut self,
        time: Ticks,
    ) -> Result<Option<&mut ffmpeg::frame::Video>, MediaFault> {
        let mut changed = false;
        loop {
            if self.next.is_none() {
                self.next = self.decode_next()?;
            }
            match self.next.take() {
                Some((starts, frame)) if !self.shown_any || starts <= time + timestamp_tolerance() => {
                    self.current = frame;
                    self.shown_any = true;
                    changed = true;
                }
                later => {
                    self.next = later;
                    break;
                }
            }
        }
        if !self.shown_any {
            return Err(MediaFault::NoPictures);
        }
        Ok(changed.then_some(&mut self.current))
    }

    fn decode_next(&mut self) -> Result<Option<(Ticks, ffmpeg::frame::Video)>, MediaFault> {
        loop {
            if let Some((frame, time_base)) = self.deinterlacer.as_mut().and_then(FrameFilter::pull) {
                return Ok(Some((self.input.time_of(frame.pts().unwrap_or(0), time_base), frame)));
            }
            let mut frame = ffmpeg::frame::Video::empty();
            match decoded_frame::receive(&mut self.decoder, &mut frame) {
                Ok(()) => {
                    check_size(frame.width(), frame.height())?;
                    let timestamp = frame.timestamp().unwrap_or(0);
                    frame.set_pts(Some(timestamp));
                    if !self.deinterlaces(&frame) {
                        return Ok(Some((self.input.time_of(timestamp, self.time_base), frame)));
                    }
                }
                Err(_) if !self.sent_eof => self.send_next_packet(),
                Err(_) => match &mut self.deinterlacer {
                    Some(filter) if !self.deinterlacer_finished => {
                        // The worst that a failure does here is to lose the last picture.
                        filter.finish().unwrap_or_default();
                        self.deinterlacer_finished = true;
                    }
                    _ => return Ok(None),
                },
            }
        }
    }

    /// Hands a picture to the deinterlacer, where one is needed; false where the picture is to be shown as it is.
    fn deinterlaces(&mut self, frame: &ffmpeg::frame::Video) -> bool {
        if self.deinterlacer.is_none() && frame.is_interlaced() {
            self.deinterlacer = FrameFilter::new(frame, self.time_base, DEINTERLACER).ok();
        }
        // A stream whose size changes on its way is shown as it is from there on.
        self.deinterlacer.as_mut().is_some_and(|filter| filter.fits(frame) && filter.push(frame).is_ok())
    }

    /// True where none of the wanted times falls to the picture of a packet.
    fn is_unseen(&self, packet: &ffmpeg::Packet) -> bool {
        let (Some(period), Some(pts)) = (self.period, packet.pts()) else { return false };
        let starts = self.input.time_of(pts, self.time_base) - timestamp_tolerance();
        let first = self.wanted.partition_point(|wanted| *wanted < starts);
        // Behind the last one lie pictures that a later run may hold on to.
        self.wanted.get(first).is_some_and(|wanted| *wanted >= starts + period)
    }

    /// Feeds the decoder. A packet it refuses is skipped: a damaged file shows what it can.
    fn send_next_packet(&mut self) {
        let mut packet = ffmpeg::Packet::empty();
        loop {
            match packet.read(&mut self.input.demuxer) {
                Ok(()) if packet.stream() != self.stream_index => {}
                Ok(()) => {
                    let discard =
                        if self.is_unseen(&packet) { Discard::NonReference } else { Discard::Default };
                    self.decoder.skip_frame(discard);
                    if self.decoder.send_packet(&packet).is_ok() {
                        return;
                    }
                }
                Err(_) => {
                    self.sent_eof = true;
                    // Draining twice is the only way this fails, and that is harmless.
                    self.decoder.send_eof().unwrap_or_default();
                    return;
                }
            }
        }
    }
}

/// Duration of a picture of a stream that has a constant rate and no fields.
#[expect(unsafe_code, reason = "the binding has no call for the order of fields")]
fn constant_period(stream: &ffmpeg::Stream<'_>) -> Option<Ticks> {
    let (mean, exact) = (stream.avg_frame_rate(), stream.rate());
    // SAFETY: the parameters live as long as the stream.
    let fields = unsafe { (*stream.parameters().as_ptr()).field_order };
    let progressive = fields == ffmpeg::ffi::AVFieldOrder::AV_FIELD_PROGRESSIVE;
    let (num, den) = (i64::from(exact.numerator()), i64::from(exact.denominator()));
    (progressive && mean == exact && num > 0).then(|| Ticks::new(Ticks::PER_SECOND).scaled(den, num))
}

/// Opens the decoder of a video stream, for pictures of a size that we decode.
pub(super) fn open_video_decoder(
    stream: &ffmpeg::Stream<'_>,
    threads: usize,
) -> Result<ffmpeg::decoder::Video, MediaFault> {
    let undecodable = |source| MediaFault::Undecodable { kind: "video", source };
    let mut context = ffmpeg::codec::Context::from_parameters(stream.parameters()).map_err(undecodable)?;
    context.set_threading(ffmpeg::threading::Config {
        count: threads,
        ..ffmpeg::threading::Config::kind(ffmpeg::threading::Type::Frame)
    });
    let decoder = open_decoder(context.decoder(), alpha_decoder(stream))
        .and_then(ffmpeg::codec::decoder::Opened::video)
        .map_err(undecodable)?;
    check_size(decoder.width(), decoder.height())?;
    Ok(decoder)
}

/// The decoder that alone reads the alpha which WebM keeps beside the pictures; FFmpeg's own ignores it.
fn alpha_decoder(stream: &ffmpeg::Stream<'_>) -> Option<&'static str> {
    let has_alpha = stream.metadata().get("alpha_mode") == Some("1");
    match stream.parameters().id() {
        ffmpeg::codec::Id::VP8 if has_alpha => Some("libvpx"),
        ffmpeg::codec::Id::VP9 if has_alpha => Some("libvpx-vp9"),
        _ => None,
    }
}

/// True for formats with an alpha channel.
#[expect(unsafe_code, reason = "the binding has no call for the flags of a format")]
pub(crate) fn has_alpha(format: ffmpeg::format::Pixel) -> bool {
    // SAFETY: a descriptor is a constant of the library.
    let flags = format.descriptor().map(|descriptor| unsafe { (*descriptor.as_ptr()).flags });
    flags.is_some_and(|flags| flags & u64::from(ffmpeg::ffi::AV_PIX_FMT_FLAG_ALPHA.unsigned_abs()) != 0)
}

/// Refuses pictures that would take too much memory, before any is decoded.
pub(crate) fn check_size(width_px: u32, height_px: u32) -> Result<(), MediaFault> {
    let (max_px, megapixels_max) = (limits::PICTURE_SIDE_PX_MAX, limits::PICTURE_MEGAPIXELS_MAX);
    let area = u64::from(width_px) * u64::from(height_px);
    if width_px > max_px || height_px > max_px || area > megapixels_max * 1_000_000 {
        return Err(MediaFault::TooLarge { width_px, height_px, max_px, megapixels_max });
    }
    Ok(())
}
