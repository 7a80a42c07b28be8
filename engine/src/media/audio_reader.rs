//! The sound of a file as 48 kHz stereo floats, read in order from any start.

use std::collections::VecDeque;
use std::path::Path;

use avs_template::Ticks;
use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::{Sample, sample::Type};

use super::error::MediaFault;
use super::input::{self, MediaInput};
use crate::limits;

/// Samples per second and channel, everywhere after decoding.
pub const SAMPLE_RATE: u32 = 48_000;
/// Left and right, interleaved.
pub const CHANNELS: usize = 2;

const OUTPUT_FORMAT: Sample = Sample::F32(Type::Packed);

/// A hole in the timestamps longer than this (100 ms) is filled with silence; shorter ones are rounding.
const GAP_SAMPLES_MIN: i64 = SAMPLE_RATE as i64 / 10;

/// A decoder is started this much before the first sample: Opus converges in 80 ms (RFC 7845, 4.6), MP3 refers back
/// to earlier frames, AAC overlaps them.
const PRE_ROLL_SECS: f64 = 0.2;

/// Room for what the resampler holds back: soxr works in blocks of some thousand samples.
const RESAMPLER_SLACK_SAMPLES: usize = 16_384;

/// Reads one sound stream.
pub struct AudioReader {
    input: MediaInput,
    decoder: ffmpeg::decoder::Audio,
    stream_index: usize,
    time_base: ffmpeg::Rational,
    resampler: Option<(SourceFormat, ffmpeg::software::resampling::Context)>,
    /// Where the first sample belongs that the resampler will give: it takes in thousands before it does.
    resampler_began: Option<i64>,
    /// Index of the next sample that `read` returns, counted from the start of the file.
    cursor: i64,
    /// What comes next.
    pending: Stretch,
    /// What comes after a hole in the timestamps.
    after_hole: Option<Stretch>,
    /// True once the first sample to be heard is in place; from then on small offsets are rounding.
    aligned: bool,
    sent_eof: bool,
    drained: bool,
}

/// Silence, then interleaved samples. Silence is counted, not stored: a file may claim hours of it.
#[derive(Debug, Default)]
struct Stretch {
    /// Samples a channel.
    silence: i64,
    samples: VecDeque<f32>,
}

impl Stretch {
    fn len(&self) -> i64 {
        self.silence.saturating_add(i64::try_from(self.samples.len() / CHANNELS).unwrap_or(i64::MAX))
    }

    /// Moves as much as there is into the beginning of `out` (whole frames); returns how many values.
    fn take(&mut self, out: &mut [f32]) -> usize {
        let silent = usize::try_from(self.silence).unwrap_or(0).saturating_mul(CHANNELS).min(out.len());
        out[..silent].fill(0.0);
        self.silence -= i64::try_from(silent / CHANNELS).unwrap_or(0);
        let heard = self.samples.len().min(out.len() - silent);
        for (to, from) in out[silent..].iter_mut().zip(self.samples.drain(..heard)) {
            *to = from;
        }
        silent + heard
    }
}

/// What a resampler is made for. The layout as its mask of channels: FFmpeg's own struct holds a raw pointer from 7.0 on,
/// and a reader moves between threads.
#[derive(Debug, Clone, Copy, PartialEq)]
struct SourceFormat {
    format: Sample,
    layout_mask: u64,
    channel_count: u16,
    rate: u32,
}

