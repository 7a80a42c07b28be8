//! The best part of a file for a shot of a wished length.

use avs_protocol::Span;

use super::{FileFootage, looks};

/// What a shot is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Want {
    /// The first: lively and sharp.
    Motion,
    /// The most important one: sharp, composed, neither hectic nor dead.
    Best,
    /// The last, or one under words: it rests.
    Calm,
    /// One of many.
    Any,
}

/// A part of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// In seconds of the file.
    pub start_secs: f64,
    /// How long it may last from there, in seconds, before the shot ends or a part that is taken begins.
    pub room_secs: f64,
    /// How long before it its shot begins, or the part before it ends, in seconds.
    pub lead_secs: f64,
    /// How good it is, about `-1.0..=1.0`.
    pub score: f64,
}

/// Starts of windows are this far apart, in seconds.
const STEP_SECS: f64 = 0.2;
/// But no stretch is looked at in more places than this.
const STEPS_MAX: f64 = 300.0;
/// Pictures whose hashes differ in at most so many of 64 bits look alike.
const ALIKE_HASH_BITS_MAX: u32 = 10;

impl Want {
    /// Rank of the movement that suits it best.
    fn motion_rank(self) -> f64 {
        match self {
            Self::Motion => 0.85,
            Self::Best => 0.6,
            Self::Any => 0.5,
            Self::Calm => 0.15,
        }
    }
}

impl FileFootage {
    /// Returns the best part that is free, as long as wished or, where none is, the longest; none where nothing is free.
    /// `shown` are the hashes of what other scenes show.
    pub fn best_window(&self, length_secs: f64, want: Want, taken: &[Span], shown: &[u64]) -> Option<Window> {
        let free = self.free_stretches(taken);
        let longest = free.iter().map(|span| span.end_secs - span.start_secs).fold(0.0, f64::max);
        let length = length_secs.min(longest);
        let mut best: Option<Window> = None;
        for span in free.iter().filter(|span| span.end_secs - span.start_secs >= length) {
            let slack = span.end_secs - span.start_secs - length;
            let step = STEP_SECS.max(slack / STEPS_MAX);
            let mut offset = 0.0;
            while offset <= slack {
                let start_secs = span.start_secs + offset;
                let score = self.score(start_secs, length, want) - self.likeness(start_secs, length, shown);
                if best.is_none_or(|best| score > best.score) {
                    best = Some(Window {
                        start_secs,
                        room_secs: span.end_secs - start_secs,
                        lead_secs: offset,
                        score,
                    });
                }
                offset += step;
            }
        }
        best
    }

    /// Returns how good a part of the file is.
    pub fn score(&self, start_secs: f64, length_secs: f64, want: Want) -> f64 {
        let mean = looks::mean(&self.looks, start_secs, start_secs + length_secs);
        let off_motion = (mean.motion - want.motion_rank()) / 0.35;
        let fit = (-off_motion * off_motion).exp();
        // The first shot is the liveliest and sharpest one: there both count for more.
        let hook = if want == Want::Motion { 0.2 * fit + 0.15 * mean.sharpness } else { 0.0 };
        mean.base + 0.20 * fit + hook
    }

    /// Returns the hash of what is seen in the middle of a part of the file.
    pub fn hash(&self, start_secs: f64, length_secs: f64) -> u64 {
        looks::mean(&self.looks, start_secs, start_secs + length_secs).hash
    }

    fn likeness(&self, start_secs: f64, length_secs: f64, shown: &[u64]) -> f64 {
        if self.looks.is_empty() {
            return 0.0;
        }
        let hash = self.hash(start_secs, length_secs);
        let is_like = shown.iter().any(|other| (other ^ hash).count_ones() <= ALIKE_HASH_BITS_MAX);
        if is_like { 0.4 } else { 0.0 }
    }

    fn free_stretches(&self, taken: &[Span]) -> Vec<Span> {
        let mut free = self.stretches.clone();
        for taken in taken {
            free = free
                .into_iter()
                .flat_map(|span| {
                    let before =
                        Span { start_secs: span.start_secs, end_secs: span.end_secs.min(taken.start_secs) };
                    let after =
                        Span { start_secs: span.start_secs.max(taken.end_secs), end_secs: span.end_secs };
                    [before, after]
                })
                .filter(|span| span.end_secs - span.start_secs >= STRETCH_FREE_SECS_MIN)
                .collect();
        }
        free.retain(|span| span.end_secs > span.start_secs);
        free
    }
}

/// Shorter rests between taken parts are not shown, in seconds.
const STRETCH_FREE_SECS_MIN: f64 = 0.3;
