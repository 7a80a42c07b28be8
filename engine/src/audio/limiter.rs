//! A true-peak limiter: looks ahead, turns down before a peak and up after it, and leaves all else as it is.

use std::collections::VecDeque;

use crate::media::CHANNELS;

/// Highest true peak before AAC: -2.5 dBTP, so that the file has -1.5 dBTP at most. What AAC leaves out lifts peaks: of music
/// and speech driven up to 12 dB into this limiter by 0.9 dB at most (192 kbit/s, as ebur128 measures the file). Noise up to
/// half the sample rate is lifted further.
pub(super) const CEILING: f32 = 0.749_89;
/// How long before a peak the gain begins to fall: 5 ms at 48 kHz.
const LOOKAHEAD: usize = 240;
/// Samples in which the gain comes back by a factor of e: 100 ms.
const RELEASE_SAMPLES: f32 = 4800.0;
/// Four points between two samples are looked at (ITU-R BS.1770-4, annex 2).
const PHASES: usize = 4;
/// Taps of each interpolated point.
const TAPS: usize = 12;

/// Samples a channel whose points are looked for at once.
const BLOCK_SAMPLES: usize = 256;

/// Limits interleaved stereo that it draws from a source.
#[derive(Debug)]
pub(super) struct Limiter {
    filters: [[f32; TAPS]; PHASES],
    /// Samples not given out yet, with the gain that each needs.
    ahead: VecDeque<([f32; CHANNELS], f32)>,
    /// The last samples that the interpolation looks at, interleaved, and after them the fresh ones.
    recent: Vec<f32>,
    /// For each fresh sample, the highest point that is complete with it.
    peaks: Vec<f32>,
    needs: LowestAhead,
    /// Gains of the last `LOOKAHEAD` samples, whose mean is the gain of the next, and their sum.
    window: VecDeque<f32>,
    window_sum: f64,
    released: f32,
    /// True once the first sample is out.
    started: bool,
    /// Pushes for which a sample loud enough to matter is still in the history.
    loud: usize,
    /// Samples ahead that need a gain below 1, and gains below 1 in the window: where there are none, nothing is to
    /// be done.
    needing: usize,
    lowered: usize,
}

/// No interpolated point is more than twice as high as the samples around it.
const NEGLIGIBLE: f32 = CEILING / 2.0;

impl Default for Limiter {
    fn default() -> Self {
        Self {
            filters: std::array::from_fn(filter),
            ahead: VecDeque::new(),
            recent: vec![0.0; (TAPS - 1) * CHANNELS],
            peaks: Vec::new(),
            needs: LowestAhead::default(),
            window: VecDeque::from(vec![1.0; LOOKAHEAD]),
            window_sum: LOOKAHEAD as f64,
            released: 1.0,
            started: false,
            loud: 0,
            needing: 0,
            lowered: 0,
        }
    }
}

/// A windowed sinc that interpolates `phase` quarters of a sample after its middle.
fn filter(phase: usize) -> [f32; TAPS] {
    std::array::from_fn(|tap| {
        let t = tap as f64 - (TAPS / 2 - 1) as f64 - phase as f64 / PHASES as f64;
        let x = std::f64::consts::PI * t;
        let sinc = if t == 0.0 { 1.0 } else { x.sin() / x };
        let window = (x / TAPS as f64).cos().powi(2);
        super::narrow(sinc * window)
    })
}

impl Limiter {
    /// Fills `out` from `source`, which is read further ahead; nothing is delayed.
    ///
    /// # Errors
    /// The source's own.
    pub(super) fn read<E>(
        &mut self,
        out: &mut [f32],
        mut source: impl FnMut(&mut [f32]) -> Result<(), E>,
    ) -> Result<(), E> {
        let wanted = out.len() / CHANNELS + LOOKAHEAD + TAPS;
        if let Some(missing) = wanted.checked_sub(self.ahead.len()).filter(|missing| *missing > 0) {
            let history = (TAPS - 1) * CHANNELS;
            self.recent.resize(history + missing * CHANNELS, 0.0);
            source(&mut self.recent[history..])?;
            self.find_peaks(missing);
            for index in 0..missing {
                let at = history + index * CHANNELS;
                self.push([self.recent[at], self.recent[at + 1]], self.peaks[index]);
            }
            self.recent.drain(..missing * CHANNELS);
        }
        let (out, _) = out.as_chunks_mut::<CHANNELS>();
        for out in out {
            let gain = self.next_gain();
            let (sample, needed) = self.ahead.pop_front().unwrap_or_default();
            self.needs.next();
            self.needing -= usize::from(needed < 1.0);
            *out = sample.map(|value| value * gain);
        }
        Ok(())
    }

