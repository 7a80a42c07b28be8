//! One block's sound on the timeline: when it is heard, how loud, how fast, how often.

use std::path::PathBuf;

use avs_template::{Animated, BlockTime, Playback, Sound, Ticks};

use crate::media::SAMPLE_RATE;

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
    /// Where the used part of the file ends, if anybody knows.
    pub source_end: Option<Ticks>,
    /// How fast and how often.
    pub playback: Playback,
    /// Volume, pan and fades.
    pub sound: Sound,
    /// Length of the block in seconds, for keyframes in percent.
    pub span_secs: f64,
}

impl AudioClipDesc {
    /// Gains of left and right at a sample of the timeline: volume, times a linear fade in and out, times the pan.
    /// Panning lowers the other side and leaves its own as it is, so that the middle is untouched.
    #[must_use]
    pub fn gains(&self, sample: i64) -> [f64; 2] {
        let ramp = |elapsed: i64, fade: Ticks| {
            let length = fade.to_samples(SAMPLE_RATE);
            if length <= 0 { 1.0 } else { (elapsed as f64 / length as f64).clamp(0.0, 1.0) }
        };
        let fade_in = ramp(sample - self.first_sample, self.sound.fade_in);
        let fade_out = ramp(self.end_sample - sample, self.sound.fade_out);
        let gain = self.volume(sample) * fade_in * fade_out;
        let pan = self.sound.pan;
        [gain * (1.0 - pan.max(0.0)), gain * (1.0 + pan.min(0.0))]
    }

    fn volume(&self, sample: i64) -> f64 {
        match &self.sound.volume {
            Animated::Constant(volume) => *volume,
            moving @ Animated::Keyframes(_) => {
                let secs = (sample - self.first_sample) as f64 / f64::from(SAMPLE_RATE);
                // An easing that overshoots never turns the phase around.
                moving.at(BlockTime { secs, span_secs: self.span_secs }).unwrap_or(1.0).max(0.0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clip(sound: &Sound) -> AudioClipDesc {
        AudioClipDesc {
            path: PathBuf::new(),
            asset: String::new(),
            pointer: String::new(),
            first_sample: 48_000,
            end_sample: 144_000,
            source_start: Ticks::ZERO,
            source_end: None,
            playback: Playback::default(),
            sound: Sound { volume: Animated::Constant(0.5), ..sound.clone() },
            span_secs: 2.0,
        }
    }

    #[test]
    fn a_fade_rises_from_silence_to_the_volume_and_falls_back() {
        let clip = clip(&Sound {
            fade_in: Ticks::from_secs(1.0),
            fade_out: Ticks::from_secs(0.5),
            ..Sound::default()
        });
        let gains = [48_000, 72_000, 96_000, 120_000, 132_000, 144_000].map(|at| clip.gains(at)[0]);
        assert_eq!(gains, [0.0, 0.25, 0.5, 0.5, 0.25, 0.0]);
    }

    #[test]
    fn without_fades_the_first_sample_has_the_full_volume() {
        assert_eq!(clip(&Sound::default()).gains(48_000), [0.5, 0.5]);
    }

    #[test]
    fn a_pan_to_one_side_silences_the_other_and_leaves_its_own() {
        assert_eq!(clip(&Sound { pan: -1.0, ..Sound::default() }).gains(48_000), [0.5, 0.0]);
        assert_eq!(clip(&Sound { pan: 0.5, ..Sound::default() }).gains(48_000), [0.25, 0.5]);
    }
}