impl AudioReader {
    /// Opens the best sound stream of a file, to be read from `start`.
    ///
    /// # Errors
    /// [`MediaFault`] where there is none or it cannot be decoded.
    pub fn open(path: &Path, start: Ticks) -> Result<Self, MediaFault> {
        let mut input = MediaInput::open(path)?;
        let stream = input.best_stream(ffmpeg::media::Type::Audio).ok_or(MediaFault::NoAudio)?;
        let (stream_index, time_base) = (stream.index(), stream.time_base());
        let undecodable = |source| MediaFault::Undecodable { kind: "audio", source };
        let context = ffmpeg::codec::Context::from_parameters(stream.parameters()).map_err(undecodable)?;
        let mut decoder = context.decoder();
        decoder.set_packet_time_base(time_base);
        let decoder = input::open_decoder(decoder, None)
            .and_then(ffmpeg::codec::decoder::Opened::audio)
            .map_err(undecodable)?;
        check_sound(decoder.rate(), decoder.channels())?;
        if start > Ticks::ZERO {
            // A file that cannot be sought is read from its beginning; `push` drops what is too early.
            input.seek_before((start - Ticks::from_secs(PRE_ROLL_SECS)).max(Ticks::ZERO)).unwrap_or_default();
        }
        let cursor = start.to_samples(SAMPLE_RATE);
        Ok(Self {
            input,
            decoder,
            stream_index,
            time_base,
            resampler: None,
            resampler_began: None,
            cursor,
            pending: Stretch::default(),
            after_hole: None,
            aligned: false,
            sent_eof: false,
            drained: false,
        })
    }

    /// Fills `samples` (interleaved) with what comes next; silence after the end.
    ///
    /// # Errors
    /// [`MediaFault::Undecodable`] where the resampler refuses the stream.
    pub fn read(&mut self, samples: &mut [f32]) -> Result<(), MediaFault> {
        let mut filled = 0;
        while filled < samples.len() {
            let taken = self.pending.take(&mut samples[filled..]);
            filled += taken;
            if taken > 0 {
                continue;
            }
            match self.after_hole.take() {
                Some(stretch) => self.pending = stretch,
                None if self.drained => {
                    samples[filled..].fill(0.0);
                    break;
                }
                None => self.decode_more(filled)?,
            }
        }
        self.cursor += i64::try_from(samples.len() / CHANNELS).unwrap_or(i64::MAX);
        Ok(())
    }

    /// True once `read` gives nothing but silence.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.drained && self.pending.len() == 0 && self.after_hole.is_none()
    }

    /// Decodes one frame; `read` values of the current call are out already.
    fn decode_more(&mut self, read: usize) -> Result<(), MediaFault> {
        let mut frame = ffmpeg::frame::Audio::empty();
        match self.decoder.receive_frame(&mut frame) {
            Ok(()) => self.resample(&mut frame, read),
            Err(_) if self.sent_eof => {
                self.drained = true;
                self.flush_resampler();
                Ok(())
            }
            Err(_) => {
                self.send_next_packet();
                Ok(())
            }
        }
    }

    /// Feeds the decoder. A packet it refuses is skipped: a damaged file sounds as far as it can.
    fn send_next_packet(&mut self) {
        let mut packet = ffmpeg::Packet::empty();
        while packet.read(&mut self.input.demuxer).is_ok() {
            if packet.stream() == self.stream_index && self.decoder.send_packet(&packet).is_ok() {
                return;
            }
        }
        self.sent_eof = true;
        // Draining twice is the only way this fails, and that is harmless.
        self.decoder.send_eof().unwrap_or_default();
    }

    fn resample(&mut self, frame: &mut ffmpeg::frame::Audio, read: usize) -> Result<(), MediaFault> {
        check_sound(frame.rate(), frame.channels())?;
        let source = SourceFormat {
            format: frame.format(),
            channel_count: frame.channels(),
            layout_mask: named_channels(frame),
            rate: frame.rate(),
        };
        let undecodable = |source| MediaFault::Undecodable { kind: "audio", source };
        let start = frame
            .timestamp()
            .map(|timestamp| self.input.time_of(timestamp, self.time_base).to_samples(SAMPLE_RATE));
        let mut resampler = match self.resampler.take() {
            Some((format, resampler)) if format == source => resampler,
            _ => {
                self.resampler_began = start;
                resampler_for(frame).map_err(undecodable)?
            }
        };
        let held = resampler.delay().map_or(0, |delay| delay.output);
        let capacity = frame.samples() * SAMPLE_RATE as usize / source.rate.max(1) as usize;
        let mut output = output_frame(capacity + RESAMPLER_SLACK_SAMPLES);
        resampler.run(frame, &mut output).map_err(undecodable)?;
        self.resampler = Some((source, resampler));
        if output.samples() > 0 {
            let start = self.resampler_began.take().or(start.map(|start| start - held));
            self.push(start, &output, read);
        }
        Ok(())
    }

    fn flush_resampler(&mut self) {
        let Some((_, mut resampler)) = self.resampler.take() else { return };
        loop {
            let mut output = output_frame(RESAMPLER_SLACK_SAMPLES);
            // What is lost when this fails is the very end.
            if resampler.flush(&mut output).is_err() || output.samples() == 0 {
                return;
            }
            let start = self.resampler_began.take();
            self.push(start, &output, 0);
        }
    }

    /// Appends samples; `start` is the index of the first one, where the file says so.
    fn push(&mut self, start: Option<i64>, frame: &ffmpeg::frame::Audio, read: usize) {
        let interleaved: &[f32] = bytemuck::cast_slice(&frame.data(0)[..frame.samples() * CHANNELS * 4]);
        let expected = self.cursor + i64::try_from(read / CHANNELS).unwrap_or(0) + self.pending.len();
        let offset = start.map_or(0, |start| start.saturating_sub(expected));
        if self.aligned && offset < GAP_SAMPLES_MIN {
            self.pending.samples.extend(interleaved);
            return;
        }
        if self.aligned {
            let samples = interleaved.iter().copied().collect();
            self.after_hole = Some(Stretch { silence: offset, samples });
            return;
        }
        let early = usize::try_from(offset.saturating_neg()).unwrap_or(0).min(frame.samples());
        self.aligned = early < frame.samples();
        self.pending.silence = offset.max(0);
        self.pending.samples.extend(&interleaved[early * CHANNELS..]);
    }
}

