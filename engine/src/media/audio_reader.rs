//! The sound of a file as 48 kHz stereo floats, read in order from any start.

use std::collections::VecDeque;
use std::path::Path;

use avs_template::Ticks;
use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::{Sample, sample::Type};

use super::error::MediaFault;
use super::input::MediaInput;

/// Samples per second and channel, everywhere after decoding.
pub const SAMPLE_RATE: u32 = 48_000;
/// Left and right, interleaved.
pub const CHANNELS: usize = 2;

const OUTPUT_FORMAT: Sample = Sample::F32(Type::Packed);

/// A hole in the timestamps longer than this (100 ms) is filled with silence; shorter ones are rounding.
const GAP_SAMPLES_MIN: i64 = SAMPLE_RATE as i64 / 10;

/// Room for what the resampler holds back: its filter is 32 taps (libswresample's default).
const RESAMPLER_SLACK_SAMPLES: usize = 1024;

/// Reads one sound stream.
pub struct AudioReader {
    input: MediaInput,
    decoder: ffmpeg::decoder::Audio,
    stream_index: usize,
    time_base: ffmpeg::Rational,
    resampler: Option<(SourceFormat, ffmpeg::software::resampling::Context)>,
    /// Interleaved samples from `cursor` on.
    pending: VecDeque<f32>,
    /// Index of the next sample that `read` returns, counted from the start of the file.
    cursor: i64,
    sent_eof: bool,
    drained: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct SourceFormat {
    format: Sample,
    layout: ffmpeg::ChannelLayout,
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
        let decoder = decoder.audio().map_err(undecodable)?;
        if start > Ticks::ZERO {
            // A file that cannot be sought is read from its beginning; `push` drops what is too early.
            input.seek_before(start).unwrap_or_default();
        }
        let cursor = start.to_samples(SAMPLE_RATE);
        Ok(Self {
            input,
            decoder,
            stream_index,
            time_base,
            resampler: None,
            pending: VecDeque::new(),
            cursor,
            sent_eof: false,
            drained: false,
        })
    }

    /// Fills `samples` (interleaved) with what comes next; silence after the end.
    ///
    /// # Errors
    /// [`MediaFault::Undecodable`] where the resampler refuses the stream.
    pub fn read(&mut self, samples: &mut [f32]) -> Result<(), MediaFault> {
        while self.pending.len() < samples.len() && !self.drained {
            self.decode_more()?;
        }
        for sample in samples.iter_mut() {
            *sample = self.pending.pop_front().unwrap_or(0.0);
        }
        self.cursor += i64::try_from(samples.len() / CHANNELS).unwrap_or(i64::MAX);
        Ok(())
    }

    fn decode_more(&mut self) -> Result<(), MediaFault> {
        let mut frame = ffmpeg::frame::Audio::empty();
        match self.decoder.receive_frame(&mut frame) {
            Ok(()) => self.resample(&mut frame),
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

    fn resample(&mut self, frame: &mut ffmpeg::frame::Audio) -> Result<(), MediaFault> {
        if frame.channel_layout().is_empty() {
            frame.set_channel_layout(ffmpeg::ChannelLayout::default(i32::from(frame.channels())));
        }
        let source =
            SourceFormat { format: frame.format(), layout: frame.channel_layout(), rate: frame.rate() };
        let undecodable = |source| MediaFault::Undecodable { kind: "audio", source };
        let mut resampler = match self.resampler.take() {
            Some((format, resampler)) if format == source => resampler,
            _ => ffmpeg::software::resampling::Context::get(
                source.format,
                source.layout,
                source.rate,
                OUTPUT_FORMAT,
                ffmpeg::ChannelLayout::STEREO,
                SAMPLE_RATE,
            )
            .map_err(undecodable)?,
        };
        let capacity = frame.samples() * SAMPLE_RATE as usize / source.rate.max(1) as usize;
        let mut output = output_frame(capacity + RESAMPLER_SLACK_SAMPLES);
        resampler.run(frame, &mut output).map_err(undecodable)?;
        self.resampler = Some((source, resampler));
        let start = frame
            .timestamp()
            .map(|timestamp| self.input.time_of(timestamp, self.time_base).to_samples(SAMPLE_RATE));
        self.push(start, &output);
        Ok(())
    }

    fn flush_resampler(&mut self) {
        let Some((_, mut resampler)) = self.resampler.take() else { return };
        let mut output = output_frame(RESAMPLER_SLACK_SAMPLES);
        // What is lost when this fails are less than 32 samples at the very end.
        if resampler.flush(&mut output).is_ok() {
            self.push(None, &output);
        }
    }

    /// Appends samples; `start` is the index of the first one, where the file says so.
    fn push(&mut self, start: Option<i64>, frame: &ffmpeg::frame::Audio) {
        let interleaved: &[f32] = bytemuck::cast_slice(&frame.data(0)[..frame.samples() * CHANNELS * 4]);
        let expected = self.cursor + i64::try_from(self.pending.len() / CHANNELS).unwrap_or(i64::MAX);
        let offset = start.map_or(0, |start| start - expected);
        if offset >= GAP_SAMPLES_MIN || (offset > 0 && self.pending.is_empty()) {
            let silence = usize::try_from(offset).unwrap_or(0) * CHANNELS;
            self.pending.extend(std::iter::repeat_n(0.0, silence));
        }
        let early = if self.pending.is_empty() { usize::try_from(-offset).unwrap_or(0) } else { 0 };
        self.pending.extend(interleaved.iter().skip(early * CHANNELS));
    }
}

fn output_frame(samples: usize) -> ffmpeg::frame::Audio {
    ffmpeg::frame::Audio::new(OUTPUT_FORMAT, samples, ffmpeg::ChannelLayout::STEREO)
}
