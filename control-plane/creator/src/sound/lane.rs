//! One sound on the timeline of the video, by blocks of 100 ms: what loudness is computed from.

use avs_protocol::{SOUND_BLOCK_SECS, SoundAnalysis};

use super::loudness::{integrated_lufs, limited_power, over_ceiling_db, power_from_lufs, power_from_tenths};

/// Looks into each block: fades and ducking move within one.
const LOOKS: usize = 4;

/// A sound on the timeline at a gain of 1.
#[derive(Debug, Clone, Default)]
pub(super) struct Lane {
    /// Of each look, [`LOOKS`] to a block, with fades and ducking.
    looks: Vec<Level>,
    /// Loudness of what is heard of it, without fades and ducking.
    pub(super) lufs: f64,
}

/// How loud something is for a moment.
#[derive(Debug, Clone, Copy, Default)]
struct Level {
    /// K-weighted mean square.
    power: f64,
    /// Square of the highest sample.
    peak_power: f64,
}

impl Level {
    fn add(&mut self, other: Self, gain: f64) {
        self.power += other.power * gain.powi(2);
        self.peak_power += other.peak_power * gain.powi(2);
    }
}

impl Lane {
    /// Hears a sound on a timeline of that many blocks. `source_secs` gives what of its file is heard at a moment, if any;
    /// `gain` its fades and ducking.
    pub(super) fn of(
        sound: &SoundAnalysis,
        block_count: usize,
        source_secs: impl Fn(f64) -> Option<f64>,
        gain: impl Fn(f64) -> f64,
    ) -> Self {
        let (mut looks, mut heard) = (Vec::with_capacity(block_count * LOOKS), Vec::new());
        let ratio = peak_ratio(sound);
        for block in 0..block_count {
            let (mut plain, mut count) = (0.0, 0.0);
            for look in 0..LOOKS {
                let at_secs = (block as f64 + (look as f64 + 0.5) / LOOKS as f64) * SOUND_BLOCK_SECS;
                let mut level = Level::default();
                if let Some(source_secs) = source_secs(at_secs) {
                    let source = level_at(sound, source_secs, ratio);
                    level.add(source, gain(at_secs));
                    plain += source.power;
                    count += 1.0;
                }
                looks.push(level);
            }
            if count > 0.0 {
                heard.push(plain / count);
            }
        }
        Self { looks, lufs: integrated_lufs(&heard) }
    }
}

/// What lanes are together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mixed {
    /// Loudness after the limiter.
    pub(super) lufs: f64,
    /// How far the highest peak is above what the limiter lets through, in dB; negative below it.
    pub(super) over_db: f64,
}

/// Hears lanes at their gains together.
pub(super) fn mixed(lanes: &[(&Lane, f64)]) -> Mixed {
    let look_count = lanes.iter().map(|(lane, _)| lane.looks.len()).max().unwrap_or(0);
    let mut looks = vec![Level::default(); look_count];
    for (lane, gain) in lanes {
        looks.iter_mut().zip(&lane.looks).for_each(|(look, heard)| look.add(*heard, *gain));
    }
    let highest = looks.iter().map(|look| look.peak_power).fold(0.0, f64::max);
    let limited = |look: &Level| limited_power(look.power, look.peak_power);
    let powers: Vec<f64> =
        looks.chunks(LOOKS).map(|block| block.iter().map(limited).sum::<f64>() / LOOKS as f64).collect();
    Mixed { lufs: integrated_lufs(&powers), over_db: over_ceiling_db(highest) }
}

/// Of the file at a moment; past what was listened to it is as loud as on the whole. `peak_ratio` is for where peaks of
/// blocks are not known.
fn level_at(sound: &SoundAnalysis, source_secs: f64, peak_ratio: f64) -> Level {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded above and below")]
    let block = (source_secs / SOUND_BLOCK_SECS).clamp(0.0, 1e9) as usize;
    let power = match sound.block_loudness_tenths.get(block) {
        Some(tenths) => power_from_tenths(*tenths),
        None if sound.block_loudness_tenths.len() >= avs_protocol::SOUND_BLOCKS_MAX => {
            power_from_lufs(sound.loudness_lufs)
        }
        None => 0.0,
    };
    let peak = sound.block_peak_tenths.get(block);
    let peak_power = peak.map_or(power * peak_ratio, |tenths| 10_f64.powf(f64::from(*tenths) / 100.0));
    Level { power, peak_power }
}

/// Square of the highest sample of a block over the block's power, where peaks of blocks are not known: the highest sample
/// is taken to be in the loudest block, and all blocks to be as spiky.
fn peak_ratio(sound: &SoundAnalysis) -> f64 {
    let loudest = sound.block_loudness_tenths.iter().copied().max().map_or(0.0, power_from_tenths);
    if loudest <= 0.0 || !sound.true_peak_db.is_finite() {
        return 0.0;
    }
    10_f64.powf(sound.true_peak_db / 10.0) / loudest
}
