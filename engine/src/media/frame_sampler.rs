//! Pictures of a video in order, as many as it takes to see what it shows, decoded as cheaply as the file allows.

use std::path::Path;

use avs_template::Ticks;
use ffmpeg_next as ffmpeg;
use ffmpeg_next::codec::discard::Discard;

use super::decoded_frame;
use super::error::MediaFault;
use super::input::MediaInput;
use super::orientation::Orientation;
use super::video_reader::{check_size, open_video_decoder};

/// Packets that are looked at to learn where the keyframes are: an hour at 50 pictures a second.
const SURVEYED_PACKETS_MAX: usize = 180_000;
/// Pixels a second beyond which not every picture is worth its decoding: 1080p at 60.
const PIXEL_RATE_MAX: f64 = 130.0e6;
/// Length beyond which the same holds.
const LONG_SECS: f64 = 150.0;

/// Which pictures are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Those that others refer to: without them nothing can be decoded.
    References,
    /// Those that refer to no other.
    Keyframes,
    /// Of a file that has only such, those that are wanted.
    Wanted,
}

/// What a pass over the packets tells.
#[derive(Debug, Clone, Copy, Default)]
struct Survey {
    /// Time of the last picture.
    last_secs: f64,
    key_gap_max_secs: f64,
    packet_count: usize,
    key_count: usize,
}

/// Reads one video from its start to its end.
pub(crate) struct FrameSampler {
    input: MediaInput,
    decoder: ffmpeg::decoder::Video,
    stream_index: usize,
    time_base: ffmpeg::Rational,
    orientation: Orientation,
    way: Way,
    spacing_secs: f64,
    wanted_secs: f64,
    last_secs: f64,
    end_secs: f64,
    sent_eof: bool,
}

impl FrameSampler {
    /// Opens the best video stream for looks that are `spacing_secs` apart, further where there would be more than
    /// `looks_max`.
    pub(crate) fn open(
        path: &Path,
        (spacing_secs, looks_max): (f64, usize),
        threads: usize,
    ) -> Result<Self, MediaFault> {
        let survey = survey(path)?;
        let input = MediaInput::open(path)?;
        let stream = input.best_stream(ffmpeg::media::Type::Video).ok_or(MediaFault::NoVideo)?;
        let (stream_index, time_base) = (stream.index(), stream.time_base());
        let orientation = Orientation::of_stream(&stream);
        let mut decoder = open_video_decoder(&stream, threads)?;
        let claimed_secs = input.duration().map_or(0.0, Ticks::as_secs);
        // What the packets say comes first: a container may claim anything.
        let end_secs =
            if survey.packet_count < SURVEYED_PACKETS_MAX { survey.last_secs } else { claimed_secs };
        let spacing_secs = spacing_secs.max(end_secs / looks_max as f64);
        let pixel_rate = f64::from(decoder.width()) * f64::from(decoder.height()) * survey.rate();
        let way = survey.way(spacing_secs, pixel_rate);
        decoder.skip_loop_filter(Discard::All);
        decoder.skip_frame(if way == Way::References { Discard::NonReference } else { Discard::Default });
        Ok(Self {
            input,
            decoder,
            stream_index,
            time_base,
            orientation,
            way,
            spacing_secs,
            wanted_secs: 0.0,
            last_secs: 0.0,
            end_secs,
            sent_eof: false,
        })
    }

    pub(crate) fn orientation(&self) -> Orientation {
        self.orientation
    }

    /// Seconds between two looks.
    pub(crate) fn spacing_secs(&self) -> f64 {
        self.spacing_secs
    }

    /// How much of the file has been read, in `0.0..=1.0`.
    pub(crate) fn read_ratio(&self) -> f64 {
        if self.end_secs > 0.0 { (self.last_secs / self.end_secs).min(1.0) } else { 0.0 }
    }

    /// Decodes keyframes only from here on.
    pub(crate) fn hurry(&mut self) {
        if self.way == Way::References {
            self.way = Way::Keyframes;
        }
    }

    /// The next picture that was decoded, with its time in seconds, which never falls.
    pub(crate) fn next_frame(&mut self) -> Result<Option<(f64, ffmpeg::frame::Video)>, MediaFault> {
        loop {
            let mut frame = ffmpeg::frame::Video::empty();
            match decoded_frame::receive(&mut self.decoder, &mut frame) {
                Ok(()) => {
                    check_size(frame.width(), frame.height())?;
                    let at = frame.timestamp().map_or(self.last_secs, |timestamp| self.secs_of(timestamp));
                    self.last_secs = at.max(self.last_secs);
                    return Ok(Some((self.last_secs, frame)));
                }
                Err(_) if !self.sent_eof => self.send_next_packet(),
                Err(_) => return Ok(None),
            }
        }
    }

    fn secs_of(&self, timestamp: i64) -> f64 {
        self.input.time_of(timestamp, self.time_base).as_secs()
    }

