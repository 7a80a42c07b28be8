//! What the spectrum of a sound does over time, in a few numbers a step: what beats and speech are found by.

use microfft::Complex32;

use crate::media::{CHANNELS, SAMPLE_RATE};

/// Samples of a window at half of the sample rate: 43 ms.
const WINDOW: usize = 1024;
/// Samples from one window to the next.
const STEP: usize = 256;
/// Seconds from one step to the next. What begins at such a time is first seen in the step's window, which ends a step
/// later.
pub(super) const STEP_SECS: f64 = STEP as f64 / (SAMPLE_RATE as f64 / 2.0);
/// Width of a line of the spectrum.
const LINE_HZ: f64 = SAMPLE_RATE as f64 / 2.0 / WINDOW as f64;
/// Bands of the flux, a third of an octave each at the top; equal in hearing, not in hertz.
const BANDS: usize = 32;
/// Steps between two spectra that are compared: at one, half of the window is the same.
const LAG: usize = 2;
/// Amplitudes far below this one count linearly, those above by their logarithm: -60 dBFS.
const FLOOR_AMPLITUDE: f32 = 0.001;
/// Upper end of what a bass drum has.
const BASS_HZ: f64 = 150.0;
/// What is understood of a voice (a telephone has no more), and what a voice has altogether: nearly everything.
const VOICE_HZ: std::ops::Range<f64> = 300.0..3400.0;
const SPEAKER_HZ: std::ops::Range<f64> = 90.0..4000.0;

/// One value a step, each.
#[derive(Debug, Default)]
pub(super) struct SpectrumTrack {
    /// How much begins to sound.
    pub(super) flux: Vec<f32>,
    /// The same of bass.
    pub(super) bass_flux: Vec<f32>,
    /// Power of the band that voices are understood by.
    pub(super) voice: Vec<f32>,
    /// Power of all that a speaker has.
    pub(super) speaker: Vec<f32>,
    /// Power of all.
    pub(super) power: Vec<f32>,
}

/// Takes sound in and follows its spectrum.
pub(super) struct SpectrumFollower {
    window: Vec<f32>,
    bands: Vec<std::ops::Range<usize>>,
    /// Mono samples at half of the rate that the next windows need.
    pending: Vec<f32>,
    /// Logarithms of the bands in the last steps, oldest first.
    before: std::collections::VecDeque<Vec<f32>>,
    pub(super) track: SpectrumTrack,
}

impl Default for SpectrumFollower {
    fn default() -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "0.0..=1.0")]
        let hann = |n: usize| (std::f64::consts::PI * n as f64 / WINDOW as f64).sin().powi(2) as f32;
        Self {
            window: (0..WINDOW).map(hann).collect(),
            bands: bands(),
            // As if silence came before: what sounds from the start on begins there.
            pending: vec![0.0; WINDOW - STEP],
            before: std::collections::VecDeque::from(vec![vec![0.0; BANDS]; LAG]),
            track: SpectrumTrack::default(),
        }
    }
}

impl SpectrumFollower {
    /// Hears interleaved samples at the full rate, a whole number of pairs.
    pub(super) fn add(&mut self, block: &[f32]) {
        let pairs = block.chunks_exact(2 * CHANNELS);
        self.pending.extend(pairs.map(|pair| pair.iter().sum::<f32>() / (2.0 * 2.0)));
        let mut start = 0;
        while start + WINDOW <= self.pending.len() {
            self.step(start);
            start += STEP;
        }
        self.pending.drain(..start);
    }

    fn step(&mut self, start: usize) {
        let samples = self.pending[start..start + WINDOW].iter().zip(&self.window);
        let mut windowed = [0.0; WINDOW];
        windowed.iter_mut().zip(samples).for_each(|(to, (sample, weight))| *to = sample * weight);
        // Half of them, without the one at half of the sample rate.
        let spectrum = microfft::real::rfft_1024(&mut windowed);
        // A sine of full scale has the amplitude 1 in its line: half of the window's sum.
        let scale = 4.0 / f32::from(u16::try_from(WINDOW).unwrap_or(u16::MAX));
        let power = |lines: std::ops::Range<usize>| {
            spectrum[lines].iter().map(Complex32::norm_sqr).sum::<f32>() * scale * scale
        };
        let bands: Vec<f32> =
            self.bands.iter().map(|band| (power(band.clone()).sqrt() / FLOOR_AMPLITUDE).ln_1p()).collect();
        let track = &mut self.track;
        track.voice.push(power(line_of(VOICE_HZ.start)..line_of(VOICE_HZ.end)));
        track.speaker.push(power(line_of(SPEAKER_HZ.start)..line_of(SPEAKER_HZ.end)));
        track.power.push(power(1..WINDOW / 2));
        let bass_bands = self.bands.iter().take_while(|band| band.end <= line_of(BASS_HZ) + 1).count();
        let before = self.before.pop_front().unwrap_or_default();
        let rises: Vec<f32> =
            bands.iter().zip(&before).map(|(now, before)| (now - before).max(0.0)).collect();
        track.flux.push(rises.iter().sum());
        track.bass_flux.push(rises[..bass_bands].iter().sum());
        self.before.push_back(bands);
    }
}

fn line_of(hz: f64) -> usize {
    super::rounding::index_from(hz / LINE_HZ)
}

/// Lines of each band, equally wide in mel (O'Shaughnessy), from 30 Hz to 11 kHz; each has a line.
fn bands() -> Vec<std::ops::Range<usize>> {
    let mel = |hz: f64| 2595.0 * (1.0 + hz / 700.0).log10();
    let hz = |mel: f64| 700.0 * (10.0_f64.powf(mel / 2595.0) - 1.0);
    let (low, high) = (mel(30.0), mel(11_000.0));
    let edge = |index: usize| line_of(hz(low + (high - low) * index as f64 / BANDS as f64)).max(1);
    (0..BANDS).map(|band| edge(band)..edge(band + 1).max(edge(band) + 1)).collect()
}
