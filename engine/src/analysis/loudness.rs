//! Loudness and true peak of 48 kHz stereo (ITU-R BS.1770-4), block by block.

use avs_protocol::SOUND_BLOCKS_MAX;

use crate::audio::{PHASES, TAPS, interpolation_filter};
use crate::media::CHANNELS;

/// What silence has in LUFS and dBTP.
pub(super) const SILENCE_DB: f64 = -70.0;
/// Gating blocks are so many of ours long, each a step of ours after the one before.
const GATING_BLOCKS: usize = 4;
/// The second gate lies so far below what passes the first one.
const RELATIVE_GATE_LU: f64 = 10.0;
/// No point between samples is more than so many times as high as those around it.
const OVERSHOOT_MAX: f32 = 3.0;

/// Hears blocks in order.
#[derive(Debug)]
pub(super) struct LoudnessMeter {
    filters: [KFilter; CHANNELS],
    interpolators: [[f32; TAPS]; PHASES],
    /// The last samples of the block before, a channel.
    history: [[f32; TAPS - 1]; CHANNELS],
    peak: f32,
    /// K-weighted mean square of each block, all channels together.
    powers: Vec<f64>,
    /// Highest sample of each block, of any channel.
    block_peaks: Vec<f32>,
}

impl Default for LoudnessMeter {
    fn default() -> Self {
        Self {
            filters: [KFilter::default(); CHANNELS],
            interpolators: std::array::from_fn(interpolation_filter),
            history: [[0.0; TAPS - 1]; CHANNELS],
            peak: 0.0,
            powers: Vec::with_capacity(SOUND_BLOCKS_MAX),
            block_peaks: Vec::with_capacity(SOUND_BLOCKS_MAX),
        }
    }
}

impl LoudnessMeter {
    /// Hears a block of interleaved samples.
    pub(super) fn add(&mut self, block: &[f32]) {
        let mut power = 0.0;
        for (channel, filter) in self.filters.iter_mut().enumerate() {
            let samples = block.iter().skip(channel).step_by(CHANNELS);
            power += samples.map(|sample| filter.next(f64::from(*sample)).powi(2)).sum::<f64>();
        }
        self.powers.push(power / (block.len() / CHANNELS).max(1) as f64);
        self.block_peaks.push(block.iter().fold(0.0, |highest, sample| highest.max(sample.abs())));
        for channel in 0..CHANNELS {
            self.find_peak(block, channel);
        }
    }

    fn find_peak(&mut self, block: &[f32], channel: usize) {
        let fresh = block.iter().skip(channel).step_by(CHANNELS).copied();
        let samples: Vec<f32> = self.history[channel].iter().copied().chain(fresh).collect();
        let highest = samples.iter().fold(0.0_f32, |highest, sample| highest.max(sample.abs()));
        if highest * OVERSHOOT_MAX > self.peak {
            self.peak = self.peak.max(highest);
            for window in samples.windows(TAPS) {
                for filter in &self.interpolators {
                    let point: f32 = window.iter().zip(filter).map(|(sample, tap)| sample * tap).sum();
                    self.peak = self.peak.max(point.abs());
                }
            }
        }
        let end = samples.len() - (TAPS - 1);
        self.history[channel].copy_from_slice(&samples[end..]);
    }

    /// Loudness of each block in LUFS.
    pub(super) fn block_loudness(&self) -> impl Iterator<Item = f64> {
        self.powers.iter().map(|power| lufs_from_power(*power))
    }

    /// Highest sample of each block in dBFS.
    pub(super) fn block_peaks_db(&self) -> impl Iterator<Item = f64> {
        self.block_peaks.iter().map(|peak| db_from_peak(*peak))
    }

    /// Integrated loudness in LUFS, gated twice (BS.1770-4, annex 1).
    pub(super) fn integrated_lufs(&self) -> f64 {
        let mean = |powers: &[f64]| powers.iter().sum::<f64>() / powers.len().max(1) as f64;
        let windows: Vec<f64> = match self.powers.len() {
            // Shorter than a gating block: as loud as it is.
            0..GATING_BLOCKS => vec![mean(&self.powers)],
            _ => self.powers.windows(GATING_BLOCKS).map(mean).collect(),
        };
        let above = |gate: f64| -> Vec<f64> {
            windows.iter().copied().filter(|power| lufs_from_power(*power) > gate).collect()
        };
        let relative = lufs_from_power(mean(&above(SILENCE_DB))) - RELATIVE_GATE_LU;
        lufs_from_power(mean(&above(relative.max(SILENCE_DB))))
    }

