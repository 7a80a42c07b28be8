//! Onsets, and beats where they are steady: dynamic programming over the flux (Ellis, 2007).

use avs_protocol::Beat;

use super::rounding::{index_from, rounded};
use super::spectrum::{STEP_SECS, SpectrumTrack};

/// Most onsets that are told of a file.
const ONSETS_MAX: usize = 1000;
/// Tempos that are looked for, in beats a minute.
const TEMPO_BPM: std::ops::RangeInclusive<f64> = 40.0..=240.0;
/// The tempo that is most likely, and by how many octaves others are off (one deviation).
const LIKELY_BPM: f64 = 120.0;
const LIKELY_OCTAVES: f64 = 0.9;
/// How much beats are held to the tempo (librosa's and Ellis's value).
const TIGHTNESS: f64 = 100.0;
/// Under this no beat is told of: noise has about 1.1.
const CONFIDENCE_MIN: f64 = 1.3;
/// Shortest sound with a tempo.
const SECS_MIN: f64 = 4.0;
/// Steps on each side that a beginning stands out of.
const AROUND: usize = 40;
/// Steps on each side in which an onset is the strongest.
const ONSET_ALONE: usize = 4;
/// Beats of a bar.
const BAR: usize = 4;

/// How much begins at each step, beyond what begins around it, in deviations.
pub(super) fn novelty_of(flux: &[f32]) -> Vec<f64> {
    let mut sums = vec![0.0];
    sums.extend(flux.iter().scan(0.0, |sum, value| {
        *sum += f64::from(*value);
        Some(*sum)
    }));
    let stands_out = |index: usize| {
        let (start, end) = (index.saturating_sub(AROUND), (index + AROUND + 1).min(flux.len()));
        (f64::from(flux[index]) - (sums[end] - sums[start]) / (end - start) as f64).max(0.0)
    };
    let novelty: Vec<f64> = (0..flux.len()).map(stands_out).collect();
    let squares: f64 = novelty.iter().map(|value| value * value).sum();
    let deviation = (squares / novelty.len().max(1) as f64).sqrt();
    // Under this nothing begins: rounding.
    if deviation < 1e-3 {
        vec![0.0; novelty.len()]
    } else {
        novelty.iter().map(|value| value / deviation).collect()
    }
}

/// Times at which something begins to sound.
pub(super) fn onsets_secs(novelty: &[f64]) -> Vec<f64> {
    let is_peak = |index: usize| {
        let around = index.saturating_sub(ONSET_ALONE)..(index + ONSET_ALONE + 1).min(novelty.len());
        let first_of_highest = around.clone().all(|other| {
            novelty[other] < novelty[index] || (novelty[other] <= novelty[index] && other >= index)
        });
        novelty[index] > 1.0 && first_of_highest
    };
    let mut peaks: Vec<usize> = (0..novelty.len()).filter(|index| is_peak(*index)).collect();
    peaks.sort_by(|a, b| novelty[*b].total_cmp(&novelty[*a]).then(a.cmp(b)));
    peaks.truncate(ONSETS_MAX);
    peaks.sort_unstable();
    peaks.into_iter().map(secs_of).collect()
}

/// The beats of a sound that has steady ones.
pub(super) fn beat_of(track: &SpectrumTrack, novelty: &[f64]) -> Option<Beat> {
    if novelty.len() as f64 * STEP_SECS < SECS_MIN {
        return None;
    }
    let (period, confidence) = period_of(novelty)?;
    if confidence < CONFIDENCE_MIN {
        return None;
    }
    let beats = trimmed(tracked(novelty, period), novelty);
    let [first, .., last] = beats[..] else { return None };
    let mean_secs = (last - first) as f64 * STEP_SECS / (beats.len() - 1) as f64;
    let bass = novelty_of(&track.bass_flux);
    let phase_bass = |phase: usize| -> f64 {
        // A drum may be a step off the beat.
        let near = |beat: usize| bass[beat.saturating_sub(2)..(beat + 3).min(bass.len())].iter().copied();
        beats.iter().skip(phase).step_by(BAR).map(|beat| near(*beat).fold(0.0, f64::max)).sum()
    };
    let phases = (0..BAR.min(beats.len())).map(|phase| (phase, phase_bass(phase)));
    let first_downbeat = phases.fold((0, -1.0), |best, phase| if phase.1 > best.1 { phase } else { best }).0;
    Some(Beat {
        tempo_bpm: rounded(60.0 / mean_secs, 2),
        confidence: rounded(confidence, 3),
        beats_secs: beats.into_iter().map(secs_of).collect(),
        first_downbeat,
    })
}