    /// Interpolates between the recent samples: tap by tap over all of them, as vector units like it.
    fn find_peaks(&mut self, fresh: usize) {
        self.peaks.clear();
        self.peaks.resize(fresh, 0.0);
        if self.recent.iter().all(|value| value.abs() <= NEGLIGIBLE) {
            return;
        }
        let mut sums = [0.0; BLOCK_SAMPLES * CHANNELS];
        for (block, peaks) in self.peaks.chunks_mut(BLOCK_SAMPLES).enumerate() {
            let sums = &mut sums[..peaks.len() * CHANNELS];
            for filter in &self.filters {
                sums.fill(0.0);
                for (tap, weight) in filter.iter().enumerate() {
                    let from = &self.recent[(block * BLOCK_SAMPLES + tap) * CHANNELS..];
                    sums.iter_mut().zip(from).for_each(|(sum, value)| *sum += weight * value);
                }
                let (points, _) = sums.as_chunks::<CHANNELS>();
                for (peak, [left, right]) in peaks.iter_mut().zip(points) {
                    *peak = peak.max(left.abs()).max(right.abs());
                }
            }
        }
    }

    /// Keeps a sample, and finds the gain of those around the point that is complete with it.
    fn push(&mut self, sample: [f32; CHANNELS], peak: f32) {
        self.ahead.push_back((sample, 1.0));
        self.loud = self.loud.saturating_sub(1);
        if sample.iter().any(|value| value.abs() > NEGLIGIBLE) {
            self.loud = TAPS;
        }
        if self.loud == 0 {
            return;
        }
        let gain = if peak > CEILING { CEILING / peak } else { 1.0 };
        // The interpolated points lie after the middle of the history, and before the next sample.
        let middle = self.ahead.len().checked_sub(TAPS / 2 + 1);
        for at in middle.into_iter().flat_map(|at| [at, at + 1]) {
            if let Some((_, needed)) = self.ahead.get_mut(at) {
                self.needing += usize::from(*needed >= 1.0 && gain < 1.0);
                *needed = needed.min(gain);
            }
        }
    }

    /// The mean over the look-ahead of what the coming samples need: at a peak, all of it is low enough.
    fn next_gain(&mut self) -> f32 {
        if self.needing == 0 && self.lowered == 0 && self.released >= 1.0 {
            self.started = true;
            self.needs.forget();
            return 1.0;
        }
        let needed = self.needs.lowest(&self.ahead);
        if !std::mem::replace(&mut self.started, true) && needed < 1.0 {
            // Nothing was heard before: a peak at the very start finds the gain down already.
            self.window.iter_mut().for_each(|gain| *gain = needed);
            self.window_sum = f64::from(needed) * LOOKAHEAD as f64;
            self.lowered = LOOKAHEAD;
        }
        let rising = self.released + (1.0 - self.released) / RELEASE_SAMPLES;
        // So near to 1 that no bit of 16 changes.
        self.released = if rising > 0.999_99 { needed.min(1.0) } else { needed.min(rising) };
        let oldest = self.window.pop_front().unwrap_or(1.0);
        self.window.push_back(self.released);
        self.lowered = self.lowered + usize::from(self.released < 1.0) - usize::from(oldest < 1.0);
        self.window_sum += f64::from(self.released) - f64::from(oldest);
        if self.lowered == 0 {
            self.window_sum = LOOKAHEAD as f64;
            return 1.0;
        }
        super::narrow(self.window_sum / LOOKAHEAD as f64)
    }
}

/// The lowest gain that the next `LOOKAHEAD` samples need, kept up from sample to sample: of those that have entered,
/// only what is lower than everything after it can ever be the lowest.
#[derive(Debug, Default)]
struct LowestAhead {
    /// Distance from the next sample out to the first that has not entered.
    entered: usize,
    /// With the samples that were given out before it, counted from the first one.
    candidates: VecDeque<(u64, f32)>,
    given: u64,
}