    /// Highest true peak in dBTP.
    pub(super) fn true_peak_db(&self) -> f64 {
        db_from_peak(self.peak)
    }
}

/// Level of a peak; silence at the least.
fn db_from_peak(peak: f32) -> f64 {
    (20.0 * f64::from(peak).log10()).max(SILENCE_DB)
}

/// Loudness of a K-weighted mean square; silence at the least.
fn lufs_from_power(power: f64) -> f64 {
    (-0.691 + 10.0 * power.log10()).max(SILENCE_DB)
}

/// The two filters of K-weighting, at 48 kHz.
#[derive(Debug, Clone, Copy, Default)]
struct KFilter {
    shelf: [f64; 2],
    high_pass: [f64; 2],
}

impl KFilter {
    fn next(&mut self, sample: f64) -> f64 {
        // BS.1770-4, annex 1, tables 1 and 2.
        let shelved = biquad(
            &mut self.shelf,
            sample,
            [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
            [-1.690_659_293_182_41, 0.732_480_774_215_85],
        );
        let denominator = [-1.990_047_454_833_98, 0.990_072_250_366_21];
        biquad(&mut self.high_pass, shelved, [1.0, -2.0, 1.0], denominator)
    }
}

/// One step of a second-order section in transposed direct form II.
fn biquad(state: &mut [f64; 2], input: f64, zeros: [f64; 3], poles: [f64; 2]) -> f64 {
    let output = zeros[0] * input + state[0];
    state[0] = zeros[1] * input - poles[0] * output + state[1];
    // What fades away would end as numbers too small to be calculated with quickly.
    state[1] = zeros[2] * input - poles[1] * output + 1e-30;
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of a sine on both channels, in blocks of 100 ms.
    fn meter(amplitude: f32, hz: f32) -> LoudnessMeter {
        let mut meter = LoudnessMeter::default();
        let samples: Vec<f32> = (0..48_000_u16)
            .flat_map(|n| [(f32::from(n) * hz / 48_000.0 * std::f32::consts::TAU).sin() * amplitude; 2])
            .collect();
        samples.chunks(4800 * CHANNELS).for_each(|block| meter.add(block));
        meter
    }

    #[test]
    fn a_sine_of_997_hz_on_both_channels_is_as_loud_as_its_level() {
        // EBU Tech 3341, case 1: -23 dBFS in stereo is -23 LUFS.
        let meter = meter(10.0_f32.powf(-23.0 / 20.0), 997.0);
        assert!((meter.integrated_lufs() + 23.0).abs() < 0.1, "{}", meter.integrated_lufs());
        assert!((meter.true_peak_db() + 23.0).abs() < 0.1, "{}", meter.true_peak_db());
        assert_eq!(meter.block_loudness().count(), 10);
        let peaks: Vec<f64> = meter.block_peaks_db().collect();
        assert!(peaks.len() == 10 && peaks.iter().all(|peak| (peak + 23.0).abs() < 0.1), "{peaks:?}");
    }

    #[test]
    fn silence_has_no_loudness_and_no_peak() {
        let meter = meter(0.0, 997.0);
        assert_eq!((meter.integrated_lufs(), meter.true_peak_db()), (SILENCE_DB, SILENCE_DB));
        let unheard = LoudnessMeter::default();
        assert_eq!((unheard.integrated_lufs(), unheard.true_peak_db()), (SILENCE_DB, SILENCE_DB));
    }

    #[test]
    fn each_block_has_the_peak_of_its_loudest_channel_and_not_of_another_block() {
        let mut meter = LoudnessMeter::default();
        for (at, value) in [(17, 0.5), (40, -0.25)] {
            let mut block = vec![0.0; 4800 * CHANNELS];
            block[at] = value;
            meter.add(&block);
        }
        meter.add(&[0.0; 4800 * CHANNELS]);
        let peaks: Vec<f64> = meter.block_peaks_db().map(|peak| (peak * 10.0).round() / 10.0).collect();
        assert_eq!(peaks, [-6.0, -12.0, SILENCE_DB]);
    }

    #[test]
    fn a_peak_between_samples_is_seen() {
        // A quarter of the rate, a sine's samples 45 degrees off its peaks: 3 dB below them.
        let mut meter = LoudnessMeter::default();
        let quarter = |n: u16| (f32::from(n) * 0.5 + 0.25) * std::f32::consts::PI;
        let block: Vec<f32> = (0..4800).flat_map(|n| [quarter(n).sin(); 2]).collect();
        meter.add(&block);
        assert!(meter.true_peak_db() > -0.6 && meter.true_peak_db() < 0.3, "{}", meter.true_peak_db());
    }
}
