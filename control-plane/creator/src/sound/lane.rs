//! One sound on the timeline of the video, by blocks of 100 ms: what loudness is computed from.

use avs_protocol::{SOUND_BLOCK_SECS, SoundAnalysis};

use super::loudness::{integrated_lufs, limited_power, over_ceiling_db, power_from_lufs, power_from_tenths};

/// Looks into each block: fades and ducking move within one.
const LOOKS: u32 = 4;

/// A sound on the timeline at a gain of 1.
#[derive(Debug, Clone, Default)]
pub(super) struct Lane {
    /// Of each block, with fades and ducking.
    powers: Vec<f64>,
    /// Loudness of what is heard of it, without fades and ducking.
    pub(super) lufs: f64,
    /// Square of the highest sample of a block over the block's power.
    peak_ratio: f64,
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
        let (mut powers, mut heard) = (Vec::with_capacity(block_count), Vec::new());
        for block in 0..block_count {
            let (mut plain, mut played, mut count) = (0.0, 0.0, 0.0);
            for look in 0..LOOKS {
                let at_secs = (block as f64 + (f64::from(look) + 0.5) / f64::from(LOOKS)) * SOUND_BLOCK_SECS;
                if let Some(source_secs) = source_secs(at_secs) {
                    let power = power_at(sound, source_secs);
                    plain += power;
                    played += power * gain(at_secs).powi(2);
                    count += 1.0;
                }
            }
            powers.push(played / f64::from(LOOKS));
            if count > 0.0 {
                heard.push(plain / count);
            }
        }
        Self { powers, lufs: integrated_lufs(&heard), peak_ratio: peak_ratio(sound) }
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
    let block_count = lanes.iter().map(|(lane, _)| lane.powers.len()).max().unwrap_or(0);
    let (mut powers, mut highest) = (Vec::with_capacity(block_count), 0.0);
    for block in 0..block_count {
        let (mut power, mut peak_power) = (0.0, 0.0);
        for (lane, gain) in lanes {
            let heard = lane.powers.get(block).copied().unwrap_or(0.0) * gain.powi(2);
            power += heard;
            peak_power += heard * lane.peak_ratio;
        }
        powers.push(limited_power(power, peak_power));
        highest = f64::max(highest, peak_power);
    }
    Mixed { lufs: integrated_lufs(&powers), over_db: over_ceiling_db(highest) }
}

/// Of the file at a moment; past what was listened to it is as loud as on the whole.
fn power_at(sound: &SoundAnalysis, source_secs: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded above and below")]
    let block = (source_secs / SOUND_BLOCK_SECS).clamp(0.0, 1e9) as usize;
    match sound.block_loudness_tenths.get(block) {
        Some(tenths) => power_from_tenths(*tenths),
        None if sound.block_loudness_tenths.len() >= avs_protocol::SOUND_BLOCKS_MAX => {
            power_from_lufs(sound.loudness_lufs)
        }
        None => 0.0,
    }
}

/// The highest sample is taken to be in the loudest block, and all blocks to be as spiky.
fn peak_ratio(sound: &SoundAnalysis) -> f64 {
    let loudest = sound.block_loudness_tenths.iter().copied().max().map_or(0.0, power_from_tenths);
    if loudest <= 0.0 || !sound.true_peak_db.is_finite() {
        return 0.0;
    }
    10_f64.powf(sound.true_peak_db / 10.0) / loudest
}
