//! Where one shot ends and the next begins: pictures that differ much, more than their neighbours do, and stay different.

use std::collections::VecDeque;

/// Columns and rows at which pictures are compared.
pub(super) const THUMB_SIZE: (usize, usize) = (64, 36);
/// Mean difference of luma, of 255, from which on pictures may belong to two shots: eight per cent, as FFmpeg's `scdet`
/// has it.
const DIFFERENCE_MIN: f64 = 0.08 * 255.0;
/// So many times as much as around it: fast movement differs all the time.
const OVER_NEIGHBOURS: f64 = 3.0;
/// Neighbours on each side.
const NEIGHBOURS: usize = 2;
/// Pictures after which the difference must still be there, and before which it must have been: a flash comes and goes.
const PERSISTS_FOR: usize = 3;
/// How much of it.
const PERSISTS_RATIO: f64 = 0.6;
/// Shortest shot.
const SHOT_SECS_MIN: f64 = 0.4;

/// Gathers pictures in order.
#[derive(Debug, Default)]
pub(super) struct CutFinder {
    /// The last pictures, oldest first.
    recent: VecDeque<Vec<u8>>,
    times_secs: Vec<f64>,
    /// From the picture before to each one.
    differences: Vec<f64>,
    /// From the picture before each one to the one that comes [`PERSISTS_FOR`] later; as far as known.
    lasting: Vec<f64>,
    /// From the picture [`PERSISTS_FOR`] before each one, or from the first, to it.
    arriving: Vec<f64>,
}

impl CutFinder {
    pub(super) fn add(&mut self, at_secs: f64, thumb: Vec<u8>) {
        self.differences.push(self.recent.back().map_or(0.0, |before| difference(before, &thumb)));
        self.times_secs.push(at_secs);
        let earlier = self.recent.len().saturating_sub(PERSISTS_FOR);
        self.arriving.push(self.recent.get(earlier).map_or(0.0, |earlier| difference(earlier, &thumb)));
        self.recent.push_back(thumb);
        if self.recent.len() > PERSISTS_FOR + 1 {
            if self.recent.len() > PERSISTS_FOR + 2 {
                self.recent.pop_front();
            }
            self.lasting.push(difference(&self.recent[0], &self.recent[PERSISTS_FOR + 1]));
        }
    }

    /// Times of the first pictures of new shots.
    pub(super) fn cuts_secs(mut self) -> Vec<f64> {
        // The picture at index 0 has none before it; those at the end are compared with the last one.
        self.lasting.insert(0, 0.0);
        let last = self.recent.pop_back().unwrap_or_default();
        while self.lasting.len() < self.differences.len() {
            let back = self.differences.len() - self.lasting.len();
            let before = self.recent.len().checked_sub(back).and_then(|index| self.recent.get(index));
            self.lasting.push(before.map_or(0.0, |before| difference(before, &last)));
        }
        let mut cuts: Vec<usize> = Vec::new();
        for index in (1..self.differences.len()).filter(|index| self.is_cut(*index)) {
            match cuts.last_mut() {
                Some(before) if self.times_secs[index] - self.times_secs[*before] < SHOT_SECS_MIN => {
                    if self.differences[index] > self.differences[*before] {
                        *before = index;
                    }
                }
                _ => cuts.push(index),
            }
        }
        cuts.into_iter().map(|index| self.times_secs[index]).collect()
    }

    fn is_cut(&self, index: usize) -> bool {
        let differs = self.differences[index];
        let before = index.saturating_sub(NEIGHBOURS).max(1)..index;
        let after = index + 1..(index + 1 + NEIGHBOURS).min(self.differences.len());
        let around: Vec<_> = before.chain(after).map(|index| self.differences[index]).collect();
        let mean = around.iter().sum::<f64>() / around.len().max(1) as f64;
        differs >= DIFFERENCE_MIN
            && differs >= OVER_NEIGHBOURS * mean
            && self.lasting[index].min(self.arriving[index]) >= PERSISTS_RATIO * differs
    }
}

fn difference(one: &[u8], other: &[u8]) -> f64 {
    let sum: u32 = one.iter().zip(other).map(|(one, other)| u32::from(one.abs_diff(*other))).sum();
    f64::from(sum) / one.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts of pictures of one luma each, ten a second.
    fn cuts(lumas: &[u8]) -> Vec<f64> {
        let mut finder = CutFinder::default();
        for (index, luma) in lumas.iter().enumerate() {
            finder.add(index as f64 / 10.0, vec![*luma; 16]);
        }
        finder.cuts_secs()
    }

    #[test]
    fn a_picture_that_stays_different_begins_a_shot() {
        assert_eq!(cuts(&[50, 50, 50, 50, 50, 150, 150, 150, 150, 150]), [0.5]);
        // Also where few pictures come after it.
        assert_eq!(cuts(&[50, 50, 50, 50, 50, 150]), [0.5]);
    }

    #[test]
    fn a_flash_and_a_fade_are_no_cuts() {
        assert_eq!(cuts(&[50, 50, 50, 250, 50, 50, 50, 50]), [0.0; 0]);
        assert_eq!(cuts(&[50, 50, 50, 250, 250, 50, 50, 50]), [0.0; 0]);
        assert_eq!(cuts(&[50, 70, 90, 110, 130, 150, 170, 190]), [0.0; 0]);
        assert_eq!(cuts(&[50]), [0.0; 0]);
        assert_eq!(cuts(&[]), [0.0; 0]);
    }
}
