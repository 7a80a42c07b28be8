//! Sums the clips of a timeline, a stretch at a time; files are open only while they are heard.

use super::clip::AudioClipDesc;
use crate::media::{AudioReader, CHANNELS, MediaError};

/// Reads a timeline's sound in order.
pub struct Mixer {
    /// Not yet heard, latest first.
    waiting: Vec<AudioClipDesc>,
    playing: Vec<(AudioClipDesc, AudioReader)>,
    scratch: Vec<f32>,
    position: i64,
}

impl Mixer {
    /// A mix of `clips`, from the first sample on.
    #[must_use]
    pub fn new(mut clips: Vec<AudioClipDesc>) -> Self {
        clips.retain(|clip| !clip.sound.muted && clip.end_sample > clip.first_sample);
        clips.sort_by_key(|clip| std::cmp::Reverse(clip.first_sample));
        Self { waiting: clips, playing: Vec::new(), scratch: Vec::new(), position: 0 }
    }

    /// Fills `mixed` (interleaved stereo) with what comes next, within -1..=1.
    ///
    /// # Errors
    /// The clip that failed, with its pointer, where a file cannot be decoded.
    pub fn read(&mut self, mixed: &mut [f32]) -> Result<(), (String, MediaError)> {
        mixed.fill(0.0);
        let from = self.position;
        let to = from + i64::try_from(mixed.len() / CHANNELS).unwrap_or(i64::MAX);
        while let Some(clip) = self.waiting.pop_if(|clip| clip.first_sample < to) {
            let reader = AudioReader::open(&clip.path, clip.source_start)
                .map_err(|fault| (clip.pointer.clone(), fault.of(&clip.asset)))?;
            self.playing.push((clip, reader));
        }
        for (clip, reader) in &mut self.playing {
            add(clip, reader, (&mut self.scratch, mixed), (from, to))
                .map_err(|fault| (clip.pointer.clone(), fault.of(&clip.asset)))?;
        }
        self.playing.retain(|(clip, _)| clip.end_sample > to);
        for sample in mixed {
            *sample = sample.clamp(-1.0, 1.0);
        }
        self.position = to;
        Ok(())
    }
}

fn add(
    clip: &AudioClipDesc,
    reader: &mut AudioReader,
    (scratch, mixed): (&mut Vec<f32>, &mut [f32]),
    (from, to): (i64, i64),
) -> Result<(), crate::media::MediaFault> {
    let (heard_from, heard_to) = (from.max(clip.first_sample), to.min(clip.end_sample));
    let skip = usize::try_from(heard_from - from).unwrap_or(0) * CHANNELS;
    let count = usize::try_from(heard_to - heard_from).unwrap_or(0) * CHANNELS;
    scratch.resize(count, 0.0);
    reader.read(scratch)?;
    let sums = mixed[skip..skip + count].chunks_exact_mut(CHANNELS);
    for ((sum, heard), sample) in sums.zip(scratch.chunks_exact(CHANNELS)).zip(heard_from..) {
        #[expect(clippy::cast_possible_truncation, reason = "samples are 32-bit floats")]
        let gain = clip.gain(sample) as f32;
        for (sum, heard) in sum.iter_mut().zip(heard) {
            // A file of floats may hold anything; one that is not a number would silence the whole mix.
            *sum += if heard.is_finite() { heard * gain } else { 0.0 };
        }
    }
    Ok(())
}
