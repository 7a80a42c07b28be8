//! Gains of all sounds: first against each other, then all by one factor, so that the whole is as loud as it must be.

use super::LOUDNESS_LUFS;
use super::lane::{Lane, Mixed, mixed};
use super::loudness::factor_from_db;

/// Blocks of one sound that may play at once: a block is 12 dB louder at most, four of them 24.
pub(super) const STACK_MAX: u32 = 4;
/// Largest `volume` of a block.
pub(super) const VOLUME_MAX: f64 = avs_template::limits::VOLUME_MAX;
/// Largest gain of a sound.
const GAIN_MAX: f64 = VOLUME_MAX * STACK_MAX as f64;

/// How far the highest peak may be above what the limiter lets through, in dB, whatever it brings.
const DRIVE_DB: f64 = 13.0;
/// Farthest that it may be where a few strokes stand far above the rest, as those of drums do.
const DRIVE_DB_MAX: f64 = 27.0;
/// What a further decibel of gain must then bring in LU: less, where nearly all is limited already and would only pump.
const DRIVE_BRINGS_LU: f64 = 0.2;

/// A sound and its level against the others.
pub(super) struct Part<'a> {
    /// The sound at a gain of 1.
    pub(super) lane: &'a Lane,
    /// Level in dB that is added to what all get.
    pub(super) level_db: f64,
    /// True for what must keep its distance to the others: what is quiet and no lead is left quiet.
    pub(super) leads: bool,
}

/// Gains that were found.
pub(super) struct Solved {
    /// Of each part, in `0.0..=16.0`.
    pub(super) gains: Vec<f64>,
    /// Loudness of the whole.
    pub(super) loudness_lufs: f64,
}

/// Finds gains by bisection: the whole gets louder with them, if slower once it is limited.
pub(super) fn solve(parts: &[Part<'_>]) -> Solved {
    let gains = |all_db: f64| -> Vec<f64> {
        parts.iter().map(|part| factor_from_db(part.level_db + all_db).min(GAIN_MAX)).collect()
    };
    let heard = |all_db: f64| -> Mixed {
        let lanes: Vec<(&Lane, f64)> = parts.iter().map(|part| part.lane).zip(gains(all_db)).collect();
        mixed(&lanes)
    };
    let is_enough = |all_db: f64| {
        let mixed = heard(all_db);
        mixed.lufs >= LOUDNESS_LUFS
            || mixed.over_db >= DRIVE_DB_MAX
            || (mixed.over_db >= DRIVE_DB && heard(all_db + 1.0).lufs - mixed.lufs < DRIVE_BRINGS_LU)
    };
    // Beyond it a lead would stay behind what it leads.
    let room = |part: &Part<'_>| 20.0 * GAIN_MAX.log10() - part.level_db;
    let most_db = parts.iter().filter(|part| part.leads).map(room).fold(f64::INFINITY, f64::min).min(100.0);
    let (mut low, mut high) = (-100.0, most_db);
    if is_enough(high) {
        for _ in 0..50 {
            let middle = (low + high) / 2.0;
            if is_enough(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
    }
    // Loudness jumps where quiet blocks come over the gate of BS.1770: the nearer side of such a jump.
    let off = |all_db: f64| (heard(all_db).lufs - LOUDNESS_LUFS).abs();
    let all_db = if off(low) < off(high) { low } else { high };
    Solved { gains: gains(all_db), loudness_lufs: heard(all_db).lufs }
}
