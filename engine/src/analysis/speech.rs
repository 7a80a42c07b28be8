//! Where somebody seems to speak: the voice band swells and fades at the rate of syllables, with pauses between.

use avs_protocol::{Beat, Span};

use super::rounding::{index_from, rounded};
use super::spectrum::{STEP_SECS, SpectrumTrack};

/// Length of what is judged at once, and from one to the next.
const WINDOW_SECS: f64 = 2.0;
const HOP_SECS: f64 = 0.5;
/// Power below which nobody is heard: -55 dBFS.
const POWER_MIN: f64 = 3.2e-6;
/// Share of steps whose power is under half of the mean: speech pauses, music goes on.
const LOW_RATIO_MIN: f64 = 0.38;
/// Share of the power that a speaker has: there is no bass and no cymbal.
const SPEAKER_RATIO_MIN: f64 = 0.7;
/// How deep the amplitude swells and fades 2 to 8 times a second, the rate of syllables: mean square of the fluctuation
/// over the square of the mean. Measured: speech 0.22 and more, mixed music about 0.1, noise 0.
const SYLLABLE_DEPTH_MIN: f64 = 0.2;
/// Share of all fluctuation that is at that rate: single noises rise and fall once.
const SYLLABLE_RATIO_MIN: f64 = 0.15;
/// Nobody speaks in so steady a beat. Measured: speech up to 1.6, instruments 3.8 and more.
const BEAT_CONFIDENCE_MAX: f64 = 3.0;
/// Stretches nearer than this are one; shorter ones than this are none.
const GAP_SECS_MAX: f64 = 0.6;
const SECS_MIN: f64 = 1.0;

/// What is measured of a window.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SpeechSigns {
    power: f64,
    low_ratio: f64,
    speaker_ratio: f64,
    syllable_ratio: f64,
    syllable_depth: f64,
}

/// Stretches that somebody seems to speak in.
pub(super) fn speech_spans(track: &SpectrumTrack, beat: Option<&Beat>) -> Vec<Span> {
    if beat.is_some_and(|beat| beat.confidence >= BEAT_CONFIDENCE_MAX) {
        return Vec::new();
    }
    let steps = |secs: f64| index_from(secs / STEP_SECS);
    let (window, hop) = (steps(WINDOW_SECS), steps(HOP_SECS));
    let length = track.voice.len();
    let mut spans: Vec<Span> = Vec::new();
    for start in (0..length).step_by(hop) {
        let end = (start + window).min(length);
        if end - start < window / 2 || !signs_of(track, start..end).is_speech() {
            continue;
        }
        let (start_secs, end_secs) = (start as f64 * STEP_SECS, end as f64 * STEP_SECS);
        match spans.last_mut() {
            Some(last) if start_secs - last.end_secs <= GAP_SECS_MAX => last.end_secs = end_secs,
            _ => spans.push(Span { start_secs, end_secs }),
        }
    }
    spans.retain(|span| span.end_secs - span.start_secs >= SECS_MIN);
    let told =
        |span: &Span| Span { start_secs: rounded(span.start_secs, 2), end_secs: rounded(span.end_secs, 2) };
    spans.iter().map(told).collect()
}

impl SpeechSigns {
    fn is_speech(self) -> bool {
        self.power >= POWER_MIN
            && self.low_ratio >= LOW_RATIO_MIN
            && self.speaker_ratio >= SPEAKER_RATIO_MIN
            && self.syllable_ratio >= SYLLABLE_RATIO_MIN
            && self.syllable_depth >= SYLLABLE_DEPTH_MIN
    }
}

fn signs_of(track: &SpectrumTrack, steps: std::ops::Range<usize>) -> SpeechSigns {
    let voice: Vec<f64> = track.voice[steps.clone()].iter().map(|power| f64::from(*power)).collect();
    let count = voice.len().max(1) as f64;
    let mean_of = |powers: &[f32]| powers.iter().map(|power| f64::from(*power)).sum::<f64>() / count;
    let (power, speaker) = (mean_of(&track.power[steps.clone()]), mean_of(&track.speaker[steps]));
    let mean = voice.iter().sum::<f64>() / count;
    let low = voice.iter().filter(|power| **power < mean / 2.0).count() as f64;
    let amplitudes: Vec<f64> = voice.iter().map(|power| power.sqrt()).collect();
    let between = |hz: std::ops::Range<f64>| {
        // Whole and half cycles of the window.
        let cycle = 1.0 / (count * STEP_SECS);
        let first = index_from((hz.start / cycle).ceil()).max(1);
        let last = index_from((hz.end / cycle).floor());
        (first..=last).map(|cycles| power_at(&amplitudes, cycles)).sum::<f64>()
    };
    let (all, syllables) = (between(0.4..20.0), between(2.0..8.0));
    let sum = amplitudes.iter().sum::<f64>();
    let ratio = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    SpeechSigns {
        power,
        low_ratio: low / count,
        speaker_ratio: ratio(speaker, power),
        syllable_ratio: ratio(syllables, all),
        // Each frequency has its power twice, once turning the other way.
        syllable_depth: ratio(2.0 * syllables, sum * sum),
    }
}

/// Power of so many cycles in the whole of a signal.
fn power_at(values: &[f64], cycles: usize) -> f64 {
    let turn = std::f64::consts::TAU * cycles as f64 / values.len().max(1) as f64;
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (index, value) in values.iter().enumerate() {
        let (sin, cos) = (turn * index as f64).sin_cos();
        real += value * cos;
        imaginary += value * sin;
    }
    real * real + imaginary * imaginary
}
