//! How often each file shows, and which scenes ask for one by its name.

use super::Casting;
use crate::Layout;
use crate::footage::Want;
use crate::prompt::Genre;

/// Shorter words of a file's name say nothing.
const NAME_LETTERS_MIN: usize = 4;

impl Casting<'_> {
    /// Files to choose from, each as often as it shows, in their order.
    pub(super) fn roster(&mut self, scenes: usize) -> Vec<(usize, usize)> {
        let mut files: Vec<usize> = self.unused().collect();
        if files.is_empty() {
            files = self.footage.shown();
        }
        if files.len() > scenes {
            files.sort_by(|a, b| self.merit(*b).total_cmp(&self.merit(*a)));
            files.truncate(scenes);
            files.sort_unstable();
        }
        let mut roster: Vec<(usize, usize)> = files.into_iter().map(|file| (file, 1)).collect();
        let shot_secs = self.understanding.genre.pace().shot_median_secs * 1.2;
        for _ in roster.len()..scenes {
            // Whoever shows least; of a file that is too short for one more shot, none before the others.
            let cost = |nth: usize| {
                let (file, count) = roster[nth];
                let file = &self.footage.files[file];
                let left = if file.is_moving() { file.usable_secs() - count as f64 * shot_secs } else { 0.0 };
                (left < shot_secs, count, left)
            };
            let by_left = |a: &usize, b: &usize| {
                let (a, b) = (cost(*a), cost(*b));
                (b.0, b.1).cmp(&(a.0, a.1)).then(a.2.total_cmp(&b.2))
            };
            // Among equals the first; but the last, which shows what comes of it, where there are steps.
            let count = roster.len();
            let next =
                if self.has_result() { (0..count).max_by(by_left) } else { (0..count).rev().max_by(by_left) };
            if let Some(next) = next {
                roster[next].1 += 1;
            }
        }
        for (file, count) in &roster {
            self.due[*file] = *count;
        }
        roster
    }

    /// Scenes show the files whose names say what they say: `cups.mp4` shows where the cups are set out.
    pub(super) fn with_named_files(&self, mut pairs: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
        for nth in 0..pairs.len() {
            let (at, now) = pairs[nth];
            if self.is_named(at, now) {
                continue;
            }
            let other = (0..pairs.len()).find(|other| {
                let (other_at, file) = pairs[*other];
                self.is_named(at, file) && !self.is_named(other_at, file)
            });
            if let Some(other) = other {
                (pairs[nth].1, pairs[other].1) = (pairs[other].1, now);
            }
        }
        pairs
    }

    /// Says whether a file's name has a word of those that a scene shows.
    pub(super) fn is_named(&self, at: usize, file: usize) -> bool {
        let names = &self.footage.files[file].name_words;
        let words = self.slots[at].texts().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
        words
            .map(str::to_lowercase)
            .filter(|word| word.chars().count() >= NAME_LETTERS_MIN)
            .any(|word| names.iter().any(|name| without_s(name) == without_s(&word)))
    }

    /// Says whether the last file shows what comes of all the others.
    pub(super) fn has_result(&self) -> bool {
        matches!(self.understanding.genre, Genre::Recipe | Genre::HowTo)
    }

    pub(super) fn is_item(&self, at: usize) -> bool {
        matches!(self.slots[at].layout, Layout::Step | Layout::ListItem)
    }

    /// The file that the first scene shows though its turn comes later: what comes of the steps, or the liveliest.
    pub(super) fn shown_ahead(&self, roster: &[(usize, usize)]) -> Option<usize> {
        let spare = |at: &usize| roster[*at].1 > 1;
        if self.has_result()
            && let Some(last) = roster.len().checked_sub(1).filter(spare)
        {
            return Some(last);
        }
        let liveliness = |at: usize| {
            let window = self.footage.files[roster[at].0].best_window(2.0, Want::Motion, &[], &[]);
            window.map_or(-1.0, |window| window.score)
        };
        (0..roster.len())
            .filter(spare)
            .max_by(|a, b| liveliness(*a).total_cmp(&liveliness(*b)).then(b.cmp(a)))
    }
}

/// One of many: `bottles` names a bottle.
fn without_s(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}
