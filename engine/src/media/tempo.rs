//! Sound at another speed, by libavfilter: with its pitch kept (`atempo`) or changed with it.

use std::collections::VecDeque;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::{Sample, sample::Type};

use super::audio_reader::{CHANNELS, SAMPLE_RATE};
use super::error::MediaFault;

/// Slowest step of FFmpeg 5.1's `atempo`; slower ones are made of two.
const ATEMPO_MIN: f64 = 0.5;

/// A filter that samples go into at one speed and come out of at another.
pub struct TempoFilter {
    graph: ffmpeg::filter::Graph,
    output: VecDeque<f32>,
    samples_in: i64,
}

impl TempoFilter {
    /// A filter for `speed_permille` thousandths of the recorded speed.
    ///
    /// # Errors
    /// [`MediaFault::Undecodable`] where this FFmpeg lacks a filter.
    pub fn new(speed_permille: u32, pitch_kept: bool) -> Result<Self, MediaFault> {
        let graph = graph(speed_permille, pitch_kept).map_err(undecodable)?;
        Ok(Self { graph, output: VecDeque::new(), samples_in: 0 })
    }

    /// Puts interleaved stereo in.
    ///
    /// # Errors
    /// [`MediaFault::Undecodable`] where the filter fails.
    pub fn push(&mut self, samples: &[f32]) -> Result<(), MediaFault> {
        let count = samples.len() / CHANNELS;
        let mut frame =
            ffmpeg::frame::Audio::new(Sample::F32(Type::Packed), count, ffmpeg::ChannelLayout::STEREO);
        frame.set_rate(SAMPLE_RATE);
        frame.set_pts(Some(self.samples_in));
        frame.data_mut(0)[..size_of_val(samples)].copy_from_slice(bytemuck::cast_slice(samples));
        self.samples_in += i64::try_from(count).unwrap_or(0);
        let mut input = self.graph.get("in").ok_or(undecodable(ffmpeg::Error::FilterNotFound))?;
        input.source().add(&frame).map_err(undecodable)?;
        self.pull()
    }

    /// Takes out what is done, into the beginning of `samples`; returns how many values.
    pub fn take(&mut self, samples: &mut [f32]) -> usize {
        let count = self.output.len().min(samples.len());
        for (to, from) in samples.iter_mut().zip(self.output.drain(..count)) {
            *to = from;
        }
        count
    }

    fn pull(&mut self) -> Result<(), MediaFault> {
        let mut output = self.graph.get("out").ok_or(undecodable(ffmpeg::Error::FilterNotFound))?;
        let mut frame = ffmpeg::frame::Audio::empty();
        while output.sink().frame(&mut frame).is_ok() {
            let bytes = &frame.data(0)[..frame.samples() * CHANNELS * size_of::<f32>()];
            self.output.extend(bytemuck::cast_slice::<u8, f32>(bytes));
        }
        Ok(())
    }
}

fn undecodable(source: ffmpeg::Error) -> MediaFault {
    MediaFault::Undecodable { kind: "audio", source }
}

fn graph(speed_permille: u32, pitch_kept: bool) -> Result<ffmpeg::filter::Graph, ffmpeg::Error> {
    let find = |name| ffmpeg::filter::find(name).ok_or(ffmpeg::Error::FilterNotFound);
    let mut graph = ffmpeg::filter::Graph::new();
    let source =
        format!("time_base=1/{SAMPLE_RATE}:sample_rate={SAMPLE_RATE}:sample_fmt=flt:channel_layout=stereo");
    graph.add(&find("abuffer")?, "in", &source)?;
    graph.add(&find("abuffersink")?, "out", "")?;
    let speed = f64::from(speed_permille) / 1000.0;
    let chain = if pitch_kept {
        tempo_chain(speed)
    } else {
        let rate = u64::from(SAMPLE_RATE) * u64::from(speed_permille) / 1000;
        format!("asetrate={rate},aresample={SAMPLE_RATE}")
    };
    let spec = format!("{chain},aformat=sample_fmts=flt:sample_rates={SAMPLE_RATE}:channel_layouts=stereo");
    graph.output("in", 0)?.input("out", 0)?.parse(&spec)?;
    graph.validate()?;
    Ok(graph)
}

fn tempo_chain(mut speed: f64) -> String {
    let mut steps = Vec::new();
    while speed < ATEMPO_MIN {
        steps.push(format!("atempo={ATEMPO_MIN}"));
        speed /= ATEMPO_MIN;
    }
    steps.push(format!("atempo={speed}"));
    steps.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_speeds_are_made_of_steps_that_the_filter_takes() {
        assert_eq!(tempo_chain(0.2), "atempo=0.5,atempo=0.5,atempo=0.8");
        assert_eq!(tempo_chain(2.0), "atempo=2");
    }
}
