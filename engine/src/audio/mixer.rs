//! Sums the clips of a timeline, a stretch at a time; files are open only while they are heard.

use super::clip::AudioClipDesc;
use super::clip_reader::ClipReader;
use super::limiter::Limiter;
use super::narrow;
use crate::media::{CHANNELS, MediaError, MediaFault};

/// Samples between two looks at volume, fades and pan; between them gains go evenly, so that nothing clicks.
const GAIN_STEP: usize = 64;

/// Reads a timeline's sound in order.
pub struct Mixer {
    sum: Sum,
    limiter: Limiter,
}

impl Mixer {
    /// A mix of `clips`, from the first sample on.
    #[must_use]
    pub fn new(clips: Vec<AudioClipDesc>) -> Self {
        Self { sum: Sum::new(clips), limiter: Limiter::default() }
    }

    /// Fills `mixed` (interleaved stereo) with what comes next, its true peaks at -2.5 dB at most.
    ///
    /// # Errors
    /// The clip that failed, with its pointer, where a file cannot be decoded.
    pub fn read(&mut self, mixed: &mut [f32]) -> Result<(), (String, MediaError)> {
        let sum = &mut self.sum;
        self.limiter.read(mixed, |samples| sum.read(samples))
    }
}

/// The sum of the clips, as loud as it comes.
struct Sum {
    /// Not yet heard, latest first.
    waiting: Vec<AudioClipDesc>,
    playing: Vec<(AudioClipDesc, ClipReader)>,
    scratch: Vec<f32>,
    position: i64,
}

impl Sum {
    fn new(mut clips: Vec<AudioClipDesc>) -> Self {
        clips.retain(|clip| !clip.sound.muted && clip.end_sample > clip.first_sample);
        clips.sort_by_key(|clip| std::cmp::Reverse(clip.first_sample));
        Self { waiting: clips, playing: Vec::new(), scratch: Vec::new(), position: 0 }
    }

    fn read(&mut self, mixed: &mut [f32]) -> Result<(), (String, MediaError)> {
        mixed.fill(0.0);
        let from = self.position;
        let to = from + i64::try_from(mixed.len() / CHANNELS).unwrap_or(i64::MAX);
        while let Some(clip) = self.waiting.pop_if(|clip| clip.first_sample < to) {
            let reader =
                ClipReader::open(&clip).map_err(|fault| (clip.pointer.clone(), fault.of(&clip.asset)))?;
            self.playing.push((clip, reader));
        }
        for (clip, reader) in &mut self.playing {
            add(clip, reader, (&mut self.scratch, mixed), (from, to))
                .map_err(|fault| (clip.pointer.clone(), fault.of(&clip.asset)))?;
        }
        self.playing.retain(|(clip, _)| clip.end_sample > to);
        self.position = to;
        Ok(())
    }
}

fn add(
    clip: &AudioClipDesc,
    reader: &mut ClipReader,
    (scratch, mixed): (&mut Vec<f32>, &mut [f32]),
    (from, to): (i64, i64),
) -> Result<(), MediaFault> {
    let (heard_from, heard_to) = (from.max(clip.first_sample), to.min(clip.end_sample));
    let skip = usize::try_from(heard_from - from).unwrap_or(0) * CHANNELS;
    let count = usize::try_from(heard_to - heard_from).unwrap_or(0) * CHANNELS;
    scratch.resize(count, 0.0);
    reader.read(scratch)?;
    let sums = mixed[skip..skip + count].chunks_mut(GAIN_STEP * CHANNELS);
    let mut at = heard_from;
    for (sums, heard) in sums.zip(scratch.chunks(GAIN_STEP * CHANNELS)) {
        let length = heard.len() / CHANNELS;
        let end = at + i64::try_from(length).unwrap_or(0);
        let (before, after) = (clip.gains(at), clip.gains(end));
        let (sums, _) = sums.as_chunks_mut::<CHANNELS>();
        let (heard, _) = heard.as_chunks::<CHANNELS>();
        for (index, (sums, heard)) in sums.iter_mut().zip(heard).enumerate() {
            let part = index as f64 / length as f64;
            for channel in 0..CHANNELS {
                let gain = narrow(before[channel] + (after[channel] - before[channel]) * part);
                // A file of floats may hold anything; one that is not a number would silence the whole mix.
                sums[channel] += if heard[channel].is_finite() { heard[channel] * gain } else { 0.0 };
            }
        }
        at = end;
    }
    Ok(())
}