/// Refuses what no microphone or mixer makes: absurd rates would blow a short file up to gigabytes.
fn check_sound(rate_hz: u32, channel_count: u16) -> Result<(), MediaFault> {
    let rates = limits::SOUND_RATE_HZ_MIN..=limits::SOUND_RATE_HZ_MAX;
    if !rates.contains(&rate_hz) || !(1..=limits::SOUND_CHANNELS_MAX).contains(&channel_count) {
        return Err(MediaFault::UnusualSound { rate_hz, channel_count });
    }
    Ok(())
}

/// Gives a frame whose channels have no mask (not named, ambisonic, or in an order of their own) the usual layout of as
/// many channels; returns the mask of the frame's layout, 0 where no usual layout has so many.
#[expect(unsafe_code, reason = "the binding neither reads the order of channels nor frees a layout")]
fn named_channels(frame: &mut ffmpeg::frame::Audio) -> u64 {
    use ffmpeg::ffi;
    let usual = ffmpeg::ChannelLayout::default(i32::from(frame.channels()));
    // SAFETY: the frame is ours and decoded; its layout is valid, and so is the empty one that freeing leaves.
    unsafe {
        let layout = &raw mut (*frame.as_mut_ptr()).ch_layout;
        if (*layout).order != ffi::AVChannelOrder::AV_CHANNEL_ORDER_NATIVE {
            ffi::av_channel_layout_uninit(layout);
            frame.set_channel_layout(usual);
        }
    }
    let layout = frame.channel_layout();
    if layout.is_empty() { 0 } else { layout.bits() }
}

fn resampler_for(
    frame: &ffmpeg::frame::Audio,
) -> Result<ffmpeg::software::resampling::Context, ffmpeg::Error> {
    let mut options = ffmpeg::Dictionary::new();
    // 28 bits: beyond what any recording holds.
    options.set("resampler", "soxr");
    options.set("precision", "28");
    ffmpeg::software::resampling::Context::get_with(
        frame.format(),
        frame.channel_layout(),
        frame.rate(),
        OUTPUT_FORMAT,
        ffmpeg::ChannelLayout::STEREO,
        SAMPLE_RATE,
        options,
    )
}

fn output_frame(samples: usize) -> ffmpeg::frame::Audio {
    ffmpeg::frame::Audio::new(OUTPUT_FORMAT, samples, ffmpeg::ChannelLayout::STEREO)
}