fn secs_of(step: usize) -> f64 {
    rounded(step as f64 * STEP_SECS, 3)
}

/// Steps of a beat, and how far the autocorrelation stands out there.
fn period_of(novelty: &[f64]) -> Option<(f64, f64)> {
    let steps = |bpm: f64| 60.0 / bpm / STEP_SECS;
    let (shortest, longest) = (index_from(steps(*TEMPO_BPM.end())), index_from(steps(*TEMPO_BPM.start())));
    let correlation = |lag: usize| {
        let pairs = novelty.iter().zip(novelty.get(lag..).unwrap_or_default());
        pairs.map(|(one, other)| one * other).sum::<f64>()
            / (novelty.len() - lag.min(novelty.len() - 1)) as f64
    };
    let correlations: Vec<f64> = (shortest - 1..=longest + 1).map(correlation).collect();
    let at = |lag: usize| correlations[lag + 1 - shortest];
    let mean = correlations.iter().sum::<f64>() / correlations.len() as f64;
    if mean <= 0.0 {
        return None;
    }
    let likely = |lag: usize| {
        let octaves = (60.0 / (lag as f64 * STEP_SECS) / LIKELY_BPM).log2() / LIKELY_OCTAVES;
        at(lag).max(at(lag - 1)).max(at(lag + 1)) * (-0.5 * octaves * octaves).exp()
    };
    let best = (shortest..=longest).max_by(|a, b| likely(*a).total_cmp(&likely(*b)))?;
    // Of the lag and its neighbours, the middle of what correlates.
    let weights = [at(best - 1), at(best), at(best + 1)];
    let off = (weights[2] - weights[0]) / weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let peak = weights.iter().copied().fold(0.0, f64::max);
    Some((best as f64 + off, peak / mean))
}

/// The chain of steps with the most novelty whose distances are near to `period`.
fn tracked(novelty: &[f64], period: f64) -> Vec<usize> {
    let (nearest, furthest) = (index_from(period / 2.0).max(1), index_from(period * 2.0));
    let local = smoothed(novelty);
    let penalties: Vec<f64> =
        (0..=furthest).map(|gap| TIGHTNESS * (gap.max(1) as f64 / period).ln().powi(2)).collect();
    let mut scores: Vec<f64> = Vec::with_capacity(local.len());
    let mut froms: Vec<Option<usize>> = Vec::with_capacity(local.len());
    for (now, value) in local.iter().enumerate() {
        let gaps = nearest..=furthest.min(now);
        let best = gaps
            .map(|gap| (now - gap, scores[now - gap] - penalties[gap]))
            .fold(None, |best: Option<(usize, f64)>, next| match best {
                Some(best) if best.1 >= next.1 => Some(best),
                _ => Some(next),
            })
            // A chain that costs more than it brings is begun anew.
            .filter(|(_, score)| *score > 0.0);
        scores.push(value + best.map_or(0.0, |(_, score)| score));
        froms.push(best.map(|(from, _)| from));
    }
    let end_from = local.len().saturating_sub(index_from(period));
    let end = (end_from..local.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]));
    let mut beats: Vec<usize> = std::iter::successors(end, |at| froms[*at]).collect();
    beats.reverse();
    beats
}

/// Cuts off beats at both ends that nothing sounds at.
fn trimmed(mut beats: Vec<usize>, novelty: &[f64]) -> Vec<usize> {
    let strength = |beat: usize| {
        novelty[beat.saturating_sub(2)..(beat + 3).min(novelty.len())].iter().copied().fold(0.0, f64::max)
    };
    let mean = beats.iter().map(|beat| strength(*beat)).sum::<f64>() / beats.len().max(1) as f64;
    let sounds = |beat: &usize| strength(*beat) >= 0.25 * mean;
    let end = beats.iter().rposition(sounds).map_or(0, |last| last + 1);
    beats.truncate(end);
    let start = beats.iter().position(sounds).unwrap_or(0);
    beats.split_off(start)
}

/// Weighted 1 2 1 with the neighbours.
fn smoothed(values: &[f64]) -> Vec<f64> {
    let at = |index: Option<usize>| index.and_then(|index| values.get(index)).copied().unwrap_or(0.0);
    let value =
        |index: usize| (at(index.checked_sub(1)) + 2.0 * at(Some(index)) + at(index.checked_add(1))) / 4.0;
    (0..values.len()).map(value).collect()
}
