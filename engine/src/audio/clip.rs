//! One block's sound on the timeline: when it is heard and how loud.

use std::path::PathBuf;

use avs_template::{Sound, Ticks};

/// A stretch of a file's sound.
#[derive(Debug, Clone, PartialEq)]
pub struct AudioClipDesc {
    /// The file.
    pub path: PathBuf,
    /// Its name in the template.
    pub asset: String,
    /// RFC 6901 pointer of the block.
    pub pointer: String,
    /// First sample on the timeline.
    pub first_sample: i64,
    /// One past the last sample.
    pub end_sample: i64,
    /// Where in the file it begins.
    pub source_start: Ticks,
    /// Volume and fades.
    pub sound: Sound,
}

impl AudioClipDesc {
    /// Gain of a sample of the timeline: volume, times a linear fade in and out.
    #[must_use]
    pub fn gain(&self, sample: i64) -> f64 {
        let ramp = |elapsed: i64, fade: Ticks| {
            let length = fade.to_samples(crate::media::SAMPLE_RATE);
            if length <= 0 { 1.0 } else { (elapsed as f64 / length as f64).clamp(0.0, 1.0) }
        };
        let fade_in = ramp(sample - self.first_sample, self.sound.fade_in);
        let fade_out = ramp(self.end_sample - sample, self.sound.fade_out);
        self.sound.volume * fade_in * fade_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clip(fade_in_secs: f64, fade_out_secs: f64) -> AudioClipDesc {
        AudioClipDesc {
            path: PathBuf::new(),
            asset: String::new(),
            pointer: String::new(),
            first_sample: 48_000,
            end_sample: 144_000,
            source_start: Ticks::ZERO,
            sound: Sound {
                volume: 0.5,
                muted: false,
                fade_in: Ticks::from_secs(fade_in_secs),
                fade_out: Ticks::from_secs(fade_out_secs),
            },
        }
    }

    #[test]
    fn a_fade_rises_from_silence_to_the_volume_and_falls_back() {
        let clip = clip(1.0, 0.5);
        let gains = [48_000, 72_000, 96_000, 120_000, 132_000, 144_000].map(|at| clip.gain(at));
        assert_eq!(gains, [0.0, 0.25, 0.5, 0.5, 0.25, 0.0]);
    }

    #[test]
    fn without_fades_the_first_sample_has_the_full_volume() {
        assert!((clip(0.0, 0.0).gain(48_000) - 0.5).abs() < f64::EPSILON);
    }
}