impl LowestAhead {
    fn lowest(&mut self, ahead: &VecDeque<([f32; CHANNELS], f32)>) -> f32 {
        for (offset, (_, gain)) in ahead.iter().enumerate().take(LOOKAHEAD).skip(self.entered) {
            while self.candidates.pop_back_if(|(_, candidate)| *candidate >= *gain).is_some() {}
            self.candidates.push_back((self.given + offset as u64, *gain));
        }
        self.entered = ahead.len().min(LOOKAHEAD);
        while self.candidates.pop_front_if(|(at, _)| *at < self.given).is_some() {}
        self.candidates.front().map_or(1.0, |(_, gain)| gain.min(1.0))
    }

    /// One more sample is given out.
    fn next(&mut self) {
        self.given += 1;
        self.entered = self.entered.saturating_sub(1);
    }

    /// Nothing that has entered needs a lower gain.
    fn forget(&mut self) {
        self.entered = 0;
        self.candidates.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(input: &[f32]) -> Vec<f32> {
        let mut out = vec![0.0; input.len()];
        let mut rest = input.iter().copied();
        let mut limiter = Limiter::default();
        for part in out.chunks_mut(1000 * CHANNELS) {
            let read = limiter.read(part, |fresh| {
                fresh.iter_mut().for_each(|value| *value = rest.next().unwrap_or(0.0));
                Ok::<_, std::convert::Infallible>(())
            });
            assert!(read.is_ok());
        }
        out
    }

    fn tone(amplitude: f32, count: usize) -> Vec<f32> {
        (0..count).flat_map(|i| [amplitude * (i as f32 * 0.13).sin(); CHANNELS]).collect()
    }

    #[test]
    fn what_stays_below_the_ceiling_is_not_touched_by_a_bit() {
        let quiet = tone(CEILING * 0.95, 20_000);
        // A tone that breaks off rings beyond its amplitude: only there may it be touched.
        let end = quiet.len() - 2 * LOOKAHEAD * CHANNELS;
        assert!(limited(&quiet)[..end] == quiet[..end]);
    }

    #[test]
    fn no_sample_of_a_loud_tone_exceeds_the_ceiling() {
        let loud = limited(&tone(3.0, 20_000));
        assert!(loud.iter().all(|value| value.abs() <= CEILING * 1.002));
        // It is turned down, not cut to pieces: a tone stays about as loud as it may be.
        assert!(loud[10_000..].iter().fold(0.0_f32, |peak, value| peak.max(value.abs())) > CEILING * 0.97);
    }

    #[test]
    fn the_lowest_need_ahead_is_that_of_the_plain_search() {
        let mut noise = 1_u32;
        let mut needed = || {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if noise >> 28 == 0 { super::super::narrow(f64::from(noise % 1000) / 1000.0) } else { 1.0 }
        };
        let mut ahead: VecDeque<_> = (0..LOOKAHEAD + TAPS).map(|_| ([0.0; CHANNELS], needed())).collect();
        let mut needs = LowestAhead::default();
        for step in 0..5000 {
            let plain = ahead.iter().take(LOOKAHEAD).map(|(_, gain)| *gain).fold(1.0, f32::min);
            if plain >= 1.0 && step % 3 == 0 {
                needs.forget();
            } else {
                assert_eq!(needs.lowest(&ahead), plain, "{step}");
            }
            ahead.pop_front();
            needs.next();
            ahead.push_back(([0.0; CHANNELS], needed()));
        }
    }

    #[test]
    fn a_peak_between_two_samples_is_seen() {
        // A quarter of the sample rate, at 45 degrees: samples of 0.707 around peaks of 1 (BS.1770-4, annex 2).
        let between: Vec<f32> = (0..20_000)
            .flat_map(|i| [(i as f32 * 0.5 + 0.25).mul_add(std::f32::consts::PI, 0.0).sin(); 2])
            .collect();
        let out = limited(&between);
        let peak = out[20_000..].iter().fold(0.0_f32, |peak, value| peak.max(value.abs()));
        assert!(peak < 0.707 * CEILING * 1.02, "{peak}");
    }
}