    /// A packet that the decoder refuses is skipped: a damaged file shows what it can.
    fn send_next_packet(&mut self) {
        let mut packet = ffmpeg::Packet::empty();
        while packet.read(&mut self.input.demuxer).is_ok() {
            if packet.stream() == self.stream_index
                && self.is_wanted(&packet)
                && self.decoder.send_packet(&packet).is_ok()
            {
                return;
            }
        }
        self.sent_eof = true;
        // Draining twice is the only way this fails, and that is harmless.
        self.decoder.send_eof().unwrap_or_default();
    }

    fn is_wanted(&mut self, packet: &ffmpeg::Packet) -> bool {
        match self.way {
            Way::References => true,
            Way::Keyframes => packet.is_key(),
            Way::Wanted => {
                let at = packet.pts().or(packet.dts()).map_or(self.wanted_secs, |at| self.secs_of(at));
                let wanted = at >= self.wanted_secs - self.spacing_secs / 100.0;
                if wanted {
                    self.wanted_secs = ((at / self.spacing_secs + 0.01).floor() + 1.0) * self.spacing_secs;
                }
                wanted
            }
        }
    }
}

impl Survey {
    fn rate(&self) -> f64 {
        if self.last_secs > 0.0 { self.packet_count as f64 / self.last_secs } else { 0.0 }
    }

    fn way(&self, spacing_secs: f64, pixel_rate: f64) -> Way {
        if self.key_count == self.packet_count {
            return Way::Wanted;
        }
        let is_much = pixel_rate > PIXEL_RATE_MAX || self.last_secs > LONG_SECS;
        let gap_max = if is_much { (4.0 * spacing_secs).max(3.0) } else { 1.5 * spacing_secs };
        if self.key_gap_max_secs <= gap_max { Way::Keyframes } else { Way::References }
    }
}

/// Reads the packets of the best video stream without decoding them.
fn survey(path: &Path) -> Result<Survey, MediaFault> {
    let mut input = MediaInput::open(path)?;
    let stream = input.best_stream(ffmpeg::media::Type::Video).ok_or(MediaFault::NoVideo)?;
    let (stream_index, time_base) = (stream.index(), stream.time_base());
    let mut survey = Survey::default();
    let mut last_key_secs = 0.0;
    let mut packet = ffmpeg::Packet::empty();
    while survey.packet_count < SURVEYED_PACKETS_MAX && packet.read(&mut input.demuxer).is_ok() {
        if packet.stream() != stream_index {
            continue;
        }
        survey.packet_count += 1;
        let Some(timestamp) = packet.pts().or(packet.dts()) else { continue };
        let at = input.time_of(timestamp, time_base).as_secs();
        survey.last_secs = survey.last_secs.max(at);
        if packet.is_key() {
            survey.key_count += 1;
            survey.key_gap_max_secs = survey.key_gap_max_secs.max(at - last_key_secs);
            last_key_secs = at;
        }
    }
    survey.key_gap_max_secs = survey.key_gap_max_secs.max(survey.last_secs - last_key_secs);
    Ok(survey)
}

/// A coarse picture of luma (of green, where a picture is coded as RGB), as the file codes it: cheap enough for every
/// picture, and good for nothing but to be compared with another of the same file.
#[expect(unsafe_code, reason = "the binding has no call for the places of a format's components")]
pub(crate) fn luma_thumb(frame: &ffmpeg::frame::Video, (columns, rows): (usize, usize)) -> Vec<u8> {
    /// Points across and down a texel that are averaged.
    const POINTS: usize = 4;
    let (width, height) = (frame.width() as usize, frame.height() as usize);
    let Some(format) = frame.format().descriptor() else { return Vec::new() };
    // SAFETY: a descriptor is a constant of the library.
    let (component, flags) = unsafe { ((*format.as_ptr()).comp, (*format.as_ptr()).flags) };
    let is_rgb = flags & u64::from(ffmpeg::ffi::AV_PIX_FMT_FLAG_RGB.unsigned_abs()) != 0;
    let place = component[usize::from(is_rgb)];
    let at = |value: std::ffi::c_int| usize::try_from(value).unwrap_or(0);
    let (plane, step, offset) = (at(place.plane), at(place.step), at(place.offset));
    // The byte with the highest bits of a component of little-endian words.
    let high = usize::from(place.depth > 8);
    let down = (at(place.depth) + at(place.shift)).saturating_sub(8 * (high + 1));
    let up = (8 * (high + 1)).saturating_sub(at(place.depth) + at(place.shift));
    if plane >= frame.planes() || width == 0 || height == 0 {
        return Vec::new();
    }
    let (data, stride) = (frame.data(plane), frame.stride(plane));
    let mut thumb = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        for column in 0..columns {
            let mut sum = 0;
            for point in 0..POINTS * POINTS {
                let x = ((column * POINTS + point % POINTS) * width + width / 2) / (columns * POINTS);
                let y = ((row * POINTS + point / POINTS) * height + height / 2) / (rows * POINTS);
                let byte = y.min(height - 1) * stride + x.min(width - 1) * step + offset + high;
                sum += (usize::from(data.get(byte).copied().unwrap_or(0)) >> down) << up;
            }
            thumb.push(u8::try_from(sum / (POINTS * POINTS)).unwrap_or(u8::MAX));
        }
    }
    thumb
}
