//! The samples of one clip in order: its part of the file, as often and as fast as it plays.

use super::clip::AudioClipDesc;
use crate::media::{AudioReader, CHANNELS, MediaFault, SAMPLE_RATE, TempoFilter};

/// Samples a channel that are read at once where the speed changes.
const BLOCK_SAMPLES: usize = 1024;

/// Reads a clip.
pub(super) struct ClipReader {
    desc: AudioClipDesc,
    reader: AudioReader,
    /// Samples a channel that are left of this round; none where the part has no known end.
    left: Option<usize>,
    /// Rounds after this one; none for ever.
    rounds_left: Option<u32>,
    tempo: Option<TempoFilter>,
}

impl ClipReader {
    pub(super) fn open(desc: &AudioClipDesc) -> Result<Self, MediaFault> {
        let playback = desc.playback;
        let tempo = (playback.speed_permille != 1000)
            .then(|| TempoFilter::new(playback.speed_permille, playback.pitch_kept))
            .transpose()?;
        Ok(Self {
            desc: desc.clone(),
            reader: AudioReader::open(&desc.path, desc.source_start)?,
            left: round_samples(desc),
            rounds_left: playback.plays.map(|plays| plays.saturating_sub(1)),
            tempo,
        })
    }

    /// Fills `samples` (interleaved) with what comes next; silence after the end.
    pub(super) fn read(&mut self, samples: &mut [f32]) -> Result<(), MediaFault> {
        let Some(mut tempo) = self.tempo.take() else { return self.read_rounds(samples) };
        let mut filled = tempo.take(samples);
        let mut block = vec![0.0; BLOCK_SAMPLES * CHANNELS];
        while filled < samples.len() {
            self.read_rounds(&mut block)?;
            tempo.push(&block)?;
            filled += tempo.take(&mut samples[filled..]);
        }
        self.tempo = Some(tempo);
        Ok(())
    }

    fn read_rounds(&mut self, samples: &mut [f32]) -> Result<(), MediaFault> {
        let mut filled = 0;
        while filled < samples.len() {
            let wanted = (samples.len() - filled) / CHANNELS;
            let count = self.left.map_or(wanted, |left| left.min(wanted));
            self.reader.read(&mut samples[filled..filled + count * CHANNELS])?;
            filled += count * CHANNELS;
            let Some(left) = &mut self.left else { continue };
            *left -= count;
            if *left > 0 {
                continue;
            }
            if self.rounds_left == Some(0) {
                samples[filled..].fill(0.0);
                return Ok(());
            }
            self.rounds_left = self.rounds_left.map(|rounds| rounds - 1);
            self.reader = AudioReader::open(&self.desc.path, self.desc.source_start)?;
            self.left = round_samples(&self.desc);
        }
        Ok(())
    }
}

/// Samples a channel of the used part of the file, at least one.
fn round_samples(desc: &AudioClipDesc) -> Option<usize> {
    let length = (desc.source_end? - desc.source_start).to_samples(SAMPLE_RATE).max(1);
    Some(usize::try_from(length).unwrap_or(usize::MAX))
}
