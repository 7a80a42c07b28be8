//! Moves cuts onto beats and out of words, never further than it would be felt.

use super::frames_from_secs;
use crate::sound::VideoBeat;

/// A cut moves onto a beat that is at most this share of a beat away.
const REACH: f64 = 0.25;
/// Share of cuts that should lie on beats; for it, the same share of the way between two strong beats is gone.
const ON_BEATS: f64 = 0.6;
/// Beats faster than this are counted by twos: their distance in seconds.
const SPACING_SECS_MIN: f64 = 0.375;
/// A cut in a word moves to a pause at most this far away.
const TO_PAUSE_SECS: f64 = 0.5;

/// Cuts that may move.
pub(super) struct Cuts<'a> {
    /// First frame of each scene, and one past the last of the whole.
    pub(super) frames: Vec<u32>,
    /// Least length of each scene.
    pub(super) least: &'a [u32],
    /// Frames a second.
    pub(super) fps: u32,
    /// Whether somebody speaks across a cut: the scene that it begins, where that scene's predecessor begins, and where it
    /// is, in frames.
    pub(super) speaks: &'a dyn Fn(usize, u32, u32) -> bool,
}

impl Cuts<'_> {
    /// Moves cuts that fall into words to a pause near by, if there is one.
    pub(super) fn move_out_of_words(&mut self) {
        for at in 1..self.frames.len().saturating_sub(1) {
            let (before, here) = (self.frames[at - 1], self.frames[at]);
            if !(self.speaks)(at, before, here) {
                continue;
            }
            let reach = frames_from_secs(TO_PAUSE_SECS, self.fps);
            // Later first: a word that has begun is let finish.
            let near = (1..=reach).flat_map(|far| [Some(here + far), here.checked_sub(far)]).flatten();
            let pause = near.into_iter().find(|target| self.may_be(at, *target));
            if let Some(target) = pause {
                self.frames[at] = target;
            }
        }
    }

    /// Moves cuts onto beats; returns those that lie on one, as indices of the scenes that they begin.
    pub(super) fn move_onto_beats(&mut self, beats: &[VideoBeat]) -> Vec<usize> {
        let strokes = strokes(beats, self.fps);
        let cut_count = self.frames.len().saturating_sub(2);
        let planned = self.frames.clone();
        let mut on_beats = vec![false; self.frames.len()];
        for (at, on_beat) in on_beats.iter_mut().enumerate().take(cut_count + 1).skip(1) {
            *on_beat = self.move_onto(at, &strokes, &planned, REACH);
        }
        let strong: Vec<Stroke> = strokes.iter().copied().filter(|stroke| stroke.strong).collect();
        let mut left: Vec<(u32, usize)> = (1..=cut_count)
            .filter(|at| !on_beats[*at])
            .filter_map(|at| Some((nearest(&strong, planned[at])?.frame.abs_diff(planned[at]), at)))
            .collect();
        left.sort_unstable();
        for (_, at) in left {
            let count = on_beats.iter().filter(|on_beat| **on_beat).count();
            if count as f64 >= ON_BEATS * cut_count as f64 {
                break;
            }
            on_beats[at] = self.move_onto(at, &strong, &planned, 2.0 * REACH);
        }
        (1..=cut_count).filter(|at| on_beats[*at]).collect()
    }

    /// Moves one cut onto the best beat within reach, if it may be there.
    fn move_onto(&mut self, at: usize, strokes: &[Stroke], planned: &[u32], reach: f64) -> bool {
        let here = self.frames[at];
        let far = |stroke: &Stroke| f64::from(stroke.frame.abs_diff(here));
        let mut near: Vec<Stroke> = strokes
            .iter()
            .copied()
            .filter(|stroke| far(stroke) <= reach * stroke.spacing_frames)
            .filter(|stroke| self.may_be(at, stroke.frame))
            .collect();
        near.sort_by(|a, b| b.strong.cmp(&a.strong).then(far(a).total_cmp(&far(b))));
        for stroke in near {
            self.frames[at] = stroke.frame;
            if !self.is_monotonous(at, planned) {
                return true;
            }
        }
        self.frames[at] = here;
        false
    }

    /// True where both scenes have time enough then, and nobody is cut short.
    fn may_be(&self, at: usize, target: u32) -> bool {
        let (before, after) = (self.frames[at - 1], self.frames[at + 1]);
        target >= before + self.least[at - 1]
            && target + self.least[at] <= after
            && !(self.speaks)(at, before, target)
    }

    /// True where three scenes around the cut have one length, and were meant to have different ones.
    fn is_monotonous(&self, at: usize, planned: &[u32]) -> bool {
        let lengths = |cuts: &[u32]| [cuts[1] - cuts[0], cuts[2] - cuts[1], cuts[3] - cuts[2]];
        let range = at.saturating_sub(3)..(at + 3).min(self.frames.len() - 1);
        range.clone().filter(|from| from + 3 < self.frames.len()).any(|from| {
            let (now, meant) = (lengths(&self.frames[from..]), lengths(&planned[from..]));
            let spread = |lengths: [u32; 3]| {
                let longest = lengths.into_iter().max().unwrap_or(0);
                longest - lengths.into_iter().min().unwrap_or(0)
            };
            spread(now) <= 1 && spread(meant) > 1 + meant[0] / 10
        })
    }
}

/// A beat as a place to cut.
#[derive(Debug, Clone, Copy)]
struct Stroke {
    /// The frame before the one in which it sounds: eyes take longer than ears.
    frame: u32,
    strong: bool,
    /// Distance of the beats around it.
    spacing_frames: f64,
}

fn strokes(beats: &[VideoBeat], fps: u32) -> Vec<Stroke> {
    let mut distances: Vec<f64> = beats.windows(2).map(|pair| pair[1].at_secs - pair[0].at_secs).collect();
    distances.sort_by(f64::total_cmp);
    let Some(mut spacing_secs) = distances.get(distances.len() / 2).copied() else { return Vec::new() };
    let by_twos = spacing_secs < SPACING_SECS_MIN;
    if by_twos {
        spacing_secs *= 2.0;
    }
    let spacing_frames = spacing_secs * f64::from(fps);
    let (counted, strong) = if by_twos { (2, 4) } else { (1, 2) };
    beats
        .iter()
        .filter(|beat| beat.of_bar % counted == 0)
        .map(|beat| Stroke {
            frame: frames_from_secs(beat.at_secs, fps).saturating_sub(1),
            strong: beat.of_bar % strong == 0,
            spacing_frames,
        })
        .collect()
}

fn nearest(strokes: &[Stroke], frame: u32) -> Option<Stroke> {
    strokes.iter().copied().min_by_key(|stroke| stroke.frame.abs_diff(frame))
}
