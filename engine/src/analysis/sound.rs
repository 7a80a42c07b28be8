//! What a file sounds like over time.

use std::path::Path;

use avs_protocol::{SOUND_BLOCK_SECS, SOUND_BLOCKS_MAX, SoundAnalysis, Span};
use avs_template::Ticks;

use super::beats::{beat_of, novelty_of, onsets_secs};
use super::loudness::LoudnessMeter;
use super::rounding::rounded;
use super::spectrum::SpectrumFollower;
use super::speech::speech_spans;
use super::{Pace, Stopped};
use crate::media::{AudioReader, CHANNELS, SAMPLE_RATE};

/// Samples a channel of a block.
const BLOCK_SAMPLES: usize = SAMPLE_RATE as usize / 10;
/// Loudness under which there is no sound: this, and so far below the whole.
const SILENCE_LUFS: f64 = -50.0;
const SILENCE_BELOW_LU: f64 = 18.0;
/// Blocks of the shortest silence: speech has pauses of a third of a second.
const SILENCE_BLOCKS_MIN: usize = 4;

/// Listens to a file that has sound.
pub(super) fn analyze_sound(path: &Path, pace: &Pace<'_>) -> Result<SoundAnalysis, Stopped> {
    let mut reader = AudioReader::open(path, Ticks::ZERO)?;
    let mut meter = LoudnessMeter::default();
    let mut follower = SpectrumFollower::default();
    let mut block = vec![0.0; BLOCK_SAMPLES * CHANNELS];
    for _ in 0..SOUND_BLOCKS_MAX {
        reader.read(&mut block)?;
        // The end was met at a block's very end.
        let is_empty = reader.has_ended() && block.iter().all(|sample| *sample == 0.0);
        if is_empty || pace.is_over()? {
            break;
        }
        // A decoder may give what no sample can be.
        block
            .iter_mut()
            .for_each(|sample| *sample = if sample.is_finite() { sample.clamp(-8.0, 8.0) } else { 0.0 });
        meter.add(&block);
        follower.add(&block);
        if reader.has_ended() {
            break;
        }
    }
    let loudness_lufs = meter.integrated_lufs();
    let blocks: Vec<f64> = meter.block_loudness().collect();
    let novelty = novelty_of(&follower.track.flux);
    let beat = beat_of(&follower.track, &novelty);
    Ok(SoundAnalysis {
        loudness_lufs: rounded(loudness_lufs, 2),
        true_peak_db: rounded(meter.true_peak_db(), 2),
        silences: silences(&blocks, SILENCE_LUFS.max(loudness_lufs - SILENCE_BELOW_LU)),
        block_loudness_tenths: blocks.into_iter().map(tenths).collect(),
        block_peak_tenths: meter.block_peaks_db().map(tenths).collect(),
        speech: speech_spans(&follower.track, beat.as_ref()),
        beat,
        onsets_secs: onsets_secs(&novelty),
    })
}

#[expect(clippy::cast_possible_truncation, reason = "-700.0..=1000.0: samples are at most 8")]
fn tenths(db: f64) -> i16 {
    (db * 10.0).round() as i16
}

fn silences(blocks: &[f64], below_lufs: f64) -> Vec<Span> {
    let mut silences = Vec::new();
    let mut start = 0;
    for run in blocks.chunk_by(|one, other| (*one < below_lufs) == (*other < below_lufs)) {
        let end = start + run.len();
        if run[0] < below_lufs && run.len() >= SILENCE_BLOCKS_MIN {
            silences.push(Span {
                start_secs: rounded(start as f64 * SOUND_BLOCK_SECS, 3),
                end_secs: rounded(end as f64 * SOUND_BLOCK_SECS, 3),
            });
        }
        start = end;
    }
    silences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silence_is_at_least_four_blocks_long() {
        let loud = |count| vec![-20.0; count];
        let quiet = |count| vec![-60.0; count];
        let blocks = [loud(2), quiet(3), loud(1), quiet(4), loud(1)].concat();
        assert_eq!(silences(&blocks, -50.0), [Span { start_secs: 0.6, end_secs: 1.0 }]);
        assert_eq!(silences(&[], -50.0), []);
    }
}
